"""From a board to the best division known and what is proven about it: search everywhere, proof where it is small."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import reverse_cuthill_mckee

from gisplanner.planning.bundling.board import (
    Board,
    Ints,
    component_of,
    edges_of,
    in_order_of_appearance,
    rows_of,
)
from gisplanner.planning.bundling.columns import MOST_NODES
from gisplanner.planning.bundling.exact import Certificate, certify
from gisplanner.planning.bundling.search import WINDOW, Pace, Progress, heterogeneity_of, search, warm_up

_FIRST_LOOK_SHARE: Final = 0.25
_FIRST_LOOK_S: Final = 0.4
"""Where a proof may be had, the first search is short; it is taken up again when the proof fails."""

_PROOF_SHARE: Final = 0.5
"""Share of the time left that a proof may take: what it does not find is searched for after it."""

_TURN_S_A_NODE: Final = 0.02
"""Seconds a node after which a search begins anew from another start: longer cooling gains less than that."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Labels of the nodes (-1: in no region), a bound on the number of regions and, if known, on heterogeneity."""

    labels: Ints
    bound: int
    value: float
    least: float | None


def solve(
    board: Board,
    *,
    seed: int,
    pace: Pace,
    at_most: int | None = None,
    regions_first: bool,
    progress: Progress | None = None,
) -> Solution:
    """Divide the board; see :func:`gisplanner.planning.bundling.max_p_regions`.

    Nodes that can be in no region whatever is done are set aside first: those above the maximum, and components
    below the minimum.
    """
    nodes = board.size.size
    if board.low <= 0.0:
        each = np.where(board.size <= board.high, np.arange(nodes), -1)
        return Solution(in_order_of_appearance(each), nodes, heterogeneity_of(board, each), 0.0)
    usable = in_neighbourly_order(board, playable(board))
    labels = np.full(nodes, -1, dtype=np.int64)
    if not usable.size:
        return Solution(labels, 0, 0.0, 0.0)
    inner = _restricted(board, usable)
    most = component_bounds(inner)
    bound = int(most.sum())
    warm_up()
    pace.restart()
    target = bound if at_most is None else min(at_most, bound)
    look = partial(search, inner, at_most=target, regions_first=regions_first, progress=_overall(pace, progress))
    found = look(seed=seed, pace=_first_look(pace, most, inner))
    least = None if inner.value.shape[1] else 0.0
    if target == bound:
        found, bound, least = _proved(inner, found, most, pace)
    value = heterogeneity_of(inner, found)
    while pace.iterations is None and pace.done() < 1.0 and not _settled(found, bound, value, least):
        seed += 1
        again = look(seed=seed, pace=_turn(pace, inner))
        found, least = _better(inner, found, again, least, regions_first=regions_first)
        value = heterogeneity_of(inner, found)
    labels[usable] = found
    return Solution(labels, bound, value, least)


def playable(board: Board) -> Ints:
    """Return the nodes that may lie in a region: not above the maximum, in a component that reaches the minimum."""
    fits = board.size <= board.high
    edges = edges_of(board)
    component = component_of(board.size.size, edges[fits[edges].all(axis=1)])
    total = np.bincount(component, weights=board.size)
    return np.flatnonzero(fits & (total[component] >= board.low)).astype(np.int64)


def in_neighbourly_order(board: Board, nodes: Ints) -> Ints:
    """Return ``nodes`` so that neighbours stand close to one another, if they are too many for one window.

    The order is Cuthill and McKee's, 1969, doi:10.1145/800195.805928.
    """
    if nodes.size <= WINDOW:
        return nodes
    links = np.ones(board.neighbour.size, dtype=np.int8)
    matrix = csr_matrix((links, board.neighbour, board.start), shape=(board.size.size, board.size.size))
    order = reverse_cuthill_mckee(matrix, symmetric_mode=True).astype(np.int64)
    kept: Ints = order[np.isin(order, nodes)]
    return kept


def component_bounds(board: Board) -> Ints:
    """Return for each component a number of regions that no division of it exceeds.

    A region holds at least the minimum when each node counts min(size, minimum): the minimum fits into the sum of
    these no more often than there are regions.
    """
    component = component_of(board.size.size, edges_of(board))
    return np.floor(np.bincount(component, weights=np.minimum(board.size, board.low)) / board.low + 1e-9).astype(
        np.int64
    )


def _restricted(board: Board, nodes: Ints) -> Board:
    place = np.full(board.size.size, -1, dtype=np.int64)
    place[nodes] = np.arange(nodes.size)

    def kept(start: Ints, other: Ints) -> tuple[Ints, Ints]:
        pairs = np.column_stack([place[np.repeat(np.arange(board.size.size), np.diff(start))], place[other]])
        return rows_of(nodes.size, pairs[(pairs >= 0).all(axis=1)])

    start, neighbour = kept(board.start, board.neighbour)
    apart_start, apart = kept(board.apart_start, board.apart)
    points = [board.point[board.point_start[v] : board.point_start[v + 1]] for v in nodes]
    point_start = np.zeros(nodes.size + 1, dtype=np.int64)
    np.cumsum([len(rows) for rows in points], out=point_start[1:])
    return board._replace(
        start=start,
        neighbour=neighbour,
        size=board.size[nodes],
        apart_start=apart_start,
        apart=apart,
        point_start=point_start,
        point=np.concatenate(points),
    )


def _first_look(pace: Pace, most: Ints, board: Board) -> Pace:
    largest = int(np.bincount(component_of(board.size.size, edges_of(board))).max())
    if pace.iterations is not None:
        return pace
    if largest > MOST_NODES or most.size > MOST_NODES:
        return _turn(pace, board)
    return Pace(min(_FIRST_LOOK_SHARE * pace.time_limit_s, _FIRST_LOOK_S))


def _turn(pace: Pace, board: Board) -> Pace:
    """Return the pace of one search; what would be left for less than half a search more belongs to it."""
    left_s = pace.time_limit_s * (1.0 - pace.done())
    turn_s = _TURN_S_A_NODE * board.size.size
    return Pace(left_s if left_s < 1.5 * turn_s else turn_s)


def _overall(pace: Pace, progress: Progress | None) -> Progress | None:
    """Return a listener that is told the share of the whole work, whichever search it hears."""
    if progress is None:
        return None
    return lambda _, regions, value: progress(pace.done(), regions, value)


def _proved(board: Board, labels: Ints, most: Ints, pace: Pace) -> tuple[Ints, int, float | None]:
    """Return labels, bound and least heterogeneity after every small component has been looked at."""
    component = component_of(board.size.size, edges_of(board))
    answer, fresh, bound = labels.copy(), int(labels.max(initial=-1)) + 1, 0
    least: float | None = 0.0
    for number, nodes in enumerate(_members(component)):
        certificate = _certificate(board, nodes, labels[nodes], int(most[number]), pace)
        if certificate is None:
            bound += int(most[number])
            least = None if board.value.shape[1] else least
            continue
        answer[nodes] = certificate.labels + fresh
        fresh += certificate.regions
        bound += certificate.most
        least = None if least is None or certificate.least is None else least + certificate.least
    return in_order_of_appearance(answer), bound, least


def _members(component: Ints) -> list[Ints]:
    order = np.argsort(component, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(component[order])) + 1)


def _certificate(board: Board, nodes: Ints, labels: Ints, most: int, pace: Pace) -> Certificate | None:
    left_s = None if pace.iterations is not None else _PROOF_SHARE * pace.time_limit_s * (1.0 - pace.done())
    if (nodes.size > MOST_NODES and most > 1) or (labels < 0).any() or (left_s is not None and left_s <= 0.0):
        return None
    return certify(board, nodes, in_order_of_appearance(labels), most, left_s)


def _settled(labels: Ints, bound: int, value: float, least: float | None) -> bool:
    if int(labels.max(initial=-1)) + 1 < bound or (labels < 0).any():
        return False
    return least is not None and value <= least + 1e-9 * max(1.0, value)


def _better(
    board: Board, one: Ints, other: Ints, least: float | None, *, regions_first: bool
) -> tuple[Ints, float | None]:
    """Return the better of two divisions; a bound on heterogeneity holds for its number of regions only."""

    def rank(labels: Ints) -> tuple[float, float, float]:
        regions, out = int(labels.max(initial=-1)) + 1, int((labels < 0).sum())
        value = heterogeneity_of(board, labels)
        return (-regions, out, value) if regions_first else (out, -regions, value)

    if rank(other) >= rank(one):
        return one, least
    same = int(other.max(initial=-1)) == int(one.max(initial=-1)) or not board.value.shape[1]
    return other, least if same else None
