"""An export of a register brought into a district that has none: places and projects are put up again.

An ordinary geometry file never touches sub-districts, communities and projects. Our own export of estates holds
them all under their Chinese headings; without them the way out and in again would lose the register.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.layers import LayerSpec
from gisplanner.errors import InputError
from gisplanner.formats.attributes import read_attributes
from gisplanner.services.ingest.reading import Table
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text

PLACES: Final = ("seq", "subdistrict", "community")
PROJECT: Final = ("project", "project_code", "project_source")
_CHOICES: Final = {"project_source": ("stated", "carried_down")}


def register_columns(table: Table) -> pd.DataFrame:
    """Return the register's columns of an export of ours, index = row number; no columns for any other file.

    Raises
    ------
    InputError
        A value no export of ours holds.
    """
    raw = pd.DataFrame(table.file.frame.drop(columns=table.file.frame.geometry.name))
    read = read_attributes(raw, _register_spec(), file=table.file.path.name, layer=table.file.layer)
    if not {*PLACES, *PROJECT} <= set(read.values.columns):
        return pd.DataFrame(index=raw.index)
    if read.faults:
        raise InputError(
            Text(
                f"{table.file.path.name} 有 {len(read.faults)} 处台账内容不对，未写入任何内容。",
                en=f"{table.file.path.name}: {len(read.faults)} register values are wrong; nothing was written.",
            ),
            read.faults,
        )
    return read.values[[*PLACES, *PROJECT]]


def _register_spec() -> LayerSpec:
    spec = layer_spec("estates")
    columns = tuple(
        column.model_copy(update={"importable": True, "choices": _CHOICES.get(column.name, ())})
        for column in spec.columns
        if column.name in {*PLACES, *PROJECT}
    )
    return spec.model_copy(update={"columns": columns})


def ensure_places(connection: Connection, district: District, rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``seq``, ``subdistrict_id`` and ``community_id`` of each row; places are made when first met."""
    known: dict[tuple[Any, Any], tuple[int | None, int | None]] = {}
    for outer, inner in zip(rows["subdistrict"], rows["community"], strict=True):
        if (outer, inner) not in known:
            known[outer, inner] = _place(connection, district, outer, inner)
    ids = [known[place] for place in zip(rows["subdistrict"], rows["community"], strict=True)]
    made = pd.DataFrame(ids, index=rows.index, columns=["subdistrict_id", "community_id"], dtype=object)
    return made.assign(seq=rows["seq"])


def _place(
    connection: Connection, district: District, outer: str | None, inner: str | None
) -> tuple[int | None, int | None]:
    if outer is None:
        return None, None
    outer_id = queries().subdistrict_ensure(connection, district_id=district.id, name=outer)
    if inner is None:
        return outer_id, None
    return outer_id, queries().community_ensure(
        connection, district_id=district.id, subdistrict_id=outer_id, name=inner
    )


def put_into_projects(
    connection: Connection, district: District, rows: pd.DataFrame, ids: pd.Series[Any], *, batch_id: int
) -> None:
    """Put estates into the projects their rows name; ``rows`` holds ``code`` and the project, ``ids`` code → id.

    An export names no plan year: it is that of the district's policy profile, else this year.
    """
    projects = {row.code: row.id for row in queries().project_list(connection, district_id=district.id)}
    in_project = rows[rows["project_code"].notna() & rows["project"].notna()]
    for row in in_project.to_dict("records"):
        code = row["project_code"]
        if code not in projects:
            projects[code] = queries().project_insert(
                connection,
                district_id=district.id,
                code=code,
                name=row["project"],
                plan_year=_plan_year(district),
                batch_id=batch_id,
            )
        queries().project_estate_insert(
            connection,
            project_id=projects[code],
            estate_id=int(ids[row["code"]]),
            source=row["project_source"] or "stated",
        )


def _plan_year(district: District) -> int:
    spec = None if district.profile is None else load_profile(district.profile).register_
    return datetime.now(UTC).year if spec is None else spec.plan_year
