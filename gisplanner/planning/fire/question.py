"""The question of removals over one estate or several that share a budget (打通问题)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from gisplanner.errors import Fault, UsageError
from gisplanner.planning.fire.maze import Maze, join_mazes, served
from gisplanner.planning.fire.opening import MostServed, Opening, cheapest_opening
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.reach import Reach
from gisplanner.text import Text

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Who is served after which removals, what they cost, and how many households count for each building."""

    maze: Maze
    costs: Floats
    households: Floats
    labels: tuple[Hashable, ...]

    def served(self, removed: Bools) -> Bools:
        """Return which buildings are served once the marked obstacles are gone."""
        return np.asarray(served(self.maze, removed))

    def reachable(self) -> Bools:
        """Return which buildings are served once everything is gone that may go."""
        return self.served(np.ones(self.costs.size, dtype=bool))

    def cheapest(self, *, time_limit_s: float) -> Opening:
        """Return the least cost that serves every building which can be served."""
        return cheapest_opening(self.maze, self.costs, self.reachable(), time_limit_s=time_limit_s)

    def within(self, budget: float, *, time_limit_s: float) -> Opening:
        """Return the most households within a budget; its ``bound`` is on households.

        Raises
        ------
        UsageError
            The budget is negative.
        """
        if not budget >= 0.0:
            raise UsageError(
                Text("预算不能为负。", en="The budget must not be negative."),
                [Fault(column="budget", value=str(budget), allowed="≥ 0")],
            )
        return MostServed(self.maze, self.costs, self.households).within(budget, time_limit_s=time_limit_s)

    def reaching(self, households: float, *, time_limit_s: float) -> Opening:
        """Return the least cost that serves at least so many households.

        Raises
        ------
        UsageError
            No removals serve so many.
        """
        most = float(self.households[self.reachable()].sum())
        if not 0.0 <= households <= most + TOLERANCE:
            raise UsageError(
                Text(
                    f"户数目标应在 0 与 {most:g} 之间：全部拆移也只能达到 {most:g} 户。",
                    en=f"The goal must be between 0 and {most:g}: no removals serve more households.",
                ),
                [Fault(column="households", value=f"{households:g}", allowed=f"0–{most:g}")],
            )
        return MostServed(self.maze, self.costs, self.households).reaching(households, time_limit_s=time_limit_s)


def question_of(reaches: Sequence[Reach]) -> Question:
    """Return the question of one estate, or of several with a common purse."""
    grounds = [reach.ground for reach in reaches]
    mazes = [reach.maze for reach in reaches]
    return Question(
        maze=mazes[0] if len(mazes) == 1 else join_mazes(mazes, [len(ground.soft) for ground in grounds]),
        costs=np.concatenate([ground.costs for ground in grounds]),
        households=np.concatenate([ground.households for ground in grounds]),
        labels=tuple(label for ground in grounds for label in ground.soft_labels),
    )
