"""The integer programme over columns (列上的整数规划): choose some that cover each node once, at the least cost.

A column is a region, or one node that is left out. The linear relaxation bounds the cost from below, its reduced
costs throw out columns that no better choice can hold, and branch and bound by HiGHS settles the rest.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from gisplanner.planning.bundling.board import Floats, Ints

_CHOICES: Final = (500, 1_500, 4_000, 10_000)
"""Columns given to branch and bound, one number after the other; beyond the last it is hopeless."""

MOST_CHOICES: Final = _CHOICES[-1]

SAME: Final = 1e-7
"""Two costs that differ by less, in shares of them, are the same."""

_FIRST_COLUMNS: Final = 3_000
_MORE_COLUMNS: Final = 2_000
_NODE_LIMIT: Final = 200
_CHOSEN: Final = 0.5

Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Budget:
    """Seconds an integer programme may take; ``None`` limits its nodes instead, so that it is the same everywhere."""

    time_limit_s: float | None
    started: float = field(default_factory=time.perf_counter)

    def left(self) -> float | None:
        """Return the seconds left."""
        return None if self.time_limit_s is None else self.time_limit_s - (time.perf_counter() - self.started)

    def share(self, share: float) -> Budget:
        """Return a budget of a share of what is left."""
        left_s = self.left()
        return Budget(None if left_s is None else share * left_s)

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
    every = np.arange(columns)
    solver = _branch(programme, np.zeros(columns), every, budget)
    return _choice(solver, every), solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible


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
    return settled(programme, costs, known, budget, (bound, math.inf), reduced)


def settled(  # noqa: PLR0917 - a programme, what is known of it, and its relaxation
    programme: Programme, costs: Floats, known: Ints, budget: Budget, bounds: tuple[float, float], reduced: Floats
) -> tuple[Ints, float]:
    """Return the best choice and a lower bound, by branch and bound over ever more columns.

    A choice that costs no more than the relaxation and some gap holds only columns whose reduced costs are within
    that gap. So a small gap is tried first: what is found within it is best of all, and where nothing is found all
    choices cost more.

    Parameters
    ----------
    bounds
        The relaxation, and up to which cost the choices hold no columns but those of the programme.
    reduced
        Reduced costs of the columns.
    """
    (relaxed, upto), value = bounds, float(costs[known].sum())
    bound = relaxed
    slack = SAME * max(1.0, abs(value))
    order = np.sort(reduced)
    for most in _CHOICES:
        if bound >= value - slack:
            return known, value
        if budget.spent():
            break
        whole = int(np.searchsorted(order, value - relaxed + slack, side="right")) <= most
        gap = value - relaxed if whole else max(float(order[most - 1]), 0.0)
        gap = min(gap, upto - relaxed)
        among = np.flatnonzero(reduced <= gap + slack)
        if among.size > 2 * most:  # so many columns are alike that a gap does not part them
            break
        solver = _branch(programme, costs, among, budget)
        choice = _choice(solver, among)
        if choice is not None and costs[choice].sum() < value - slack:
            known, value = choice, float(costs[choice].sum())
        bound = max(bound, min(_proven(solver, relaxed + gap), value))
        if bound < min(relaxed + gap, value) - slack:
            break  # time or nodes were up
    return known, value if bound >= value - slack else bound


def _proven(solver: Any, within: float) -> float:
    """Return a bound on the cost of all choices, those with other columns cost ``within`` or more."""
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return within
    dual = float(solver.getInfo().mip_dual_bound)
    return min(dual, within) if math.isfinite(dual) else -math.inf


def _choice(solver: Any, among: Ints) -> Ints | None:
    """Return the columns that are chosen, if any choice was found."""
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    chosen: Ints = among[np.asarray(solver.getSolution().col_value) > _CHOSEN]
    return chosen


def _branch(programme: Programme, costs: Floats, among: Ints, budget: Budget) -> Any:
    """Return the solver after branch and bound over the columns ``among``."""
    solver, left_s = _solver(programme, costs, among, whole=True), budget.left()
    if left_s is None:
        solver.setOptionValue("mip_max_nodes", _NODE_LIMIT)
    else:
        solver.setOptionValue("time_limit", max(left_s, 0.05))
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.run()
    return solver


def _solver(programme: Programme, costs: Floats, among: Ints, *, whole: bool) -> Any:
    """Return HiGHS with the columns ``among``, each taken or not, or a share of it."""
    columns, programme_of = programme.rows[:, among].tocsc(), highspy.HighsLp()
    programme_of.num_row_, programme_of.num_col_ = columns.shape
    programme_of.col_cost_ = costs[among]
    programme_of.col_lower_ = np.zeros(among.size)
    programme_of.col_upper_ = np.full(among.size, 1.0 if whole else highspy.kHighsInf)
    programme_of.row_lower_ = programme_of.row_upper_ = programme.right
    programme_of.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme_of.a_matrix_.start_ = columns.indptr
    programme_of.a_matrix_.index_ = columns.indices
    programme_of.a_matrix_.value_ = columns.data
    if whole:
        programme_of.integrality_ = [highspy.HighsVarType.kInteger] * among.size
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.passModel(programme_of)
    return solver


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
        solver = _solver(programme, costs, chosen, whole=False)
        if left_s is not None:
            solver.setOptionValue("time_limit", left_s)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        reduced = costs - programme.rows.T @ np.asarray(solver.getSolution().row_dual)
        missing = np.flatnonzero(~inside & (reduced < -SAME))
        if not missing.size:
            return float(solver.getInfo().objective_function_value), reduced
        inside[missing[np.argsort(reduced[missing], kind="stable")[:_MORE_COLUMNS]]] = True
    return None
