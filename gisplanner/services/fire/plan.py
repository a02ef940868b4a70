"""Fire lanes (消防车道): plan the cheapest opening of a file or a district, and evaluate chosen removals."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.catalog.fire_lanes import fire_standards
from gisplanner.crs import crs_name
from gisplanner.domain.fire import Extinguishers, FireId, FireLane, FireRemoval, Hydrant, Unreached
from gisplanner.domain.fire_details import BudgetStep, SideBySide
from gisplanner.domain.fire_rules import FireParameters
from gisplanner.errors import InputError
from gisplanner.planning.fire.access import AccessPlan, plan_on
from gisplanner.planning.fire.hydrants import Cover
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.lanes import LanePath, make_lanes
from gisplanner.planning.fire.question import question_of
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.situation import Situation
from gisplanner.services.fire.bearing import flags_of
from gisplanner.services.fire.curve import budget_curve
from gisplanner.services.fire.details import (
    FireDetails,
    hydrant_reach,
    quantities,
    removals_by_unit,
    served_by_hose,
)
from gisplanner.services.fire.driving import Swept, lanes_driven
from gisplanner.services.fire.findings import (
    buildings_to_survey,
    centre_radius_m,
    extinguishers_needed,
    hydrants_of,
    labels_of,
    lane_of,
    removals_of,
    unreached_buildings,
)
from gisplanner.services.fire.input import FireGround, ground_of_file, with_file
from gisplanner.services.fire.opening_hours import served_by_hour
from gisplanner.services.fire.operating import operating_areas
from gisplanner.services.fire.prepared import Prepared, prepare
from gisplanner.services.fire.wishes import DEFAULT_WISHES, FireWishes
from gisplanner.text import Language, Text, in_language

_NOT_NOW: Final = Text("可以打通，但不在本次预算或户数目标之内", en="could be opened, but not within this goal")


@dataclass(frozen=True, slots=True, eq=False)
class FirePlan:
    """A plan and everything that explains it.

    Attributes
    ----------
    ground
        The layers it was made on.
    access, wishes
        Removals, cost, bound, proof; and what was asked.
    served_today, served_after, needs_survey
        Ids of buildings.
    lanes, lines
        Lanes as records, and their middle lines with turnarounds in the planning CRS.
    swept
        What each vehicle sweeps on them.
    width_m
        Lane width decided on.
    hydrant_cover
        How few hydrants to add are proven to be needed; wall and lane points that no place reaches.
    seconds
        Time from the layers at hand to the answer.
    details
        What stands beside the plan: the hose rule, hours and keys, units, markings, vehicles, what lies below.
    reach
        Who is served after any other removals.
    """

    ground: FireGround
    access: AccessPlan
    wishes: FireWishes
    served_today: tuple[FireId, ...]
    served_after: tuple[FireId, ...]
    needs_survey: tuple[FireId, ...]
    unreachable: tuple[Unreached, ...]
    removals: tuple[FireRemoval, ...]
    lanes: tuple[FireLane, ...]
    lines: tuple[LanePath, ...]
    swept: tuple[Swept, ...]
    hydrants: tuple[Hydrant, ...]
    hydrant_cover: Cover
    extinguishers: tuple[Extinguishers, ...]
    width_m: float
    parameters: FireParameters
    seconds: float
    details: FireDetails
    reach: Reach

    def reasons(self) -> dict[FireId, Text]:
        """Return why each building that is not served afterwards is not."""
        never = {one.building: one.reason for one in self.unreachable}
        out = set(self.ground.buildings.index) - set(self.served_after)
        return {label: never.get(label, _NOT_NOW) for label in self.ground.buildings.index if label in out}

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract; sources of all numbers stand under ``parameters``."""
        return {
            "crs": crs_name(self.ground.crs),
            "served_today": list(self.served_today),
            "served_after": list(self.served_after),
            "needs_survey": list(self.needs_survey),
            "unreachable": [
                {"building": one.building, "reason": in_language(one.reason, language)} for one in self.unreachable
            ],
            "not_opened": [label for label, reason in self.reasons().items() if reason is _NOT_NOW],
            "removals": [asdict(one) for one in self.removals],
            "goal": self.wishes.document(),
            "cost": self.access.cost,
            "cost_lower_bound": self.access.cost_lower_bound,
            "proven": self.access.proven,
            "lanes": [asdict(one) for one in self.lanes],
            "hydrants": {
                "existing": None if self.ground.hydrants is None else sum(one.existing for one in self.hydrants),
                "proposed": [list(one.at) for one in self.hydrants if not one.existing],
                "proposed_lower_bound": self.hydrant_cover.bound,
                "proven": self.hydrant_cover.proven,
                "uncovered_points": self.hydrant_cover.uncovered,
            },
            "extinguishers": [asdict(one) for one in self.extinguishers],
            "parameters": self.sources(language),
            **self.details.document(language),
            "remarks": [in_language(one, language) for one in self.ground.remarks],
            "illustrative": self.ground.illustrative,
            "seconds": round(self.seconds, 3),
        }

    def sources(self, language: Language = "zh") -> list[dict[str, Any]]:
        """Return each number used with its origin: a national standard is never shown as text of the plan."""
        standards = fire_standards()
        made = []
        for name, one in self.parameters:
            changed = name == "lane_width_m" and self.width_m != one.value
            origin = Text("使用者指定", en="given by the user") if changed else standards.origin(one)
            value = self.width_m if changed else one.value
            made.append({"name": name, "value": value, "origin": in_language(origin, language), "note": one.note})
        rule = standards.extinguishers.get(self.wishes.profile or "")
        if rule is not None:
            made.append(
                {"name": "extinguishers_per_floor", "value": rule.per_floor, "origin": rule.quote, "note": None}
            )
        return made

    def sentences(self) -> Text:
        """Return the result for a person."""
        origin = next(one for one in self.sources() if one["name"] == "lane_width_m")
        english = next(one for one in self.sources("en") if one["name"] == "lane_width_m")
        proof = ("，已证明最省", ", proven least") if self.access.proven else ("", "")
        many, bound = len(self.ground.buildings), f"{self.access.cost_lower_bound:g}"
        zh = [
            f"车道净宽 {self.width_m:.3f} m（{origin['origin']}）。",
            f"{many} 栋中消防车今天可达 {len(self.served_today)} 栋，拆移后 {len(self.served_after)} 栋。",
            str(self.details.sentence()),
            f"拆移 {len(self.removals)} 处，费用 {self.access.cost:g}（下界 {bound}{proof[0]}）。",
        ]
        en = [
            f"Lane width {self.width_m:.3f} m ({english['origin']}).",
            f"Of {many} buildings {len(self.served_today)} are served today, {len(self.served_after)} afterwards.",
            in_language(self.details.sentence(), "en"),
            f"{len(self.removals)} removals, cost {self.access.cost:g} (lower bound {bound}{proof[1]}).",
        ]
        goal = self.wishes.sentence()
        if goal is not None:
            zh.insert(1, str(goal))
            en.insert(1, in_language(goal, "en"))
        for removal in self.removals:
            opens = "、".join(map(str, removal.opens))
            zh.append(f"  拆移 {removal.obstacle}（{removal.cost:g}）：打通 {opens or '（与其他拆移一起）'}")
            en.append(f"  remove {removal.obstacle} ({removal.cost:g}): opens {opens or '(with others)'}")
        for one in self.unreachable:
            zh.append(f"  不可达 {one.building}：{one.reason}")
            en.append(f"  unreached {one.building}: {in_language(one.reason, 'en')}")
        if self.needs_survey:
            who = "、".join(map(str, self.needs_survey))
            zh.append(f"  需实测：{who}（净宽与规定相差不超过 {self.parameters.survey_tolerance_m.value:g} m）")
            en.append(f"  to be surveyed: {who}")
        zh += [f"  提示：{one}" for one in self.ground.remarks]
        en += [f"  remark: {in_language(one, 'en')}" for one in self.ground.remarks]
        return Text("\n".join(zh), en="\n".join(en))


def plan_fire(
    path: Path, wishes: FireWishes = DEFAULT_WISHES, *, crs: str | None = None, encoding: str | None = None
) -> FirePlan:
    """Plan the lanes of a file with layers ``site``, ``buildings``, ``obstacles``, ``entrances``, optional ``roads``.

    Raises
    ------
    InputError
        The file cannot be used; everything wrong at once.
    """
    ground = ground_of_file(path, crs=crs, encoding=encoding)
    try:
        return plan_ground(ground, wishes)
    except InputError as error:
        raise with_file(error, path) from error


def plan_ground(ground: FireGround, wishes: FireWishes = DEFAULT_WISHES) -> FirePlan:
    """Plan on layers at hand, as :func:`plan_fire`."""
    begun = time.perf_counter()
    ready = prepare(ground, wishes)
    with ThreadPoolExecutor() as pool:
        # What holds today depends on no removals: it is worked out while they are decided.
        today = pool.submit(served_by_hose, ready.today, ready.hose)
        access = plan_on(
            ready.reach, budget=wishes.budget, households=wishes.households, time_limit_s=wishes.time_limit_s
        )
        curve: tuple[BudgetStep, ...] = ()
        if wishes.curve_step is not None:
            curve = budget_curve(
                question_of([ready.reach]),
                cost=access.cost,
                step=wishes.curve_step,
                budget=wishes.budget,
                time_limit_s=wishes.time_limit_s,
            )
        return plan_of(ready, access, wishes, curve=curve, begun=begun, by_hose=today)


def plan_of(
    ready: Prepared,
    access: AccessPlan,
    wishes: FireWishes,
    *,
    begun: float,
    curve: tuple[BudgetStep, ...] = (),
    by_hose: Future[tuple[FireId, ...]] | None = None,
) -> FirePlan:
    """Return everything a plan tells of an estate once its removals are decided.

    Parameters
    ----------
    begun
        When work on it began, by :func:`time.perf_counter`.
    by_hose
        Who is served by hose today, where that is being worked out already.
    """
    checked, reach, parameters, width = ready.checked, ready.reach, ready.parameters, ready.width_m
    gone = np.isin(np.arange(len(checked.soft)), _numbers(checked, access.removals))
    today, rule = ready.today, ready.hose
    after = Situation(reach, gone) if gone.any() else today
    standards = fire_standards()
    with ThreadPoolExecutor() as pool:
        survey = pool.submit(buildings_to_survey, after, ready.tolerance_m)
        by_hose = pool.submit(served_by_hose, today, rule) if by_hose is None else by_hose
        if after is today:
            by_hose.result()  # what both ask for is worked out by one of them
        lines = _lanes(after, parameters)
        driving = pool.submit(lanes_driven, ready.ground, reach, gone, lines, standards.vehicles)
        hydrants, cover = hydrants_of(ready.ground, after, lines, parameters)
        removals = removals_of(ready.ground, checked, reach, gone, lines)
        afterwards = served_by_hose(after, rule)
        reached = hydrant_reach(after, hydrants, lines, parameters)
        driven, swept = driving.result()
    details = FireDetails(
        side_by_side=SideBySide(rule.hose_m, rule.basis, by_hose.result(), afterwards),
        hours=served_by_hour(ready.ground, width),
        gates=ready.gates,
        units=removals_by_unit(removals, wishes.profile),
        markings=quantities(lines, checked, parameters, width),
        driven=driven,
        flags=flags_of(ready.ground, lines, width),
        hydrants=reached,
        operating=operating_areas(ready.ground, after, parameters),
        curve=curve,
    )
    walls = shapely.STRtree(list(checked.buildings))
    return FirePlan(
        ground=ready.ground,
        access=access,
        wishes=wishes,
        served_today=labels_of(checked, today.served),
        served_after=labels_of(checked, after.served),
        needs_survey=survey.result(),
        unreachable=unreached_buildings(checked, reach),
        removals=removals,
        lanes=tuple(lane_of(number, line, walls, ready) for number, line in enumerate(lines, start=1)),
        lines=lines,
        swept=swept,
        hydrants=hydrants,
        hydrant_cover=cover,
        extinguishers=extinguishers_needed(ready.ground, standards.extinguishers.get(wishes.profile or "")),
        width_m=width,
        parameters=parameters,
        seconds=time.perf_counter() - begun,
        details=details,
        reach=reach,
    )


def _lanes(after: Situation, parameters: FireParameters) -> tuple[LanePath, ...]:
    sizes = (parameters.turnaround_m, parameters.turnaround_high_m, parameters.turnaround_heavy_m)
    return make_lanes(
        after,
        dead_end_m=parameters.dead_end_m.value,
        turnarounds_m=[one.value for one in sizes],
        radius_m=centre_radius_m(parameters, after.reach.width_m),
    )


def _numbers(ground: Ground, labels: Sequence[Hashable]) -> list[int]:
    number = {label: k for k, label in enumerate(ground.soft_labels)}
    return [number[label] for label in labels]
