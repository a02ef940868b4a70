"""The directed cut formulation of the tree as a linear programme in HiGHS, cuts added as they are broken.

Its value bounds every tree from below and on street networks nearly always equals the best one (Koch and Martin 1998,
doi:10.1002/(SICI)1097-0037(199810)32:3<207::AID-NET5>3.0.CO;2-O).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np

from gisplanner.planning.pipes.steiner.flow import broken_cuts
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network

CUTS_A_ROUND: Final = 400
_ROOM: Final = 4_000_000
_LOOSE: Final = 1e-4
_PRICE: Final = 1e-7
OPEN_ARCS: Final = 4_000
"""Arcs the programme starts with, those of least reduced cost; others come in as their price falls."""
_FEW: Final = 1.5
"""Where there are so many times as many at most, it starts with all."""
_STALE_ROWS: Final = 3_000
"""Rows beyond which loose ones are taken out."""


@dataclass(slots=True, eq=False)
class Programme:
    """The linear programme of one network.

    Attributes
    ----------
    value
        Its solution: how much of each arc is used.
    bound
        No tree of the network weighs less.
    used, open_
        Arcs that a better tree can have, and those of them that the solver may use already.
    reduced
        What the bound rises by at least if an arc is used.
    """

    net: Network
    root: int
    solver: highspy.Highs
    scale: float
    rows: int
    used: Flags
    open_: Flags
    value: Floats
    reduced: Floats
    bound: float = 0.0
    level: float = 0.0
    buffers: tuple[Ints, Ints] = field(
        default_factory=lambda: (np.empty(_ROOM, np.int64), np.zeros(100_000, np.int64))
    )

    def solve(self, seconds: float) -> bool:
        """Solve within ``seconds``; return whether the solution is the optimum."""
        solver, until = self.solver, time.perf_counter() + seconds
        while True:
            left = until - time.perf_counter()
            solver.setOptionValue("time_limit", solver.getRunTime() + max(left, 0.05))
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return False
            solution = solver.getSolution()
            self.value = np.clip(np.asarray(solution.col_value), 0.0, 1.0)
            self.reduced = np.asarray(solution.col_dual) * self.scale
            cheap = self.used & ~self.open_ & (self.reduced < -_PRICE * self.scale)
            self.level = solver.getInfo().objective_function_value * self.scale + float(self.reduced[cheap].sum())
            self.bound = max(self.bound, self.level - 1e-6 * self.scale)
            if not cheap.any():
                return True
            self.open(cheap)

    def open(self, arcs: Flags) -> None:
        """Let the solver use ``arcs``."""
        self.open_ |= arcs
        self._limit(arcs, 1.0)

    def _limit(self, arcs: Flags, most: float) -> None:
        index = np.flatnonzero(arcs).astype(np.int32)
        if index.size:
            self.solver.changeColsBounds(index.size, index, np.zeros(index.size), np.full(index.size, most))

    def add_broken(self, order: Ints, most: int = CUTS_A_ROUND) -> int:
        """Add cuts that the solution breaks; return how many."""
        cuts, start = self.buffers
        start[0] = 0
        count = broken_cuts(self.net, self.value, self.used, self.root, order, cuts, start, most)
        self.add_cuts(cuts, start[: count + 1])
        return int(count)

    def add_cuts(self, cuts: Ints, start: Ints) -> None:
        """Add the cuts ``cuts[start[k]:start[k + 1]]``: at least one of the arcs is used."""
        count, size = start.size - 1, int(start[-1])
        if count:
            self.solver.addRows(
                count,
                np.ones(count),
                np.full(count, highspy.kHighsInf),
                size,
                start[:-1].astype(np.int32),
                cuts[:size].astype(np.int32),
                np.ones(size),
            )

    def lean_on(self, slack: Floats) -> None:
        """Start from the cuts added so far as binding, and from the arcs without ``slack`` as those in use."""
        tight = (slack <= 0.0) & self.used
        status, cuts = highspy.HighsBasisStatus, self.solver.getNumRow() - self.rows
        basis = highspy.HighsBasis()
        basis.col_status = [status.kBasic if one else status.kLower for one in tight.tolist()]
        basis.row_status = [status.kBasic] * self.rows + [status.kLower] * cuts
        basis.valid = basis.alien = True  # of another size than a basis: the solver takes out what is too much
        self.solver.setBasis(basis)

    def forbid(self, gap: float) -> Flags:
        """Forbid arcs that no tree within ``gap`` of the bound uses; return the edges still of use."""
        out = self.used & (self.reduced > gap + self.bound - self.level + 1e-6 * self.scale)
        self.used &= ~out
        self._limit(out & self.open_, 0.0)
        useful: Flags = self.used[0::2] | self.used[1::2]
        return useful

    def solve_whole(self, seconds: float) -> bool:
        """Solve for whole arcs with the cuts at hand; return whether ``value`` holds the optimum. Ends the programme.

        ``bound`` rises to what the solver proved within ``seconds`` in any case.
        """
        solver = self.solver
        self.open(self.used & ~self.open_)
        columns = np.arange(self.used.size, dtype=np.int32)
        kinds = np.full(self.used.size, highspy.HighsVarType.kInteger)
        solver.changeColsIntegrality(columns.size, columns, kinds)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(seconds, 0.05))
        solver.run()
        proof = solver.getInfo().mip_dual_bound
        if np.isfinite(proof):
            self.bound = max(self.bound, (proof - 1e-6) * self.scale)
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        self.value = np.round(np.asarray(solver.getSolution().col_value))
        return True

    def drop_loose(self) -> None:
        """Take out cuts that do not bind, once there are many rows."""
        solver = self.solver
        if solver.getNumRow() < self.rows + _STALE_ROWS:
            return
        activity = np.asarray(solver.getSolution().row_value)
        loose = np.flatnonzero(activity[self.rows :] > 1.0 + _LOOSE).astype(np.int32) + self.rows
        if loose.size:
            solver.deleteRows(loose.size, loose)


def programme(net: Network, root: int, used: Flags, slack: Floats) -> Programme:
    """Return the programme without cuts: one arc into each terminal but the root, none out of nowhere.

    Parameters
    ----------
    used
        Arcs that a better tree can have.
    slack
        Reduced costs of the arcs by dual ascent, which tell what to start with.
    """
    arcs = 2 * net.weight.size
    scale = float(net.weight.mean())
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        solver.setOptionValue(option, value)
    used = used.copy()
    used[0::2] &= net.head != root
    used[1::2] &= net.tail != root
    most = OPEN_ARCS if used.sum() > _FEW * OPEN_ARCS else arcs
    rank = np.argsort(np.where(used, slack, np.inf), kind="stable")
    open_ = np.zeros(arcs, dtype=np.bool_)
    open_[rank[:most]] = True
    open_ |= slack <= 0.0
    open_ &= used
    costs = np.repeat(net.weight / scale, 2)
    no = np.empty(0, dtype=np.int32)
    solver.addCols(arcs, costs, np.zeros(arcs), open_.astype(np.float64), 0, no, no, np.empty(0))
    lower, upper, start, index, entry = _degree_rows(net, root)
    solver.addRows(lower.size, lower, upper, index.size, start, index, entry)
    return Programme(net, root, solver, scale, int(lower.size), used, open_, np.zeros(arcs), np.zeros(arcs))


def _degree_rows(net: Network, root: int) -> tuple[Any, ...]:
    nodes = np.flatnonzero(np.arange(net.terminal.size) != root)
    lower = np.where(net.terminal[nodes], 1.0, 0.0)
    upper = np.where(net.terminal[nodes], 1.0, highspy.kHighsInf)
    size = np.where(net.terminal[nodes], 1, 2) * np.diff(net.start)[nodes]
    start = np.concatenate([[0], np.cumsum(size)])
    index, entry = np.empty(start[-1], dtype=np.int32), np.empty(start[-1])
    for row, v in enumerate(nodes):
        out = net.arc[net.start[v] : net.start[v + 1]]
        a, b = start[row], start[row] + out.size
        index[a:b] = out ^ 1
        entry[a:b] = 1.0 if net.terminal[v] else -1.0
        if not net.terminal[v]:
            index[b : start[row + 1]], entry[b : start[row + 1]] = out, 1.0
    return lower, upper, start[:-1].astype(np.int32), index, entry
