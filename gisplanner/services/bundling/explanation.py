"""Why a bundle is as it is (片区说明): what holds it together, why neighbours are not in it, what borders on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd

from gisplanner.domain.measures import Bounds
from gisplanner.domain.proposals import Proposal
from gisplanner.planning.bundling.wishes import needs_of
from gisplanner.services.bundling.limits import stored_bounds
from gisplanner.services.bundling.neighbours import reason_of
from gisplanner.text import Text


@dataclass(frozen=True)
class Explainer:
    """Explains the bundles of one proposal from what it was made with and the estates as they are stored."""

    proposal: Proposal
    estates: gpd.GeoDataFrame

    @cached_property
    def _frame(self) -> gpd.GeoDataFrame:
        return self.estates.set_index("code", drop=False)

    @cached_property
    def _left(self) -> Mapping[str, str]:
        return {one["estate"]: one["reason"] for one in self.proposal.answer.get("left_over", ())}

    def name(self, code: str) -> str:
        """Return what a person calls an estate."""
        called = self._frame["name"].get(code)
        return called if isinstance(called, str) else code

    def bundle(self, bundle: str) -> dict[str, Any]:
        """Return the explanation of one bundle as JSON."""
        codes = self.proposal.grouping.bundles[bundle]
        members = self._frame.loc[[code for code in codes if code in self._frame.index]]
        communities = sorted(set(members["community"].dropna()))
        needs = {code: needs_of(value) for code, value in zip(members.index, members["needs"], strict=True)}
        unknown = sorted(code for code, value in needs.items() if not value)
        shared = frozenset.intersection(*needs.values()) if needs and not unknown else None
        return {
            "links": [self._link(one, needs) for one in self._inside(codes, "links")],
            "resting_on": [{**self._link(one, needs), "why": reason_of(one)} for one in self._inside(codes, "near")],
            "communities": communities,
            "same_community": len(communities) == 1 if len(members) and members["community"].notna().all() else None,
            "shared_needs": None if shared is None else sorted(shared),
            "needs_unknown": unknown,
            "neighbours_outside": list(self._outside(bundle, codes)),
            "bordering_not_in_plan": self._not_in_plan(codes),
            "changed_by": [
                {"kind": one.kind, "what": one.what, "reason": one.reason, "by": one.changed_by}
                for before, one in zip(self.proposal.standing, self.proposal.standing[1:], strict=False)
                if before.after.bundles.get(bundle) != one.after.bundles.get(bundle)
            ],
        }

    def left_over(self) -> list[dict[str, Any]]:
        """Return the estates that are in no bundle now, each with why."""
        grouped = {code for codes in self.proposal.grouping.bundles.values() for code in codes}
        missing = Text("不在方案内", en="not in the proposal")
        return [
            {"estate": code, "name": self.name(code), "reason": self._left.get(code, missing)}
            for code in self._frame.index
            if code not in grouped
        ]

    def _pairs(self, kind: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.proposal.answer.get(kind, ())
        return found

    def _inside(self, codes: Sequence[str], kind: str) -> list[Mapping[str, Any]]:
        return [one for one in self._pairs(kind) if one["a"] in codes and one["b"] in codes]

    def _link(self, one: Mapping[str, Any], needs: Mapping[str, frozenset[str]]) -> dict[str, Any]:
        a, b = one["a"], one["b"]
        both = needs.get(a, frozenset()) & needs.get(b, frozenset())
        return {
            **{key: one[key] for key in ("a", "b", "gap_m", "shared_edge_m", "contact")},
            "names": [self.name(a), self.name(b)],
            "shared_needs": sorted(both),
        }

    def _outside(self, bundle: str, codes: Sequence[str]) -> Iterator[dict[str, Any]]:
        seen = set()
        for kind in ("links", "near"):
            for one in self._pairs(kind):
                if (one["a"] in codes) == (one["b"] in codes):
                    continue
                inside, outside = (one["a"], one["b"]) if one["a"] in codes else (one["b"], one["a"])
                other = self.proposal.grouping.bundle_of(outside)
                seen.add((inside, outside))
                yield {
                    "estate": outside,
                    "name": self.name(outside),
                    "of": inside,
                    "of_name": self.name(inside),
                    "gap_m": one["gap_m"],
                    "contact": one["contact"],
                    "bundle": other,
                    "why": reason_of(one) if kind == "near" else self._why_apart(bundle, outside, other),
                }

    def _why_apart(self, bundle: str, outside: str, other: str | None) -> Text:
        """Return why an estate that is linked to a bundle is not in it."""
        if other is None:
            why = self._left.get(outside) or Text("不在方案内", en="not in the proposal")
            return Text(f"未入片区：{why}", en=f"left over: {getattr(why, 'en', why)}")
        why = self._by_hand(bundle, outside, other) or self._by_bounds(bundle, outside, other)
        return Text(f"在片区 {other}（{why}）", en=f"in bundle {other}: {why.en}")

    def _by_hand(self, bundle: str, outside: str, other: str) -> Text | None:
        if self.proposal.kind == "official" and len(self.proposal.standing) == 1:
            return Text("台账备注列如此", en="as the register has it")
        moved = self._moved(outside)
        if moved is not None:
            return Text(f"人工调整：{moved}", en=f"changed by hand: {moved}")
        held = [name for name in (bundle, other) if name in self.proposal.grouping.locked]
        if held:
            return Text(f"片区 {'、'.join(held)} 已锁定", en=f"{', '.join(held)} is locked")
        return Text("台账备注列如此", en="as the register has it") if self.proposal.kind == "official" else None

    def _by_bounds(self, bundle: str, outside: str, other: str) -> Text:
        bundles = self.proposal.grouping.bundles
        rest = [code for code in bundles[other] if code != outside]
        for bounds, values in self._bounds:
            together, unknown = _sum(values, [*bundles[bundle], outside])
            if together > bounds.high:
                told = bounds.too_much(together)
                return Text(f"并入后{told}", en=f"with it, {told.en}")
            if unknown:
                return bounds.not_known("、".join(self.name(code) for code in unknown))
        for bounds, values in self._bounds:
            left, _ = _sum(values, rest)
            if left < bounds.low:
                told = bounds.too_little(left)
                return Text(f"移走后片区 {other} {told}", en=f"without it, bundle {other}: {told.en}")
        if any(bounds.low > 0 for bounds, _ in self._bounds):
            return Text(
                "分开划，达到下限的片区更多、剩余更少或片区内更相近",
                en="apart, more bundles reach the minimum, fewer estates are left over, or bundles are more alike",
            )
        if self._bounds:
            return Text("分开划，片区更少或片区内更相近", en="apart, there are fewer bundles, or they are more alike")
        return Text("有小区要求分开", en="estates are to be kept apart")

    @cached_property
    def _bounds(self) -> list[tuple[Bounds, dict[str, float | None]]]:
        return stored_bounds(self.proposal.parameters, self.estates)

    def _moved(self, estate: str) -> str | None:
        standing = self.proposal.standing
        for before, one in zip(reversed(standing[:-1]), reversed(standing), strict=False):
            if one.kind in {"move", "merge", "split"} and before.after.bundle_of(estate) != one.after.bundle_of(
                estate
            ):
                return one.reason
        return None

    def _not_in_plan(self, codes: Sequence[str]) -> list[dict[str, Any]] | None:
        """Return bordering estates without a number in the plan; ``None`` where the district has no plan."""
        planned = set(self._frame.index[self._frame["seq"].notna()])
        if not planned:
            return None
        found = {}
        for one in (*self._pairs("links"), *self._pairs("near")):
            inside = [end for end in (one["a"], one["b"]) if end in codes]
            outside = next((end for end in (one["a"], one["b"]) if end not in inside and end not in planned), None)
            if inside and outside is not None and outside in self._frame.index:
                found[outside] = {
                    "estate": outside, "name": self.name(outside), "of": inside[0], "gap_m": one["gap_m"]
                }  # fmt: skip
        return list(found.values())


def _sum(values: Mapping[str, float | None], codes: Sequence[str]) -> tuple[float, list[str]]:
    """Return the sum of what is known of estates, and of which nothing is."""
    known = [values.get(code) for code in codes]
    unknown = [code for code, value in zip(codes, known, strict=True) if value is None]
    return math.fsum(value for value in known if value is not None), unknown
