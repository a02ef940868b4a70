"""What no joint plan undercuts: the trench's cost split among the networks (拉格朗日松弛), each routed by its share.

However the cost of each trench is split, the least routes by these shares cost together no more than any joint plan.
The split is improved by subgradients (Held, Wolfe and Crowder 1974, doi:10.1007/BF01580223).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR
from gisplanner.planning.pipes.joint.route import Route, route_of
from gisplanner.planning.pipes.joint.task import Task

STEPS: Final = 80
_PATIENCE: Final = 4
_LEAST_PACE: Final = 0.01


@dataclass(slots=True, eq=False)
class Split:
    """Shares of the trench's cost.

    Attributes
    ----------
    share
        What each network (k) pays of the trench on each edge, in mm (k, m); edges it cannot use cost it nothing.
    bound_m
        What no joint plan undercuts.
    routes
        Least routes by the shares: they agree more and more.
    """

    share: Floats
    bound_m: float
    routes: list[Route]


def split_of(task: Task, cost: float, until: float) -> Split:
    """Return the best split found; ``cost`` is that of a plan in metres, ``until`` the seconds to be left."""
    pool = (1.0 - SHARED_FACTOR) * task.weight
    usable = np.zeros((len(task.puzzles), pool.size), dtype=np.bool_)
    for k, puzzle in enumerate(task.puzzles):
        if puzzle.terminals.size:
            usable[k, puzzle.field.usable] = True
    share = pool * usable / np.maximum(usable.sum(axis=0), 1)
    best = _bounded(task, share)
    pace, vain = 1.0, 0
    current = best
    for _ in range(STEPS):
        if task.left() <= max(until, 0.0) or cost <= best.bound_m or pace < _LEAST_PACE:
            break
        current = _bounded(task, _stepped(current, usable, pool, pace * (cost - current.bound_m) * 1000.0))
        vain = 0 if current.bound_m > best.bound_m else vain + 1
        if current.bound_m > best.bound_m:
            best = current
        if vain == _PATIENCE:
            pace, vain, current = pace * 0.5, 0, best
    return best


def _bounded(task: Task, share: Floats) -> Split:
    routes, bound = [], 0.0
    for k, puzzle in enumerate(task.puzzles):
        solved = puzzle.solve(SHARED_FACTOR * task.weight + share[k], quick=True, seed=task.seed)
        routes.append(route_of(task.corridors, puzzle.field, solved.edges))
        bound += solved.lower_bound
    return Split(share, bound / 1000.0, routes)


def _stepped(split: Split, usable: np.ndarray, pool: Floats, height: float) -> Floats:
    """Return shares moved towards those who use an edge: who uses it pays more, who does not pays less."""
    use = np.zeros(split.share.shape)
    for k, route in enumerate(split.routes):
        use[k, route.edges] = 1.0
    count = np.maximum(usable.sum(axis=0), 1)
    slope = np.where(usable, use - use.sum(axis=0) / count, 0.0)
    size = float((slope**2).sum())
    if size <= 0.0:
        return split.share
    moved = np.maximum(split.share + height / size * slope, 0.0)
    total = moved.sum(axis=0)
    scaled: Floats = moved * np.where(total > 0, pool / np.where(total > 0, total, 1.0), 0.0)
    return scaled


def sharpened(task: Task, split: Split, seconds: float) -> float:
    """Return the bound of the split with each network routed as well as ``seconds`` for all allow."""
    each = max(seconds / max(len(task.puzzles), 1), 0.05)
    bound = 0.0
    for k, puzzle in enumerate(task.puzzles):
        weight = SHARED_FACTOR * task.weight + split.share[k]
        bound += puzzle.solve(weight, time_limit_s=each, seed=task.seed).lower_bound
    return max(bound / 1000.0, split.bound_m)
