"""The cheapest set of removals, proven: a small hitting-set programme, asked again until nothing is left unserved.

What is served grows with what is removed. If a building stays unserved even though everything but some obstacles
is gone, one of those has to go: a cut. The cheapest set that meets all cuts known so far costs no more than the
cheapest that works, so when it works it is the cheapest, and until then its cost is a lower bound.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from gisplanner.planning.fire.outlines import Bools, Floats, Ints

Served = Callable[[Bools], Bools]
"""Marked removals in, served buildings out; removing more never serves fewer."""

Grow = Callable[[Bools, Ints, int], Bools]
"""Removals, the order in which to add more, a building: removals grown as far as it stays unserved."""

VARIANTS: Final = 6
MISSES: Final = 25
"""Buildings looked at in vain before a round of cuts is enough."""

SURE: Final = 1.0 - 1e-6
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


def grow_with(served: Served) -> Grow:
    """Return a :data:`Grow` that asks ``served``."""

    def grow(removed: Bools, order: Ints, building: int) -> Bools:
        grown = removed.copy()
        for one in order.tolist():
            if not grown[one]:
                grown[one] = True
                grown[one] = not served(grown)[building]
        return grown

    return grow


class _Cuts:
    """Cuts by building, each a set of obstacles of which one has to go."""

    def __init__(self, served: Served, grow: Grow | None, *, by_building: bool = False) -> None:
        self._by_building = by_building
        self._dice = np.random.default_rng(0)
        self.served = served
        self._grow = grow or grow_with(served)
        self._known: set[tuple[int, bytes]] = set()
        self.rows: list[tuple[int, Ints]] = []

    def separate(self, share: Floats, failing: Ints, *, whole: bool = False) -> bool:
        """Add cuts that ``share`` of each obstacle does not meet, disjoint ones as far as possible.

        Parameters
        ----------
        whole
            ``share`` is 0 or 1 throughout, and solving is dear: look for several cuts for each building.

        Returns
        -------
        bool
            Whether any was added.
        """
        filled, found, missed = share.copy(), 0, 0
        self._dice.shuffle(failing)
        for building in failing.tolist():
            if found and (missed >= MISSES or self.served(filled > SURE)[building]):
                continue
            cuts = [self._cut(filled, building) for _ in range(VARIANTS if whole else 1)]
            new = [cut for cut in cuts if share[cut].sum() < SURE and self._keep(building, cut)]
            for cut in new[:1]:
                filled[cut] = 1.0
            found, missed = found + len(new), missed + (not new)
        return found > 0

    def _cut(self, filled: Floats, building: int) -> Ints:
        """Return what cannot go without serving the building once the fullest and then random others are gone."""
        order = np.lexsort((self._dice.random(filled.size), -filled))
        return np.flatnonzero(~self._grow(filled > SURE, order, building))

    def _keep(self, building: int, cut: Ints) -> bool:
        key = (building if self._by_building else -1, cut.tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        self.rows.append((building, cut))
        return True

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


def cheapest_opening(
    served: Served, costs: Floats, target: Bools, *, time_limit_s: float, grow: Grow | None = None
) -> Opening:
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
    cuts = _Cuts(served, grow)
    removed, bound = np.zeros(costs.size, dtype=bool), 0.0
    share = removed.astype(float)
    whole = False
    while True:
        failing = np.flatnonzero(target & ~served(share > SURE))
        if whole and not failing.size:
            return Opening(share > SURE, bound, proven=True)
        whole = not cuts.separate(share, failing, whole=whole) or whole
        answer = _solve(costs, cuts, until, whole=whole)
        if answer is None:
            break
        share, value, optimal = answer
        bound = max(bound, value)
        if not optimal or time.monotonic() > until:
            break
    orders = (np.lexsort((-costs, share)), np.lexsort((-costs, share > 1.0 / 2.0)), np.argsort(-costs, kind="stable"))
    tries = [_thinned(served, order, target) for order in orders]
    best = min(tries, key=lambda gone: float(costs[gone].sum()))
    return Opening(best, bound, proven=bool(costs[best].sum() <= bound + _TINY * max(1.0, bound)))


def best_opening(
    served: Served,
    costs: Floats,
    weight: Floats,
    budget: float,
    *,
    time_limit_s: float,
    grow: Grow | None = None,
) -> Opening:
    """Return removals within ``budget`` that serve the most weight, and among those the cheapest.

    Examples
    --------
    >>> either = lambda gone: np.array([gone[0], gone[1], gone[1]])
    >>> best_opening(either, np.array([1.0, 2.0]), np.array([3.0, 1.0, 1.0]), 2.5, time_limit_s=5).removed.tolist()
    [True, False]
    """
    until = time.monotonic() + time_limit_s
    cuts = _Cuts(served, grow, by_building=True)
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
            cuts.separate(removed.astype(float), failing, whole=True)
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


def _solve(costs: Floats, cuts: _Cuts, until: float, *, whole: bool) -> tuple[Floats, float, bool] | None:
    """Return the cheapest shares that meet all cuts, a lower bound on their cost, and whether it is met."""
    left = max(0.05, until - time.monotonic())
    rules = [LinearConstraint(cuts.matrix(costs.size), 1.0, np.inf)] if cuts.rows else []
    if not costs.size:
        return np.zeros(0), 0.0, True
    found = milp(
        costs,
        constraints=rules,
        integrality=np.full(costs.size, int(whole)),
        bounds=Bounds(0, 1),
        options={"time_limit": left, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    if not whole:
        return found.x, float(found.fun), found.status == 0
    chosen = np.round(found.x)
    optimal = found.status == 0
    return chosen, float(costs @ chosen) if optimal else float(found.mip_dual_bound), optimal


def _thinned(served: Served, order: Ints, target: Bools) -> Bools:
    """Put obstacles back in ``order``, as long as all targets stay served."""
    best = np.ones(order.size, dtype=bool)
    waiting = [order]
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
