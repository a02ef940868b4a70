"""Kept fire plans side by side (方案比较): cost, households, what one removes and the other does not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.domain.fire_kept import KeptFirePlan
from gisplanner.errors import Fault, UsageError
from gisplanner.services.fire.kept import kept_fire_plan, kept_fire_plans
from gisplanner.store.database import Database
from gisplanner.text import Text

_TWO: Final = 2


def plans_document(db: Database, district: District, *, withdrawn: bool = False) -> dict[str, Any]:
    """Return the plans that are kept, one row each."""
    return {"plans": [one.figures() for one in kept_fire_plans(db, district, withdrawn=withdrawn)]}


def plans_sentences(document: dict[str, Any]) -> Text:
    """Return the plans for a person."""
    zh = [_row(one) for one in document["plans"]]
    en = [
        f"{one['name']}: cost {one['cost']:g}, {one['served_after']}/{one['buildings']} buildings; {one['reason']}"
        for one in document["plans"]
    ]
    return Text("\n".join(zh) or "没有留存的消防方案。", en="\n".join(en) or "No fire plans are kept.")


def _row(one: dict[str, Any]) -> str:
    gone = "" if one["withdrawn"] is None else f"；已撤回：{one['withdrawn']['because']}"
    sketch = "；示意数据" if one["illustrative"] else ""
    proof = "，已证明最优" if one["proven"] else f"，下界 {one['cost_lower_bound']:g}"
    return (
        f"{one['name']}（{one['made_at'][:10]}，{one['made_by']}）："
        f"拆移 {one['removals']} 处，费用 {one['cost']:g} 元{proof}；"
        f"可达 {one['served_today']} → {one['served_after']}/{one['buildings']} 栋，"
        f"{one['households_today']:g} → {one['households_after']:g} 户；理由：{one['reason']}{sketch}{gone}"
    )


def compare_fire_plans(db: Database, district: District, names: Sequence[str]) -> dict[str, Any]:
    """Return plans side by side, each beside the first: what it removes and serves that the other does not.

    Raises
    ------
    UsageError
        Fewer than two plans.
    NotFoundError
        There is none of a name.
    """
    if len(set(names)) < _TWO:
        raise UsageError(
            Text("请给出至少两个方案。", en="Give at least two plans."),
            [Fault(column="name", value="、".join(names) or None)],
        )
    first, *others = (kept_fire_plan(db, district, name) for name in dict.fromkeys(names))
    return {
        "plans": [one.figures() for one in (first, *others)],
        "differences": [_difference(first, other) for other in others],
    }


def _difference(a: KeptFirePlan, b: KeptFirePlan) -> dict[str, Any]:
    removed = [{str(one["obstacle"]): one for one in plan.answer["removals"]} for plan in (a, b)]
    served = [set(plan.answer["served_after"]) for plan in (a, b)]
    return {
        "plans": [a.name, b.name],
        "cost": float(b.cost_cny - a.cost_cny),
        "households": b.answer["households"]["after"] - a.answer["households"]["after"],
        "removals_only_in": [_only(removed[0], removed[1]), _only(removed[1], removed[0])],
        "removals_in_both": sorted(set(removed[0]) & set(removed[1])),
        "served_only_in": [sorted(served[0] - served[1], key=str), sorted(served[1] - served[0], key=str)],
        "same_inputs": a.inputs_sha256 == b.inputs_sha256,
        "same_rules": a.rules_sha256 == b.rules_sha256,
        "same_engine": a.engine_version == b.engine_version,
        "parameters": {
            name: [a.parameters.get(name), b.parameters.get(name)]
            for name in sorted({*a.parameters, *b.parameters})
            if a.parameters.get(name) != b.parameters.get(name)
        },
    }


def _only(mine: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"obstacle": name, "cost": one["cost"], "opens": one["opens"]}
        for name, one in mine.items()
        if name not in other
    ]


def comparison_sentences(document: dict[str, Any]) -> Text:
    """Return the comparison for a person."""
    zh, en = (
        [_row(one) for one in document["plans"]],
        [f"{one['name']}: {one['cost']:g}" for one in document["plans"]],
    )
    for one in document["differences"]:
        a, b = one["plans"]
        only = [[f"{item['obstacle']}（{item['cost']:g}）" for item in side] for side in one["removals_only_in"]]
        zh.append(
            f"{b} 比 {a}：费用 {one['cost']:+g} 元，可达 {one['households']:+g} 户；"
            f"只在 {a} 拆移：{'、'.join(only[0]) or '无'}；只在 {b} 拆移：{'、'.join(only[1]) or '无'}；"
            f"两者都拆移 {len(one['removals_in_both'])} 处"
        )
        zh += [f"  {warning}" for warning in _warnings(one)]
        en.append(
            f"{b} against {a}: cost {one['cost']:+g}, households {one['households']:+g}; "
            f"removed only in {a}: {len(only[0])}, only in {b}: {len(only[1])}"
        )
    return Text("\n".join(zh), en="\n".join(en))


def _warnings(one: dict[str, Any]) -> list[str]:
    told = []
    if not one["same_inputs"]:
        told.append("注意：两个方案的输入数据不同，差异不全由方案引起")
    if not (one["same_rules"] and one["same_engine"]):
        told.append("注意：两个方案的条文参数或程序版本不同")
    return told
