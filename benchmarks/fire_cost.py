"""The cost of an opening: equal to brute force, proven, never above simple rules."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np

from benchmarks.fire_scale import count
from benchmarks.table import Table
from gisplanner.planning.fire.access import plan_on
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.warm_up import warm_up
from tests.planning.fire.estates import random_estate

PROOF_LIMIT_S = 60.0


def _needs_removal(reach: Reach) -> bool:
    nothing = np.zeros(len(reach.ground.soft), dtype=bool)
    return bool((reach.served(~nothing) & ~reach.served(nothing)).any())


def _brute_one(seed: int) -> tuple[bool, bool]:
    made = random_estate(np.random.default_rng(seed), columns=2, rows=3, obstacles=13)
    reach = Reach(read_ground(*made.layers), 4.0)
    many = len(reach.ground.soft)
    marks = (np.arange(1 << many)[:, None] >> np.arange(many)) & 1 == 1
    target = reach.served(marks[-1])
    cost = marks @ reach.ground.costs
    least = next(cost[k] for k in np.argsort(cost, kind="stable") if not (target & ~reach.served(marks[k])).any())
    plan = plan_on(reach)
    return least > 0, abs(plan.cost - least) < 1e-9 and plan.proven and abs(plan.cost_lower_bound - least) < 1e-9


def brute_force() -> list[Table]:
    table = Table(
        "Cheapest opening against every choice of removals, estates of 6 buildings and up to 13 removables",
        ["estates", "need a removal", "equal to brute force and proven"],
    )
    wanted, answers, seed = count(200), [], 50_000
    with ProcessPoolExecutor() as pool:
        while sum(need for need, _ in answers) < 0.75 * wanted or len(answers) < wanted:
            answers += list(pool.map(_brute_one, range(seed, seed + 50), chunksize=5))
            seed += 50
    table.rows.append(
        [str(len(answers)), str(sum(need for need, _ in answers)), str(sum(same for _, same in answers))]
    )
    return [table]


class _Proof(NamedTuple):
    """One estate: whether its cost is proven least, the cost and its bound, removals, seconds of the search."""

    proven: bool
    cost: float
    bound: float
    removals: int
    seconds: float


def _proof(seed: int) -> _Proof:
    made = random_estate(np.random.default_rng(seed), columns=3, rows=6, obstacles=_obstacles(seed))
    reach = Reach(read_ground(*made.layers), 4.0)
    begun = time.perf_counter()
    plan = plan_on(reach, time_limit_s=PROOF_LIMIT_S)
    taken = time.perf_counter() - begun
    return _Proof(plan.proven, plan.cost, plan.cost_lower_bound, len(plan.removals), taken)


def _obstacles(seed: int) -> int:
    return 40 + seed % 80


def proofs(least: int, most: int) -> list[Table]:
    """Return how many of the thousand estates that have this many obstacles are proven."""
    warm_up()
    table = Table(
        f"Proof of optimality on estates of 18 buildings and {least}–{most} obstacles",
        [
            *("estates", f"proven within {PROOF_LIMIT_S:g} s", "removals: median", "most", "seconds: median"),
            *("95 %", "worst"),
        ],
        notes=["Goal: all of 1,000 over the tables of proofs."],
    )
    seeds = [seed for seed in range(70_000, 70_000 + count(1_000)) if least <= _obstacles(seed) <= most]
    with ProcessPoolExecutor() as pool:
        answers = list(pool.map(_proof, seeds, chunksize=2))
    taken, removals = sorted(one.seconds for one in answers), sorted(one.removals for one in answers)
    told = [len(answers), sum(one.proven for one in answers), f"{statistics.median(removals):g}", removals[-1]]
    last = [statistics.median(taken), taken[int(0.95 * len(taken))], taken[-1]]
    table.rows.append([*map(str, told), *(f"{one:.2f}" for one in last)])
    open_ = [
        f"seed {seed}: {one.cost:g}, bound {one.bound:.2f}"
        for seed, one in zip(seeds, answers, strict=True)
        if not one.proven
    ]
    table.notes += [f"Not proven: {'; '.join(open_)}."] if open_ else []
    return [table]


def _greedy_cost(reach: Reach, target: np.ndarray) -> float:
    """Put obstacles back, the dearest first, as long as all stay served."""
    gone = np.ones(len(reach.ground.soft), dtype=bool)
    for k in np.argsort(-reach.ground.costs):
        gone[k] = False
        gone[k] = bool((target & ~reach.served(gone)).any())
    return float(reach.ground.costs[gone].sum())


def _per_building_cost(reach: Reach, target: np.ndarray) -> float:
    """Open the way to one building after another, each at its least cost given what is gone already."""
    costs, gone = reach.ground.costs, np.zeros(len(reach.ground.soft), dtype=bool)
    for building in np.flatnonzero(target):
        trial = np.ones_like(gone)
        for k in np.argsort(-np.where(gone, 0.0, costs)):
            if not gone[k]:
                trial[k] = False
                trial[k] = not reach.served(trial)[building]
        gone |= trial
    return float(costs[gone].sum())


def _rival(seed: int) -> tuple[float, float] | None:
    made = random_estate(np.random.default_rng(seed), columns=3, rows=6, obstacles=60)
    reach = Reach(read_ground(*made.layers), 4.0)
    if not _needs_removal(reach):
        return None
    target = reach.served(np.ones(len(reach.ground.soft), dtype=bool))
    cost = plan_on(reach, time_limit_s=20.0).cost
    return _greedy_cost(reach, target) / cost - 1.0, _per_building_cost(reach, target) / cost - 1.0


def rules_of_thumb() -> list[Table]:
    table = Table(
        "How much dearer simple rules are, estates of 18 buildings and 60 obstacles that need a removal",
        ["rule", "estates", "cheaper than ours", "equal", "dearer: median", "90 %", "most"],
    )
    with ProcessPoolExecutor() as pool:
        answers = [one for one in pool.map(_rival, range(90_000, 90_000 + count(200))) if one is not None]
    for name, extra in zip(
        ("dearest put back first", "building by building"), zip(*answers, strict=True), strict=True
    ):
        ordered = sorted(extra)
        row = [sum(x < -1e-9 for x in extra), sum(abs(x) <= 1e-9 for x in extra)]
        told = [ordered[len(ordered) // 2], ordered[int(0.9 * len(ordered))], ordered[-1]]
        table.rows.append([name, str(len(extra)), *map(str, row), *(f"{100 * x:.1f} %" for x in told)])
    return [table]
