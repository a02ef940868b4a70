"""The page for the fire station (消防站用图): what is drawn of a plan."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.fire import FireLane
from gisplanner.maps.fire_sheet import FireSheet, SheetLabel, SheetMark, SheetShape, fire_sheet
from gisplanner.services.fire.brigade import basis_of, quantity_rows
from gisplanner.services.fire.plan import FirePlan
from gisplanner.services.fire.station_tables import gate_names, short_names, station_tables

_TIGHT_M: Final = 2.0
"""Narrowest places are told up to this much above the lane width, and always the narrowest of all."""
_APART_M: Final = 3.0
_NAMED: Final = 3
"""Lanes named at a place they share."""
_STREET_WIDTH_M: Final = 6.0
"""Width a street is drawn with where nobody stated one."""


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
        "removals": len(plan.removals),
        "cost": f"{plan.access.cost:,.0f}",
        "proof": "，已证明最优" if plan.access.proven else f"，下界 {plan.access.cost_lower_bound:,.0f}",
        "hose": str(plan.details.sentence()),
        "markings": "；".join(f"{what} {many}" for what, many, _ in quantity_rows(plan)[:4]),
        "basis": "车道净宽、回车场、消火栓为国家标准参数，数值未核对原文；可达与水带距离为本工具参数。",
    }
    names = short_names(plan)
    tables = station_tables(plan, names)
    # Where texts do not all find room, those in front do.
    marks = [*_gate_marks(plan), *_removal_marks(plan, names), *_lane_marks(plan), *_hydrant_marks(plan)]
    return fire_sheet(FireSheet(_shapes(plan), marks, _labels(plan, names), tables, words, _maze(plan, names)))


def _streets(plan: FirePlan) -> gpd.GeoDataFrame | None:
    frame = plan.ground.more.get("streets")
    return None if frame is None or frame.empty else frame


def _shapes(plan: FirePlan) -> list[SheetShape]:
    ground = plan.reach.ground
    today, after = set(plan.served_today), set(plan.served_after)
    gone = {one.obstacle for one in plan.removals}
    roads = [] if plan.ground.roads is None else [SheetShape(ground.domain, "road")]
    fixed = plan.ground.obstacles.index.difference(list(ground.soft_labels))
    return [
        *_street_shapes(plan),
        *roads,
        *(SheetShape(shape, "site") for shape in ground.site),
        *(SheetShape(shapely.buffer(line.line, plan.width_m / 2.0, cap_style="flat"), "lane") for line in plan.lines),
        *_swept_shapes(plan),
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
        *(
            SheetShape(shapely.from_wkt(one.outline), "climb")
            for one in plan.details.operating
            if one.outline is not None
        ),
    ]


def _swept_shapes(plan: FirePlan) -> list[SheetShape]:
    """Return what the first design vehicle sweeps, all lanes together; what others sweep would hide it."""
    areas = [one.area for one in plan.swept if one.vehicle == plan.swept[0].vehicle]
    return [SheetShape(part, "swept") for part in shapely.get_parts(shapely.union_all(areas))]


def _street_shapes(plan: FirePlan) -> list[SheetShape]:
    frame = _streets(plan)
    if frame is None:
        return []
    widths = pd.to_numeric(frame["width_m"], errors="coerce").fillna(_STREET_WIDTH_M).to_numpy(dtype=float)
    shapes = frame.geometry.to_numpy()
    lines = shapely.get_dimensions(shapes) == 1
    areas = np.where(lines, shapely.buffer(shapes, widths / 2.0, cap_style="flat"), shapes)
    return [SheetShape(shape, "road") for shape in areas if not shapely.is_empty(shape)]


def _gate_marks(plan: FirePlan) -> list[SheetMark]:
    """Return the gates by the names of the table of keys."""
    frame = plan.ground.entrances
    texts = [
        f"{name} {wide} m" if wide else name for name, wide in zip(gate_names(frame), _widths(frame), strict=True)
    ]
    return [
        SheetMark(point.x, point.y, "#1f5f8b", "#1f5f8b", text)
        for point, text in zip(frame.geometry, texts, strict=True)
    ]


def _widths(frame: gpd.GeoDataFrame) -> list[str]:
    if "width_m" not in frame.columns:
        return [""] * len(frame)
    return ["" if np.isnan(wide) else f"{wide:g}" for wide in pd.to_numeric(frame["width_m"], errors="coerce")]


def _lane_marks(plan: FirePlan) -> list[SheetMark]:
    """Return narrowest places with the numbers of their lanes, to the millimetre: 3.999 is not 4."""
    tight = sorted(plan.lanes, key=lambda lane: lane.pinch_mm)
    tight = tight[:1] + [lane for lane in tight[1:] if lane.pinch_mm <= (plan.width_m + _TIGHT_M) * 1000.0]
    places: list[list[FireLane]] = []
    for lane in tight:
        # One text a place: lanes share their narrowest places.
        here = next((one for one in places if math.dist(one[0].pinch_at, lane.pinch_at) < _APART_M), None)
        if here is None:
            places.append([lane])
        else:
            here.append(lane)
    marks = []
    for lanes in places:
        narrowest = lanes[0]
        colour = "#b3001b" if narrowest.within_survey_tolerance else "#5b2a86"
        who = "、".join(str(lane.id) for lane in lanes[:_NAMED]) + ("等" if len(lanes) > _NAMED else "")
        marks.append(SheetMark(*narrowest.pinch_at, "#ffffff", colour, f"{who}：{narrowest.pinch_mm / 1000:.3f}"))
    return marks + _turning_marks(plan, [lane.pinch_at for lane in tight])


def _hydrant_marks(plan: FirePlan) -> list[SheetMark]:
    return [
        SheetMark(*one.at, "#c62828" if one.existing else "#ffffff", "#c62828", square=True) for one in plan.hydrants
    ]


def _turning_marks(plan: FirePlan, told: list[tuple[float, float]]) -> list[SheetMark]:
    """Return where no way was found for a vehicle, no turnaround fits, or bends are tight, one mark a place."""
    stuck = [(one.stuck_at, "#b3001b", "转不过") for one in plan.details.driven if one.stuck_at is not None]
    bends = [(bend.at, "#a65d00", f"R{bend.radius_m:.1f}") for lane in plan.lanes for bend in lane.tight_bends]
    made = []
    ends = [
        (shapely.get_coordinates(line.line)[-1], "#b3001b", f"{lane.id}：无回车场")
        for lane, line in zip(plan.lanes, plan.lines, strict=True)
        if line.turnaround is not None and line.turnaround.outline is None
    ]
    for at, colour, text in [*stuck, *ends, *bends]:
        if all(np.hypot(at[0] - x, at[1] - y) >= _APART_M for x, y in told):
            told.append((float(at[0]), float(at[1])))
            made.append(SheetMark(*told[-1], "#ffffff", colour, text))
    return made


def _removal_marks(plan: FirePlan, names: dict[Any, str]) -> list[SheetMark]:
    """Return what each removal is called in the tables, where it stands."""
    shapes = plan.ground.obstacles.geometry
    points = [(names[one.obstacle], shapely.point_on_surface(shapes.loc[one.obstacle])) for one in plan.removals]
    return [SheetMark(point.x, point.y, "#ffb3ab", "#b3001b", name) for name, point in points]


def _labels(plan: FirePlan, names: dict[Any, str]) -> list[SheetLabel]:
    ground = plan.reach.ground
    points = [shapely.point_on_surface(shape) for shape in ground.buildings]
    made = [
        SheetLabel(point.x, point.y, names[label])
        for label, point in zip(ground.building_labels, points, strict=True)
    ]
    return [*made, *_street_labels(plan)]


def _street_labels(plan: FirePlan) -> list[SheetLabel]:
    """Return the name of each street once, along its longest part in the window."""
    frame = _streets(plan)
    if frame is None:
        return []
    longest: dict[str, Any] = {}
    for name, shape in zip(frame["name"], frame.geometry, strict=True):
        for part in shapely.get_parts(shape) if isinstance(name, str) else ():
            if part.geom_type == "LineString" and part.length > getattr(longest.get(name), "length", 0.0):
                longest[name] = part
    return [_along(name, part) for name, part in longest.items()]


def _along(name: str, line: Any) -> SheetLabel:
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [0.4, 0.6], normalized=True))
    east, north = ends[1] - ends[0]
    angle = float(np.degrees(np.arctan2(north, east)))
    upright = angle - 180.0 if angle > 90.0 else angle + 180.0 if angle <= -90.0 else angle  # noqa: PLR2004 - degrees
    return SheetLabel(middle.x, middle.y, name, upright, "street")


def _maze(plan: FirePlan, names: dict[Any, str]) -> dict[str, Any]:
    """Return what the page's script needs to answer other removals: the graph of regions."""
    ground, gone, today = plan.reach.ground, {one.obstacle for one in plan.removals}, set(plan.served_today)
    obstacles = plan.ground.obstacles
    stated = obstacles["kind"] if "kind" in obstacles.columns else pd.Series(None, obstacles.index, dtype=object)
    kinds: dict[Any, str] = stated.fillna("").astype(str).to_dict()
    return {
        **{name: values.tolist() for name, values in plan.reach.maze._asdict().items()},
        "labels": [names[label] for label in ground.soft_labels],
        "kinds": [kinds[label] for label in ground.soft_labels],
        "costs": ground.costs.tolist(),
        "planned": [label in gone for label in ground.soft_labels],
        "today": [label in today for label in ground.building_labels],
    }
