"""The linear relaxation over all regions of a component, without listing them (列生成).

A linear programme over some regions prices the nodes; the regions that are cheap at those prices join it, until none
is. At any prices the nodes' prices and the cheapest region together bound what every division costs; the best such
prices steady the next ones (Wentges 1997, doi:10.1016/S0969-6016(97)00002-6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np

from gisplanner.planning.bundling.board import Floats, Ints
from gisplanner.planning.bundling.pricing import Ground, Room, cheap_sets, room_for
from gisplanner.planning.bundling.programme import SAME, Budget

_ROUNDS: Final = 200
_FOUND_A_ROUND: Final = 30_000
_JOIN_A_ROUND: Final = 3_000
_NODES_A_SET: Final = 24
_SHARES: Final = 5
"""How many times its share of the room the sets of one lowest node may take."""

_STEADY: Final = 0.5
"""Share of the best prices so far in the next ones."""

_FEW: Final = 50
"""Where no more regions join, prices need no steadying, and all sets are looked at."""

_FIRST_STEPS: Final = 10_000
_MORE_STEPS: Final = 10
_STEPS_A_SECOND: Final = 2_000_000
_STEPS_WITHOUT_LIMIT: Final = 2_000_000
_HALVINGS: Final = 10

Set = tuple[int, ...]


@dataclass(slots=True)
class Prices:
    """What a region earns for each node and for being one; at these prices no division costs less than ``bound``."""

    node: Floats
    region: float
    bound: float = -math.inf

    def steadied(self, best: Prices) -> Prices:
        """Return prices between these and the best."""
        node = _STEADY * best.node + (1.0 - _STEADY) * self.node
        return Prices(node, _STEADY * best.region + (1.0 - _STEADY) * self.region)


@dataclass(slots=True, eq=False)
class Master:
    """The linear programme over the regions that are known, in HiGHS: each node once, and so many regions."""

    nodes: int
    regions: int
    solver: Any = field(default_factory=highspy.Highs)
    known: set[Set] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.solver.silent()
        right = np.append(np.ones(self.nodes), float(self.regions))
        none, empty = np.zeros(0, dtype=np.int32), np.zeros(0)
        self.solver.addRows(right.size, right, right, 0, none, none, empty)

    def add(self, sets: list[Set], ground: Ground) -> int:
        """Let the programme use more regions; return how many it did not know."""
        fresh = [one for one in dict.fromkeys(sets) if one not in self.known]
        self.known.update(fresh)
        if fresh:
            begins = np.cumsum([0, *(len(one) + 1 for one in fresh)])
            rows = np.concatenate([[*one, self.nodes] for one in fresh])
            costs = np.array([cost_of(one, ground.unlike) for one in fresh])
            least, most = np.zeros(len(fresh)), np.full(len(fresh), highspy.kHighsInf)
            begin, row = begins[:-1].astype(np.int32), rows.astype(np.int32)
            self.solver.addCols(len(fresh), costs, least, most, rows.size, begin, row, np.ones(rows.size))
        return len(fresh)

    def prices(self, budget: Budget) -> tuple[Prices, float] | None:
        """Return the prices and the value of the programme; ``None`` when time is up."""
        left_s = budget.left()
        if left_s is not None:
            self.solver.setOptionValue("time_limit", self.solver.getRunTime() + max(left_s, 0.05))
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        dual = np.asarray(self.solver.getSolution().row_dual)
        return Prices(dual[:-1], float(dual[-1])), float(self.solver.getInfo().objective_function_value)


def relaxed(ground: Ground, known: list[Set], budget: Budget) -> Prices | None:
    """Return prices whose bound is the best found; ``None`` where none was found in time.

    Parameters
    ----------
    known
        A division; its number of regions is that of all that are bounded.
    """
    nodes, regions = len(ground.size), len(known)
    master, room = Master(nodes, regions), room_for(_FOUND_A_ROUND, _FOUND_A_ROUND * _NODES_A_SET)
    master.add(known, ground)
    share = np.zeros(nodes)
    for one in known:
        share[list(one)] = ground.unlike[np.ix_(one, one)].sum(axis=1) / 2.0
    asked = best = Prices(share, 0.0)
    value, steps = math.inf, _FIRST_STEPS
    for _ in range(_ROUNDS):
        left = steps_left(budget)
        count = _price(ground, asked, regions, room, (steps, left))
        if asked.bound > best.bound:
            best = asked
        joined = master.add(_sets(room, np.argsort(room.reduced[:count], kind="stable")[:_JOIN_A_ROUND]), ground)
        if joined < _FEW and asked.bound == -math.inf:
            if steps >= left:
                break
            steps *= _MORE_STEPS
        solved = None if best.bound >= value - SAME * max(1.0, abs(value)) else master.prices(budget)
        if solved is None:
            break
        asked, value = solved
        if joined >= _FEW:
            asked = asked.steadied(best)
    return best if best.bound > -math.inf else None


def _price(ground: Ground, asked: Prices, regions: int, room: Room, steps: tuple[int, int]) -> int:
    """Fill ``room`` with regions that cost less than they earn, and bound the prices; return their number."""
    each = max(_SHARES * room.reduced.size // len(ground.size), 1)
    count, complete = cheap_sets(ground, regions, asked.node, asked.region, -SAME, room, each, *steps)
    if complete:
        cheapest = min(float(room.reduced[:count].min(initial=0.0)), -SAME)
        asked.bound = float(asked.node.sum()) + regions * (asked.region + cheapest)
    return count


def steps_left(budget: Budget) -> int:
    """Return how many sets can be looked at in the time left."""
    left_s = budget.left()
    return _STEPS_WITHOUT_LIMIT if left_s is None else int(max(left_s, 0.0) * _STEPS_A_SECOND)


def sets_within(  # noqa: PLR0917 - a component, its relaxation, and what may be spent on it
    ground: Ground, regions: int, prices: Prices, gap: float, most: int, budget: Budget
) -> tuple[list[Set], float]:
    """Return the regions that a division can hold which costs no more than the bound and ``gap``.

    Where these are more than ``most``, or time does not do, the gap is narrowed.

    Returns
    -------
    sets, within
        The regions, and the gap that they stand for.
    """
    room, low, high, within = room_for(most, most * _NODES_A_SET), 0.0, gap, gap
    found: list[Set] = []
    for _ in range(_HALVINGS):
        steps = steps_left(budget)
        count, complete = cheap_sets(ground, regions, prices.node, prices.region, within, room, most, steps, steps)
        if complete:
            found, low = _sets(room, np.arange(count)), within
        else:
            high = within
        if complete and (within == gap or count > most // 2):
            break
        if budget.spent():
            break
        within = (low + high) / 2.0
    return found, low


def _sets(room: Room, which: Ints) -> list[Set]:
    return [tuple(sorted(room.node[room.start[k] : room.start[k + 1]].tolist())) for k in which]


def cost_of(one: Set, unlike: Floats) -> float:
    """Return what a region costs; ``unlike`` (n, n) holds on its diagonal what is inside a node."""
    inner = unlike[np.ix_(one, one)]
    return float((inner.sum() + np.trace(inner)) / 2.0)
