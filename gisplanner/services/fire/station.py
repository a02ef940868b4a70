"""The page for the fire station (消防站用图): what stands on it, from a plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.maps.fire_sheet import FireSheet, SheetMark, SheetShape, fire_sheet
from gisplanner.services.fire.brigade import basis_of, quantity_rows, turnaround_text
from gisplanner.services.fire.plan import FirePlan

_LANES_LISTED: Final = 14
_APART_M: Final = 8.0


def station_page(plan: FirePlan, name: str) -> str:
    """Return the A3 page of an estate for the station, with the what-if of its removals."""
    words = {
        "title": f"{name} 消防车道图",
        "subtitle": basis_of(plan),
        "illustrative": plan.ground.illustrative,
        "made": datetime.now().astimezone().strftime("%Y-%m-%d"),
        "today": len(plan.served_today),
        "after": len(plan.served_after),
        "many": len(plan.ground.buildings),
        "cost": f"{plan.access.cost:,.0f}",
        "proof": "，已证明最省" if plan.access.proven else f"，下界 {plan.access.cost_lower_bound:,.0f}",
        "hose": str(plan.details.sentence()),
        "gates": _gate_rows(plan),
        "lanes": [
            [
                one.id,
                f"{one.pinch_mm / 1000:.3f} m" + ("（需实测）" if one.within_survey_tolerance else ""),
                "直" if one.min_radius_m is None else f"{one.min_radius_m:.1f} m",
                f"{one.dead_end_m:.0f} m",
                turnaround_text(one.turnaround),
            ]
            for one in sorted(plan.lanes, key=lambda one: one.pinch_mm)[:_LANES_LISTED]
        ],
        "more_lanes": max(0, len(plan.lanes) - _LANES_LISTED),
        "removals": [
            [one.obstacle, f"{one.cost:,.0f}", one.owner or "—", "、".join(map(str, one.opens)) or "（与其他一起）"]
            for one in plan.removals
        ],
        "unreached": [(one.building, str(one.reason)) for one in plan.unreachable],
        "markings": "；".join(f"{what} {many}" for what, many, _ in quantity_rows(plan)[:4]),
        "basis": "车道净宽、回车场、消火栓为国家标准参数，数值未核对原文；可达与水带距离为本工具参数。",
    }
    return fire_sheet(FireSheet(_shapes(plan), _marks(plan), _labels(plan), words, _maze(plan)))


def _gate_rows(plan: FirePlan) -> list[list[str]]:
    rows = []
    for label, row in plan.ground.entrances.iterrows():
        cells = [str(row.get("name") or label)]
        for column, unit in (("width_m", " m"), ("height_m", " m"), ("hours", ""), ("key_holder", "")):
            value = row.get(column)
            known = value is not None and value == value and str(value).strip()  # noqa: PLR0124 - NaN is not itself
            cells.append(f"{value}{unit}" if known else "资料不足")
        rows.append(cells)
    return rows


def _shapes(plan: FirePlan) -> list[SheetShape]:
    ground = plan.reach.ground
    today, after = set(plan.served_today), set(plan.served_after)
    gone = {one.obstacle for one in plan.removals}
    roads = [] if plan.ground.roads is None else [SheetShape(ground.domain, "road")]
    fixed = plan.ground.obstacles.index.difference(list(ground.soft_labels))
    return [
        *roads,
        *(SheetShape(shape, "site") for shape in ground.site),
        *(SheetShape(shapely.buffer(line.line, plan.width_m / 2.0, cap_style="flat"), "lane") for line in plan.lines),
        *(SheetShape(plan.ground.obstacles.geometry.loc[label], "fixed") for label in fixed),
        *(
            SheetShape(shape, "gone" if label in gone else "soft", f"o{k}")
            for k, (label, shape) in enumerate(zip(ground.soft_labels, ground.soft, strict=True))
        ),
        *(
            SheetShape(shape, "b " + ("today" if label in today else "after" if label in after else "never"), f"b{k}")
            for k, (label, shape) in enumerate(zip(ground.building_labels, ground.buildings, strict=True))
        ),
        *(SheetShape(line.line, "mid") for line in plan.lines),
        *(
            SheetShape(line.turnaround.outline, "turn")
            for line in plan.lines
            if line.turnaround is not None and line.turnaround.outline is not None
        ),
    ]


def _marks(plan: FirePlan) -> list[SheetMark]:
    marks = []
    told: list[tuple[float, float]] = []
    for lane in sorted(plan.lanes, key=lambda lane: lane.pinch_mm):
        colour = "#b3001b" if lane.within_survey_tolerance else "#5b2a86"
        # One text a place: lanes share their narrowest places.
        near = any(np.hypot(lane.pinch_at[0] - x, lane.pinch_at[1] - y) < _APART_M for x, y in told)
        told.append(lane.pinch_at)
        if not near:
            marks.append(SheetMark(*lane.pinch_at, "#ffffff", colour, f"{lane.pinch_mm / 1000:.2f}"))
    marks += [SheetMark(*one.at, "#c62828" if one.existing else "#ffffff", "#c62828") for one in plan.hydrants]
    points: Sequence[Any] = plan.ground.entrances.geometry.tolist()
    return marks + [SheetMark(point.x, point.y, "#1f5f8b", "#1f5f8b", "入口") for point in points]


def _labels(plan: FirePlan) -> list[tuple[float, float, str]]:
    ground = plan.reach.ground
    points = [shapely.point_on_surface(shape) for shape in ground.buildings]
    return [(point.x, point.y, str(label)) for label, point in zip(ground.building_labels, points, strict=True)]


def _maze(plan: FirePlan) -> dict[str, Any]:
    """Return what the page's script needs to answer other removals: the graph of regions."""
    ground, gone, today = plan.reach.ground, {one.obstacle for one in plan.removals}, set(plan.served_today)
    return {
        **{name: values.tolist() for name, values in plan.reach.maze._asdict().items()},
        "labels": [str(label) for label in ground.soft_labels],
        "costs": ground.costs.tolist(),
        "planned": [label in gone for label in ground.soft_labels],
        "today": [label in today for label in ground.building_labels],
    }
