"""What bundling gives (片区划定结果): bundles and everything that explains them, as JSON and for a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd

from gisplanner.domain.bundling import Bundle, BundleRules, CutLink, EstateId, LeftOver, Link, Overlap
from gisplanner.planning.bundling import Plan
from gisplanner.services.bundling.limits import bounds_of
from gisplanner.text import Language, Text, in_language


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
    without_outline
        Estates that could not be bundled because they are not on the map (未上图).
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
    without_outline: tuple[EstateId, ...]
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
                {
                    "id": one.id,
                    "estates": list(one.estates),
                    "size": whole(one.size),
                    **(
                        {"measures": {key: whole(sum_) for key, sum_ in one.measures.items()}} if one.measures else {}
                    ),
                }
                for one in plan.bundles
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
            "left_over_lower_bound": plan.left_over_lower_bound + len(self.without_outline),
            "objective": plan.objective,
            "objective_lower_bound": plan.objective_lower_bound,
            "proven": plan.proven,
            "findings": [
                *({"kind": "overlap", **asdict(one)} for one in plan.overlaps),
                *({"kind": "astride", **asdict(one)} for one in plan.astride),
            ],
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
            sums = [bounds_of(limit).told(one.measures[limit.measure]) for limit in self.rules.limits]
            more, also = "".join(f"，{sum_}" for sum_ in sums), "".join(f", {sum_.en}" for sum_ in sums)
            zh.append(f"  片区 {one.id}（规模 {whole(one.size)}{more}）：{who}")
            en.append(f"  bundle {one.id} (size {whole(one.size)}{also}): {who}")
        for left in self.left_over:
            zh.append(f"  未入片区 {self.name(left.estate)}：{left.reason}")
            en.append(f"  left over {self.name(left.estate)}: {in_language(left.reason, 'en')}")
        for cut in self.cut_links:
            zh.append(f"  阻隔 {self.name(cut.a)}–{self.name(cut.b)}（间距 {cut.gap_m:.3f} m）：{cut.barrier}")
            en.append(f"  cut {self.name(cut.a)}–{self.name(cut.b)} (gap {cut.gap_m:.3f} m): {cut.barrier}")
        for over in self.overlaps:
            zh.append(f"  请核对：{self.name(over.a)} 与 {self.name(over.b)} 的轮廓重叠 {over.area_m2:.1f} ㎡")
            en.append(f"  to check: {self.name(over.a)} and {self.name(over.b)} overlap by {over.area_m2:.1f} m²")
        for pair in self.plan.astride:
            who = f"{self.name(pair.a)}（{pair.place_a}）、{self.name(pair.b)}（{pair.place_b}）"
            zh.append(f"  请核对：{who} 按要求同片区，片区因此跨出范围")
            en.append(f"  to check: {who} are to be together, so their bundle lies in two places")
        return Text("\n".join(zh), en="\n".join(en))


def whole(size: float) -> float | int:
    """Return a size without a decimal point where it has none."""
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
