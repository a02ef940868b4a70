"""A fire plan as files: GeoJSON, DXF, the brigade's workbook, and the A3 page for the station, by their suffix."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, UsageError
from gisplanner.files import replacing
from gisplanner.formats.dxf_writer import write_dxf
from gisplanner.formats.layer_table import LayerTable
from gisplanner.formats.tables_book import write_tables
from gisplanner.services.fire.brigade import basis_of, brigade_tables
from gisplanner.services.fire.plan import FirePlan
from gisplanner.services.fire.report import lane_features, write_lanes
from gisplanner.services.fire.station import station_page
from gisplanner.text import Text

SUFFIXES: Final = (".geojson", ".json", ".dxf", ".xlsx", ".html")
_TITLE: Final = "消防车道"


def write_fire_plan(plan: FirePlan, path: Path) -> None:
    """Write the plan in the format of the suffix.

    Raises
    ------
    UsageError
        Another suffix than :data:`SUFFIXES`.
    """
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise UsageError(
            Text("不认识的输出格式。", en="Unknown kind of output."),
            [Fault(column="--out", value=str(path), allowed="、".join(SUFFIXES))],
        )
    if kind in {".geojson", ".json"}:
        write_lanes(plan, path)
    elif kind == ".dxf":
        write_dxf(path, _layer_table(plan))
    elif kind == ".xlsx":
        write_tables(path, brigade_tables(plan))
    else:
        with replacing(path) as file:
            file.write_text(station_page(plan, path.stem), encoding="utf-8")


def _layer_table(plan: FirePlan) -> LayerTable:
    frame = lane_features(plan).rename(columns={"role": "kind", "label": "name"})
    columns = tuple(ColumnSpec(name=name, label=name) for name in ("id", "kind", "name"))
    notes = {"名称": _TITLE, "依据": basis_of(plan), "示意数据": plan.ground.illustrative}
    return LayerTable("fire_lanes", _TITLE, "any", "id", columns, frame, notes)
