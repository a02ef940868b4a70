"""The stored register in its printed layout (台账导出); the 备注 column follows the adopted renewal areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gisplanner.domain.district import District
from gisplanner.domain.plan import PlanRow
from gisplanner.domain.register import ProjectSource, RegisterRow
from gisplanner.errors import Fault, NotFoundError
from gisplanner.files import replacing
from gisplanner.formats.annex_writer import write_annex
from gisplanner.services.register.update import district_profile
from gisplanner.store.database import Database
from gisplanner.store.register import stored_estates
from gisplanner.store.renewal import renewal_areas
from gisplanner.text import Text


def export_register(db: Database, district: District, out: Path, *, follow_adopted: bool = True) -> int:
    """Write the stored register in the printed layout (``.xlsx`` or ``.csv``) and return the number of estates.

    Parameters
    ----------
    follow_adopted
        Whether 备注 follows the adopted renewal areas, where there are any, instead of the projects of the issued
        plan. The plan itself changes by a document only (``plan adjust``).

    Raises
    ------
    NotFoundError
        The district has no register yet.
    UsageError, InputError
        The file name ends in something else, or the place cannot be written to.
    """
    with db.transaction() as connection:
        entries = [one.entry for one in stored_estates(connection, district.id) if one.planned]
        areas = renewal_areas(connection, district.id) if follow_adopted else []
    remarks = {code: one.area.remark for one in areas for code in one.area.estates}
    rows = remarked(entries, remarks) if remarks else [entry.row for entry in entries]
    if not rows:
        raise NotFoundError(
            Text(f"{district.name} 还没有台账。", en=f"{district.name} has no register yet."),
            [Fault(hint=f"gisplanner register import FILE --district {district.id}")],
        )
    profile = district_profile(district)
    spec = None if profile is None else profile.register_
    title = (None if spec is None else spec.title) or f"{district.name}城镇老旧小区改造计划"
    with replacing(out) as writing:
        write_annex(rows, writing, title=title)
    return len(rows)


def remarked(entries: Sequence[PlanRow], remarks: Mapping[str, str]) -> list[RegisterRow]:
    """Return the rows with 备注 by the code of the estate; an estate without one keeps its project."""
    rows: list[RegisterRow] = []
    for entry in entries:
        project = remarks.get(entry.code, entry.row.project)
        source: ProjectSource = "carried_down" if rows and rows[-1].project == project else "stated"
        rows.append(replace(entry.row, project=project, project_source=source))
    return rows
