"""The map of a pipeline plan (管线综合图): lines by network in their lanes, and how far trenches are shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.layers import UtilitySpec
from gisplanner.maps.attributes import known, told
from gisplanner.maps.context import Context, add_context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.features import add_features
from gisplanner.maps.outlines import as_degrees, view_box
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_HEADINGS: Final = (
    "管网",
    "类别",
    "接入楼栋",
    "道路",
    "距中线（米，左为正）",
    "埋设方式",
    "管径",
    "覆土（米）",
    "长度（米）",
)
_SECTION: Final = ("开挖", "恢复", "管网数", "米")
_SHARING: Final = ((1, "#9aa0a6"), (2, "#f3b562"), (3, "#e8833a"), (4, "#c8553d"), (5, "#8f2d56"))
"""Colour of a trench by how many networks share it; the last stands for more too."""
_LISTED: Final = 60
_OVERHEAD: Final = "6 5"


@dataclass(frozen=True, slots=True, eq=False)
class PlanSheet:
    """What is drawn of a plan.

    Attributes
    ----------
    lines
        Planned lines in the metric CRS with ``network``, ``utility``, ``part``, ``building``, ``street``,
        ``offset_m``, ``laying``, ``diameter_mm``, ``depth_m``, ``length_m``.
    trenches
        Stretches of trench with ``networks`` (how many share it) and ``length_m``.
    served
        Buildings connected, by network.
    rates
        Figures of the panel: name, figure, small print.
    misfits, unserved
        What streets cannot hold; who is not connected and why.
    sections
        Stretches of street opened at once with ``name``, ``networks``, ``length_m``, ``first`` and ``last`` day.
    """

    lines: gpd.GeoDataFrame
    trenches: gpd.GeoDataFrame
    served: Mapping[str, int]
    rates: Sequence[tuple[str, str, str]]
    misfits: Sequence[str]
    unserved: Sequence[tuple[str, str]]
    sections: gpd.GeoDataFrame | None = None


def pipe_plan_map(
    plan: PlanSheet,
    *,
    utilities: Mapping[str, UtilitySpec],
    sheet: Sheet,
    context: Context,
    illustrative: bool = False,
) -> str:
    """Return the map of a plan as one HTML page that opens without a network.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    around = plan.lines.geometry if len(plan.lines) else context.buildings.geometry  # type: ignore[union-attr]
    page = OfflineMap(sheet, view_box(around.to_crs(4326)))
    base = add_context(page, context, around)
    groups: dict[str, Sequence[ScriptedLayer]] = {}
    groups["管沟"], sharing = _add_trenches(page, plan.trenches)
    if plan.sections is not None and len(plan.sections):
        groups["施工"] = [_add_sections(page, plan.sections)]
    groups["管线"], rows = _add_lines(page, plan, utilities)
    values = {
        "rates": list(plan.rates),
        "rows": rows,
        "sharing": sharing,
        "misfits": list(plan.misfits),
        "unserved": list(plan.unserved[:_LISTED]),
        "unserved_count": len(plan.unserved),
        "more": max(0, len(plan.unserved) - _LISTED),
    }
    page.furnish(
        render_template("pipe_plan.html", values),
        warnings=sheet.warnings(illustrative=illustrative or context.illustrative),
        unmapped=[],
        notes=[*base.notes, "条文数值未核对原文"],
        signs=base.signs,
    )
    return page.finish({**groups, "底图": base.layers})


def _add_trenches(page: OfflineMap, trenches: gpd.GeoDataFrame) -> tuple[list[ScriptedLayer], list[dict[str, Any]]]:
    layers, rows = [], []
    most = _SHARING[-1][0]
    for count, colour in _SHARING:
        part = trenches[trenches["networks"].clip(upper=most) == count]
        if part.empty:
            continue
        name = f"{count} 种同路由" if 1 < count < most else f"{most} 种及以上" if count == most else "单独"
        made = add_features(
            page, f"trenches-{count}", f"管沟 · {name}", as_degrees(part.geometry),
            [(0, name, (f"{metres:.1f}",)) for metres in part["length_m"]],
            headings=("长度（米）",), looks=[{"line": colour, "weight": 9.0, "dash": None, "fill": None}], zIndex=436,
        )  # fmt: skip
        layers.append(made)
        rows.append({"name": name, "colour": colour, "length": f"{part['length_m'].sum():,.0f}"})
    return layers, rows


def _add_sections(page: OfflineMap, sections: gpd.GeoDataFrame) -> ScriptedLayer:
    shown = [
        (0, row["name"], (row["first"], row["last"], str(row["networks"]), f"{row['length_m']:.1f}"))
        for row in sections.to_dict("records")
    ]
    return add_features(
        page, "sections", "施工路段", as_degrees(sections.geometry), shown,
        headings=_SECTION, looks=[{"line": "#e6dfc9", "weight": 16.0, "dash": None, "fill": None}], zIndex=434,
    )  # fmt: skip


def _add_lines(
    page: OfflineMap, plan: PlanSheet, utilities: Mapping[str, UtilitySpec]
) -> tuple[list[ScriptedLayer], list[dict[str, Any]]]:
    layers, rows = [], []
    for number, (network, part) in enumerate(plan.lines.groupby("network", sort=True)):
        utility = utilities[str(part["utility"].iloc[0])]
        name = utility.name if ":" not in str(network) else f"{utility.name} · {str(network).split(':', 1)[1]}"
        shown = [
            (int(row["laying"] == "overhead"), row["line"], _facts(name, row)) for row in part.to_dict("records")
        ]
        looks = [{"line": utility.colour, "weight": 2.4, "dash": dash, "fill": None} for dash in (None, _OVERHEAD)]
        made = add_features(
            page, f"plan-{number}", name, as_degrees(part.geometry), shown,
            headings=_HEADINGS, looks=looks, zIndex=445,
        )  # fmt: skip
        layers.append(made)
        served = plan.served.get(str(network), 0)
        length = f"{part['length_m'].sum():,.0f}"
        rows.append({"name": name, "colour": utility.colour, "length": length, "served": served})
    return layers, rows


_LAYING: Final = {"buried": "直埋", "duct": "排管", "overhead": "架空"}
_PARTS: Final = {"main": "干支管", "service": "入户管"}


def _facts(name: str, row: Mapping[Any, Any]) -> list[str]:
    offset, depth = row["offset_m"], row["depth_m"]
    return [
        name,
        _PARTS[row["part"]],
        told(row["building"]),
        told(row["street"]),
        f"{offset:+.2f}" if known(offset) else "—",
        _LAYING[row["laying"]],
        told(row["diameter_mm"]),
        f"{depth:.2f}" if known(depth) else "—",
        f"{row['length_m']:.1f}",
    ]
