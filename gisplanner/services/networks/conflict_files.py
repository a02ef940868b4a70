"""Conflicts as files: points on a map, and a workbook with a sheet for each owner."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.domain.clearance import ClearanceConflict
from gisplanner.domain.clearance_exception import ClearanceException
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import UsageError
from gisplanner.formats.geojson import GeoJson, require_geojson, write_geojson
from gisplanner.formats.list_writer import write_list
from gisplanner.services.networks.conflict_result import ConflictResult
from gisplanner.services.networks.conflict_texts import KIND_NAMES, suggested_fix
from gisplanner.text import Text

_NO_OWNER: Final = "权属不明"

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
    ColumnSpec(name="row", label="数据表行"),
    ColumnSpec(name="origin", label="行的来源"),
    ColumnSpec(name="yields", label="避让方"),
    ColumnSpec(name="fix", label="建议"),
    ColumnSpec(name="exception", label="例外登记"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
)


def write_conflicts(result: ConflictResult, path: Path) -> GeoJson:
    """Write one point a conflict (RFC 7946), where the distance is least; cover at the middle of the line.

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    require_geojson(path)
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
    rows = [
        _row(known, number, one, result.accepted(one)) for number, one in enumerate(result.report.conflicts, start=1)
    ]
    return gpd.GeoDataFrame(rows, columns=[*(one.name for one in _COLUMNS), "geometry"], crs=result.crs)


def _row(
    known: dict[Any, dict[Any, Any]], number: int, one: ClearanceConflict, accepted: ClearanceException | None
) -> dict[str, Any]:
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
        "status": f"条款号待核，{one.rule.status}" if one.rule.clause_is_open else one.rule.status,
        "row": one.rule.id,
        "origin": one.rule.origin or "国家标准数据表",
        "yields": None if one.yields is None else str(one.yields),
        "fix": str(suggested_fix(one)),
        "exception": None if accepted is None else f"{accepted.document}（至 {accepted.valid_until}）",
        "illustrative": any(sketched) if sketched else None,
        "geometry": at,
    }
