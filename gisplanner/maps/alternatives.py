"""Several proposals on one map (方案比选图): a layer for each, bundles that continue each other in one colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import shapely

from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.context import Context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.features import add_features
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.outlines import as_degrees
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.palette import colours
from gisplanner.maps.sheet import Sheet

_LEAST_MARGIN_M: Final = 2.0
"""A bundle is drawn this far around its estates, so that its edge is seen beside theirs."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One proposal as the map shows it.

    Attributes
    ----------
    name, rules
        What it is called, and its parameters in a line.
    gap_m
        Its gap tolerance: estates this far apart are drawn as one area.
    bundles
        Estates of each bundle.
    families
        For each bundle the number of the colour it shares with the bundles it continues.
    facts
        Rows of the popup of each bundle, parallel to the headings 小区, 户数 … given to the map.
    moved, rand
        Against the official grouping; ``None`` where the register has none.
    """

    name: str
    rules: str
    gap_m: float
    bundles: Mapping[str, Sequence[str]]
    families: Mapping[str, int]
    facts: Mapping[str, Sequence[str]]
    left_over: int
    moved: int | None
    rand: float | None


def alternatives_map(
    estates: gpd.GeoDataFrame,
    alternatives: Sequence[Alternative],
    *,
    headings: Sequence[str],
    layer: LayerSpec,
    sheet: Sheet,
    context: Context | None = None,
) -> str:
    """Return the map of several proposals as one HTML page; the first is shown, the others at a click.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    made = EstatesMap(estates, sheet=sheet, context=context)
    shown = made.shown
    told = [(f"方案 {one.name}", [_place(one, code) for code in shown["code"]]) for one in alternatives]
    drawn = made.draw_estates(layer, first_rows=told)
    count = 1 + max((number for one in alternatives for number in one.families.values()), default=0)
    fills = colours(count)
    plans = [
        _layer(made.page, shown, f"plan-{number}", one, fills, headings) for number, one in enumerate(alternatives)
    ]
    side = render_template(
        "alternatives.html", {"rows": [_row(number, one) for number, one in enumerate(alternatives)]}
    )
    return made.finish(side, {"方案": plans, "小区": drawn}, exclusive=("方案",))


def _place(one: Alternative, code: str) -> str:
    return next((f"片区 {bundle}" for bundle, codes in one.bundles.items() if code in codes), "未入片区")


def _layer(  # noqa: PLR0917 - the page, what is on it, and one alternative
    page: OfflineMap,
    shown: gpd.GeoDataFrame,
    data_id: str,
    one: Alternative,
    fills: Sequence[str],
    headings: Sequence[str],
) -> ScriptedLayer:
    outlines = dict(zip(shown["code"], shown.geometry, strict=True))
    areas = {
        bundle: _area([outlines[code] for code in codes if code in outlines], one.gap_m)
        for bundle, codes in one.bundles.items()
        if any(code in outlines for code in codes)
    }
    metric = gpd.GeoSeries(list(areas.values()), crs=shown.crs)
    grid_m = page.sheet.public_grid_m if page.sheet.public else None
    degrees = as_degrees(metric, grid_m=grid_m)
    middles = as_degrees(gpd.GeoSeries(metric.representative_point(), crs=shown.crs), grid_m=grid_m)
    page.embed(
        f"{data_id}-names",
        [
            {"x": round(point.x, 6), "y": round(point.y, 6), "t": bundle, "w": round(float(area), 1)}
            for bundle, point, area in zip(areas, middles, metric.area, strict=True)
        ],
    )
    looks = [{"fill": fill, "line": fill, "weight": 2.4, "opacity": 0.45} for fill in fills]
    return add_features(
        page, data_id, one.name, degrees,
        [(one.families[bundle], f"片区 {bundle}", one.facts[bundle]) for bundle in areas],
        headings=headings, looks=looks, zIndex=415, script="alternative",
    )  # fmt: skip


def _area(outlines: Sequence[shapely.Geometry], gap_m: float) -> shapely.Geometry:
    """Return one area around estates that stand at most ``gap_m`` apart."""
    reach = gap_m / 2 + _LEAST_MARGIN_M
    whole = shapely.union_all(shapely.buffer(list(outlines), reach, join_style="mitre", mitre_limit=2.0))
    return shapely.buffer(whole, _LEAST_MARGIN_M - reach, join_style="mitre", mitre_limit=2.0)


def _row(number: int, one: Alternative) -> dict[str, Any]:
    return {
        "id": f"plan-{number}",
        "name": one.name,
        "rules": one.rules,
        "bundles": len(one.bundles),
        "singles": sum(len(codes) == 1 for codes in one.bundles.values()),
        "left_over": one.left_over,
        "moved": "—" if one.moved is None else one.moved,
        "rand": "—" if one.rand is None else f"{one.rand:.2f}",
    }
