"""The linear programme of an opening: shares of removals, ways and buildings served, and the cuts known so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np

from gisplanner.errors import InternalError
from gisplanner.planning.fire.inflow import (
    ENOUGH,
    TRICKLE,
    capacities,
    make_inflow,
    scarce_parts,
    scarcest,
    ways_into,
    wholly_reached,
)
from gisplanner.planning.fire.labelled import labelled, make_labels, needed_by_flow, without
from gisplanner.planning.fire.maze import Maze
from gisplanner.planning.fire.outlines import Floats, Ints
from gisplanner.text import Text

_CLEARLY: Final = 1e-3
"""Labelled cuts that the shares miss by less are left."""
_NO_LIMIT: Final = highspy.kHighsInf


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """A solution: its value, and the share of each removal, each way, each building served."""

    value: float
    removed: Floats
    way: Floats
    building: Floats
    reduced: Floats
    """What the value rises by at least when a removal the programme leaves is made, or one it makes is left."""


class Programme:
    """Cheapest or most useful shares under everything known so far.

    Parameters
    ----------
    maze
        Who is served from where.
    costs
        Cost of each removal.
    buildings
        Buildings that may have to be served, none of them served today.
    """

    def __init__(self, maze: Maze, costs: Floats, buildings: Ints) -> None:
        self._maze, self._costs, self._buildings = maze, costs, buildings
        self.net = make_inflow(maze)
        self._labels = make_labels(self.net, maze, costs.size)
        self._first_way, self._first_building = costs.size, costs.size + self.net.ways
        self._columns = self._first_building + buildings.size
        self._dice = np.random.default_rng(0)
        self._known: set[bytes] = set()
        self._rules: dict[str, int] = {}
        self.late = False
        self._model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._model.silent()
        self._model.addVars(self._columns, np.zeros(self._columns), np.ones(self._columns))
        self._enter_once()

    def _enter_once(self) -> None:
        """Let come into a region no more than the share removed of each of its needs."""
        into: dict[int, list[int]] = {}
        for way, region in enumerate(self.net.head.tolist()):
            into.setdefault(region, []).append(way)
        starts, columns, values = [0], [], []
        for region, ways in into.items():
            for need in self._maze.need[self._maze.need_start[region] : self._maze.need_start[region + 1]].tolist():
                columns += [self._first_way + way for way in ways] + [need]
                values += [1.0] * len(ways) + [-1.0]
                starts.append(len(columns))
        many = len(starts) - 1
        self._model.addRows(
            many, np.full(many, -_NO_LIMIT), np.zeros(many), len(columns), np.array(starts[:-1], dtype=np.int32),
            np.array(columns, dtype=np.int32), np.array(values),
        )  # fmt: skip

    def aim(self, objective: Floats | None = None, weight: Floats | None = None) -> None:
        """Set what is made least: by removal, less by building served."""
        whole = np.zeros(self._columns)
        if objective is not None:
            whole[: objective.size] = objective
        if weight is not None:
            whole[self._first_building :] = -weight
        self._model.changeColsCost(self._columns, np.arange(self._columns, dtype=np.int32), whole)

    def must_serve(self, least: float) -> None:
        """Set the least share of each building that is served."""
        columns = np.arange(self._first_building, self._columns, dtype=np.int32)
        self._model.changeColsBounds(columns.size, columns, np.full(columns.size, least), np.ones(columns.size))

    def limit(
        self, name: str, by_removal: Floats | None, by_building: Floats | None, low: float, high: float
    ) -> None:
        """Bound a sum over removals and buildings; a name is bounded anew by its second call."""
        if name in self._rules:
            self._model.changeRowBounds(self._rules[name], low, high)
            return
        row = np.zeros(self._columns)
        if by_removal is not None:
            row[: by_removal.size] = by_removal
        if by_building is not None:
            row[self._first_building :] = by_building
        columns = np.flatnonzero(row).astype(np.int32)
        self._rules[name] = self._model.getNumRow()
        self._model.addRow(low, high, columns.size, columns, row[columns])

    def fix(self, fixed: dict[int, float]) -> None:
        """Fix the shares of some removals, and free all others."""
        many = self._costs.size
        low, high = np.zeros(many), np.ones(many)
        for column, value in fixed.items():
            low[column] = high[column] = value
        self._model.changeColsBounds(many, np.arange(many, dtype=np.int32), low, high)

    def solve(self, seconds: float) -> Shares | None:
        """Return the best shares, ``None`` where there are none, or not enough time: then ``late`` says so."""
        self._model.setOptionValue("time_limit", self._model.getRunTime() + max(seconds, 0.01))
        self._model.run()
        status = self._model.getModelStatus()
        self.late = status == highspy.HighsModelStatus.kTimeLimit
        if self.late or status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            told = self._model.modelStatusToString(status)
            raise InternalError(Text(f"线性规划没有解出：{told}。", en=f"The linear programme failed: {told}."))
        solution = self._model.getSolution()
        x, reduced = np.array(solution.col_value), np.abs(solution.col_dual[: self._first_way])
        value = float(self._model.getInfo().objective_function_value)
        way, building = x[self._first_way : self._first_building], x[self._first_building :]
        return Shares(value, x[: self._first_way], way, building, reduced)

    def separate(self, shares: Shares) -> int:
        """Add cuts that the shares do not meet, as far apart as possible, and return how many."""
        filled, found = shares.way.copy(), 0
        capacity = capacities(self.net, filled)
        whole = wholly_reached(self.net, capacity)
        for place in self._dice.permutation(self._buildings.size).tolist():
            wanted = float(shares.building[place])
            if wanted <= 1e-6:  # noqa: PLR2004
                continue
            flow, regions = scarcest(self.net, self._maze, capacity, whole, int(self._buildings[place]), ENOUGH)
            if flow >= wanted - (1.0 - ENOUGH):
                continue
            for part in scarce_parts(self.net, capacities(self.net, filled, TRICKLE), whole, regions):
                ways = ways_into(self.net, part)
                found += self._cut(ways, ways[:0], place)
                filled[ways] = 1.0
            capacity = capacities(self.net, filled)
            whole = wholly_reached(self.net, capacity)
        return found

    def separate_labelled(self, shares: Shares) -> int:
        """Add cuts in which a removal stands for all ways that need it, and return how many."""
        net, maze, found = self.net, self._maze, 0
        capacity = capacities(net, shares.way)
        whole = wholly_reached(net, capacity)
        least = shares.building[:, None] - shares.removed - _CLEARLY
        for place, building in enumerate(self._buildings.tolist()):
            missing = needed_by_flow(net, maze, capacity, whole, building, shares.removed.size)
            least[place, missing + least[place] <= 1.0] = 0.0
        for removal in self._dice.permutation(np.flatnonzero((least > 0.0).any(axis=0))).tolist():
            filled = shares.way.copy()
            for place in self._dice.permutation(np.flatnonzero(least[:, removal] > 0.0)).tolist():
                wanted, building = float(least[place, removal]), int(self._buildings[place])
                left = without(self._labels, capacities(net, filled), removal)
                flow, regions = scarcest(net, maze, left, whole, building, wanted)
                if flow >= wanted:
                    continue
                left = without(self._labels, capacities(net, filled, TRICKLE), removal)
                for part in scarce_parts(net, left, whole, regions):
                    ways, removals = labelled(net, maze, ways_into(net, part), shares.way, shares.removed, removal)
                    found += self._cut(ways, removals, place)
                    filled[ways] = 1.0
        return found

    def _cut(self, ways: Ints, removals: Ints, place: int) -> bool:
        columns = np.concatenate([ways + self._first_way, removals, [self._first_building + place]]).astype(np.int32)
        key = columns.tobytes()
        if key in self._known:
            return False
        self._known.add(key)
        values = np.ones(columns.size)
        values[-1] = -1.0
        self._model.addRow(0.0, _NO_LIMIT, columns.size, columns, values)
        return True
