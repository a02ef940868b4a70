"""Joint routes: several starts, best responses, an exact programme where it is small, and a bound on all plans.

The plan kept costs least among those found. The independent routes laid over each other are one of them: the joint
plan never costs more than their union, and never digs more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.joint.bound import sharpened, split_of
from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR, cost_m, trench_m
from gisplanner.planning.pipes.joint.demand import Demand, Limits
from gisplanner.planning.pipes.joint.programme import small_enough, solve_exactly
from gisplanner.planning.pipes.joint.response import along_backbone, ruin_and_recreate, settle
from gisplanner.planning.pipes.joint.route import Route
from gisplanner.planning.pipes.joint.task import Task, task_of

_ALONE_SHARE: Final = 0.3
_LONGEST_ALONE_S: Final = 1.0
_LEAST_ALONE_S: Final = 0.1
_BOUND_SHARE: Final = 0.4
_EXACT_SHARE: Final = 0.5
_SHARPEN_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class JointPlan:
    """Routes of all networks, three ways of digging them, and bounds.

    Attributes
    ----------
    independent, joint
        Route of each demand by itself, and planned together.
    separate_m, union_m, joint_m
        Metres of trench if every owner digs alone, if the independent routes are dug at once, and of the joint plan.
    union_cost_m, joint_cost_m
        What the union and the joint plan cost in metres of trench with one line: a further line in a trench counts
        :data:`SHARED_FACTOR`, metres overhead and across wide roads count more.
    cost_lower_bound_m
        What no plan that serves the same buildings undercuts.
    underground_share
        Part of the line metres of the joint plan that lies underground (下地率); 1 where nothing is laid.
    """

    demands: tuple[Demand, ...]
    independent: tuple[Route, ...]
    joint: tuple[Route, ...]
    separate_m: float
    union_m: float
    joint_m: float
    union_cost_m: float
    joint_cost_m: float
    cost_lower_bound_m: float
    underground_share: float


def plan_jointly(
    corridors: Corridors,
    demands: Sequence[Demand],
    *,
    limits: Mapping[int, Limits] | None = None,
    known: JointPlan | None = None,
    changed: Collection[int] = (),
    time_limit_s: float = 60.0,
    seed: int = 0,
) -> JointPlan:
    """Return independent and joint routes of all demands.

    Parameters
    ----------
    limits
        What demands may not or must use, by position; independent routes keep to them too.
    known, changed
        An earlier plan, and the demands whose limits are others now: only they are routed anew.
    time_limit_s
        Seconds for everything; the search ends earlier when it no longer gains.
    seed
        Any integer.
    """
    task = task_of(corridors, demands, limits or {}, seconds=time_limit_s, seed=seed)
    each = min(max(time_limit_s * _ALONE_SHARE / max(len(demands), 1), _LEAST_ALONE_S), _LONGEST_ALONE_S)
    if known is not None:
        independent = [
            task.alone(k, known.independent, each) if k in changed else route
            for k, route in enumerate(known.independent)
        ]
        joint = _amended(task, known, independent, sorted(changed))
        return figures_of(corridors, demands, independent, joint)
    independent = _independent(task, each)
    joint, bound = _joint(task, independent)
    return figures_of(corridors, demands, independent, joint, bound_m=bound)


def figures_of(
    corridors: Corridors,
    demands: Sequence[Demand],
    independent: Sequence[Route],
    joint: Sequence[Route],
    *,
    bound_m: float = 0.0,
) -> JointPlan:
    """Return the plan that these routes are; ``bound_m`` is what is known of all plans."""
    cost = cost_m(corridors, joint)
    return JointPlan(
        demands=tuple(demands),
        independent=tuple(independent),
        joint=tuple(joint),
        separate_m=_separate_m(corridors, demands, independent),
        union_m=trench_m(corridors, independent),
        joint_m=trench_m(corridors, joint),
        union_cost_m=cost_m(corridors, independent),
        joint_cost_m=cost,
        cost_lower_bound_m=min(max(bound_m, _least_m(independent, joint)), cost),
        underground_share=_underground_share(corridors, joint),
    )


def with_bound(
    corridors: Corridors,
    plan: JointPlan,
    start: JointPlan,
    limits: Mapping[int, Limits],
    *,
    seconds: float,
    seed: int,
) -> JointPlan:
    """Return a plan made from ``start`` with a bound as good as that of ``start``.

    Parameters
    ----------
    limits
        What ``start`` keeps to. Its bound holds for every plan that serves the same buildings; where fewer are served
        now, all plans that serve these are bounded anew within ``seconds``.
    """
    bound = start.cost_lower_bound_m
    if any(one.served != other.served for one, other in zip(plan.joint, start.joint, strict=True)):
        alike = [
            replace(demand, buildings=route.served) for demand, route in zip(plan.demands, plan.joint, strict=True)
        ]
        task = task_of(corridors, alike, limits, seconds=seconds, seed=seed)
        bound = split_of(task, plan.joint_cost_m, task.left() * (1.0 - _BOUND_SHARE)).bound_m
        if small_enough(task):
            bound = max(bound, solve_exactly(task, plan.joint, max(task.left(), 0.0)).bound_m)
    bound = min(max(bound, plan.cost_lower_bound_m), plan.joint_cost_m)
    return replace(plan, cost_lower_bound_m=bound)


def _least_m(independent: Sequence[Route], joint: Sequence[Route]) -> float:
    """Return what the bounds of the independent routes tell: one trench for the longest, a part for every line."""
    alike = [one.lower_bound_mm for one, other in zip(independent, joint, strict=True) if one.served == other.served]
    return (SHARED_FACTOR * sum(alike) + (1.0 - SHARED_FACTOR) * max(alike, default=0.0)) / 1000.0


def _independent(task: Task, limit: float) -> list[Route]:
    """Return the route of each demand; those that ask for the same thing get the same route."""
    known: dict[tuple[object, ...], Route] = {}
    routes: list[Route] = []
    for k, demand in enumerate(task.demands):
        key = (demand.may_hang, demand.sources, demand.buildings, task.limits[k])
        if key not in known:
            known[key] = task.alone(k, routes, limit)
        routes.append(replace(known[key], unserved=task.puzzles[k].field.unserved))
    return routes


def _separate_m(corridors: Corridors, demands: Sequence[Demand], routes: Sequence[Route]) -> float:
    """Return the metres dug if every owner digs alone; networks without an owner dig alone too."""
    groups: dict[str, list[Route]] = {}
    for demand, route in zip(demands, routes, strict=True):
        groups.setdefault(f"owner {demand.owner}" if demand.owner else f"network {demand.name}", []).append(route)
    return sum(trench_m(corridors, group) for group in groups.values())


def _underground_share(corridors: Corridors, routes: Sequence[Route]) -> float:
    edges = np.concatenate([np.zeros(0, dtype=np.int64), *(route.edges for route in routes)])
    total = float(corridors.length_mm[edges].sum())
    return float(corridors.length_mm[edges[~corridors.blocked[edges]]].sum()) / total if total else 1.0


def _joint(task: Task, independent: Sequence[Route]) -> tuple[list[Route], float]:
    """Return the routes that cost least among those found, and what no plan undercuts."""
    pool = [list(independent)]
    for start in (list(independent), along_backbone(task)):
        settle(task, start)
        pool.append(start)
    best = _cheapest(task, pool, independent)
    left = task.left()
    split = split_of(task, cost_m(task.corridors, best), left * (1.0 - _BOUND_SHARE))
    agreed = list(split.routes)
    settle(task, agreed)
    best, bound = _cheapest(task, [best, agreed], independent), split.bound_m
    if small_enough(task):
        exact = solve_exactly(task, best, max(task.left() * _EXACT_SHARE, 0.0))
        best, bound = _cheapest(task, [best, exact.routes], independent), max(bound, exact.bound_m)
    made = ruin_and_recreate(task, best, bound, task.left() * _SHARPEN_SHARE)
    settle(task, made, _LEAST_ALONE_S)
    best = _cheapest(task, [best, made], independent)
    if bound < cost_m(task.corridors, best):
        bound = max(bound, sharpened(task, split, min(task.left(), _LONGEST_ALONE_S)))
    return best, bound


def _cheapest(task: Task, plans: Sequence[list[Route]], independent: Sequence[Route]) -> list[Route]:
    """Return the plan that costs least of those that dig no more than the union; the union digs no more."""
    union = trench_m(task.corridors, independent)
    able = [plan for plan in (*plans, list(independent)) if trench_m(task.corridors, plan) <= union]
    return min(able, key=lambda plan: (cost_m(task.corridors, plan), trench_m(task.corridors, plan)))


def _amended(task: Task, known: JointPlan, independent: Sequence[Route], changed: Sequence[int]) -> list[Route]:
    """Return the earlier routes with the changed ones found anew, or the independent ones where they cost less."""
    tried: list[Route | None] = [None if k in changed else route for k, route in enumerate(known.joint)]
    for k in changed:
        tried[k] = task.beside(k, tried)
    routes = [route for route in tried if route is not None]
    for k in changed:
        others = [route for number, route in enumerate(routes) if number != k]
        routes[k] = task.beside(k, others, min(max(task.left(), _LEAST_ALONE_S), _LEAST_ALONE_S))
    return _cheapest(task, [routes], independent)
