"""The cheapest set of removals, and the most useful one within a budget, proven.

The linear programme of :mod:`gisplanner.planning.fire.programme` is a lower bound on the cost of every opening. It
is given the cuts it does not meet until it meets all; mostly its removals are whole by then, and the answer is
proven. Else one removal it takes a part of is decided both ways, and the same is done again (branch and cut).
"""

from __future__ import annotations

import heapq
import itertools
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisplanner.planning.fire.maze import Maze, put_back, served
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.programme import Programme, Shares

_TINY: Final = 1e-9
_WHOLE: Final = 1e-6
_GAIN: Final = 1e-3
"""A round of cuts that raises the bound by less, as a share of it, is followed by a decision."""
_GRAIN_NOISE: Final = 1e-3
_GRAINS: Final = (1.0, 0.01)


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """A set of removals.

    Attributes
    ----------
    removed
        Which obstacles go.
    bound
        With a goal for all: no set that reaches it costs less. With a budget: no set within it has more weight.
    proven
        Whether the bound is met.
    """

    removed: Bools
    bound: float
    proven: bool


def cheapest_opening(maze: Maze, costs: Floats, target: Bools, *, time_limit_s: float) -> Opening:
    """Return the cheapest removals after which all ``target`` buildings are served.

    Parameters
    ----------
    maze
        Who is served from where; ``target`` must be served once everything is removed.
    costs
        Cost of each obstacle, above 0.
    time_limit_s
        Afterwards the best set found so far is returned with the bound reached.
    """
    wanted = target & ~served(maze, np.zeros(costs.size, dtype=bool))
    if not wanted.any():
        return Opening(np.zeros(costs.size, dtype=bool), 0.0, proven=True)
    programme = Programme(maze, costs, np.flatnonzero(wanted))
    programme.aim(costs)
    programme.must_serve(1.0)
    return _Search(programme, _Cheapest(maze, costs, target, grain_of(costs)), time.monotonic() + time_limit_s).run()


class MostServed:
    """The most weight within a budget, for one budget after another: what is learnt for one holds for the next.

    Parameters
    ----------
    maze, costs
        As for :func:`cheapest_opening`.
    weight
        Of each building, such as households.
    """

    def __init__(self, maze: Maze, costs: Floats, weight: Floats) -> None:
        self._maze, self._costs, self._weight = maze, costs, weight
        nothing = np.zeros(costs.size, dtype=bool)
        self._today, self._hopeful = served(maze, nothing), served(maze, ~nothing)
        self._open = np.flatnonzero(self._hopeful & ~self._today & (weight > 0))
        self._programme = Programme(maze, costs, self._open)
        self._programme.must_serve(0.0)

    def within(self, budget: float, *, time_limit_s: float, known: Bools | None = None) -> Opening:
        """Return removals within ``budget`` that serve the most weight, and among those the cheapest.

        Parameters
        ----------
        known
            Removals within the budget to begin with.
        """
        until = time.monotonic() + time_limit_s
        costs, weight, programme = self._costs, self._weight, self._programme
        nothing = np.zeros(costs.size, dtype=bool)
        base = float(weight[self._today].sum())
        if not self._open.size:
            return Opening(nothing, base, proven=True)
        some = budget + _TINY * max(1.0, budget)
        programme.fix({})
        programme.limit("weight", None, weight[self._open], -np.inf, np.inf)
        programme.limit("budget", costs, None, -np.inf, some)
        programme.aim(weight=weight[self._open])
        goal = _Most(self._maze, costs, weight, some, grain_of(weight[self._open]))
        first = _Search(programme, goal, until, start=nothing if known is None else known).run()
        reached = float(weight[served(self._maze, first.removed)].sum())
        if not first.proven:
            return Opening(first.removed, min(float(weight[self._hopeful].sum()), base - first.bound), proven=False)
        programme.fix({})
        programme.limit("weight", None, weight[self._open], reached - base - _WHOLE, np.inf)
        programme.aim(costs)
        cheap = _CheapestOfWeight(self._maze, costs, weight, reached, grain_of(costs))
        second = _Search(programme, cheap, until, start=first.removed).run()
        return Opening(second.removed, reached, proven=second.proven)

    def reaching(self, least: float, *, time_limit_s: float) -> Opening:
        """Return the cheapest removals after which at least this much weight is served.

        Parameters
        ----------
        least
            No more than is served once everything is removed.
        """
        costs, weight, programme = self._costs, self._weight, self._programme
        missing = least - float(weight[self._today].sum())
        if missing <= _WHOLE:
            return Opening(np.zeros(costs.size, dtype=bool), 0.0, proven=True)
        programme.fix({})
        programme.limit("budget", costs, None, -np.inf, np.inf)
        programme.limit("weight", None, weight[self._open], missing - _WHOLE, np.inf)
        programme.aim(costs)
        goal = _CheapestOfWeight(self._maze, costs, weight, least, grain_of(costs))
        everything = np.ones(costs.size, dtype=bool)
        return _Search(programme, goal, time.monotonic() + time_limit_s, start=everything).run()


def grain_of(values: Floats) -> float:
    """Return a step by which all sums of the values differ, 0 where none is found.

    Examples
    --------
    >>> grain_of(np.array([4.0, 6.0, 3.0])), grain_of(np.array([4.25, 6.0])), grain_of(np.array([np.pi]))
    (1.0, 0.25, 0.0)
    """
    for unit in _GRAINS:
        whole = np.round(values / unit)
        if values.size and (np.abs(values - whole * unit) <= _TINY * np.maximum(1.0, np.abs(values))).all():
            return float(np.gcd.reduce(whole.astype(np.int64))) * unit
    return 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Cheapest:
    """All targets served at the least cost."""

    maze: Maze
    costs: Floats
    target: Bools
    grain: float

    def worth(self, removed: Bools) -> float:
        return float(self.costs[removed].sum())

    def good(self, removed: Bools) -> bool:
        return not (self.target & ~served(self.maze, removed)).any()

    def rounded(self, shares: Shares) -> Bools:
        """Put back what the programme removes least of and what is dearest, of what it removes if that will do."""
        order = np.lexsort((-self.costs, np.round(shares.removed, 3)))
        some = shares.removed > _WHOLE
        begin = some if self.good(some) else np.ones_like(some)
        return np.asarray(put_back(self.maze, begin, order, self.target))


@dataclass(frozen=True, slots=True, eq=False)
class _Most:
    """The most weight within a budget; worth is negative, so that less is better."""

    maze: Maze
    costs: Floats
    weight: Floats
    budget: float
    grain: float

    def worth(self, removed: Bools) -> float:
        today = served(self.maze, np.zeros_like(removed))
        return -float(self.weight[served(self.maze, removed) & ~today].sum())

    def good(self, removed: Bools) -> bool:
        return float(self.costs[removed].sum()) <= self.budget

    def rounded(self, shares: Shares) -> Bools:
        """Add obstacles as long as the budget lasts, those the programme removes most of first."""
        removed = np.zeros(self.costs.size, dtype=bool)
        left = self.budget
        for k in np.lexsort((self.costs, -shares.removed)).tolist():
            if shares.removed[k] > _WHOLE and self.costs[k] <= left:
                removed[k] = True
                left -= self.costs[k]
        order = np.argsort(-self.costs, kind="stable")
        return np.asarray(put_back(self.maze, removed, order, served(self.maze, removed)))


@dataclass(frozen=True, slots=True, eq=False)
class _CheapestOfWeight:
    """At least a weight served, at the least cost."""

    maze: Maze
    costs: Floats
    weight: Floats
    least: float
    grain: float

    def worth(self, removed: Bools) -> float:
        return float(self.costs[removed].sum())

    def good(self, removed: Bools) -> bool:
        return float(self.weight[served(self.maze, removed)].sum()) >= self.least - _WHOLE

    def rounded(self, shares: Shares) -> Bools:
        removed = shares.removed > _WHOLE
        order = np.lexsort((-self.costs, shares.removed))
        return np.asarray(put_back(self.maze, removed, order, served(self.maze, removed)))


class _Search:
    """Branch and cut: decisions about removals in the order of their bounds."""

    def __init__(
        self,
        programme: Programme,
        goal: _Cheapest | _Most | _CheapestOfWeight,
        until: float,
        *,
        start: Bools | None = None,
    ) -> None:
        self._programme, self._goal, self._until = programme, goal, until
        self._best, self._worth = start, np.inf if start is None else goal.worth(start)
        self._number = itertools.count()

    def run(self) -> Opening:
        waiting: list[tuple[float, int, dict[int, float]]] = [(-np.inf, next(self._number), {})]
        while waiting:
            bound, _, fixed = heapq.heappop(waiting)
            if self._beaten(bound):
                break
            shares = self._bounded(fixed)
            if self._programme.late:
                removed = self._fallback()
                bound = min(max(bound, self._partial), self._worth)
                return Opening(removed, bound, proven=self._beaten(bound))
            if shares is None or self._beaten(shares.value):
                continue
            parts = np.abs(shares.removed - np.round(shares.removed))
            column = int(np.argmax(parts * (1.0 + self._goal.costs / self._goal.costs.max())))
            settled = {**fixed, **self._settled(shares)}
            for value in (1.0, 0.0) if parts[column] > _WHOLE else ():
                heapq.heappush(waiting, (shares.value, next(self._number), {**settled, column: value}))
        return Opening(self._fallback(), self._worth, proven=True)

    def _beaten(self, bound: float) -> bool:
        """Return whether nothing better is left."""
        return bound > self._margin()

    def _margin(self) -> float:
        """Return what no better worth exceeds: worths differ by whole grains."""
        return self._worth - max(self._goal.grain - _GRAIN_NOISE, _TINY * max(1.0, abs(self._worth)))

    def _bounded(self, fixed: dict[int, float]) -> Shares | None:
        """Return shares that meet all cuts worth adding, ``None`` where nothing is left to find."""
        self._partial, last, slower = -np.inf, -np.inf, False
        self._programme.fix(fixed)
        while True:
            shares = self._programme.solve(self._until - time.monotonic())
            if shares is None:
                return None
            if not fixed:
                self._partial = shares.value
            if self._beaten(shares.value):
                return shares
            whole = bool((np.abs(shares.removed - np.round(shares.removed)) <= _WHOLE).all())
            self._offer(shares.removed > 0.5 if whole else self._goal.rounded(shares))  # noqa: PLR2004
            if self._beaten(shares.value):
                return shares
            slow = shares.value - last <= _GAIN * max(1.0, abs(shares.value))
            last = shares.value
            found = self._programme.separate(shares)
            if not whole and (slow or not found):
                found += self._programme.separate_labelled(shares)
            if not found or (slow and slower and not whole):
                return shares
            slower = slow

    def _settled(self, shares: Shares) -> dict[int, float]:
        """Return removals whose other choice costs more than the best known (reduced-cost fixing)."""
        other = shares.value + shares.reduced - _WHOLE * max(1.0, abs(shares.value))
        whole = np.round(shares.removed)
        beaten = (other > self._margin()) & (np.abs(shares.removed - whole) <= _WHOLE)
        return {k: float(whole[k]) for k in np.flatnonzero(beaten).tolist()}

    def _offer(self, removed: Bools) -> None:
        if self._goal.good(removed):
            worth = self._goal.worth(removed)
            if worth < self._worth:
                self._best, self._worth = removed, worth

    def _fallback(self) -> Bools:
        if self._best is None:  # no time for a single solution
            everything = np.ones(self._goal.costs.size, dtype=bool)
            nothing = Shares(0.0, np.zeros(everything.size), np.zeros(0), np.zeros(0), np.zeros(everything.size))
            self._offer(self._goal.rounded(nothing))
        assert self._best is not None
        return self._best
