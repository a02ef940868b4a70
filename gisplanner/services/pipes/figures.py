"""The figures by which plans are compared (方案指标)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import numpy as np

from gisplanner.services.pipes.costs import illustrative_cost_cny
from gisplanner.services.pipes.exceptions import exceptions_document, violations
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.quantities import quantities
from gisplanner.services.pipes.told import sides_of
from gisplanner.text import Text

FIGURES: Final = {
    "trench_m": Text("管沟（一次开挖，米）", en="trench, dug once, m"),
    "union_m": Text("独立路由叠合（米）", en="routes overlaid, m"),
    "separate_m": Text("各家分别开挖（米）", en="each owner alone, m"),
    "pipe_m": Text("管线总长（米）", en="lines, m"),
    "served": Text("接入（栋·次）", en="connections"),
    "unserved": Text("未接入（栋·次）", en="not connected"),
    "underground_share": Text("下地率", en="underground"),
    "legal_order_share": Text("法定次序占比", en="in legal order"),
    "dug_m3": Text("挖方（m³）", en="dug, m³"),
    "manholes": Text("井（座）", en="manholes"),
    "does_not_fit": Text("排不下（处）", en="does not fit"),
    "exceptions": Text("例外（处）", en="exceptions"),
    "violations": Text("净距冲突（处）", en="conflicts"),
    "cost_cny": Text("示意造价（元）", en="illustrative cost, CNY"),
}
"""What is compared, in this order."""
SHARES: Final = frozenset({"underground_share", "legal_order_share"})


def figures_of(result: PipesPlan) -> dict[str, Any]:
    """Return the figures of a plan; keys are those of :data:`FIGURES`."""
    plan = result.lanes.plan
    amounts = quantities(result)
    wells = ("检查井", "人（手）孔、电缆井")
    unserved = sum(len(route.unserved) for route in plan.joint) + len(result.ground.undrawn) * len(plan.joint)
    return {
        "trench_m": round(plan.joint_m, 1),
        "union_m": round(plan.union_m, 1),
        "separate_m": round(plan.separate_m, 1),
        "pipe_m": round(float(result.lines.geometry.length.sum()), 1),
        "served": sum(len(route.served) for route in plan.joint),
        "unserved": unserved,
        "underground_share": round(plan.underground_share, 4),
        "legal_order_share": round(_legal_order_share(result), 4),
        "dug_m3": round(sum(one.amount for one in amounts if one.kind == "挖方"), 1),
        "manholes": int(sum(one.amount for one in amounts if one.kind in wells)),
        "does_not_fit": len(result.lanes.misfits),
        "exceptions": sum(one["places"] for one in exceptions_document(result)),
        "violations": len(violations(result)),
        "cost_cny": int(illustrative_cost_cny(result).quantize(Decimal(1))),
    }


def _legal_order_share(result: PipesPlan) -> float:
    streets = [street for street in result.lanes.layout.streets if len(street.offset_m) > 1]
    total = sum(street.stroke.line.length for street in streets)
    legal = sum(street.stroke.line.length for street in streets if street.legal_order)
    return float(legal / total) if total else 1.0


def turned_m(result: PipesPlan, base: PipesPlan) -> dict[str, float]:
    """Return the metres of street in which networks lie on the other side than in a plan of the same ground."""
    before, now = sides_of(base.lanes.layout.streets), sides_of(result.lanes.layout.streets)
    metres: dict[str, float] = {}
    for (network, edge), side in now.items():
        if before.get((network, edge), side) != side:
            metres[network] = metres.get(network, 0.0) + float(result.corridors.length_mm[edge]) / 1000.0
    return {network: round(one, 1) for network, one in sorted(metres.items())}


def elsewhere_m(result: PipesPlan, base: PipesPlan) -> float:
    """Return the metres of corridor that carry other networks than in a plan of the same ground."""
    changed = np.zeros(len(result.corridors.edges), dtype=bool)
    for one, other in zip(result.lanes.plan.joint, base.lanes.plan.joint, strict=True):
        changed[np.setxor1d(one.edges, other.edges)] = True
    return round(float(result.corridors.length_mm[changed].sum()) / 1000.0, 1)
