"""A bound on the objective of a large component: prices from the cheapest regions of each node (拉格朗日下界).

Columns are generated as in :mod:`gisplanner.planning.bundling.relaxation`, but the programme is solved to the middle
of its answers, near the prices before, so that some rounds do. A division holds at most one region for each root:
so at any prices it costs no less than these, and what the cheapest regions of as many roots lack.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final

import highspy
import numpy as np

from gisplanner.planning.bundling.board import Floats, Ints, make_board
from gisplanner.planning.bundling.cheapest import RIM, Found, from_roots
from gisplanner.planning.bundling.pricing import Ground, ground_of
from gisplanner.planning.bundling.programme import Budget
from gisplanner.planning.bundling.relaxation import Master, Prices, Set, cost_of
from gisplanner.planning.bundling.rooted import DEEPEST
from gisplanner.planning.bundling.ways import ways

_ROUNDS: Final = 30
_KEPT: Final = 20
_STEPS: Final = 3_000
_MORE: Final = 10
_CHUNK: Final = 16

_WITHIN, _NEAR, _NEAR_REGION = 0.02, 0.1, 0.2
"""Reduced cost up to which regions join, and how far prices of a node and of a region go from those before.

All in what a region costs on average.
"""

_WIDER: Final = (1.0, 3.0, 10.0)
"""How many times as far prices may fall, one after the other: where regions lack much, no prices near by do."""

_CLOSE: Final = 5e-4
"""Share of the value by which the bound may stay behind it."""

_HELD: Final = 1e-6
"""What a row may lie beyond its prices where these count as those of the programme."""

_SHARE_OF_ROUNDS: Final = 0.6
"""Share of the time for rounds; the rest is for looking at every set at the prices they found."""


@dataclass(slots=True, eq=False)
class _Steady:
    """The programme with prices kept near those before; ``held`` tells whether farther ones are no better."""

    master: Master
    rows: int
    unit: float
    held: bool = False

    def __post_init__(self) -> None:
        solver, rows = self.master.solver, self.rows
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "off")
        begin, row = np.arange(2 * rows, dtype=np.int32), np.tile(np.arange(rows, dtype=np.int32), 2)
        sign, most = np.repeat([1.0, -1.0], rows), np.full(2 * rows, highspy.kHighsInf)
        solver.addCols(2 * rows, np.zeros(2 * rows), np.zeros(2 * rows), most, 2 * rows, begin, row, sign)

    def prices(self, near: Prices, budget: Budget) -> tuple[Prices, float] | None:
        """Return prices near others, and the value of the programme: ``inf`` while prices farther off are better."""
        centre, far = np.append(near.node, near.region), np.full(self.rows, _NEAR * self.unit)
        far[-1] = _NEAR_REGION * self.unit
        which = np.arange(2 * self.rows, dtype=np.int32)
        for wider in _WIDER:
            cost = np.concatenate([centre + far, wider * far - centre])
            self.master.solver.changeColsCost(which.size, which, cost)
            solved = self.master.prices(budget)
            if solved is not None:
                break
        else:
            return None
        paid = np.asarray(self.master.solver.getSolution().col_value)[: which.size].sum()
        self.held = bool(paid <= _HELD * self.rows)
        return solved[0], solved[1] if self.held else math.inf


@cache
def warm_up() -> None:
    """Compile the search for cheap regions, or load it, so that no time limit pays for it."""
    board, nodes = make_board(np.array([[0, 1]]), np.ones((2, 1)), low=[2], high=[np.inf], value=np.zeros((2, 1)))
    ground = ground_of(board, nodes, np.array([np.inf]), np.ones((2, 2)))
    cheapest_sets(ground, nodes, np.ones(2), 0.0, 0.0, 1, 1, Budget(None))


def bounded(ground: Ground, known: list[Set], budget: Budget) -> Prices | None:
    """Return prices and the bound they prove; ``None`` where time did not do for one above 0.

    Parameters
    ----------
    known
        A division; its number of regions is that of all that are bounded.
    """
    nodes, regions = len(ground.size), len(known)
    master, unit = Master(nodes, regions), sum(cost_of(one, ground.unlike) for one in known) / regions
    steady = _Steady(master, nodes + 1, unit)
    master.add(known, ground)
    rounds = budget.share(_SHARE_OF_ROUNDS)
    asked, centre, best, every = _first_prices(ground, known), None, -math.inf, np.arange(nodes)
    value = math.inf
    for _ in range(_ROUNDS):
        found = cheapest_sets(ground, every, asked.node, asked.region, _WITHIN * unit, _KEPT, _STEPS, rounds)
        if rounds.spent() and centre is not None:
            break
        least, joined = found.reduced.min(axis=1), master.add(_sets(found), ground)
        reached, close = _bound(asked, regions, least), value - _CLOSE * abs(value)
        if reached > best or centre is None:
            centre, best = asked, reached
        cut = every[found.least < 0.0]
        if cut.size and (best >= close or (not joined and steady.held)):  # what takes more steps may still lack much
            deep = cheapest_sets(ground, cut, asked.node, asked.region, 0.0, _KEPT, _STEPS * _MORE, rounds)
            joined += master.add(_sets(deep), ground)
            centre, best = asked, _bound(asked, regions, np.minimum(least, deep.reduced.min(axis=1)))
        if best >= close or (not joined and steady.held):
            break
        solved = steady.prices(centre, rounds)
        if solved is None:
            break
        asked, value = solved
    return _proven(ground, centre or asked, regions, budget)


def cheapest_sets(  # noqa: PLR0917 - prices and what may be spent on them
    ground: Ground,
    roots: Ints,
    prices: Floats,
    region: float,
    within: float,
    most: int,
    steps: int,
    budget: Budget,
    rim: int = RIM,
) -> Found:
    """Return for each node the cheapest regions of which it is the dearest node.

    Parameters
    ----------
    roots
        Nodes to look from; of the others nothing is known.
    prices, region
        What a region earns for each node (n,), and for being one.
    within
        Reduced cost up to which regions are wanted.
    most, steps
        Regions that are kept for each root, and sets that are looked at.
    budget
        When it is spent, nothing is looked for from the roots that are left.
    rim
        Steps from a root beyond which nodes are reckoned as one.
    """
    count = prices.size
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(-prices, kind="stable")] = np.arange(count)
    shape = (count, most)
    node, nodes = np.zeros((*shape, DEEPEST), np.int64), np.zeros(shape, np.int64)
    found, way = Found(node, nodes, np.full(shape, np.inf), np.full(count, -np.inf)), ways(ground)

    def look(part: Ints) -> None:
        if not budget.spent():
            from_roots(ground, part, rank, prices, region, within, steps, rim, way, found)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(look, np.array_split(roots, max(1, roots.size // _CHUNK))))
    return found


def _first_prices(ground: Ground, known: list[Set]) -> Prices:
    """Return prices at which each known region just pays: what each node costs the others of its region."""
    price, costs = np.zeros(len(ground.size)), np.zeros(len(known))
    for k, one in enumerate(known):
        inner = ground.unlike[np.ix_(one, one)]
        price[list(one)] = inner.sum(axis=1)
        costs[k] = (inner.sum() + np.trace(inner)) / 2.0
    for one, cost in zip(known, costs, strict=True):
        paid = price[list(one)].sum()
        price[list(one)] += (cost + costs.mean() - paid) / len(one)
    return Prices(price, -float(costs.mean()))


def _bound(prices: Prices, regions: int, least: Floats) -> float:
    """Return what no division costs less than, from what the regions of each root cost at least."""
    lacking = np.sort(np.minimum(least, 0.0))[:regions]
    return float(prices.node.sum() + regions * prices.region + lacking.sum())


def _proven(ground: Ground, prices: Prices, regions: int, budget: Budget) -> Prices | None:
    """Return the prices with a bound for which every set was looked at or bounded, in ever more steps."""
    least, roots, steps = np.full(len(ground.size), -np.inf), np.arange(len(ground.size)), _STEPS
    while roots.size and not budget.spent():
        found = cheapest_sets(ground, roots, prices.node, prices.region, 0.0, 1, steps, budget)
        least[roots] = np.maximum(least[roots], np.minimum(found.reduced[roots, 0], found.least[roots]))
        roots, steps = roots[found.least[roots] < 0.0], steps * _MORE
    bound = _bound(prices, regions, least)
    return Prices(prices.node, prices.region, bound) if bound > 0.0 else None


def _sets(found: Found) -> list[Set]:
    roots, places = np.nonzero(np.isfinite(found.reduced))
    return [_set(found.node[r, k, : found.nodes[r, k]]) for r, k in zip(roots, places, strict=True)]


def _set(nodes: Ints) -> Set:
    return tuple(sorted(nodes.tolist()))
