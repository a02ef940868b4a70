"""The bundle map (片区图): one colour for each bundle, the links that hold it together, what cuts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.domain.bundling import Contact, CutLink, Link
from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.context import Context, add_context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.estates import EstateLook, add_estates, drawable
from gisplanner.maps.outlines import as_degrees, geometry_json, name_points, view_box
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.palette import colours_of_areas
from gisplanner.maps.sheet import Sheet

LEFT_OVER: Final = "未入片区"
CUT: Final = "被阻隔"

_LINK_LOOKS: Final[dict[Contact, dict[str, Any]]] = {
    "共边": {"line": "#22272b", "weight": 3.2, "dash": None},
    "共角": {"line": "#22272b", "weight": 2.0, "dash": "9 4 1 4"},
    "间距": {"line": "#22272b", "weight": 1.4, "dash": None},
}
_CUT_LOOK: Final = {"line": "#9c2f1c", "weight": 1.8, "dash": "2 5"}
_FIGURES: Final = (("households", "户"), ("buildings", "栋"), ("floor_area_10k_m2", "万㎡"))


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """A division of estates into bundles, as a map needs it.

    Parameters
    ----------
    bundles
        Codes of the estates of each bundle, by the bundle's id, in the order of the legend.
    left_over
        Reason for each estate that is in no bundle, by code.
    rules
        The parameters it was made with, one line each.
    """

    bundles: Mapping[str, Sequence[str]]
    links: Sequence[Link] = ()
    cut_links: Sequence[CutLink] = ()
    left_over: Mapping[str, str] = field(default_factory=dict)
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
    context = context or Context()
    shown, degrees = drawable(estates, sheet)
    page = OfflineMap(
        sheet, view_box(degrees) or view_box(*(frame.to_crs(4326).geometry for frame in context.frames()))
    )
    base = add_context(page, context, shown.geometry)
    looks, look_of, told = _looks(plan, shown)
    drawn = add_estates(
        page, shown, degrees, layer=layer, looks=looks, look_of=look_of, first_rows=[("片区", told)],
        register=estates,
    )  # fmt: skip
    places = dict(zip(shown["code"], name_points(shown.geometry), strict=True))
    ties = [*_ties(page, plan, shown, places), *_cuts(page, plan, shown, places)]
    hidden = estates[~estates["code"].isin(set(shown["code"]))]
    illustrative = context.illustrative or bool(estates["illustrative"].fillna(value=False).any())
    page.furnish(
        render_template("bundles.html", _panel(estates, shown, degrees, plan, looks, public=sheet.public)),
        warnings=sheet.warnings(illustrative=illustrative),
        unmapped=[str(name or code) for name, code in zip(hidden["name"], hidden["code"], strict=True)],
        notes=base.notes,
        signs=base.signs,
    )
    return page.finish({"片区": [*drawn, *ties], "底图": base.layers})


def _looks(plan: BundlePlan, shown: gpd.GeoDataFrame) -> tuple[list[EstateLook], list[int], list[str]]:
    """Return the looks (one a bundle, then left-over), the look of each estate, and what its popup says."""
    bundle_of = {code: bundle for bundle, codes in plan.bundles.items() for code in codes}
    middles = shown.geometry.centroid
    own = [bundle_of.get(code) for code in shown["code"]]
    centres = []
    for bundle in plan.bundles:
        at = middles[[one == bundle for one in own]]
        centres.append((at.x.mean(), at.y.mean()) if len(at) else (0.0, 0.0))
    fills = colours_of_areas(centres)
    looks = [EstateLook(bundle, fill, "#33383d") for bundle, fill in zip(plan.bundles, fills, strict=True)]
    looks.append(EstateLook(LEFT_OVER, "#dcdcd8", "#8a8a86", dashed=True))
    numbers = {bundle: number for number, bundle in enumerate(plan.bundles)}
    told = [
        f"{LEFT_OVER}：{plan.left_over.get(code, '不在方案内')}" if bundle is None else bundle
        for code, bundle in zip(shown["code"], own, strict=True)
    ]
    return looks, [len(plan.bundles) if bundle is None else numbers[bundle] for bundle in own], told


def _ties(
    page: OfflineMap, plan: BundlePlan, shown: gpd.GeoDataFrame, places: Mapping[str, Any]
) -> list[ScriptedLayer]:
    names = dict(zip(shown["code"], shown["name"], strict=True))
    kinds = list(_LINK_LOOKS)
    links = [link for link in plan.links if link.a in places and link.b in places]
    rows = [
        (f"{names[link.a]} – {names[link.b]}", kinds.index(link.contact), _link_label(link), [*_link_facts(link)])
        for link in links
    ]
    return _lines(
        page, "links", shown.crs, ("连片关系", "连片标注"), [(places[link.a], places[link.b]) for link in links], rows,
        looks=list(_LINK_LOOKS.values()), headings=["接触方式", "间距", "共边长"], style="link",
    )  # fmt: skip


def _cuts(
    page: OfflineMap, plan: BundlePlan, shown: gpd.GeoDataFrame, places: Mapping[str, Any]
) -> list[ScriptedLayer]:
    names = dict(zip(shown["code"], shown["name"], strict=True))
    cuts = [cut for cut in plan.cut_links if cut.a in places and cut.b in places]
    rows = [
        (f"{names[cut.a]} – {names[cut.b]}", 0, f"✕ {cut.barrier}", [f"{cut.gap_m:.1f} m", cut.barrier])
        for cut in cuts
    ]
    return _lines(
        page, "cut-links", shown.crs, ("被阻隔的关系", "阻隔标注"), [(places[cut.a], places[cut.b]) for cut in cuts], rows,
        looks=[_CUT_LOOK], headings=["间距", "阻隔"], style="cut",
    )  # fmt: skip


def _lines(
    page: OfflineMap,
    data_id: str,
    crs: Any,
    titles: tuple[str, str],
    ends_m: Sequence[tuple[Any, Any]],
    rows: Sequence[tuple[str, int, str, list[str]]],
    *,
    looks: list[dict[str, Any]],
    headings: list[str],
    style: str,
) -> list[ScriptedLayer]:
    """Draw lines between name points with their label in the middle; nothing to draw, no layer."""
    if not rows:
        return []
    grid_m = page.sheet.public_grid_m if page.sheet.public else None
    metric = gpd.GeoSeries([shapely.LineString(pair) for pair in ends_m], crs=crs)
    degrees = as_degrees(metric, grid_m=grid_m)
    features = [
        {"type": "Feature", "geometry": geometry_json(line), "properties": {"c": look, "n": name, "v": facts}}
        for line, (name, look, _, facts) in zip(degrees, rows, strict=True)
    ]
    page.embed(data_id, {"type": "FeatureCollection", "features": features})
    middles = shapely.line_interpolate_point(degrees.to_numpy(), 0.5, normalized=True)
    labels = [
        {"x": round(at.x, 6), "y": round(at.y, 6), "t": text, "w": -length}
        for at, (_, _, text, _), length in zip(middles, rows, metric.length.round(1), strict=True)
    ]
    page.embed(f"{data_id}-labels", labels)
    lines = ScriptedLayer(
        "features", data_id, titles[0], headings=headings, zIndex=450,
        looks=[{**look, "fill": None} for look in looks],
    )  # fmt: skip
    texts = ScriptedLayer("labels", f"{data_id}-labels", titles[1], rank=2, style=style)
    for one in (lines, texts):
        one.add_to(page)
    return [lines, texts]


def _link_label(link: Link) -> str:
    match link.contact:
        case "共边":
            return f"共边 {link.shared_edge_m:.1f} m"
        case "共角":
            return "共角"
        case _:
            return f"{link.gap_m:.1f} m"


def _link_facts(link: Link) -> tuple[str, str, str]:
    return link.contact, f"{link.gap_m:.3f} m", f"{link.shared_edge_m:.3f} m"


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
    for look, (bundle, codes) in zip(looks, plan.bundles.items(), strict=False):
        known = [code for code in codes if code in by_code.index]
        drawn = outlines[outlines.index.isin(known)]
        view = view_box(gpd.GeoSeries(drawn.to_numpy(), crs=4326))
        totals = [_total(by_code.loc[known, column]) for column, _ in figures]
        rows.append({"name": bundle, "look": look, "estates": len(codes), "totals": totals, "view": view})
    counts = {kind: sum(link.contact == kind for link in plan.links) for kind in _LINK_LOOKS}
    return {
        "rows": rows,
        "units": [unit for _, unit in figures],
        "bundled": sum(row["estates"] for row in rows),
        "bundles": len(rows),
        "links": [(kind, counts[kind]) for kind in _LINK_LOOKS],
        "cut_count": len(plan.cut_links),
        "cuts": sorted({cut.barrier for cut in plan.cut_links}),
        "left_over": [(_name(by_code, code), reason) for code, reason in plan.left_over.items()],
        "left_look": looks[-1],
        "rules": list(plan.rules),
    }


def _name(by_code: pd.DataFrame, code: str) -> str:
    name = by_code["name"].get(code)
    return str(name) if isinstance(name, str) and name else code


def _total(values: pd.Series[Any]) -> str:
    """Return the sum as written; ``≥`` where a value is unknown, 未填 where all are."""
    known = [Decimal(str(value)) for value in values if value is not None and value == value]  # noqa: PLR0124 - NaN
    if not known:
        return "未填"
    total = sum(known, Decimal(0))
    whole = total == total.to_integral_value()
    text = f"{int(total):,}" if whole else f"{total.normalize():,f}"
    return text if len(known) == len(values) else f"≥ {text}"
