"""Estates that are near each other and yet not linked, and why: what explains a proposal and lets it be changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.bundling import BundleRules, CutLink, Link
from gisplanner.domain.district import District
from gisplanner.planning.bundling import contiguity
from gisplanner.planning.bundling.contiguity import CORNER, adjacency
from gisplanner.planning.bundling.wishes import needs_of
from gisplanner.services.bundling.input import stock_of_district
from gisplanner.services.bundling.propose import BundleResult
from gisplanner.store.database import Database
from gisplanner.text import Text

OFFICIAL_BARRIERS: Final = ("barriers",)
"""Stored layers that are looked at where a grouping was not made by the program."""


def unlinked(result: BundleResult) -> list[dict[str, Any]]:
    """Return the pairs within the gap that hold no link: ``a, b, gap_m, contact``, ``why`` and the ``barrier``.

    ``why`` is ``barrier`` 阻隔, ``corner`` 仅共角, ``within`` 不在同一范围, ``need``
    没有共同需求 or ``apart`` 要求分开.
    """
    near = contiguity(result.estates, max_gap_m=result.rules.gap_m)
    return _unlinked(near.to_dict("records"), result.links, result.cut_links, result.estates, result.rules)


def reason_of(one: Mapping[str, Any]) -> Text:
    """Return why a pair within the gap holds no link, in words.

    Examples
    --------
    >>> reason_of({"why": "barrier", "barrier": "京九铁路"})
    '隔着阻隔：京九铁路'
    """
    if one["why"] == "barrier":
        return Text(f"隔着阻隔：{one['barrier']}", en=f"cut by {one['barrier']}")
    return _REASONS[one["why"]]


_REASONS: Final[Mapping[str, Text]] = {
    "corner": Text("仅共角，不算相邻", en="a corner in common only"),
    "within": Text("不在同一范围（社区等），片区不跨", en="not in one place, which bundles stay within"),
    "need": Text("没有共同的改造需求", en="no need in common"),
    "apart": Text("要求分开", en="to be kept apart"),
}


def official_neighbours(db: Database, district: District, rules: BundleRules) -> dict[str, Any]:
    """Return links and unlinked pairs of the stored estates, for a grouping that the program did not make."""
    stock = stock_of_district(db, district, barriers_layers=OFFICIAL_BARRIERS)
    found = adjacency(stock.estates, max_gap_m=rules.gap_m, barriers=stock.barriers)
    links = [Link(*row) for row in found.links.drop(columns="geometry").itertuples(index=False)]
    cut = [CutLink(*row) for row in found.cut[["a", "b", "gap_m", "barrier"]].itertuples(index=False)]
    near = contiguity(stock.estates, max_gap_m=rules.gap_m).to_dict("records")
    return {
        "links": [asdict(one) for one in links],
        "cut_links": [asdict(one) for one in cut],
        "near": _unlinked(near, links, cut, stock.estates, rules),
    }


def _unlinked(
    near: Iterable[dict[Any, Any]],
    links: Iterable[Link],
    cut_links: Iterable[CutLink],
    estates: gpd.GeoDataFrame,
    rules: BundleRules,
) -> list[dict[str, Any]]:
    held = {frozenset((one.a, one.b)) for one in links}
    barriers = {frozenset((one.a, one.b)): one.barrier for one in cut_links}
    found = []
    for one in near:
        pair = frozenset((one["a"], one["b"]))
        if pair in held:
            continue
        told = {key: one[key] for key in ("a", "b", "gap_m", "shared_edge_m", "contact")}
        found.append({**told, "why": _why(told, pair in barriers, estates, rules), "barrier": barriers.get(pair)})
    return found


def _why(one: dict[str, Any], is_cut: bool, estates: gpd.GeoDataFrame, rules: BundleRules) -> str:  # noqa: FBT001
    a, b = one["a"], one["b"]
    if is_cut:
        return "barrier"
    if not rules.corners and one["contact"] == CORNER:
        return "corner"
    if rules.within is not None and estates.at[a, rules.within] != estates.at[b, rules.within]:
        return "within"
    if rules.needs is not None and needs_of(estates.at[a, rules.needs]).isdisjoint(
        needs_of(estates.at[b, rules.needs])
    ):
        return "need"
    return "apart"
