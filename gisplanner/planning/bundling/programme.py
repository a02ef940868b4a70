"""The integer programme over columns (列上的整数规划): choose some that cover each node once, at the least cost.

A column is a region, or one node that is left out. The linear relaxation bounds the cost from below, its reduced
costs throw out columns that no better choice can hold, and branch and bound by HiGHS settles the rest.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from gisplanner.planning.bundling.board import Floats, Ints

_CHOICES: Final = (500, 1_500, 4_000, 10_000)
"""Columns given to branch and bound, one number after the other; beyond the last it is hopeless."""

SAME: Final = 1e-7
"""Two costs that differ by less, in shares of them, are the same."""

_FIRST_COLUMNS: Final = 3_000
_MORE_COLUMNS: Final = 2_000
_NODE_LIMIT: Final = 200
_CHOSEN: Final = 0.5
_INFEASIBLE: Final = 2  # as HiGHS says it

Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Budget:
    """Seconds an integer programme may take; ``None`` limits its nodes instead, so that it is the same everywhere."""

    time_limit_s: float | None
    started: float = field(default_factory=time.perf_counter)

    def left(self) -> float | None:
        """Return the seconds left."""
        return None if self.time_limit_s is None else self.time_limit_s - (time.perf_counter() - self.started)

    def spent(self) -> bool:
        """Tell whether nothing is left."""
        left_s = self.left()
        return left_s is not None and left_s <= 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Rows that a choice of columns meets exactly: each node covered once, then sums that are fixed."""

    rows: csr_matrix
    right: Floats

    def fixed(self, row: Floats, value: float) -> Programme:
        """Return the programme with one more sum fixed."""
        return Programme(vstack([self.rows, csr_matrix(row)]).tocsr(), np.append(self.right, value))


def covering(members: Bools) -> Programme:
    """Return the programme that covers each node once; ``members`` has a row for each node."""
    return Programme(csr_matrix(members.astype(np.float64)), np.ones(len(members)))


def find(programme: Programme, budget: Budget) -> tuple[Ints | None, bool]:
    """Return any choice of columns, or whether there is none."""
    columns = programme.rows.shape[1]
    if not columns:
        return None, True
    solved = _solve(programme, np.zeros(columns), np.arange(columns), budget)
    if solved.x is not None:
        return np.flatnonzero(solved.x > _CHOSEN), False
    return None, solved.status == _INFEASIBLE


def cheapest(programme: Programme, costs: Floats, known: Ints, budget: Budget) -> tuple[Ints, float | None]:
    """Return the best choice found and a lower bound on the cost of all.

    Parameters
    ----------
    known
        A choice that meets the programme.

    Returns
    -------
    choice, bound
        ``known`` or better; ``None`` for the bound when not even the relaxation was solved in time.
    """
    relaxed = _relaxation(programme, costs, known, budget)
    if relaxed is None:
        return known, None
    bound, reduced = relaxed
    return _branched(programme, costs, known, budget, bound, reduced)


def _branched(  # noqa: PLR0917 - a programme, what is known of it, and its relaxation
    programme: Programme, costs: Floats, known: Ints, budget: Budget, relaxed: float, reduced: Floats
) -> tuple[Ints, float]:
    """Return the best choice and a lower bound, by branch and bound over ever more columns.

    A choice that costs no more than the relaxation and some gap holds only columns whose reduced costs are within
    that gap. So a small gap is tried first: what is found within it is best of all, and where nothing is found all
    choices cost more.
    """
    bound, value = relaxed, float(costs[known].sum())
    slack = SAME * max(1.0, abs(value))
    order = np.sort(reduced)
    for most in _CHOICES:
        if bound >= value - slack:
            return known, value
        if budget.spent():
            break
        whole = int(np.searchsorted(order, value - relaxed + slack, side="right")) <= most
        gap = value - relaxed if whole else max(float(order[most - 1]), 0.0)
        among = np.flatnonzero(reduced <= gap + slack)
        if among.size > 2 * most:  # so many columns are alike that a gap does not part them
            break
        solved = _solve(programme, costs, among, budget)
        if solved.x is not None and solved.fun < value - slack:
            known, value = among[solved.x > _CHOSEN], float(solved.fun)
        bound = max(bound, min(_proven(solved, relaxed + gap), value))
        if bound < min(relaxed + gap, value) - slack:
            break  # time or nodes were up
    return known, value if bound >= value - slack else bound


def _proven(solved: Any, within: float) -> float:
    """Return a bound on the cost of all choices, those with other columns cost ``within`` or more."""
    if solved.status == _INFEASIBLE:
        return within
    dual = solved.mip_dual_bound
    return min(float(dual), within) if dual is not None and math.isfinite(dual) else -math.inf


def _solve(programme: Programme, costs: Floats, among: Ints, budget: Budget) -> Any:
    left_s = budget.left()
    limit = {"node_limit": _NODE_LIMIT} if left_s is None else {"time_limit": max(left_s, 0.05)}
    return milp(
        costs[among],
        integrality=np.ones(among.size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(programme.rows[:, among], programme.right, programme.right),
        options={"mip_rel_gap": 0.0, **limit},
    )


def _relaxation(programme: Programme, costs: Floats, known: Ints, budget: Budget) -> tuple[float, Floats] | None:
    """Return the value of the linear relaxation and the reduced costs; ``None`` when time is up.

    Only some columns are in the programme at first; those that would improve it join until none would.
    """
    inside = np.zeros(costs.size, dtype=bool)
    inside[np.argsort(costs, kind="stable")[:_FIRST_COLUMNS]] = True
    inside[:: max(1, costs.size // _FIRST_COLUMNS)] = True
    inside[known] = True
    while not budget.spent():
        chosen, left_s = np.flatnonzero(inside), budget.left()
        solved = linprog(
            costs[chosen],
            A_eq=programme.rows[:, chosen],
            b_eq=programme.right,
            bounds=(0, None),
            method="highs",
            options={} if left_s is None else {"time_limit": left_s},
        )
        if solved.status != 0:
            return None
        reduced = costs - programme.rows.T @ solved.eqlin.marginals
        missing = np.flatnonzero(~inside & (reduced < -SAME))
        if not missing.size:
            return float(solved.fun), reduced
        inside[missing[np.argsort(reduced[missing], kind="stable")[:_MORE_COLUMNS]]] = True
    return None
