"""Clearance conflicts (净距冲突) of the lines of a file or of a district."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.catalog.layers import utilities
from gisplanner.crs import crs_name, planning_crs
from gisplanner.domain.clearance import ClearanceConflict, ClearanceReport
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import InputError, UsageError
from gisplanner.formats.geojson import GeoJson, write_geojson
from gisplanner.formats.list_writer import write_list
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.planning.pipes.clearance import check_clearances, trial_pits
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import CHECK_NAMES, LAYER, check_frame
from gisplanner.services.networks.conflict_texts import (
    KIND_NAMES,
    advice_document,
    conflict_document,
    conflict_sentence,
    suggested_fix,
    unknown_document,
)
from gisplanner.services.row_ids import row_ids
from gisplanner.store.database import Database
from gisplanner.text import Language, Text

_LISTED = 20
_NO_OWNER = "权属不明"

_COLUMNS = (
    ColumnSpec(name="number", label="序号", type="integer"),
    ColumnSpec(name="a", label="管线甲"),
    ColumnSpec(name="a_owner", label="甲权属"),
    ColumnSpec(name="b", label="管线乙"),
    ColumnSpec(name="b_owner", label="乙权属"),
    ColumnSpec(name="kind", label="类别"),
    ColumnSpec(name="verdict", label="判定"),
    ColumnSpec(name="measured_m", label="实际净距（米）", type="number", unit="m"),
    ColumnSpec(name="required_m", label="要求净距（米）", type="number", unit="m"),
    ColumnSpec(name="length_m", label="过近长度（米）", type="number", unit="m"),
    ColumnSpec(name="clause", label="条文"),
    ColumnSpec(name="status", label="核对状态"),
    ColumnSpec(name="yields", label="避让方"),
    ColumnSpec(name="fix", label="建议"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
)


@dataclass(frozen=True, slots=True, eq=False)
class ConflictResult:
    """What a check found, with the lines it looked at.

    Attributes
    ----------
    lines
        The lines, indexed by id, in ``crs``; ``utility``, ``owner`` where the data has it.
    seconds
        Time from the data at hand to the answer.
    """

    report: ClearanceReport
    lines: gpd.GeoDataFrame
    crs: str
    seconds: float

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract; ``advice`` and counts of what was left out stand beside it."""
        report = self.report
        return {
            "crs": self.crs,
            "lines": len(self.lines),
            "conflicts": [conflict_document(one, language) for one in report.conflicts],
            "unknown": [unknown_document(one) for one in report.unknown],
            "advice": [advice_document(one) for one in report.advice],
            "trial_pits": [
                {"at": list(pit.at), "settles": [list(pair) for pair in pit.pairs]} for pit in trial_pits(report)
            ],
            "checked_pairs": report.checked_pairs,
            "without_depth": report.without_depth,
            "left_out": {"overhead": report.overhead, "abandoned": report.abandoned},
            "seconds": round(self.seconds, 3),
        }

    def sentences(self) -> Text:
        """Return the result for a person."""
        report = self.report
        sure = sum(one.verdict == "确定" for one in report.conflicts)
        possible = len(report.conflicts) - sure
        count, pairs, unknown = len(self.lines), report.checked_pairs, len(report.unknown)
        zh = [f"{count} 段管线，比对 {pairs} 对：确定冲突 {sure} 处，可能冲突 {possible} 处，资料不足 {unknown} 处。"]
        zh.append(f"坐标系 {self.crs}；条文数值未核对原文。")
        en = [
            f"{count} lines, {pairs} pairs compared: {sure} sure conflicts, {possible} possible, {unknown} unknown."
        ]
        en.append(f"{self.crs}; figures not yet compared with the printed standards.")
        for one in report.conflicts[:_LISTED]:
            told = conflict_sentence(one)
            zh.append(f"  {told}")
            en.append(f"  {told.en}")
        left = len(report.conflicts) - _LISTED
        if left > 0:
            zh.append(f"  … 另有 {left} 处，见 --json 或 --out")
            en.append(f"  … {left} more: use --json or --out")
        return Text("\n".join(zh), en="\n".join(en))


def conflicts_of_file(
    path: Path,
    *,
    layer: str | None = None,
    buildings_layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> ConflictResult:
    """Check the lines of a file.

    Raises
    ------
    InputError
        The file, a layer, ids, geometry or values cannot be used; all bad rows at once.
    """
    file = read_vector(path, prefer=LAYER, layer=layer, crs=crs, encoding=encoding)
    system = planning_crs(file.frame)
    lines = _indexed(file, Text("管线", en="line")).to_crs(system)
    buildings = None
    if buildings_layer is not None:
        read = read_vector(path, layer=buildings_layer, crs=crs, encoding=encoding)
        buildings = _indexed(read, Text("楼栋", en="building")).to_crs(system)
    try:
        return _check(check_frame(lines), buildings)
    except InputError as error:
        faults = [replace(fault, file=file.path.name, layer=file.layer) for fault in error.faults]
        raise type(error)(error.message, faults) from error


def conflicts_of_district(db: Database, district: District) -> ConflictResult:
    """Check the stored lines of a district, all owners together, against each other and the stored buildings.

    Ids are ``owner/utility/code``: codes are the owner's own.
    """
    lines = layer_frame(db, district, LAYER)
    lines.index = pd.Index([f"{row.owner}/{row.utility}/{row.code}" for row in lines.itertuples()], dtype=object)
    lines = lines.drop(columns="diameter_mm").rename(columns=CHECK_NAMES)
    buildings = layer_frame(db, district, "buildings").set_index("code")
    return _check(lines, buildings if len(buildings) else None)


def write_conflicts(result: ConflictResult, path: Path) -> GeoJson:
    """Write one point a conflict (RFC 7946), where the distance is least; cover at the middle of the line.

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    if path.suffix.lower() not in {".geojson", ".json"}:
        raise UsageError(Text("净距冲突写成 GeoJSON。", en="Conflicts are written as GeoJSON."))
    frame = conflict_frame(result)
    return write_geojson(path, frame, list(_COLUMNS), id_column="number", members={"名称": "净距冲突"})


def write_conflict_sheets(result: ConflictResult, path: Path) -> None:
    """Write a workbook with a sheet for each owner (各单位冲突清单): the conflicts its lines are part of.

    Raises
    ------
    UsageError
        ``path`` does not end in ``.xlsx``.
    InputError
        ``path`` cannot be written to.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(Text("冲突清单写成 XLSX。", en="Conflict sheets are written as XLSX."))
    frame = conflict_frame(result)
    columns = [column for column in _COLUMNS if column.name != "illustrative"]
    sheets: dict[str, list[list[str]]] = {}
    for row in frame.to_dict("records"):
        cells = ["" if pd.isna(row[column.name]) else str(row[column.name]) for column in columns]
        owners = {owner for owner in (row["a_owner"], row["b_owner"]) if not pd.isna(owner)}
        for owner in sorted(owners) or [_NO_OWNER]:
            sheets.setdefault(str(owner), []).append(cells)
    ordered = {owner: sheets[owner] for owner in sorted(sheets)} or {_NO_OWNER: []}
    write_list(path, ordered, headings=[column.label for column in columns])


def conflict_frame(result: ConflictResult) -> gpd.GeoDataFrame:
    """Return the conflicts as points, numbered from 1."""
    met = {name for one in result.report.conflicts for name in (one.a, one.b)}
    lines = result.lines[result.lines.index.isin(met)]
    known = dict(zip(lines.index, lines.to_dict("records"), strict=True))
    rows = [_row(known, number, one) for number, one in enumerate(result.report.conflicts, start=1)]
    return gpd.GeoDataFrame(rows, columns=[*(one.name for one in _COLUMNS), "geometry"], crs=result.crs)


def _row(known: dict[Any, dict[Any, Any]], number: int, one: ClearanceConflict) -> dict[str, Any]:
    first = known[one.a]
    second = known[one.b] if one.kind in {"horizontal", "vertical"} else {}
    sketched = [line["illustrative"] for line in (first, second) if "illustrative" in line]
    line = first["geometry"] if "geometry" in first else first["geom"]
    at = shapely.line_interpolate_point(line, 0.5, normalized=True) if one.at is None else shapely.Point(one.at)
    return {
        "number": number,
        "a": str(one.a),
        "a_owner": first.get("owner"),
        "b": None if one.b is None else str(one.b),
        "b_owner": second.get("owner"),
        "kind": KIND_NAMES[one.kind],
        "verdict": one.verdict,
        "measured_m": one.measured_m,
        "required_m": one.required_m,
        "length_m": one.length_m,
        "clause": one.rule.cited,
        "status": one.rule.status,
        "yields": None if one.yields is None else str(one.yields),
        "fix": str(suggested_fix(one)),
        "illustrative": any(sketched) if sketched else None,
        "geometry": at,
    }


def _check(lines: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame | None) -> ConflictResult:
    begun = time.perf_counter()
    report = check_clearances(lines, clearance_standards(), buildings=buildings, utilities=tuple(utilities()))
    return ConflictResult(report, lines, crs_name(lines.crs), time.perf_counter() - begun)


def _indexed(file: VectorFile, what: Text) -> gpd.GeoDataFrame:
    frame = file.frame.copy()
    if "id" in frame.columns:
        frame.index = row_ids(frame["id"], file, what)
    else:
        frame.index = pd.RangeIndex(len(frame))
    return frame
