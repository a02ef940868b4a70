"""Networks as their owners hand them in (管线报送): one upload, one transaction, every version kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.catalog.layers import utilities
from gisplanner.crs import crs_name
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError, NotFoundError, UsageError
from gisplanner.formats.attributes import Attributes
from gisplanner.formats.networks import NETWORK_READERS
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.services.ingest.guard import check_datum
from gisplanner.services.ingest.local_grids import get_grid, is_local
from gisplanner.services.ingest.reading import Table
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, require_own, require_owner
from gisplanner.services.networks.columns import LAYER, headings_of, utility_code
from gisplanner.services.networks.row_readers import COLUMNS, POINT_COLUMNS
from gisplanner.services.networks.rows import Judged, judge_rows
from gisplanner.services.networks.upload_report import LISTED, NetworkReport
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import copy_features
from gisplanner.store.queries import queries
from gisplanner.text import Text

NEIGHBOURS: Final = "neighbour_segments"
"""Layer of the lines of others near to an operator's own."""


def import_networks(
    db: Database,
    district: District,
    path: Path,
    *,
    owner: str,
    utility: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    illustrative: bool = False,
    trust_coordinates: bool = False,
    viewer: Viewer = LOCAL,
) -> NetworkReport:
    """Take in the lines and points of one owner; what it handed in before stays readable and is current no more.

    A file of lines replaces lines, a file of points replaces points.

    Parameters
    ----------
    owner
        Who hands in. Rows that state another owner are rejected: everybody hands in its own.
    utility
        Only this utility is handed in, and only its earlier lines are replaced; ``None``: all of the owner's.
    mapping
        Our column names → headings of the file; kept and used for the owner's next file.
    trust_coordinates
        A person confirmed the coordinates: they are not held against what is stored, see
        :func:`gisplanner.services.ingest.guard.check_datum`.
    viewer
        On whose behalf.

    Raises
    ------
    PermissionDeniedError
        The account may not hand in for this owner.
    UsageError
        No such utility.
    CrsError, FileFormatError, NotFoundError
        The file as a whole cannot be used. Nothing was written.
    InputError
        No row of the file is good; all reasons. Nothing was written.
    """
    require_own(viewer, district, owner, Text("报送", en="hand in"))
    only = None if utility is None else _utility(utility)
    local = (get_grid(db, district, crs), district.crs) if crs is not None and is_local(crs) else None
    file = read_vector(
        path, prefer=LAYER, layer=layer, crs=crs, encoding=encoding, readers=NETWORK_READERS, local=local
    )
    columns = [str(column) for column in file.frame.columns.drop(file.frame.geometry.name)]
    with db.transaction() as connection:
        queries().network_upload_lock(connection, district_id=district.id)
        remembered = queries().network_headings(connection, district_id=district.id, owner=owner)
        headings = headings_of(columns, {**(remembered or {}), **(mapping or {})})
        judged = judge_rows(file, district, headings, owner=owner, utility=only)
        rejected = tuple(one.as_fault(file) for one in judged.rejected)
        if not len(judged.lines) + len(judged.points):
            raise InputError(
                Text(f"{path.name} 没有一行可以接收。", en=f"No row of {path.name} can be accepted."), rejected
            )
        trusted = trust_coordinates or illustrative
        notes = [
            *file.notes,
            *_passed_over(judged),
            *_sizes(judged),
            *_datum(db, district, file, trusted=trusted, dry_run=dry_run),
        ]
        upload = _Upload(owner, only, headings, illustrative)
        version, replaced = _write(connection, district, file, judged, upload)
        again = list(queries().segments_handed_in_again(connection, district_id=district.id, owner=owner))
        if dry_run:
            connection.rollback()
    used = set(headings.values())
    return NetworkReport(
        owner=owner,
        version=None if dry_run else version,
        file=path.name,
        layer=file.layer,
        crs=crs_name(file.crs),
        headings=headings,
        ignored=tuple(name for name in columns if name not in used and not name.startswith(("survey_", "dxf_"))),
        accepted=len(judged.lines),
        replaced=replaced[0],
        points=len(judged.points),
        points_replaced=replaced[1],
        rejected=rejected,
        notes=(*notes, *_come_back(again)),
    )


def _passed_over(judged: Judged) -> list[Text]:
    blocks, twins = judged.passed_over, judged.repeated
    told = []
    if blocks:
        told.append(
            Text(f"{blocks} 个图块不在管线图层上，未读入。", en=f"{blocks} blocks stand on layers of no utility.")
        )
    if twins:
        told.append(
            Text(
                f"{twins} 行没有编码且图形与前面的行完全相同，另编号收入。",
                en=f"{twins} rows without a code repeat an earlier geometry; they are in under numbers of their own.",
            )
        )
    return told


def _sizes(judged: Judged) -> list[Text]:
    """Doubt diameters that are small throughout: they may be inches or centimetres."""
    pipes = judged.lines[judged.lines["utility"].isin(_PIPES)]["diameter_mm"].dropna()
    if pipes.empty or pipes.median() >= _SMALL_MM:
        return []
    middle = float(pipes.median())
    return [
        Text(
            f"管径多在 {middle:g} mm 上下，单位可能不是毫米，请核对。",
            en=f"most diameters are about {middle:g} mm: is it another unit?",
        )
    ]


def _datum(db: Database, district: District, file: VectorFile, *, trusted: bool, dry_run: bool) -> list[Text]:
    """Hold the file against what is stored, as any other geometry (坐标守卫)."""
    rows = file.frame.index
    read = Attributes(pd.DataFrame(index=rows), {}, (), ())
    table = Table(LAYER, file, read, pd.Series(None, index=rows, dtype=object), (), ())
    found = check_datum(db, district, table, trusted=trusted, dry_run=dry_run)
    return [] if found is None else [found.message]


def _come_back(rows: list[Any]) -> list[Text]:
    """Say which lines were given up before and are handed in as in use."""
    if not rows:
        return []
    named = "、".join(row.code for row in rows[:LISTED])
    return [
        Text(
            f"{len(rows)} 段曾登记为废弃或已接入新网，本次又报为在用，请核对：{named}",
            en=f"{len(rows)} lines were recorded as given up and are handed in as in use: {named}",
        )
    ]


def owner_lines(db: Database, district: District, owner: str, *, viewer: Viewer = LOCAL) -> gpd.GeoDataFrame:
    """Return the current lines of an owner, raw.

    Raises
    ------
    PermissionDeniedError
        The account may not see them.
    """
    require_owner(viewer, district, owner, Text("查看", en="see"))
    lines = layer_frame(db, district, LAYER)
    return lines[lines["owner"] == owner].reset_index(drop=True)


def lines_for(db: Database, district: District, *, viewer: Viewer) -> gpd.GeoDataFrame:
    """Return what an account may see of all networks: an operator its own, and of others what is near to them.

    Row-level security of the database decides; lines of others are cut off 5 m from the operator's own
    (``sql/views/neighbour_segment.sql``).
    """
    seen = db.seen_by(viewer)
    mine = layer_frame(seen, district, LAYER)
    if viewer.role != "operator":
        return mine
    others = layer_frame(seen, district, NEIGHBOURS).drop(columns="code").rename(columns={"own_code": "code"})
    return _joined(mine, others)


def lines_of_version(
    db: Database, district: District, owner: str, version: int, *, viewer: Viewer = LOCAL
) -> gpd.GeoDataFrame:
    """Return what an owner handed in with one upload, current or not; ``is_current`` tells which still are.

    Raises
    ------
    PermissionDeniedError
        The account may not see them.
    NotFoundError
        There was no such upload.
    """
    require_owner(viewer, district, owner, Text("查看", en="see"))
    if version not in {one["version"] for one in uploads(db, district, owner=owner)}:
        raise NotFoundError(Text(f"{owner} 没有第 {version} 次报送。", en=f"{owner} has no upload {version}."))
    with db.transaction() as connection:
        rows = [
            row._asdict()
            for row in queries().pipe_segments_of_version(
                connection, district_id=district.id, owner=owner, version=version
            )
        ]
    shapes = [shapely.from_wkb(bytes(row.pop("wkb"))) for row in rows]
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=district.crs))


def uploads(db: Database, district: District, *, owner: str | None = None) -> list[dict[str, Any]]:
    """Return all uploads, oldest first for each owner, with how many of their lines are current."""
    with db.transaction() as connection:
        return [row._asdict() for row in queries().network_uploads(connection, district_id=district.id, owner=owner)]


def _joined(mine: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = [*mine.to_dict("records"), *others.to_dict("records")]
    joined = gpd.GeoDataFrame(rows, columns=mine.columns, geometry="geom", crs=mine.crs)
    return joined.astype({name: kind for name, kind in mine.dtypes.items() if name != "geom" and len(mine)})


def _utility(stated: str) -> str:
    found = utility_code(stated)
    if found is None:
        raise UsageError(
            Text(f"没有管线种类 {stated}。", en=f"There is no utility {stated}."),
            [Fault(column="--utility", value=stated, allowed=" ".join(utilities()))],
        )
    return found


_PIPES: Final = ("water", "sewage", "storm", "drain", "gas", "heat", "reclaimed")
_SMALL_MM: Final = 25.0


@dataclass(frozen=True, slots=True)
class _Upload:
    owner: str
    utility: str | None
    headings: Mapping[str, str]
    illustrative: bool


def _write(
    connection: Connection, district: District, file: VectorFile, judged: Judged, upload: _Upload
) -> tuple[int, tuple[int, int]]:
    made = queries().network_upload_insert(
        connection,
        district_id=district.id,
        owner=upload.owner,
        utility=upload.utility,
        file_name=file.path.name,
        file_sha256=file.sha256,
        file_layer=file.layer,
        declared_crs=file.declared_crs,
        headings=json.dumps(dict(upload.headings), ensure_ascii=False),
        rows_read=len(file.frame),
        rows_accepted=len(judged.lines) + len(judged.points),
        rejected=json.dumps([one.as_fault(file).as_dict() for one in judged.rejected], ensure_ascii=False),
        illustrative=upload.illustrative,
    )
    of = {"district_id": district.id, "owner": upload.owner, "utility": upload.utility, "upload_id": made.id}
    lines = int(queries().network_replace(connection, **of)) if judged.has_lines else 0
    points = int(queries().network_replace_points(connection, **of)) if judged.has_points else 0
    kept = {"upload_id": made.id, "illustrative": upload.illustrative}
    for table, frame, columns in (
        ("pipe_segment", judged.lines, COLUMNS),
        ("network_point", judged.points, POINT_COLUMNS),
    ):
        if len(frame):
            copy_features(connection, table, district, frame.assign(**kept), [*columns, *kept])
    return int(made.version), (lines, points)
