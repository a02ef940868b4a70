"""Bundle estates (片区划定): those of a file, or those of a stored district, with the same result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from gisplanner.crs import crs_name
from gisplanner.domain.bundling import Bundle, BundleRules, CutLink, EstateId, LeftOver, Link, Overlap
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.geojson import GeoJson, write_geojson
from gisplanner.planning.bundling import Plan, plan_bundles
from gisplanner.planning.bundling.search import Progress
from gisplanner.planning.bundling.wishes import require_numbers
from gisplanner.services.bundling.input import Stock, pair_of, stock_of_district, stock_of_file
from gisplanner.store.database import Database
from gisplanner.text import Language, Text, in_language

__all__ = ["BundleResult", "BundleRules", "bundle_district", "bundle_file", "pair_of", "write_bundles"]

DEFAULT_RULES: Final = BundleRules()

_COLUMNS: Final = (
    ColumnSpec(name="bundle", label="片区编号", type="integer"),
    ColumnSpec(name="size", label="规模", type="number"),
    ColumnSpec(name="estates", label="小区数", type="integer"),
    ColumnSpec(name="names", label="小区", type="text_list"),
    ColumnSpec(name="ids", label="小区编号", type="text_list"),
    ColumnSpec(name="community", label="所在社区", type="text_list"),
    ColumnSpec(name="households", label="户数", type="integer"),
    ColumnSpec(name="buildings", label="栋数", type="integer"),
    ColumnSpec(name="floor_area_10k_m2", label="总建筑面积（万平方米）", type="decimal"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
)
_FIGURES: Final = ("households", "buildings", "floor_area_10k_m2")
_SUFFIXES: Final = (".geojson", ".json")


@dataclass(frozen=True, slots=True, eq=False)
class BundleResult:
    """Bundles and everything that explains them.

    Attributes
    ----------
    plan
        Bundles, links as records and as geometry, bounds.
    left_over
        Estates in no bundle and why; estates without an outline among them.
    estates
        The estates that were bundled, indexed by id, geometry in ``crs``.
    crs
        Name of the metric planning system.
    names
        Names of estates by id, of those that have one, without an outline too.
    measure
        Column that sizes were read from; ``None`` where estates were counted.
    seconds
        Time from the data at hand to the answer, checked.
    """

    plan: Plan
    left_over: tuple[LeftOver, ...]
    estates: gpd.GeoDataFrame
    crs: str
    rules: BundleRules
    names: dict[EstateId, str]
    measure: str | None
    seconds: float

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """Return the bundles."""
        return self.plan.bundles

    @property
    def links(self) -> tuple[Link, ...]:
        """Return the links that hold."""
        return self.plan.links

    @property
    def cut_links(self) -> tuple[CutLink, ...]:
        """Return the links that a barrier cuts."""
        return self.plan.cut_links

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        """Return the pairs of estates whose outlines overlap."""
        return self.plan.overlaps

    def name(self, estate: EstateId) -> str:
        """Return what a person calls an estate: its name where it has one, else its id."""
        return self.names.get(estate, str(estate))

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract; overlaps stand under ``findings``."""
        plan = self.plan
        return {
            "crs": self.crs,
            "bundles": [
                {"id": one.id, "estates": list(one.estates), "size": _plain(one.size)} for one in plan.bundles
            ],
            "left_over": [
                {"estate": one.estate, "reason": in_language(one.reason, language)} for one in self.left_over
            ],
            "links": [asdict(link) for link in plan.links],
            "cut_links": [asdict(link) for link in plan.cut_links],
            "p": len(plan.bundles),
            "p_upper_bound": plan.p_upper_bound,
            "heterogeneity": plan.heterogeneity,
            "heterogeneity_lower_bound": plan.heterogeneity_lower_bound,
            "proven": plan.proven,
            "findings": [{"kind": "overlap", **asdict(one)} for one in plan.overlaps],
            "seconds": round(self.seconds, 3),
        }

    def sentences(self) -> Text:
        """Return the result for a person."""
        if not self.estates.index.size and not self.left_over:
            return Text(
                "没有小区可划片区：数据里一个小区轮廓也没有。", en="No estates, no bundles: there is no outline."
            )
        zh, en = _summary(self)
        for one in self.bundles:
            who = "、".join(self.name(estate) for estate in one.estates)
            zh.append(f"  片区 {one.id}（规模 {_plain(one.size)}）：{who}")
            en.append(f"  bundle {one.id} (size {_plain(one.size)}): {who}")
        for left in self.left_over:
            zh.append(f"  未入片区 {self.name(left.estate)}：{left.reason}")
            en.append(f"  left over {self.name(left.estate)}: {in_language(left.reason, 'en')}")
        for cut in self.cut_links:
            zh.append(f"  阻隔 {self.name(cut.a)}–{self.name(cut.b)}（间距 {cut.gap_m:.3f} m）：{cut.barrier}")
            en.append(f"  cut {self.name(cut.a)}–{self.name(cut.b)} (gap {cut.gap_m:.3f} m): {cut.barrier}")
        for over in self.overlaps:
            zh.append(f"  请核对：{self.name(over.a)} 与 {self.name(over.b)} 的轮廓重叠 {over.area_m2:.1f} ㎡")
            en.append(f"  to check: {self.name(over.a)} and {self.name(over.b)} overlap by {over.area_m2:.1f} m²")
        return Text("\n".join(zh), en="\n".join(en))


def bundle_file(
    path: Path,
    rules: BundleRules = DEFAULT_RULES,
    *,
    estates_layer: str | None = None,
    barriers_layers: Sequence[str] = (),
    size_column: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> BundleResult:
    """Bundle the estates of a file.

    Parameters
    ----------
    path, estates_layer, barriers_layers, crs, encoding
        The file, its layers, and what it does not say itself.
    size_column
        Column of sizes; ``None`` counts estates.

    Raises
    ------
    InputError
        What was handed in cannot be used; all bad rows at once.
    InfeasibleError
        A minimum was asked for and no bundle is possible.
    """
    stock = stock_of_file(
        path, estates_layer=estates_layer, barriers_layers=barriers_layers, crs=crs, encoding=encoding
    )
    return bundle_stock(stock, rules, size_column, progress)


def bundle_district(
    db: Database,
    district: District,
    rules: BundleRules = DEFAULT_RULES,
    *,
    gap_m: float | None = None,
    barriers_layers: Sequence[str] = (),
    size_column: str | None = None,
    progress: Progress | None = None,
) -> BundleResult:
    """Bundle the stored estates of a district; ids are their codes.

    Parameters
    ----------
    gap_m
        Gap tolerance, if it is to differ from that of ``rules``.
    barriers_layers
        Stored layers, e.g. ``roads`` and ``barriers``.
    size_column
        Column of the stored layer or its Chinese label (``households``, 户数 …).

    Raises
    ------
    InputError, InfeasibleError
        As :func:`bundle_file`.
    """
    if gap_m is not None:
        rules = replace(rules, gap_m=gap_m)
    return bundle_stock(
        stock_of_district(db, district, barriers_layers=barriers_layers), rules, size_column, progress
    )


def write_bundles(result: BundleResult, path: Path) -> GeoJson:
    """Write one feature a bundle (RFC 7946): the union of its estates, its totals where every estate has the figure.

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(
            Text("片区方案写成 GeoJSON。", en="Bundles are written as GeoJSON."),
            [Fault(column="--out", value=str(path), allowed="*.geojson")],
        )
    rows = [_feature(result, one) for one in result.bundles]
    frame = gpd.GeoDataFrame(rows, columns=[*(column.name for column in _COLUMNS), "geometry"], crs=result.crs)
    used = [column for column in _COLUMNS if not len(frame) or frame[column.name].notna().any()]
    return write_geojson(path, frame, used, id_column="bundle", members={"名称": "连片片区"})


def bundle_stock(
    stock: Stock, rules: BundleRules, size_column: str | None, progress: Progress | None
) -> BundleResult:
    """Bundle estates at hand; raises as :func:`bundle_file`."""
    begun = time.perf_counter()
    measure = stock.column(size_column)
    if measure is not None and measure not in stock.estates.columns:
        raise UsageError(
            Text(f"小区图层没有列 {size_column}。", en=f"The estates have no column {size_column}."),
            [
                Fault(
                    column=size_column,
                    allowed="、".join(map(str, stock.estates.columns.drop(stock.estates.geometry.name))),
                )
            ],
        )
    rules = replace(
        rules,
        within=stock.column(rules.within),
        needs=stock.column(rules.needs),
        alike=tuple(str(stock.column(one)) for one in rules.alike),
        together=tuple((stock.estate(str(a)), stock.estate(str(b))) for a, b in rules.together),
        keep_apart=tuple((stock.estate(str(a)), stock.estate(str(b))) for a, b in rules.keep_apart),
    )
    size = None if measure is None else require_numbers(stock.estates[measure], measure)
    plan = plan_bundles(stock.estates, rules, size=size, barriers=stock.barriers or None, progress=progress)
    unmapped = Text("没有轮廓（未上图），无法判断相邻", en="no outline: nobody can tell its neighbours")
    return BundleResult(
        plan=plan,
        left_over=(*plan.left_over, *(LeftOver(estate, unmapped) for estate in stock.without_outline)),
        estates=stock.estates,
        crs=crs_name(stock.crs),
        rules=rules,
        names=stock.names,
        measure=measure,
        seconds=time.perf_counter() - begun,
    )


def _plain(size: float) -> float | int:
    return int(size) if float(size).is_integer() else size


def _summary(result: BundleResult) -> tuple[list[str], list[str]]:
    estates, links, cut = len(result.estates), len(result.links), len(result.cut_links)
    bundles, left = len(result.bundles), len(result.left_over)
    proof = ("，已证明最优", ", proven optimal") if result.plan.proven else ("", "")
    zh = [f"{estates} 个小区，间距 {result.rules.gap_m:g} m：连片关系 {links} 条，被阻隔 {cut} 条（{result.crs}）。"]
    zh.append(f"划成 {bundles} 个片区（上界 {result.plan.p_upper_bound}{proof[0]}），未入片区 {left} 个。")
    en = [f"{estates} estates, gap {result.rules.gap_m:g} m: {links} links, {cut} cut by barriers ({result.crs})."]
    en.append(f"{bundles} bundles (upper bound {result.plan.p_upper_bound}{proof[1]}), {left} estates left over.")
    return zh, en


def _feature(result: BundleResult, bundle: Bundle) -> dict[str, Any]:
    members = result.estates.loc[list(bundle.estates)]
    return {
        "bundle": bundle.id,
        "size": _plain(bundle.size),
        "estates": len(bundle.estates),
        "names": [result.name(estate) for estate in bundle.estates],
        "ids": list(bundle.estates),
        "community": _communities(members),
        **{figure: _total(members, figure) for figure in _FIGURES},
        "illustrative": bool(members["illustrative"].any()) if "illustrative" in members.columns else None,
        "geometry": shapely.union_all(members.geometry.to_numpy()),
    }


def _communities(members: gpd.GeoDataFrame) -> list[str] | None:
    return None if "community" not in members.columns else sorted(set(members["community"].dropna().astype(str)))


def _total(members: gpd.GeoDataFrame, figure: str) -> int | Decimal | None:
    """Return the sum of a figure; ``None`` where an estate lacks it: unknown is not zero."""
    if figure not in members.columns or members[figure].isna().any():
        return None
    total = sum((Decimal(str(value)) for value in members[figure]), Decimal(0))
    return total if figure == "floor_area_10k_m2" else int(total)
