"""Everything a fire plan tells beside the plan itself (消防方案附表), each part with its answer or 资料不足."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

import numpy as np
import shapely
from shapely import Geometry

from gisplanner.catalog.profiles import profile as profile_named
from gisplanner.domain.fire import FireId, FireRemoval, Hydrant
from gisplanner.domain.fire_details import (
    BudgetStep,
    FireGate,
    FireHours,
    Flag,
    HydrantReach,
    LaneDriven,
    OperatingArea,
    SideBySide,
    UnitList,
)
from gisplanner.domain.fire_rules import FireParameters
from gisplanner.planning.fire.hydrants import Cover, hydrant_places, least_hydrants
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.lanes import LanePath
from gisplanner.planning.fire.markings import Markings, markings_of
from gisplanner.planning.fire.outlines import Floats
from gisplanner.planning.fire.situation import Situation
from gisplanner.rules.answers import Desk
from gisplanner.rules.duties import removed_by
from gisplanner.services.fire.input import FireGround
from gisplanner.text import Language, Text, in_language

_ALONG_M: Final = 5.0
ROUTE_STEP_M: Final = 16.0
"""Places for hydrants are looked at this far apart where hoses are laid out from each."""


@dataclass(frozen=True, slots=True, eq=False)
class HoseRule:
    """How long the hose is, where it has to get to in words, and the points (n, 2) of each building."""

    hose_m: float
    basis: Text
    points: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FireDetails:
    """Parts beside the plan."""

    side_by_side: SideBySide
    hours: FireHours | None
    gates: tuple[FireGate, ...]
    units: tuple[UnitList, ...]
    markings: Markings
    driven: tuple[LaneDriven, ...]
    flags: tuple[Flag, ...]
    hydrants: HydrantReach
    operating: tuple[OperatingArea, ...] = ()
    curve: tuple[BudgetStep, ...] = ()

    def sentence(self) -> Text:
        """Return the count under the hose rule, which stands beside the one under the rule of the long side."""
        hose = self.side_by_side
        return Text(
            f"按水带 {hose.hose_m:g} m 计：今天 {len(hose.today)} 栋，拆移后 {len(hose.after)} 栋（本工具参数）。",
            en=f"By a hose route of {hose.hose_m:g} m: {len(hose.today)} today, {len(hose.after)} afterwards.",
        )

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the parts for JSON, texts in a language."""

        def plain(value: Any) -> Any:
            if isinstance(value, Text):
                return in_language(value, language)
            if isinstance(value, Mapping):
                return {key: plain(one) for key, one in value.items()}
            return [plain(one) for one in value] if isinstance(value, list | tuple) else value

        made: dict[str, Any] = {
            "hose_rule": asdict(self.side_by_side),
            "hours": None if self.hours is None else asdict(self.hours),
            "gates": [asdict(one) for one in self.gates],
            "removals_by_unit": [asdict(one) for one in self.units],
            "markings": asdict(self.markings),
            "driven": [asdict(one) for one in self.driven],
            "flags": [asdict(one) for one in self.flags],
            "hydrant_reach": asdict(self.hydrants),
            "operating_areas": [asdict(one) for one in self.operating],
        }
        if self.curve:
            made["budget_curve"] = [asdict(one) for one in self.curve]
        return cast("dict[str, Any]", plain(made))


def hose_rule(source: FireGround, ground: Ground, hose_m: float) -> HoseRule:
    """Return where a hose has to get to: to the doors of each building, where there are some, else to its corners."""
    doors = source.more.get("doors")
    if doors is None or not len(doors):
        basis = Text(
            "水带路线到外墙每个角（没有单元入口数据）", en="route of the hose to every corner (no doors given)"
        )
        return HoseRule(hose_m, basis, tuple(shapely.get_coordinates(shape) for shape in ground.buildings))
    places = shapely.get_coordinates(doors.geometry.to_numpy())
    near = shapely.STRtree(list(ground.buildings)).nearest(shapely.points(places))
    points = tuple(places[near == k] for k in range(len(ground.buildings)))
    return HoseRule(hose_m, Text("水带路线到单元入口", en="route of the hose to the doors"), points)


def served_by_hose(situation: Situation, rule: HoseRule) -> tuple[FireId, ...]:
    """Return who is served along a hose route from where the engine gets to."""
    lengths = situation.footways.longest(situation.engine_places, rule.points, rule.hose_m)
    return tuple(
        cast("FireId", label)
        for label, length, group in zip(situation.reach.ground.building_labels, lengths, rule.points, strict=True)
        if len(group) and np.isfinite(length)
    )


def removals_by_unit(removals: Sequence[FireRemoval], profile: str | None) -> tuple[UnitList, ...]:
    """Return removals by who has to remove them; texts that contradict each other stand side by side."""
    groups: dict[tuple[str, str], tuple[list[FireRemoval], tuple[str, ...]]] = {}
    desk = None if profile is None else Desk(profile_named(profile))
    for one in removals:
        units, answer = "文件未规定", "文件未规定"
        quotes: tuple[str, ...] = ()
        if one.moved:
            units = "移位，不属拆除：由权属人或管理单位移开"
        elif one.kind is None:
            units, answer = "未注明类别", "资料不足"
        elif desk is not None:
            told = removed_by(desk, str(one.obstacle), one.kind)
            answer = told.answer
            quotes = tuple(text for text in (told.quote, *(more.quote for more in told.also)) if text)
            units = str(told.reason) if told.quote else units
        groups.setdefault((units, answer), ([], quotes))[0].append(one)
    return tuple(
        UnitList(units, answer, tuple(one.obstacle for one in mine), sum(one.cost for one in mine), quotes)
        for (units, answer), (mine, quotes) in groups.items()
    )


def quantities(lines: Sequence[LanePath], ground: Ground, numbers: FireParameters, width_m: float) -> Markings:
    """Return what has to be painted on the lanes and at their gates, unmeasured gates as wide as the lane."""
    drawn = [line.line for line in lines]
    used = [
        width_m if np.isnan(stated) else float(stated)
        for place, stated in zip(ground.entrances, ground.entrance_widths_m, strict=True)
        if drawn and shapely.distance(shapely.MultiLineString(drawn), shapely.Point(place)) <= width_m
    ]
    return markings_of(
        drawn,
        used,
        width_m=width_m,
        line_width_m=numbers.line_width_m.value,
        box_every_m=numbers.box_spacing_m.value,
        hatch_depth_m=numbers.hatch_depth_m.value,
    )


def hydrant_reach(
    after: Situation, hydrants: Sequence[Hydrant], lines: Sequence[LanePath], numbers: FireParameters
) -> HydrantReach:
    """Return what hydrants there are and proposed ones reach: straight as the text says, and by the hose's way."""
    ground, width_m = after.reach.ground, after.reach.width_m
    places = np.array([one.at for one in hydrants]).reshape(-1, 2)
    corners = [shapely.get_coordinates(shape) for shape in ground.buildings]
    radius = numbers.hydrant_radius_m.value
    by_route = after.footways.longest(places, corners, radius)
    marks = shapely.multipoints(places)
    straight = [
        len(places) > 0 and bool((shapely.distance(shapely.points(group), marks) <= radius).all())
        for group in corners
    ]
    walls = shapely.distance(shapely.points(places), shapely.multipolygons(_areas(ground))) if len(places) else []
    lanes = [line.line for line in lines]
    spots, cover = _least_by_route(after, hydrants, lanes, numbers)
    along = shapely.points(shapely.get_coordinates(shapely.segmentize(lanes, _ALONG_M))) if lanes else []
    return HydrantReach(
        radius_m=radius,
        beyond_straight=_labels(ground, [not near for near in straight]),
        beyond_by_route=_labels(ground, [not np.isfinite(length) for length in by_route]),
        nearer_wall_than_m=numbers.hydrant_wall_m.value,
        near_walls=int(sum(away < numbers.hydrant_wall_m.value - 1e-6 for away in walls)),
        by_route=spots,
        by_route_proven=cover.proven,
        by_route_bound=cover.bound,
        by_route_uncovered=cover.uncovered,
        farthest_lane_m=round(float(shapely.distance(along, marks).max()), 1) if len(along) and len(places) else None,
        spacing_m=numbers.hydrant_spacing_m.value,
        kerb_m=numbers.hydrant_kerb_m.value,
        off_kerb=_off_kerb(places, lanes, numbers.hydrant_kerb_m.value + width_m / 2.0),
    )


def _off_kerb(places: Floats, lanes: Sequence[Geometry], away_m: float) -> int:
    """Return how many hydrants stand further from the middle of every lane."""
    if not len(places) or not lanes:
        return 0
    return int(
        (shapely.distance(shapely.points(places), shapely.multilinestrings(list(lanes))) > away_m + 1e-6).sum()
    )


def _least_by_route(
    after: Situation, hydrants: Sequence[Hydrant], lanes: Sequence[Geometry], numbers: FireParameters
) -> tuple[tuple[tuple[float, float], ...], Cover]:
    """Return the fewest places to add so that a hose gets to every wall point, and how few are needed at least."""
    spots = hydrant_places(
        lanes,
        after.shapes,
        after.reach.ground.domain,
        width_m=after.reach.width_m,
        wall_m=numbers.hydrant_wall_m.value,
        step_m=ROUTE_STEP_M,
    )
    cover = least_hydrants(
        spots,
        np.array([one.at for one in hydrants if one.existing]).reshape(-1, 2),
        after.reach.ground.buildings,
        lanes,
        radius_m=numbers.hydrant_radius_m.value,
        spacing_m=numbers.hydrant_spacing_m.value,
        footways=after.footways,
    )
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in spots[cover.chosen]), cover


def _areas(ground: Ground) -> list[Any]:
    return [part for shape in ground.buildings for part in shapely.get_parts(shape)]


def _labels(ground: Ground, marks: Sequence[bool]) -> tuple[FireId, ...]:
    return tuple(cast("FireId", label) for label, yes in zip(ground.building_labels, marks, strict=True) if yes)
