"""The joint plan as one programme in HiGHS: trenches, directed lines in them, cuts added as they are broken.

A network's lines lead from its source into every building; a line lies in a trench; no line leaves a building. The
value of the programme bounds every joint plan, and is the least plan's where its solution is whole.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR, cost_m
from gisplanner.planning.pipes.joint.response import settle
from gisplanner.planning.pipes.joint.route import Puzzle, Route
from gisplanner.planning.pipes.joint.task import Task
from gisplanner.planning.pipes.steiner.ascent import dual_ascent, new_notes
from gisplanner.planning.pipes.steiner.duals import layers, new_duals
from gisplanner.planning.pipes.steiner.flow import broken_cuts
from gisplanner.planning.pipes.steiner.network import Flags, Floats, Ints, Network, make_network

MOST_ARCS: Final = 12_000
"""Lines of all networks, both directions, beyond which the programme is not set up."""
_ROOM: Final = 1_000_000
_CUTS: Final = 200
_NOTED: Final = 100_000
_FIRST_CUTS: Final = 10_000
_WHOLE: Final = 1e-4
_LEAN: Final = 0.99
_SLIGHT: Final = 1e-6
_ROUTES_EVERY: Final = 5


@dataclass(slots=True, eq=False)
class Solution:
    """The best routes found on the way, and what no plan undercuts."""

    routes: list[Route]
    bound_m: float


@dataclass(slots=True, eq=False)
class _Lines:
    """The columns of one network: ``first`` onwards, two for each of its ``edges``."""

    net: Network
    edges: Ints
    root: int
    others: Ints
    usable: Flags
    first: int


@dataclass(slots=True, eq=False)
class _Programme:
    solver: highspy.Highs
    lines: list[_Lines | None]
    value: Floats
    bound: float = 0.0

    def solve(self, seconds: float) -> bool:
        """Solve; return whether the solution is the optimum."""
        solver = self.solver
        solver.setOptionValue("time_limit", solver.getRunTime() + max(seconds, 0.05))
        solver.run()
        info = solver.getInfo()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            if np.isfinite(info.mip_dual_bound):
                self.bound = max(self.bound, info.mip_dual_bound)
            return False
        self.value = np.asarray(solver.getSolution().col_value)
        self.bound = max(self.bound, info.objective_function_value * (1.0 - _SLIGHT))
        return True

    def whole(self) -> None:
        """Ask for whole trenches and lines from now on."""
        columns = np.arange(self.value.size, dtype=np.int32)
        kinds = np.full(columns.size, highspy.HighsVarType.kInteger)
        self.solver.changeColsIntegrality(columns.size, columns, kinds)
        self.solver.setOptionValue("mip_rel_gap", _SLIGHT)

    def add_broken(self) -> int:
        """Add cuts that the solution breaks; return how many."""
        count = 0
        for one in self.lines:
            if one is not None:
                value = np.clip(self.value[one.first : one.first + 2 * one.edges.size], 0.0, 1.0)
                cuts, start = np.empty(_ROOM, np.int64), np.zeros(_CUTS + 4, np.int64)
                found = int(broken_cuts(one.net, value, one.usable, one.root, one.others, cuts, start, _CUTS))
                _add(self.solver, one, cuts, start[: found + 1])
                count += found
        return count


def small_enough(task: Task) -> bool:
    """Return whether the programme is worth setting up."""
    return 2 * sum(puzzle.field.usable.size for puzzle in task.puzzles) <= MOST_ARCS


def solve_exactly(task: Task, routes: Sequence[Route], seconds: float) -> Solution:
    """Solve the programme as far as ``seconds`` allow; ``routes`` are a plan."""
    until = time.perf_counter() + seconds
    model = _programme(task)
    best = Solution(list(routes), 0.0)
    whole, rounds = False, 0
    while time.perf_counter() < until:
        solved = model.solve(until - time.perf_counter())
        best.bound_m = max(best.bound_m, model.bound / 1000.0)
        if not solved:
            break
        broken = model.add_broken()
        if rounds % _ROUTES_EVERY == 0 or not broken:
            best.routes = _leaning(task, model, best.routes)
        rounds += 1
        if cost_m(task.corridors, best.routes) <= best.bound_m * (1.0 + 2.0 * _SLIGHT):
            best.bound_m = cost_m(task.corridors, best.routes)
            break
        if not broken:
            if whole:
                break
            whole = True
            model.whole()
    return best


def _leaning(task: Task, model: _Programme, known: list[Route]) -> list[Route]:
    """Return the routes that the solution leans to, or the known ones where they cost less."""
    routes = []
    for k, one in enumerate(model.lines):
        weight = task.weight.copy()
        if one is not None:
            value = np.clip(model.value[one.first : one.first + 2 * one.edges.size], 0.0, 1.0)
            weight[one.edges] *= 1.0 - _LEAN * np.maximum(value[0::2], value[1::2])
        routes.append(task.along(k, weight))
    settle(task, routes)
    return min((known, routes), key=lambda plan: cost_m(task.corridors, plan))


def _programme(task: Task) -> _Programme:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        solver.setOptionValue(option, value)
    trenches = task.weight.size
    _columns(solver, (1.0 - SHARED_FACTOR) * task.weight, np.ones(trenches))
    lines: list[_Lines | None] = []
    first = trenches
    for puzzle in task.puzzles:
        one = _lines(puzzle, first) if puzzle.terminals.size else None
        lines.append(one)
        if one is not None:
            _columns(solver, SHARED_FACTOR * np.repeat(task.weight[one.edges], 2), one.usable.astype(np.float64))
            _rows(solver, one)
            _first_cuts(solver, one)
            first += 2 * one.edges.size
    return _Programme(solver, lines, np.zeros(first))


def _lines(puzzle: Puzzle, first: int) -> _Lines:
    inner = puzzle.ends[:, 0] != puzzle.ends[:, 1]
    nodes, ends = np.unique(puzzle.ends[inner], return_inverse=True)
    ends = ends.reshape(-1, 2)
    edges = puzzle.field.usable[inner]
    terminal = np.isin(nodes, puzzle.terminals)
    weight = np.ones(edges.size)
    net = make_network(ends[:, 0], ends[:, 1], weight, terminal)
    root = int(np.flatnonzero(nodes == puzzle.field.source)[0])
    usable = np.ones(2 * edges.size, dtype=np.bool_)
    usable[0::2][puzzle.service[inner]] = False  # a service line leads from its building (tail) to the street
    usable[0::2] &= net.head != root
    usable[1::2] &= net.tail != root
    others = np.flatnonzero(terminal & (np.arange(nodes.size) != root))
    return _Lines(net, edges, root, others, usable, first)


def _columns(solver: highspy.Highs, cost: Floats, most: Floats) -> None:
    no = np.empty(0, dtype=np.int32)
    solver.addCols(cost.size, cost, np.zeros(cost.size), most, 0, no, no, np.empty(0))


def _rows(solver: highspy.Highs, one: _Lines) -> None:
    """Lay lines in trenches, in one direction; one into each building; what enters any other node leaves it."""
    m = one.edges.size
    index = np.column_stack([one.first + 2 * np.arange(m), one.first + 2 * np.arange(m) + 1, one.edges])
    entry = np.tile([1.0, 1.0, -1.0], m)
    start = 3 * np.arange(m)
    _add_rows(solver, (-np.inf, 0.0), start, index.ravel(), entry)
    net = one.net
    for v in range(net.terminal.size):
        if v == one.root:
            continue
        arcs = net.arc[net.start[v] : net.start[v + 1]]
        into, out = one.first + (arcs ^ 1), one.first + arcs
        if net.terminal[v]:
            _add_rows(solver, (1.0, 1.0), np.zeros(1), into, np.ones(into.size))
        else:
            sign = np.repeat([-1.0, 1.0], arcs.size)
            _add_rows(solver, (0.0, np.inf), np.zeros(1), np.concatenate([into, out]), sign)


def _add_rows(
    solver: highspy.Highs, limits: tuple[float, float], start: npt.NDArray[Any], index: Ints, entry: Floats
) -> None:
    """Add rows that all lie within ``limits``."""
    low, high = (np.full(start.size, np.clip(limit, -highspy.kHighsInf, highspy.kHighsInf)) for limit in limits)
    solver.addRows(start.size, low, high, index.size, start.astype(np.int32), index.astype(np.int32), entry)


def _first_cuts(solver: highspy.Highs, one: _Lines) -> None:
    """Add the cuts that dual ascent raises."""
    notes = new_notes(one.net.terminal.size, _NOTED)
    slack = np.where(one.usable, 1.0, np.inf)
    dual_ascent(one.net, one.root, slack, np.zeros(slack.size, dtype=np.bool_), notes)
    duals = new_duals(one.net, notes)
    duals.slack[~one.usable] = np.inf
    cuts, start = np.empty(_ROOM, np.int64), np.zeros(_FIRST_CUTS, np.int64)
    count = layers(one.net, duals, 0.0, cuts, start)
    _add(solver, one, cuts, start[: count + 1])


def _add(solver: highspy.Highs, one: _Lines, cuts: Ints, start: Ints) -> None:
    """Add cuts: at least one of the arcs is used."""
    count, size = start.size - 1, int(start[-1])
    if count:
        _add_rows(solver, (1.0, np.inf), start[:-1], one.first + cuts[:size], np.ones(size))
