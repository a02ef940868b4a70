"""What stays the same while routes change."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gisplanner.planning.bundling.dice import Dice, new_dice
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR, users_of
from gisplanner.planning.pipes.joint.demand import NO_LIMITS, Demand, Limits
from gisplanner.planning.pipes.joint.route import Puzzle, Route, field_of, puzzle_of, route_of, weights_of


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Demands on corridors, and the trees they ask for.

    Attributes
    ----------
    weight
        Weighted length of each edge in mm (m,).
    until
        When the time is up, by ``time.perf_counter``.
    """

    corridors: Corridors
    demands: tuple[Demand, ...]
    puzzles: tuple[Puzzle, ...]
    limits: tuple[Limits, ...]
    weight: Floats
    until: float
    seed: int
    dice: Dice

    def left(self) -> float:
        """Return the seconds left."""
        return self.until - time.perf_counter()

    def alone(self, k: int, others: Sequence[Route | None], seconds: float) -> Route:
        """Return the route of demand k as if it were the only one, with its bound.

        Among equally long ones it takes streets that the others use too: a millimetre an edge decides, so that the
        union of independent routes is no longer than it has to be.
        """
        weight = np.where(users_of(self.corridors, others) > 0, np.maximum(self.weight - 1.0, 0.0), self.weight)
        solved = self.puzzles[k].solve(weight, time_limit_s=seconds, seed=self.seed)
        return route_of(self.corridors, self.puzzles[k].field, solved.edges, solved.lower_bound)

    def beside(self, k: int, others: Sequence[Route | None], seconds: float = 0.0) -> Route:
        """Return the route of demand k beside the others; the first good one where ``seconds`` is 0."""
        users = users_of(self.corridors, others)
        return self.along(k, self.weight * np.where(users > 0, SHARED_FACTOR, 1.0), seconds)

    def along(self, k: int, weight: Floats, seconds: float = 0.0) -> Route:
        """Return the route of demand k of least ``weight`` (m,); the first good one where ``seconds`` is 0."""
        puzzle = self.puzzles[k]
        solved = puzzle.solve(weight, quick=seconds <= 0.0, time_limit_s=seconds, seed=self.seed)
        return route_of(self.corridors, puzzle.field, solved.edges)


def task_of(
    corridors: Corridors, demands: Sequence[Demand], limits: Mapping[int, Limits], *, seconds: float, seed: int
) -> Task:
    """Return the task; ``limits`` by position of the demand."""
    until = time.perf_counter() + seconds
    own = tuple(limits.get(k, NO_LIMITS) for k in range(len(demands)))
    fields = [field_of(corridors, demand, limit) for demand, limit in zip(demands, own, strict=True)]
    puzzles = [puzzle_of(corridors, demand, field) for demand, field in zip(demands, fields, strict=True)]
    return Task(corridors, tuple(demands), tuple(puzzles), own, weights_of(corridors), until, seed, new_dice(seed))
