"""The cheapest set of removals, proven: a small hitting-set programme, asked again until nothing is left unserved.

What is served grows with what is removed. If a building stays unserved even though everything but some obstacles
is gone, one of those has to go: a cut. The cheapest set that meets all cuts known so far costs no more than the
cheapest that works, so when it works it is the cheapest, and until then its cost is a lower bound.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from gisplanner.planning.fire.outlines import Bools, Floats, Ints

Served = Callable[[Bools], Bools]
"""Marked removals in, served buildings out; removing more never serves fewer."""

CUTS_A_ROUND: Final = 12
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """A set of removals.

    Attributes
    ----------
    removed
        Which obstacles go.
    lower_bound
        With a goal for all: no set that reaches it costs less. With a budget: no set within it has more weight.
    proven
        Whether the bound is met.
    """

    removed: Bools
    lower_bound: float
    proven: bool


class _Cuts:
    """Cuts by building, each a set of obstacles of which one has to go."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.rows: list[tuple[int, Ints]] = []
        self._known: set[tuple[int, bytes]] = set()

    def add(self, removed: Bools, building: int, order: Ints) -> Ints:
        """Grow ``removed`` as far as the building stays unserved, and keep what is left as a cut."""
        grown = removed.copy()
        for chunk in self._chunks(grown, building, order[~removed[order]]):
            grown[chunk] = True
        cut = np.flatnonzero(~grown)
        key = (building, cut.tobytes())
        if key not in self._known:
            self._known.add(key)
            self.rows.append((building, cut))
        return cut

    def _chunks(self, grown: Bools, building: int, order: Ints) -> Iterator[Ints]:
        """Yield obstacles that may go too, in runs as long as possible."""
        waiting = [order]
        while waiting:
            chunk = waiting.pop()
            if not chunk.size:
                continue
            trial = grown.copy()
            trial[chunk] = True
            if not self.served(trial)[building]:
                yield chunk
            elif chunk.size > 1:
                half = chunk.size // 2
                waiting += [chunk[half:], chunk[:half]]

    def matrix(self, columns: int, *, slack_of: dict[int, int] | None = None) -> csr_array:
        """Return one row a cut; with ``slack_of`` the column of its building counts -1."""
        row, column, value = [], [], []
        for number, (building, cut) in enumerate(self.rows):
            row += [number] * cut.size
            column += cut.tolist()
            value += [1.0] * cut.size
            if slack_of is not None:
                row.append(number)
                column.append(slack_of[building])
                value.append(-1.0)
        return csr_array((value, (row, column)), shape=(len(self.rows), columns))


def cheapest_opening(served: Served, costs: Floats, target: Bools, *, time_limit_s: float) -> Opening:
    """Return the cheapest removals after which all ``target`` buildings are served.

    Parameters
    ----------
    served
        Must serve ``target`` once everything is removed.
    costs
        Cost of each obstacle, above 0.
    time_limit_s
        Afterwards the best set found so far is returned with the bound reached.

    Examples
    --------
    >>> needs_both = lambda gone: np.array([gone[0] and gone[1], gone[2] or gone[1]])
    >>> found = cheapest_opening(needs_both, np.array([2.0, 3.0, 1.0]), np.array([True, True]), time_limit_s=5)
    >>> found.removed.tolist(), found.lower_bound, found.proven
    ([True, True, False], 5.0, True)
    """
    until = time.monotonic() + time_limit_s
    cuts = _Cuts(served)
    removed, bound = np.zeros(costs.size, dtype=bool), 0.0
    while True:
        failing = np.flatnonzero(target & ~served(removed))
        if not failing.size:
            return Opening(removed, bound, proven=True)
        _cut_all(cuts, removed, failing, costs)
        answer = _solve(costs, cuts.matrix(costs.size), until)
        if answer is None:
            break
        removed, bound, optimal = answer
        if not optimal or time.monotonic() > until:
            break
    whole = np.ones(costs.size, dtype=bool) if (target & ~served(removed)).any() else removed
    best = _thinned(served, whole, removed, target, costs)
    return Opening(best, bound, proven=bool(costs[best].sum() <= bound + _TINY * max(1.0, bound)))


def best_opening(served: Served, costs: Floats, weight: Floats, budget: float, *, time_limit_s: float) -> Opening:
    """Return removals within ``budget`` that serve the most weight, and among those the cheapest.

    Examples
    --------
    >>> either = lambda gone: np.array([gone[0], gone[1], gone[1]])
    >>> best_opening(either, np.array([1.0, 2.0]), np.array([3.0, 1.0, 1.0]), 2.5, time_limit_s=5).removed.tolist()
    [True, False]
    """
    until = time.monotonic() + time_limit_s
    cuts = _Cuts(served)
    hopeful = served(np.ones(costs.size, dtype=bool))
    today = served(np.zeros(costs.size, dtype=bool))
    open_ = np.flatnonzero(hopeful & ~today)
    base = float(weight[today].sum())
    best, value = np.zeros(costs.size, dtype=bool), base
    bound = float(weight[hopeful].sum())
    programme = _Budget(costs, weight, open_, budget)
    for stage in (1, 2):
        while True:
            if time.monotonic() > until:
                return Opening(best, bound, proven=False)
            answer = programme.solve(cuts, until, floor=None if stage == 1 else value - base)
            if answer is None:
                return Opening(best, bound, proven=stage == 2)  # noqa: PLR2004
            removed, wanted, top, optimal = answer
            if stage == 1:
                bound = min(bound, base + top)
            now = served(removed)
            reached = float(weight[now].sum())
            if reached > value + _TINY or (reached >= value - _TINY and costs[removed].sum() < costs[best].sum()):
                best, value = removed, reached
            failing = wanted[~now[wanted]]
            if not failing.size:
                break
            _cut_all(cuts, removed, failing, costs)
            if not optimal:
                return Opening(best, bound, proven=False)
    return Opening(best, bound, proven=True)


class _Budget:
    """The programme of :func:`best_opening`: removals, then buildings that are to be served."""

    def __init__(self, costs: Floats, weight: Floats, buildings: Ints, budget: float) -> None:
        self._costs, self._buildings, self._budget = costs, buildings, budget
        self._weight = weight[buildings]
        self._column = {int(building): costs.size + k for k, building in enumerate(buildings)}

    def solve(self, cuts: _Cuts, until: float, *, floor: float | None) -> tuple[Bools, Ints, float, bool] | None:
        """Return removals, buildings wanted, the bound on their weight and whether it is met.

        With ``floor`` the weight is at least that, and the cost is made least.
        """
        n, m = self._costs.size, self._buildings.size
        if not n or not m:
            return np.zeros(n, dtype=bool), self._buildings[:0], 0.0, True
        cost_row = np.concatenate([self._costs, np.zeros(m)])
        weight_row = np.concatenate([np.zeros(n), self._weight])
        rules = [
            LinearConstraint(csr_array(cost_row[None, :]), -np.inf, self._budget + _TINY * max(1.0, self._budget))
        ]
        if cuts.rows:
            rules.append(LinearConstraint(cuts.matrix(n + m, slack_of=self._column), 0.0, np.inf))
        if floor is not None:
            rules.append(LinearConstraint(csr_array(weight_row[None, :]), floor - 1e-6, np.inf))
        left = max(0.05, until - time.monotonic())
        found = milp(
            cost_row if floor is not None else -weight_row,
            constraints=rules, integrality=np.ones(n + m), bounds=Bounds(0, 1),
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )  # fmt: skip
        if found.x is None:
            return None
        chosen = found.x > 0.5  # noqa: PLR2004
        top = float(-found.mip_dual_bound) if floor is None else math.nan
        return chosen[:n], self._buildings[chosen[n:]], top, found.status == 0


def _cut_all(cuts: _Cuts, removed: Bools, failing: Ints, costs: Floats) -> None:
    """Add cuts for failing buildings, preferring such as share no obstacle."""
    order = np.argsort(costs, kind="stable")
    taken = np.zeros(costs.size, dtype=bool)
    added = 0
    for building in failing.tolist():
        trial = removed | taken
        if added and cuts.served(trial)[building]:
            continue
        taken[cuts.add(trial, building, order)] = True
        added += 1
        if added >= CUTS_A_ROUND:
            break


def _solve(costs: Floats, rows: csr_array, until: float) -> tuple[Bools, float, bool] | None:
    left = max(0.05, until - time.monotonic())
    found = milp(
        costs, constraints=[LinearConstraint(rows, 1.0, np.inf)], integrality=np.ones(costs.size),
        bounds=Bounds(0, 1), options={"time_limit": left, "mip_rel_gap": 0.0},
    )  # fmt: skip
    if found.x is None:
        return None
    chosen = found.x > 0.5  # noqa: PLR2004
    optimal = found.status == 0
    return chosen, float(costs[chosen].sum()) if optimal else float(found.mip_dual_bound), optimal


def _thinned(served: Served, start: Bools, keep: Bools, target: Bools, costs: Floats) -> Bools:
    """Put obstacles back, the dearest first and those of ``keep`` last, as long as all targets stay served."""
    best = start.copy()
    order = np.lexsort((-costs, keep))
    waiting = [order[best[order]]]
    while waiting:
        chunk = waiting.pop()
        if not chunk.size:
            continue
        trial = best.copy()
        trial[chunk] = False
        if not (target & ~served(trial)).any():
            best = trial
        elif chunk.size > 1:
            half = chunk.size // 2
            waiting += [chunk[half:], chunk[:half]]
    return best
