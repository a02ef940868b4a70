"""The bundle map (片区图): one colour for each bundle, the links that hold it together, what cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.bundling import Bundle, CutLink, EstateId, LeftOver, Link
from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.context import Context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.estates import EstateLook, estate_name
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.links import LINK_LOOKS, add_cut_links, add_links
from gisplanner.maps.outlines import view_box
from gisplanner.maps.palette import colours_of_areas
from gisplanner.maps.sheet import Sheet

LEFT_OVER: Final = "未入片区"

_FIGURES: Final = (("households", "户"), ("buildings", "栋"), ("floor_area_10k_m2", "万㎡"))


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """A division of estates into bundles, as a map needs it.

    Parameters
    ----------
    bundles
        In the order of the legend; their estates are codes of the register.
    rules
        The parameters it was made with, one line each.
    """

    bundles: Sequence[Bundle]
    links: Sequence[Link] = ()
    cut_links: Sequence[CutLink] = ()
    left_over: Sequence[LeftOver] = ()
    rules: Sequence[str] = ()


def bundles_map(
    estates: gpd.GeoDataFrame,
    plan: BundlePlan,
    *,
    layer: LayerSpec,
    sheet: Sheet,
    context: Context | None = None,
) -> str:
    """Return the bundle map as one HTML page.

    The legend gives each bundle's totals; a figure that some estate lacks is marked, never counted as zero.
    The public version has no households.

    Parameters
    ----------
    estates
        Rows of the layer ``estates`` in a metric CRS; geometry may be missing.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    made = EstatesMap(estates, sheet=sheet, context=context)
    looks, look_of, told = _looks(plan, made.shown)
    drawn = made.draw_estates(layer, looks=looks, look_of=look_of, first_rows=[("片区", told)])
    drawn += add_links(made.page, made.shown, plan.links)
    drawn += add_cut_links(made.page, made.shown, plan.cut_links)
    panel = _panel(estates, made.shown, made.degrees, plan, looks, public=sheet.public)
    return made.finish(render_template("bundles.html", panel), {"片区": drawn})


def _looks(plan: BundlePlan, shown: gpd.GeoDataFrame) -> tuple[list[EstateLook], list[int], list[str]]:
    """Return the looks (one a bundle, then left-over), the look of each estate, and what its popup says."""
    bundle_of = {code: number for number, bundle in enumerate(plan.bundles) for code in bundle.estates}
    reasons = {one.estate: one.reason for one in plan.left_over}
    middles = shown.geometry.centroid
    own = [bundle_of.get(code) for code in shown["code"]]
    centres = []
    for number in range(len(plan.bundles)):
        at = middles[[one == number for one in own]]
        centres.append((at.x.mean(), at.y.mean()) if len(at) else (0.0, 0.0))
    fills = colours_of_areas(centres)
    looks = [
        EstateLook(f"片区 {bundle.id}", fill, "#33383d", mark=str(bundle.id))
        for bundle, fill in zip(plan.bundles, fills, strict=True)
    ]
    looks.append(EstateLook(LEFT_OVER, "#dcdcd8", "#8a8a86", dashed=True))
    told = [
        f"{LEFT_OVER}：{reasons.get(code, '不在方案内')}" if number is None else looks[number].name
        for code, number in zip(shown["code"], own, strict=True)
    ]
    return looks, [len(plan.bundles) if number is None else number for number in own], told


def _panel(
    estates: gpd.GeoDataFrame,
    shown: gpd.GeoDataFrame,
    degrees: gpd.GeoSeries,
    plan: BundlePlan,
    looks: Sequence[EstateLook],
    *,
    public: bool,
) -> dict[str, Any]:
    figures = [(column, unit) for column, unit in _FIGURES if not (public and column == "households")]
    by_code = estates.set_index("code")
    outlines = pd.Series(degrees.to_numpy(), index=shown["code"].to_numpy())
    rows = []
    for look, bundle in zip(looks, plan.bundles, strict=False):
        known = [code for code in bundle.estates if code in by_code.index]
        drawn = outlines[outlines.index.isin(known)]
        view = view_box(gpd.GeoSeries(drawn.to_numpy(), crs=4326))
        totals = [_total(by_code.loc[known, column]) for column, _ in figures]
        rows.append({"name": look.name, "look": look, "estates": len(bundle.estates), "totals": totals, "view": view})
    return {
        "rows": rows,
        "units": [unit for _, unit in figures],
        "bundled": sum(row["estates"] for row in rows),
        "bundles": len(rows),
        "links": [(kind, sum(link.contact == kind for link in plan.links)) for kind in LINK_LOOKS],
        "cut_count": len(plan.cut_links),
        "cuts": sorted({cut.barrier for cut in plan.cut_links}),
        "left_over": [(_name(by_code, one.estate), one.reason) for one in plan.left_over],
        "left_look": looks[-1],
        "rules": list(plan.rules),
    }


def _name(by_code: pd.DataFrame, code: EstateId) -> str:
    return estate_name(by_code["name"].get(code), code)


def _total(values: pd.Series[Any]) -> str:
    """Return the sum as written; ``≥`` where a value is unknown, 未填 where all are."""
    known = [Decimal(str(value)) for value in values if value is not None and value == value]  # noqa: PLR0124 - NaN
    if not known:
        return "未填"
    total = sum(known, Decimal(0))
    whole = total == total.to_integral_value()
    text = f"{int(total):,}" if whole else f"{total.normalize():,f}"
    return text if len(known) == len(values) else f"≥ {text}"
