"""Joint routes by best response: each network is routed anew where the others dig anyway, until nothing is gained.

A shared trench (同沟) costs the first network its full length and each further one a part of it. The plan kept digs
least; it never digs more than the independent routes laid over each other.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gisplanner.planning.bundling.dice import new_dice, roll
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint.demand import NO_LIMITS, Demand, Limits
from gisplanner.planning.pipes.joint.route import Field, Route, dug, field_of, find_route, weights_of

SHARED_FACTOR: Final = 0.25
"""What a further line in a trench costs, as a part of the trench (本工具参数; 文献中同沟节省 10–20 % 造价)."""
ROUNDS: Final = 6
_SHARE_A_ROUTE: Final = 0.4
_LONGEST_RESPONSE_S: Final = 1.0
_LEAST_RESPONSE_S: Final = 0.2
_HALF_MM: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class JointPlan:
    """Routes of all networks, three ways of digging them, and the bound of each network.

    Attributes
    ----------
    independent, joint
        Route of each demand by itself, and planned together.
    separate_m, union_m, joint_m
        Metres of trench if every owner digs alone, if the independent routes are dug at once, and of the joint plan.
    underground_share
        Part of the line metres of the joint plan that lies underground (下地率); 1 where nothing is laid.
    """

    demands: tuple[Demand, ...]
    independent: tuple[Route, ...]
    joint: tuple[Route, ...]
    separate_m: float
    union_m: float
    joint_m: float
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
        Seconds for everything; the joint plan is as good as the rest of the time allows.
    seed
        Any integer; the order of best responses is drawn by it.
    """
    limits = limits or {}
    task = _Task(
        corridors,
        tuple(demands),
        tuple(field_of(corridors, demand, limits.get(k, NO_LIMITS)) for k, demand in enumerate(demands)),
        time.perf_counter() + time_limit_s,
        seed,
        tuple(limits.get(k, NO_LIMITS) for k in range(len(demands))),
    )
    limit = max(time_limit_s * _SHARE_A_ROUTE / max(len(demands), 1), 0.5)
    if known is None:
        independent = _independent(task, limit)
        joint = _joint(task, independent)
    else:
        independent = [
            task.route(k, None, min(limit, _LONGEST_RESPONSE_S)) if k in changed else route
            for k, route in enumerate(known.independent)
        ]
        joint = _amended(task, known, independent, sorted(changed))
    return figures_of(corridors, demands, independent, joint)


def figures_of(
    corridors: Corridors, demands: Sequence[Demand], independent: Sequence[Route], joint: Sequence[Route]
) -> JointPlan:
    """Return the plan that these routes are."""
    return JointPlan(
        demands=tuple(demands),
        independent=tuple(independent),
        joint=tuple(joint),
        separate_m=_separate_m(corridors, demands, independent),
        union_m=trench_m(corridors, independent),
        joint_m=trench_m(corridors, joint),
        underground_share=_underground_share(corridors, joint),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What stays the same while routes change."""

    corridors: Corridors
    demands: tuple[Demand, ...]
    fields: tuple[Field, ...]
    until: float
    seed: int
    limits: tuple[Limits, ...]

    def left(self) -> float:
        """Return the seconds left."""
        return self.until - time.perf_counter()

    def route(self, k: int, factor: Floats | None, limit: float) -> Route:
        """Route demand k anew."""
        return find_route(
            self.corridors, self.demands[k], self.fields[k], factor=factor, time_limit_s=limit, seed=self.seed
        )


def _independent(task: _Task, limit: float) -> list[Route]:
    """Return the route of each demand; those that ask for the same thing get the same route."""
    known: dict[tuple[object, ...], Route] = {}
    routes = []
    for k, (demand, field) in enumerate(zip(task.demands, task.fields, strict=True)):
        key = (demand.may_hang, demand.sources, demand.buildings, task.limits[k])
        if key not in known:
            known[key] = task.route(k, None, limit)
        routes.append(replace(known[key], unserved=field.unserved))
    return routes


def trench_m(corridors: Corridors, routes: Sequence[Route]) -> float:
    """Return the metres dug once for all routes."""
    edges = np.concatenate([np.zeros(0, dtype=np.int64), *(route.edges for route in routes)])
    return float(corridors.length_mm[dug(corridors, edges)].sum()) / 1000.0


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


def _cost(corridors: Corridors, routes: Sequence[Route]) -> float:
    """Return what the routes cost together: a trench once, each further line in it a part."""
    users = _users(corridors, routes)
    weight = weights_of(corridors)
    return float((weight * np.where(users > 0, 1.0 + SHARED_FACTOR * (users - 1.0), 0.0)).sum())


def _users(corridors: Corridors, routes: Sequence[Route]) -> Floats:
    users = np.zeros(len(corridors.edges))
    for route in routes:
        users[route.edges] += 1.0
    return users


def _joint(task: _Task, independent: Sequence[Route]) -> list[Route]:
    """Return the routes that dig least among the best responses to two starts, or the independent ones."""
    best = list(independent)
    dice = new_dice(task.seed)
    for routes in (list(independent), _along_backbone(task)):
        for _ in range(ROUNDS):
            order = list(range(len(routes)))
            for k in range(len(order) - 1, 0, -1):
                other = int(roll(dice, k + 1))
                order[k], order[other] = order[other], order[k]
            if not _respond(task, routes, order):
                break
        best = min(best, routes, key=lambda one: (trench_m(task.corridors, one), _cost(task.corridors, one)))
    return best


def _amended(task: _Task, known: JointPlan, independent: Sequence[Route], changed: Sequence[int]) -> list[Route]:
    """Return the earlier routes with the changed ones found anew, or the independent ones where they dig less."""
    routes = list(known.joint)
    for k in changed:
        others = _users(task.corridors, [route for number, route in enumerate(routes) if number not in changed])
        others += _users(task.corridors, [routes[number] for number in changed if number < k])
        factor = np.where(others > 0, SHARED_FACTOR, 1.0)
        routes[k] = task.route(k, factor, min(max(task.left(), _LEAST_RESPONSE_S), _LONGEST_RESPONSE_S))
    return min(
        (routes, list(independent)), key=lambda one: (trench_m(task.corridors, one), _cost(task.corridors, one))
    )


def _respond(task: _Task, routes: list[Route], order: Sequence[int]) -> bool:
    """Route each demand anew against the others; return whether that saved anything."""
    gained = False
    for k in order:
        if task.left() <= 0.0:
            return False
        others = _users(task.corridors, [route for number, route in enumerate(routes) if number != k])
        factor = np.where(others > 0, SHARED_FACTOR, 1.0)
        found = task.route(k, factor, min(task.left(), _LONGEST_RESPONSE_S))
        proposal = [found if number == k else route for number, route in enumerate(routes)]
        if _cost(task.corridors, proposal) < _cost(task.corridors, routes) - _HALF_MM:
            routes[k] = found
            gained = True
    return gained


def _along_backbone(task: _Task) -> list[Route]:
    """Return routes drawn to those laid before, largest network first: the start that shares most."""
    factor = np.ones(len(task.corridors.edges))
    routes: dict[int, Route] = {}
    for k in sorted(range(len(task.demands)), key=lambda k: -task.fields[k].served.size):
        routes[k] = task.route(k, factor, min(max(task.left(), 0.05), _LONGEST_RESPONSE_S))
        factor[routes[k].edges] = SHARED_FACTOR / len(task.demands)
    return [routes[k] for k in range(len(task.demands))]
