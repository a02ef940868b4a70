"""Ten thousand buildings in estates, planned side by side: the opening, and the whole answer with its vehicles."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from benchmarks.fire_scale import count
from benchmarks.table import Table
from gisplanner.planning.fire.access import plan_on
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.warm_up import warm_up
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.plan import plan_ground
from tests.planning.fire.estates import Estate, random_estate

_FIRST_SEED = 110_000


class _Opened(NamedTuple):
    """One estate: buildings, of them served today and after, whether proven; memory of the process so far."""

    buildings: int
    today: int
    after: int
    proven: bool
    memory_kb: int


class _Planned(NamedTuple):
    """The same with lanes, ways of vehicles along them (forward, reversing, none found), hydrants to add."""

    opened: _Opened
    lanes: int
    forward: int
    reversing: int
    stuck: int
    hydrants: int


def city() -> list[Table]:
    warm_up()
    table = Table(
        "Ten thousand buildings in estates of 18, planned side by side",
        [
            *("answer", "estates", "buildings", "served today", "after", "all proven", "lanes"),
            *("vehicles: forward", "with reversing", "no way found", "hydrants to add", "seconds"),
            "MB (largest process)",
        ],
        notes=[
            "Goal for the opening: 90 s and 2 GB. Two vehicles are driven along every lane, from the gate to its end."
        ],
    )
    opened, seconds = _side_by_side(_opened)
    table.rows.append(["opening", *_counts(opened), *["–"] * 5, f"{seconds:.1f}", _largest(opened)])
    planned, seconds = _side_by_side(_planned)
    sums = [str(sum(one[k] for one in planned)) for k in range(1, 6)]
    plans = [one.opened for one in planned]
    table.rows.append(["whole", *_counts(plans), *sums, f"{seconds:.1f}", _largest(plans)])
    return [table]


def _side_by_side(plan: Callable[[int], Any]) -> tuple[list[Any], float]:
    begun = time.perf_counter()
    with ProcessPoolExecutor() as pool:
        answers = list(pool.map(plan, range(_FIRST_SEED, _FIRST_SEED + count(556)), chunksize=8))
    return answers, time.perf_counter() - begun


def _estate(seed: int) -> Estate:
    return random_estate(np.random.default_rng(seed), columns=3, rows=6, obstacles=44)


def _opened(seed: int) -> _Opened:
    reach = Reach(read_ground(*_estate(seed).layers), 4.0)
    plan = plan_on(reach)
    today = int(reach.served(np.zeros(len(reach.ground.soft), dtype=bool)).sum())
    return _Opened(len(reach.ground.buildings), today, len(plan.served), plan.proven, _memory_kb())


def _planned(seed: int) -> _Planned:
    made = _estate(seed)
    ground = FireGround(*made.layers, roads=None, hydrants=None, crs=made.site.crs, remarks=())
    plan = plan_ground(ground)
    today, after = len(plan.served_today), len(plan.served_after)
    driven = plan.details.driven
    return _Planned(
        _Opened(len(ground.buildings), today, after, plan.access.proven, _memory_kb()),
        lanes=len(plan.lanes),
        forward=sum(one.forward for one in driven),
        reversing=sum(not one.forward and one.stuck_at is None for one in driven),
        stuck=sum(one.stuck_at is not None for one in driven),
        hydrants=len(plan.hydrants),
    )


def _counts(opened: list[_Opened]) -> list[str]:
    sums = [str(sum(one[k] for one in opened)) for k in range(3)]
    return [str(len(opened)), *sums, "yes" if all(one.proven for one in opened) else "no"]


def _largest(opened: list[_Opened]) -> str:
    return f"{max(one.memory_kb for one in opened) / 1024.0:.0f}"


def _memory_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
