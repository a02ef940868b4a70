"""Fire lanes of a stored district: estates planned one by one, or together where they share a purse or a goal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from gisplanner.domain.district import District
from gisplanner.domain.fire_details import BudgetStep
from gisplanner.errors import InputError, UsageError
from gisplanner.formats.geojson import GeoJson
from gisplanner.planning.fire.access import access_of
from gisplanner.planning.fire.opening import Opening
from gisplanner.planning.fire.question import Question, question_of
from gisplanner.services.fire.curve import budget_curve
from gisplanner.services.fire.district_plan import DistrictFirePlan, name_of
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.plan import FirePlan, plan_ground, plan_of
from gisplanner.services.fire.prepared import Prepared, prepare
from gisplanner.services.fire.report import write_features
from gisplanner.services.fire.stored import grounds_of_district
from gisplanner.services.fire.wishes import DEFAULT_WISHES, FireWishes
from gisplanner.store.database import Database
from gisplanner.text import Text, in_language

Tell = Callable[[int, int, str], None]
"""Called before each estate with how many are done, how many there are, and its name."""

_STOPPED: Final = Text("中途停止，未计算", en="stopped before it was planned")


def _silent(done: int, many: int, name: str) -> None:
    """Tell nobody."""


def plan_fire_district(
    db: Database,
    district: District,
    wishes: FireWishes = DEFAULT_WISHES,
    *,
    estate: str | None = None,
    tell: Tell = _silent,
    stoppable: bool = False,
) -> DistrictFirePlan:
    """Plan every stored estate that has an outline, an entrance and buildings.

    A budget or a number of households is one for all estates together, and their removals are decided together.
    An estate whose rows cannot be used is left out with what is wrong.

    Parameters
    ----------
    estate
        Code or name of one estate only.
    tell
        Called before each estate.
    stoppable
        Ctrl-C ends it with the estates planned so far instead of with nothing.
    """
    grounds, left_out = grounds_of_district(db, district, estate)
    if wishes.shared and grounds:
        return _together(district, wishes, grounds, left_out, tell=tell, estate=estate)
    plans: dict[str, FirePlan] = {}
    stopped, one_by_one = False, replace(wishes, curve_step=None)
    for done, (code, ground) in enumerate(grounds.items()):
        try:
            tell(done, len(grounds), name_of(ground))
            plans[code] = plan_ground(ground, one_by_one)
        except UsageError:
            raise
        except InputError as error:
            left_out[code] = unusable(error)
        except KeyboardInterrupt:
            if not stoppable:
                raise
            stopped = True
            break
    if stopped:
        left_out |= dict.fromkeys((code for code in grounds if code not in plans and code not in left_out), _STOPPED)
    return DistrictFirePlan(
        district=district,
        wishes=wishes,
        plans=plans,
        grounds=grounds,
        left_out=left_out,
        bound=sum(plan.access.cost_lower_bound for plan in plans.values()),
        proven=all(plan.access.proven for plan in plans.values()),
        stopped=stopped,
        estate=estate,
        curve=_curve_of(plans, wishes),
    )


def unusable(error: InputError) -> Text:
    """Return why an estate is left out whose rows cannot be planned on: each of them."""
    told = [f"{fault.layer} {fault.column}: {fault.value or fault.hint or ''}" for fault in error.faults]
    return Text(
        f"数据不能使用：{'；'.join(told) or error.message}",
        en=f"cannot be used: {'; '.join(told) or in_language(error.message, 'en')}",
    )


def _curve_of(plans: Mapping[str, FirePlan], wishes: FireWishes) -> tuple[BudgetStep, ...]:
    if wishes.curve_step is None or not plans:
        return ()
    question = question_of([plan.reach for plan in plans.values()])
    cost = sum(plan.access.cost for plan in plans.values())
    return _curve(question, cost, wishes)


def _curve(question: Question, cost: float, wishes: FireWishes) -> tuple[BudgetStep, ...]:
    if wishes.curve_step is None:
        return ()
    return budget_curve(
        question, cost=cost, step=wishes.curve_step, budget=wishes.budget, time_limit_s=wishes.time_limit_s
    )


def _together(
    district: District,
    wishes: FireWishes,
    grounds: Mapping[str, FireGround],
    left_out: Mapping[str, Text],
    *,
    tell: Tell,
    estate: str | None,
) -> DistrictFirePlan:
    """Plan all estates under one purse or goal; stopping it stops all of it, for there is no half answer."""
    ready: dict[str, Prepared] = {}
    left_out = dict(left_out)
    for done, (code, ground) in enumerate(grounds.items()):
        tell(done, 2 * len(grounds), name_of(ground))
        try:
            ready[code] = prepare(ground, wishes)
        except UsageError:
            raise
        except InputError as error:
            left_out[code] = unusable(error)
    if not ready:
        return DistrictFirePlan(district, wishes, {}, grounds, left_out, 0.0, proven=True)
    question = question_of([one.reach for one in ready.values()])
    opening = _decide(question, wishes)
    cost = float(question.costs[opening.removed].sum())
    shares = np.split(opening.removed, np.cumsum([len(one.checked.soft) for one in ready.values()])[:-1])
    plans = {}
    for done, ((code, one), removed) in enumerate(zip(ready.items(), shares, strict=True), start=len(grounds)):
        tell(done, 2 * len(grounds), name_of(one.ground))
        begun = time.perf_counter()
        access = access_of(one.reach, removed, proven=opening.proven)
        plans[code] = plan_of(one, access, wishes, begun=begun)
    bound = opening.bound if wishes.budget is None else cost if opening.proven else 0.0
    return DistrictFirePlan(
        district=district,
        wishes=wishes,
        plans=plans,
        grounds=grounds,
        left_out=left_out,
        bound=bound,
        proven=opening.proven,
        estate=estate,
        curve=_curve(question, cost, wishes),
    )


def _decide(question: Question, wishes: FireWishes) -> Opening:
    if wishes.budget is not None:
        return question.within(wishes.budget, time_limit_s=wishes.time_limit_s)
    return question.reaching(float(wishes.households or 0.0), time_limit_s=wishes.time_limit_s)


def write_district_lanes(plan: DistrictFirePlan, path: Path) -> GeoJson:
    """Write the plans as GeoJSON, one feature for each thing in them."""
    width = next(iter(plan.plans.values())).width_m if plan.plans else None
    return write_features(plan.features(), path, members={"名称": "消防车道", "净宽（米）": width})
