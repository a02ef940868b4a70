"""The map of what is twice and what is left out (不重不漏核对图): overlaps, buildings of nobody, blind gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.context import Context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.estates import EstateLook
from gisplanner.maps.features import add_features
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.outlines import as_degrees
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

MOST_DRAWN: Final = 20_000
"""Places of one kind that are drawn; more would make the page heavy, the table has them all (本工具参数)."""

_LISTED: Final = 40
_GATE_M: Final = 2.5
_LEAST_MARK_M: Final = 3.0
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "小区重叠": {"line": "#8f1d1d", "weight": 2.4, "fill": "#e0443e"},
    "楼栋跨小区": {"line": "#8a4b00", "weight": 1.6, "fill": "#f2a541"},
    "楼栋不在小区内": {"line": "#4a5a6a", "weight": 0.6, "fill": "#b9c4cf"},
    "出入口不通道路": {"line": "#5b2a86", "weight": 2.0, "fill": "#c9a7e8"},
    "出入口不在小区边": {"line": "#5b2a86", "weight": 2.0, "fill": "#ffffff"},
}
_ORDER: Final = {
    "楼栋不在小区内": 431,
    "楼栋跨小区": 433,
    "小区重叠": 436,
    "出入口不在小区边": 440,
    "出入口不通道路": 441,
}
_ESTATES: Final = (
    EstateLook("无问题", "#e4efe4", "#5f7f66"),
    EstateLook("须核对", "#fff1c9", "#a07a00"),
)


@dataclass(frozen=True, slots=True, eq=False)
class CoverageScene:
    """What is drawn.

    Attributes
    ----------
    places
        Rows with ``role`` (a key of :data:`LOOKS`), ``label``, ``fact`` and geometry in a metric CRS.
    doubtful
        Code of each estate to look at → why.
    figures
        What the panel says in front: name and figure.
    lists
        Title and rows (name, fact) of each list of the panel.
    """

    places: gpd.GeoDataFrame
    doubtful: dict[str, str]
    figures: Sequence[tuple[str, str]]
    lists: Sequence[tuple[str, Sequence[tuple[str, str]]]]


def coverage_map(
    estates: gpd.GeoDataFrame,
    scene: CoverageScene,
    *,
    layer: LayerSpec,
    sheet: Sheet,
    context: Context | None = None,
) -> str:
    """Return the map as one HTML page that opens without a network.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    made = EstatesMap(estates, sheet=sheet, context=context, theme=scene.places.geometry)
    why = [scene.doubtful.get(code, "") for code in made.shown["code"]]
    drawn = made.draw_estates(
        layer,
        looks=_ESTATES,
        look_of=[1 if told else 0 for told in why],
        first_rows=[("核对", [told or "无问题" for told in why])],
    )
    found = [_add(made.page, role, scene.places[scene.places["role"] == role]) for role in _ORDER]
    many = [role for role in LOOKS if int((scene.places["role"] == role).sum()) > MOST_DRAWN]
    return made.finish(
        render_template("coverage.html", _panel(scene)),
        {"小区": drawn, "须核对": [one for one in found if one is not None]},
        notes=[f"{role}过多，只绘前 {MOST_DRAWN} 处" for role in many],
    )


def _add(page: OfflineMap, role: str, rows: gpd.GeoDataFrame) -> ScriptedLayer | None:
    if rows.empty:
        return None
    rows = rows.head(MOST_DRAWN)
    points = rows.geometry.geom_type == "Point"
    shapes = rows.geometry.where(~points, rows.geometry.buffer(_GATE_M, quad_segs=4))
    if role == "小区重叠":
        # A sliver of a hand's breadth would be invisible: it is drawn as wide as a mark.
        shapes = shapes.buffer(_LEAST_MARK_M / 2, quad_segs=2)
    shown = [(0, label, (role, fact)) for label, fact in zip(rows["label"], rows["fact"], strict=True)]
    return add_features(
        page, f"coverage-{_ORDER[role]}", role, as_degrees(shapes), shown,
        headings=("问题", "说明"), looks=[{"dash": None, **LOOKS[role]}], zIndex=_ORDER[role],
    )  # fmt: skip


def _panel(scene: CoverageScene) -> dict[str, Any]:
    met = set(scene.places["role"])
    return {
        "figures": list(scene.figures),
        "looks": {
            **{look.name: {"fill": look.fill} for look in _ESTATES},
            **{role: look for role, look in LOOKS.items() if role in met},
        },
        "lists": [(title, list(rows[:_LISTED]), max(0, len(rows) - _LISTED)) for title, rows in scene.lists if rows],
    }
