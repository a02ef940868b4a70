"""Networks as their owners hand them in (管线报送): one upload, one transaction, every version kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from gisplanner.catalog.layers import utilities
from gisplanner.crs import crs_name
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError, UsageError
from gisplanner.formats.networks import NETWORK_READERS
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, may_see, require_owner
from gisplanner.services.networks.columns import LAYER, headings_of, utility_code
from gisplanner.services.networks.rows import COLUMNS, Judged, judge_rows
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import copy_features
from gisplanner.store.queries import queries
from gisplanner.text import Language, Text, in_language

NEIGHBOUR_M: Final = 5.0
"""An operator sees the lines of others this near to its own, no farther."""
_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What became of an upload; ``version`` is ``None`` where nothing was written."""

    owner: str
    version: int | None
    file: str
    layer: str
    crs: str
    headings: Mapping[str, str]
    ignored: tuple[str, ...]
    accepted: int
    replaced: int
    rejected: tuple[Fault, ...]
    notes: tuple[Text, ...]

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "owner": self.owner,
            "version": self.version,
            "file": self.file,
            "layer": self.layer,
            "crs": self.crs,
            "headings": dict(self.headings),
            "ignored_columns": list(self.ignored),
            "accepted": self.accepted,
            "replaced": self.replaced,
            "rejected": [fault.as_dict(language) for fault in self.rejected],
            "notes": [in_language(note, language) for note in self.notes],
        }

    def sentences(self) -> Text:
        """Return the report for a person."""
        rows = len({(fault.layer, fault.row) for fault in self.rejected})
        version = "（试算，未写入）" if self.version is None else f"，第 {self.version} 次报送"
        dry = " (nothing written)" if self.version is None else f", upload {self.version}"
        zh = [f"{self.owner}：接收 {self.accepted} 段，未接收 {rows} 行，替换原有 {self.replaced} 段{version}。"]
        en = [f"{self.owner}: {self.accepted} accepted, {rows} rejected, {self.replaced} replaced{dry}."]
        for fault in self.rejected[:_LISTED]:
            value = "" if fault.value is None else f"「{fault.value}」"
            zh.append(f"  第 {fault.row} 行 {fault.column}{value}：{fault.hint}")
            en.append(f"  row {fault.row} {fault.column} {value}: {in_language(fault.hint or '', 'en')}")
        zh += [f"  {note}" for note in self.notes]
        en += [f"  {in_language(note, 'en')}" for note in self.notes]
        return Text("\n".join(zh), en="\n".join(en))


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
    viewer: Viewer = LOCAL,
) -> NetworkReport:
    """Take in the lines of one owner; what it handed in before stays readable and is current no more.

    Parameters
    ----------
    owner
        Who hands in. Rows that state another owner are rejected: everybody hands in its own.
    utility
        Only this utility is handed in, and only its earlier lines are replaced; ``None``: all of the owner's.
    mapping
        Our column names → headings of the file; kept and used for the owner's next file.
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
    require_owner(viewer, district, owner, Text("报送", en="hand in"))
    only = None if utility is None else _utility(utility)
    file = read_vector(path, prefer=LAYER, layer=layer, crs=crs, encoding=encoding, readers=NETWORK_READERS)
    columns = [str(column) for column in file.frame.columns.drop(file.frame.geometry.name)]
    with db.transaction() as connection:
        queries().network_upload_lock(connection, district_id=district.id)
        remembered = queries().network_headings(connection, district_id=district.id, owner=owner)
        headings = headings_of(columns, {**(remembered or {}), **(mapping or {})})
        judged = judge_rows(file, district, headings, owner=owner, utility=only)
        rejected = tuple(one.as_fault(file) for one in judged.rejected)
        if not len(judged.accepted):
            raise InputError(
                Text(f"{path.name} 没有一行可以接收。", en=f"No row of {path.name} can be accepted."), rejected
            )
        upload = _Upload(owner, only, headings, illustrative)
        version, replaced = _write(connection, district, file, judged, upload)
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
        ignored=tuple(name for name in columns if name not in used and not name.startswith("survey_")),
        accepted=len(judged.accepted),
        replaced=replaced,
        rejected=rejected,
        notes=file.notes,
    )


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

    Lines of others are cut off at :data:`NEIGHBOUR_M` from the operator's own.
    """
    lines = layer_frame(db, district, LAYER)
    own = lines["owner"].map(lambda owner: may_see(viewer, district, owner)).astype(bool)
    mine, others = lines[own], lines[~own]
    if viewer.role != "operator":
        return mine.reset_index(drop=True)
    near = mine.geometry.buffer(NEIGHBOUR_M).union_all()
    cut = others.assign(geom=others.geometry.intersection(near))
    return lines.iloc[:0] if mine.empty else _joined(mine, cut[~cut.geometry.is_empty])


def uploads(db: Database, district: District, *, owner: str | None = None) -> list[dict[str, Any]]:
    """Return all uploads, oldest first for each owner, with how many of their lines are current."""
    with db.transaction() as connection:
        return [row._asdict() for row in queries().network_uploads(connection, district_id=district.id, owner=owner)]


def _joined(mine: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = [*mine.to_dict("records"), *others.to_dict("records")]
    return gpd.GeoDataFrame(rows, columns=mine.columns, geometry="geom", crs=mine.crs)


def _utility(stated: str) -> str:
    found = utility_code(stated)
    if found is None:
        raise UsageError(
            Text(f"没有管线种类 {stated}。", en=f"There is no utility {stated}."),
            [Fault(column="--utility", value=stated, allowed=" ".join(utilities()))],
        )
    return found


@dataclass(frozen=True, slots=True)
class _Upload:
    owner: str
    utility: str | None
    headings: Mapping[str, str]
    illustrative: bool


def _write(
    connection: Connection, district: District, file: VectorFile, judged: Judged, upload: _Upload
) -> tuple[int, int]:
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
        rows_accepted=len(judged.accepted),
        rejected=json.dumps([one.as_fault(file).as_dict() for one in judged.rejected], ensure_ascii=False),
        illustrative=upload.illustrative,
    )
    replaced = queries().network_replace(
        connection, district_id=district.id, owner=upload.owner, utility=upload.utility, upload_id=made.id
    )
    rows = judged.accepted.assign(upload_id=made.id, illustrative=upload.illustrative)
    copy_features(connection, "pipe_segment", district, rows, [*COLUMNS, "upload_id", "illustrative"])
    return int(made.version), int(replaced)
