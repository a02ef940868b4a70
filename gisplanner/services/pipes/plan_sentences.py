"""A pipeline plan in sentences: metres, what each network reaches, who is left without and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gisplanner.planning.pipes.lanes.layout import Misfit
from gisplanner.services.pipes.exceptions import exceptions_told, violations
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.plan_document import lost_networks, network_document, notes_of, unserved_of
from gisplanner.text import Text

MOST_NAMES: Final = 12
"""Buildings named in one sentence; the rest are counted and stand in the JSON document."""
MOST_REASONS: Final = 15
"""Sentences on buildings without a network; the rest are counted."""


def sentences(result: PipesPlan) -> Text:
    """Return the plan for a person."""
    told = [*_metres_told(result), *_networks_told(result), *unserved_told(result)]
    count, narrow = len(violations(result)), len(result.lanes.misfits)
    told.append(
        Text(
            f"净距冲突 {count} 处；排不下的通道 {narrow} 处。",
            en=f"{count} clearance conflicts; {narrow} streets do not hold what is asked.",
        )
    )
    more = (*misfits_told(result), *exceptions_told(result), *notes_of(result))
    told += [Text(f"  {one}", en=f"  {one.en}") for one in more]
    return Text("\n".join(told), en="\n".join(one.en for one in told))


def _metres_told(result: PipesPlan) -> list[Text]:
    plan = result.lanes.plan
    saved = 1.0 - plan.joint_m / plan.separate_m if plan.separate_m else 0.0
    return [
        Text(
            f"管沟：各家分别开挖 {plan.separate_m:.1f} m，独立路由叠合 {plan.union_m:.1f} m，"
            f"一次开挖 {plan.joint_m:.1f} m（比分别开挖少 {saved:.1%}）；下地率 {plan.underground_share:.1%}。",
            en=f"Trench: each owner alone {plan.separate_m:.1f} m, routes overlaid {plan.union_m:.1f} m, "
            f"joint {plan.joint_m:.1f} m ({saved:.1%} less than alone); underground {plan.underground_share:.1%}.",
        ),
        Text(
            f"造价当量 {plan.joint_cost_m:.1f} m（叠合 {plan.union_cost_m:.1f} m，"
            f"任何方案 ≥ {plan.cost_lower_bound_m:.1f} m）。",
            en=f"Cost in metres of trench with one line: {plan.joint_cost_m:.1f} "
            f"(overlaid {plan.union_cost_m:.1f}, no plan below {plan.cost_lower_bound_m:.1f}).",
        ),
    ]


def _networks_told(result: PipesPlan) -> list[Text]:
    told = []
    for k, demand in enumerate(result.lanes.plan.demands):
        one = network_document(result, k)
        served, left = len(one["served"]), len(one["unserved"])
        numbers = f"{one['length_m']:.1f} m (≥ {one['lower_bound_m']:.1f} m)"
        told.append(
            Text(
                f"  {demand.name}：{numbers}，接入 {served} 栋，未接入 {left} 栋",
                en=f"  {demand.name}: {numbers}, {served} buildings served, {left} not",
            )
        )
    return told


def unserved_told(result: PipesPlan) -> list[Text]:
    """Return who is left without a network and why: buildings and networks alike in one sentence."""
    names: dict[tuple[str, Text], list[str]] = {}
    for k, demand in enumerate(result.lanes.plan.demands):
        for name, reason in unserved_of(result, k):
            names.setdefault((demand.name, reason), []).append(str(name))
    for network, (lost, reason) in lost_networks(result.ground).items():
        names[network, reason] = [str(name) for name in lost]
    alike: dict[tuple[tuple[str, ...], Text], list[str]] = {}
    for (network, reason), buildings in names.items():
        alike.setdefault((tuple(buildings), reason), []).append(network)
    told = [_without(networks, buildings, reason) for (buildings, reason), networks in alike.items()]
    more = len(told) - MOST_REASONS
    if more <= 0:
        return told
    rest = Text(
        f"  另有 {more} 项未接入，见 --json 的 unserved 或 --folder 的 plan.json",
        en=f"  {more} more: see unserved in --json or in plan.json of --folder",
    )
    return [*told[:MOST_REASONS], rest]


def _without(networks: Sequence[str], buildings: Sequence[str], reason: Text) -> Text:
    shown, more = buildings[:MOST_NAMES], len(buildings) - MOST_NAMES
    zh, en = (f"，另有 {more} 栋，见 --json", f" and {more} more, see --json") if more > 0 else ("", "")
    return Text(
        f"  未接入 {'、'.join(networks)}：{'、'.join(shown)}{zh}（{reason}）",
        en=f"  without {', '.join(networks)}: {', '.join(shown)}{en} ({reason.en})",
    )


def misfits_told(result: PipesPlan) -> list[Text]:
    """Return one sentence for each set that cannot coexist, however many streets are too narrow for it."""
    groups: dict[tuple[tuple[str, ...], str], list[Misfit]] = {}
    for one in result.lanes.misfits:
        groups.setdefault((one.together, one.leaves), []).append(one)
    told = []
    for (together, leaves), ones in sorted(groups.items(), key=lambda item: (len(item[0][0]), item[0])):
        widths = [one.width_m for one in ones]
        edges = sorted({edge for one in ones for edge in one.edges})
        length = float(result.corridors.length_mm[edges].sum()) / 1000.0
        clauses = "；".join(dict.fromkeys(f"{r.a}–{r.b} {r.required_m:g} m {r.clause}" for r in ones[0].because))
        span = f"{min(widths):g}–{max(widths):g}" if min(widths) < max(widths) else f"{widths[0]:g}"
        told.append(
            Text(
                f"通道净宽 {span} m（{length:.0f} m）排不下 {'、'.join(together)}，{leaves} 退出（{clauses}）",
                en=f"{span} m between walls ({length:.0f} m of street) do not hold {', '.join(together)}; "
                f"{leaves} leaves ({clauses})",
            )
        )
    return told
