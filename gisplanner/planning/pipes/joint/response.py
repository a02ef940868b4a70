"""Joint routes by best response (最优响应): each network is routed anew where the others dig anyway.

Where no network gains by itself any more, a few are taken out together and routed again one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gisplanner.planning.bundling.dice import chance, roll
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR, cost_m, users_of
from gisplanner.planning.pipes.joint.route import Route
from gisplanner.planning.pipes.joint.task import Task

ROUNDS: Final = 8
VAIN_RUINS: Final = 40
"""Networks are taken out as often in vain before the search ends."""
_MOST_OUT: Final = 4
_HALF_MM: Final = 0.0005
_LURE: Final = 0.6
"""A random part of the streets counts as dug already while networks are routed again, in this part of the tries."""


def settle(task: Task, routes: list[Route], seconds: float = 0.0) -> float:
    """Route each network anew beside the others until none gains; return the cost."""
    cost = cost_m(task.corridors, routes)
    for _ in range(ROUNDS):
        before = cost
        for k in _shuffled(task, len(routes)):
            if task.left() <= 0.0:
                return cost
            others = [route for number, route in enumerate(routes) if number != k]
            found = task.beside(k, others, min(seconds, task.left()))
            tried = cost_m(task.corridors, [*others, found])
            if tried < cost - _HALF_MM:
                routes[k], cost = found, tried
        if cost >= before - _HALF_MM:
            break
    return cost


def along_backbone(task: Task) -> list[Route]:
    """Return routes drawn to those laid before, largest network first: the start that shares most."""
    weight = task.weight.copy()
    routes: dict[int, Route] = {}
    for k in sorted(range(len(task.demands)), key=lambda k: -task.puzzles[k].terminals.size):
        routes[k] = task.along(k, weight)
        weight[routes[k].edges] = task.weight[routes[k].edges] * SHARED_FACTOR / len(task.demands)
    return [routes[k] for k in range(len(task.demands))]


def ruin_and_recreate(task: Task, routes: list[Route], enough_m: float, until: float) -> list[Route]:
    """Take networks out and route them again until it was in vain for long, or ``enough_m`` is reached."""
    best, cost, vain = list(routes), cost_m(task.corridors, routes), 0
    while vain < VAIN_RUINS and cost > enough_m + _HALF_MM and task.left() > max(until, 0.0):
        tried: list[Route | None] = list(best)
        out = _shuffled(task, len(best))[: 2 + roll(task.dice, _MOST_OUT - 1)]
        for k in out:
            tried[k] = None
        lure = _lure(task)
        for k in out:
            tried[k] = _recreated(task, k, tried, lure)
        made = [route for route in tried if route is not None]
        for k in out:
            others = [route for number, route in enumerate(made) if number != k]
            made[k] = min((made[k], task.beside(k, others)), key=lambda one: cost_m(task.corridors, [*others, one]))
        found = cost_m(task.corridors, made)
        vain = 0 if found < cost - _HALF_MM else vain + 1
        if found <= cost + _HALF_MM:
            best, cost = made, min(cost, found)
    return best


def _lure(task: Task) -> Floats:
    """Return what each edge counts for, as a part of its weight: some count as dug already."""
    if chance(task.dice) > _LURE:
        return np.ones(task.weight.size)
    share = 0.1 + 0.4 * chance(task.dice)
    drawn = np.array([chance(task.dice) for _ in range(task.weight.size)])
    return np.where(drawn < share, 0.5, 1.0)


def _recreated(task: Task, k: int, others: Sequence[Route | None], lure: Floats) -> Route:
    dug = users_of(task.corridors, others) > 0
    return task.along(k, task.weight * np.where(dug, SHARED_FACTOR, lure))


def _shuffled(task: Task, count: int) -> list[int]:
    order = list(range(count))
    for k in range(count - 1, 0, -1):
        other = int(roll(task.dice, k + 1))
        order[k], order[other] = order[other], order[k]
    return order
