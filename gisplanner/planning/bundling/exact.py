"""Proof for small components: choose from all possible regions by integer programming (集合划分, 可证最优).

Every region a component can hold is a column; a division is a choice of columns that covers each node once. Where a
maximum or a pair apart may force estates out, each node is a column too: left out. What counts first is settled
first: number of regions, estates left out, and then the objective. Where no node may be left out, the objective needs
only the regions that are cheap at the prices of the relaxation: so it is bounded on larger components too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.bundling.board import Board, Floats, Ints, in_neighbourly_order, in_order_of_appearance
from gisplanner.planning.bundling.bound import bounded
from gisplanner.planning.bundling.columns import (
    MOST_NODES,
    Corner,
    Masks,
    apart_masks,
    connected_sets,
    costs_of,
    members_of,
    neighbour_masks,
)
from gisplanner.planning.bundling.objective import cost_of_pair
from gisplanner.planning.bundling.pricing import ground_of
from gisplanner.planning.bundling.programme import MOST_CHOICES, SAME, Budget, cheapest, covering, find, settled
from gisplanner.planning.bundling.relaxation import Set, cost_of, relaxed, sets_within
from gisplanner.planning.bundling.search import is_judged

MOST_PRICED: Final = 300
"""Nodes of a component whose division is still settled by branch and bound over regions that are cheap."""

MOST_BOUNDED: Final = 1_500
"""Nodes of a component whose objective is still bounded."""

MOST_COLUMNS: Final = 600_000
MOST_STEPS: Final = 60_000_000
_STEPS_A_SECOND: Final = 4_000_000
_STEPS_WITHOUT_LIMIT: Final = 6_000_000
_MOST_COLUMNS_WITHOUT_LIMIT: Final = 3_000


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What is known about one component.

    Attributes
    ----------
    labels
        Region of each node of the component from 0, -1 for none; the division that was handed in, or a better one.
    most
        A bound on the number of regions.
    out, fewest_out
        Estates in no region, and a bound on their number in divisions of that many regions.
    value, least
        Objective, and a bound on it for that many regions and estates left out; ``None`` where none was computed.
    """

    labels: Ints
    most: int
    out: int
    fewest_out: int
    value: float
    least: float | None

    @property
    def regions(self) -> int:
        """Return the number of regions."""
        return int(self.labels.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A component to be settled: its nodes, their estates and what they cost each other."""

    board: Board
    nodes: Ints
    estates: Floats
    unlike: Floats
    loose: bool
    time_limit_s: float | None

    def value(self, labels: Ints) -> float:
        """Return the objective of a division."""
        same = (labels[:, None] == labels[None, :]) & (labels >= 0)[:, None]
        return float(np.triu(np.where(same, self.unlike, 0.0)).sum())

    def certificate(self, labels: Ints, most: int, fewest_out: int = 0, least: float | None = None) -> Certificate:
        """Return what is known about a division."""
        value = self.value(labels)
        out = int(self.estates[labels < 0].sum())
        least = least if is_judged(self.board) else 0.0
        return Certificate(in_order_of_appearance(labels), most, out, fewest_out, value, least)

    def high(self, regions: int) -> Floats:
        """Return the maximums of a region in a division into ``regions`` or more: the others need their minimum."""
        board, whole = self.board, self.board.size[self.nodes].sum(axis=0)
        room = whole - (regions - 1) * board.low
        high: Floats = np.minimum(board.high, room + 1e-9 * np.maximum(1.0, whole))
        return high

    def columns(self, regions: int) -> Masks | None:
        """Return all regions that a division into ``regions`` or more can hold; ``None`` if they are too many."""
        board, size = self.board, self.board.size[self.nodes]
        found = np.zeros(MOST_COLUMNS, dtype=np.uint64)
        near, apart = neighbour_masks(board, self.nodes), apart_masks(board, self.nodes)
        corner = Corner(near, apart, size, board.low, self.high(regions), self.loose)
        limit = self.time_limit_s
        steps = _STEPS_WITHOUT_LIMIT if limit is None else int(min(MOST_STEPS, limit * _STEPS_A_SECOND))
        count = connected_sets(corner, regions, found, steps)
        if limit is None and count > _MOST_COLUMNS_WITHOUT_LIMIT:
            return None  # no clock ends the integer programme then, and its first relaxation alone may take minutes
        return None if count < 0 else found[:count]


def certify(
    board: Board,
    nodes: Ints,
    labels: Ints,
    most: int,
    time_limit_s: float | None,
    *,
    loose: bool = False,
    regions_first: bool = True,
) -> Certificate:
    """Prove or improve the division ``labels`` of the component ``nodes``.

    Parameters
    ----------
    labels
        Region of each of ``nodes`` from 0; -1 for none, which without ``loose`` is no answer yet.
    most
        A number of regions that no division exceeds.
    time_limit_s
        Seconds for each integer programme; ``None`` limits its nodes instead, so that the answer is the same on
        every machine.
    loose
        Whether nodes may lie in no region.
    regions_first
        Whether the number of regions counts before that of estates left out.
    """
    estates = np.diff(board.point_start)[nodes].astype(np.float64)
    case = _Case(board, nodes, estates, _unlikeness_matrix(board, nodes), loose, time_limit_s)
    largest = MOST_PRICED if time_limit_s is None else MOST_BOUNDED
    if nodes.size > (MOST_NODES if loose else largest):
        alone = most == 1 and not loose
        return case.certificate(labels, most, least=case.value(labels) if alone else None)
    if loose:
        return _with_some_left_out(case, labels, most, regions_first=regions_first)
    if most == 1:
        return case.certificate(labels, 1, least=case.value(labels))
    return _with_all(case, labels, most)


@njit(cache=True)
def _unlikeness_matrix(board: Board, nodes: Ints) -> Floats:
    """Return what pairs of nodes in one region cost; on the diagonal what is between the estates of one node."""
    matrix = np.zeros((nodes.size, nodes.size))
    for j in range(nodes.size):
        for k in range(j + 1):
            matrix[j, k] = matrix[k, j] = cost_of_pair(board, nodes[j], nodes[k])
        matrix[j, j] /= 2.0
    return matrix


def _with_all(case: _Case, labels: Ints, most: int) -> Certificate:
    """Settle a component none of whose nodes may be left out."""
    count = case.nodes.size
    regions = 0 if (labels < 0).any() else int(labels.max()) + 1
    while regions < most and count <= MOST_NODES:
        columns = case.columns(most)
        if columns is None:
            return case.certificate(labels, most)
        programme = covering(members_of(columns, count)).fixed(np.ones(columns.size), most)
        better, impossible = find(programme, Budget(case.time_limit_s))
        if better is not None:
            labels, regions = _labels_of(columns[better], count), most
        elif impossible:
            most -= 1
        else:
            break
    if not regions or not is_judged(case.board):
        return case.certificate(labels, most)
    labels, least = _cheapest_of_all(case, labels, regions)
    return case.certificate(labels, most, least=least)


def _cheapest_of_all(case: _Case, labels: Ints, regions: int) -> tuple[Ints, float | None]:
    """Return the best division found into that many regions, and a bound on the objective of all of them."""
    budget = Budget(case.time_limit_s)
    order = np.searchsorted(case.nodes, in_neighbourly_order(case.board, case.nodes))
    unlike = case.unlike[np.ix_(order, order)]
    ground = ground_of(case.board, case.nodes[order], case.high(regions), unlike)
    known: list[Set] = [tuple(np.flatnonzero(labels[order] == region).tolist()) for region in range(regions)]
    large = case.nodes.size > MOST_PRICED
    prices = bounded(ground, known, budget) if large else relaxed(ground, known, budget)
    if prices is None or large:
        return labels, None if prices is None else prices.bound
    value = sum(cost_of(one, unlike) for one in known)
    gap = value - prices.bound + SAME * max(1.0, abs(value))
    most = _MOST_COLUMNS_WITHOUT_LIMIT if case.time_limit_s is None else 2 * MOST_CHOICES
    cheap, within = sets_within(ground, regions, prices, gap, most, budget)
    sets = list(dict.fromkeys([*known, *cheap]))
    members = np.zeros((case.nodes.size, len(sets)), dtype=bool)
    for column, one in enumerate(sets):
        members[list(one), column] = True
    costs = np.array([cost_of(one, unlike) for one in sets])
    reduced = costs - prices.node @ members - prices.region
    programme = covering(members).fixed(np.ones(len(sets)), regions)
    bounds = prices.bound, prices.bound + within
    chosen, least = settled(programme, costs, np.arange(regions), budget, bounds, reduced)
    best = np.empty_like(labels)
    best[order] = members[:, chosen].argmax(axis=1)
    return best, least


def _with_some_left_out(case: _Case, labels: Ints, most: int, *, regions_first: bool) -> Certificate:
    """Settle a component some of whose nodes may be left out: what counts first is settled first."""
    count, known = case.nodes.size, case.certificate(labels, most)
    columns = case.columns(known.regions if regions_first else 1)
    if columns is None:
        return known
    alone = np.left_shift(np.uint64(1), np.arange(count, dtype=np.uint64))
    masks, is_region = np.append(columns, alone), np.arange(columns.size + count) < columns.size
    out = np.where(is_region, 0.0, np.append(np.zeros(columns.size), case.estates))
    costs = np.append(costs_of(columns, case.unlike), np.zeros(count))
    programme = covering(members_of(masks, count))
    chosen = np.append(np.flatnonzero(np.isin(columns, _masks_of(labels))), columns.size + np.flatnonzero(labels < 0))
    budget, proven = Budget(case.time_limit_s), True
    for what, cost in _stages(-is_region.astype(np.float64), out, costs, regions_first=regions_first):
        if not proven or (what == "objective" and not is_judged(case.board)):
            break
        chosen, bound = cheapest(programme, cost, chosen, budget)
        value = float(cost[chosen].sum())
        if bound is None:
            break
        known = _bounded(known, what, bound)
        proven = _whole(what, bound) >= value - SAME * max(1.0, abs(value))
        programme = programme.fixed(cost, value)
    better = case.certificate(_labels_of(masks[chosen[is_region[chosen]]], count), known.most)
    return replace(better, fewest_out=known.fewest_out, least=known.least)


def _stages(regions: Floats, out: Floats, costs: Floats, *, regions_first: bool) -> list[tuple[str, Floats]]:
    first, second = ("most", regions), ("fewest_out", out)
    return [*((first, second) if regions_first else (second, first)), ("objective", costs)]


def _whole(what: str, bound: float) -> float:
    """Return a bound on something that is counted as the next whole number."""
    return bound if what == "objective" else float(np.ceil(bound - 1e-6))


def _bounded(known: Certificate, what: str, bound: float) -> Certificate:
    """Return what is known with one more bound."""
    if what == "objective":
        return replace(known, least=bound)
    whole = int(_whole(what, bound))
    if what == "most":
        return replace(known, most=min(known.most, -whole))
    return replace(known, fewest_out=max(known.fewest_out, whole))


def _masks_of(labels: Ints) -> Masks:
    """Return the regions of a division as bit masks."""
    bit = np.left_shift(np.uint64(1), np.arange(labels.size, dtype=np.uint64))
    member = labels[:, None] == np.arange(int(labels.max(initial=-1)) + 1)
    found: Masks = np.bitwise_or.reduce(np.where(member, bit[:, None], np.uint64(0)), axis=0)
    return found


def _labels_of(chosen: Masks, nodes: int) -> Ints:
    """Return the division that some regions make; -1 for nodes in none."""
    member = members_of(chosen, nodes)
    labels: Ints = np.where(member.any(axis=1), member.argmax(axis=1), -1) if chosen.size else np.full(nodes, -1)
    return labels.astype(np.int64)
