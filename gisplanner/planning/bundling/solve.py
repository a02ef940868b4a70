"""From a board to the best division known and what is proven about it: search everywhere, proof where it is small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from typing import Final

import numpy as np

from gisplanner.planning.bundling.board import (
    Board,
    Floats,
    Ints,
    component_of,
    edges_of,
    in_neighbourly_order,
    in_order_of_appearance,
    make_board,
    rows_of,
)
from gisplanner.planning.bundling.bound import warm_up as warm_up_bound
from gisplanner.planning.bundling.columns import MOST_NODES
from gisplanner.planning.bundling.exact import MOST_BOUNDED, MOST_PRICED, Certificate, certify
from gisplanner.planning.bundling.search import WINDOW, Pace, Progress, is_judged, objective_of, search
from gisplanner.planning.bundling.search import warm_up as warm_up_search

_FIRST_LOOK_SHARE: Final = 0.25
_FIRST_LOOK_S: Final = 0.6
"""Where a proof may be had, the search before it is short; it is taken up again when the proof fails."""

_SMALL_TURN_ROUNDS: Final = 5
"""Rounds after which the search of a small map begins anew: many short coolings find what one long one misses."""

_NEXT_SEED: Final = 7_919
"""From one turn to the next, so that turns of seeds that stand side by side are not the same."""

_PROOF_SHARE: Final = 0.6
"""Share of the time left that proofs may take, by nodes: what they do not find is searched for after them."""

_BOUND_S_A_NODE: Final = 0.03
"""Seconds a node below which a component too large for masks is not bounded: the search needs them more."""

_LARGE_S_A_NODE: Final = 0.15
"""The same above :data:`MOST_PRICED` nodes, where less would end without any bound."""

_TURN_S_A_NODE: Final = 0.02
"""Seconds a node after which a search begins anew from another start: longer cooling gains less than that."""


@cache
def warm_up() -> None:
    """Compile search and proof, or load them from the cache of an earlier run, so that no time limit pays for it."""
    warm_up_search()
    chain = np.array([[0, 1], [1, 2], [2, 3]])
    board, nodes = make_board(chain, np.ones((4, 1)), low=[2], high=[np.inf], value=np.arange(4.0).reshape(-1, 1))
    certify(board, nodes, np.array([0, 0, 1, 1]), 2, None)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Labels of the nodes (-1: in no region) and what no division of that kind surpasses.

    Attributes
    ----------
    bound
        On the number of regions.
    value, least
        Objective, and a bound on it for that many regions and estates left out, if known.
    fewest_out
        On the number of estates in no region, for that many regions.
    """

    labels: Ints
    bound: int
    value: float
    least: float | None
    fewest_out: int


def solve(
    board: Board,
    *,
    seed: int,
    pace: Pace,
    at_most: int | None = None,
    allow_leftovers: bool,
    regions_first: bool,
    progress: Progress | None = None,
) -> Solution:
    """Divide the board; see :func:`gisplanner.planning.bundling.max_p_regions`.

    Nodes that can be in no region whatever is done are set aside first: those above the maximum, and components
    below the minimum.
    """
    nodes = len(board.size)
    if (board.low <= 0.0).all():
        each = in_order_of_appearance(np.where((board.size <= board.high).all(axis=1), np.arange(nodes), -1))
        value = objective_of(board, each)
        return Solution(each, nodes, value, value, _estates_out(board, each))
    usable = playable(board)
    if usable.size > WINDOW:  # neighbours are to lie in the same window
        usable = in_neighbourly_order(board, usable)
    labels = np.full(nodes, -1, dtype=np.int64)
    out = int(np.diff(board.point_start).sum() - np.diff(board.point_start)[usable].sum())
    if not usable.size:
        return Solution(labels, 0, 0.0, 0.0, out)
    inner = _restricted(board, usable)
    most = component_bounds(inner)
    warm_up()
    if usable.size > MOST_PRICED and _is_worth_a_bound(
        None if pace.iterations is not None else pace.time_limit_s, MOST_PRICED + 1
    ):
        warm_up_bound()
    pace.restart()
    target = int(most.sum()) if at_most is None else min(at_most, int(most.sum()))
    bound = int(most.sum())
    known = _Known(inner, target, regions_first)
    look = partial(search, inner, at_most=target, regions_first=regions_first, progress=_overall(pace, progress))
    turns = count(seed, _NEXT_SEED)
    for turn in _first_look(pace, most, inner):
        known.take(look(seed=next(turns), pace=turn))
        if known.settled():
            break
    if target == bound or most.size == 1:
        known.prove(np.minimum(most, target), pace, loose=allow_leftovers and _may_force_out(inner))
    while pace.done() < 1.0 and not known.settled():
        known.take(look(seed=next(turns), pace=_turn(pace, inner)))
    labels[usable] = known.labels
    bound = known.bound if target == bound else bound
    return Solution(labels, bound, known.value, known.least, out + known.fewest_out)


def _is_worth_a_bound(left_s: float | None, nodes: int) -> bool:
    """Tell whether the time left does for a bound on a component too large for masks."""
    each_s = _BOUND_S_A_NODE if nodes <= MOST_PRICED else _LARGE_S_A_NODE
    return left_s is not None and left_s >= each_s * nodes


def _may_force_out(board: Board) -> bool:
    """Tell whether estates may have to be left out of every region though their component reaches the minimum."""
    return bool(np.isfinite(board.high).any() or board.apart.size)


def _estates_out(board: Board, labels: Ints) -> int:
    return int(np.diff(board.point_start)[labels < 0].sum())


def playable(board: Board) -> Ints:
    """Return the nodes that may lie in a region: not above a maximum, in a component that reaches every minimum."""
    fits = np.all(board.size <= board.high, axis=1)
    edges = edges_of(board)
    component = component_of(len(board.size), edges[fits[edges].all(axis=1)])
    total = sums_of(component, board.size)
    return np.flatnonzero(fits & (total[component] >= board.low).all(axis=1)).astype(np.int64)


def sums_of(component: Ints, size: Floats) -> Floats:
    """Return the sum of each measure over each component."""
    return np.column_stack([np.bincount(component, weights=one) for one in size.T])


def component_bounds(board: Board) -> Ints:
    """Return for each component a number of regions that no division of it exceeds.

    A region holds at least the minimum when each node counts min(size, minimum): the minimum fits into the sum of
    these no more often than there are regions. Of several measures the scarcest bounds.
    """
    component = component_of(len(board.size), edges_of(board))
    asked = board.low > 0.0
    capped = sums_of(component, np.minimum(board.size[:, asked], board.low[asked]))
    bounds: Ints = np.floor(capped / board.low[asked] + 1e-9).min(axis=1).astype(np.int64)
    return bounds


def _restricted(board: Board, nodes: Ints) -> Board:
    place = np.full(len(board.size), -1, dtype=np.int64)
    place[nodes] = np.arange(nodes.size)

    def kept(start: Ints, other: Ints) -> Ints:
        return np.column_stack([place[np.repeat(np.arange(len(board.size)), np.diff(start))], place[other]])

    pairs, excluded = kept(board.start, board.neighbour), kept(board.apart_start, board.apart)
    held = (pairs >= 0).all(axis=1)
    start, neighbour = rows_of(nodes.size, pairs[held])
    apart_start, apart = rows_of(nodes.size, excluded[(excluded >= 0).all(axis=1)])
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
        bond=board.bond[np.flatnonzero(held)[np.lexsort(pairs[held].T[::-1])]] if board.bond.size else board.bond,
    )


def _first_look(pace: Pace, most: Ints, board: Board) -> Iterator[Pace]:
    """Yield the paces of the searches before a proof is tried; where none may be had, of one."""
    largest = int(np.bincount(component_of(len(board.size), edges_of(board))).max())
    if largest > MOST_NODES or most.size > MOST_NODES:
        yield _turn(pace, board)
        return
    share = _FIRST_LOOK_SHARE
    if pace.iterations is None:
        share = min(share, _FIRST_LOOK_S / max(pace.time_limit_s, 1e-9))
    begun = pace.done()
    while pace.done() <= begun or pace.done() < share:
        left = _SMALL_TURN_ROUNDS if pace.iterations is None else max(pace.iterations - pace.rounds, 1)
        yield Pace(pace.time_limit_s, min(_SMALL_TURN_ROUNDS, left), whole=pace)


def _turn(pace: Pace, board: Board) -> Pace:
    """Return the pace of one search; what would be left for less than half a search more belongs to it."""
    if pace.iterations is not None:
        return Pace(pace.time_limit_s, pace.iterations - pace.rounds, whole=pace)
    left_s = pace.time_limit_s * (1.0 - pace.done())
    turn_s = _TURN_S_A_NODE * len(board.size)
    return Pace(left_s if left_s < 1.5 * turn_s else turn_s, whole=pace)


def _overall(pace: Pace, progress: Progress | None) -> Progress | None:
    """Return a listener that is told the share of the whole work, whichever search it hears."""
    if progress is None:
        return None
    return lambda _, regions, value: progress(pace.done(), regions, value)


class _Known:
    """The best division of a board so far, and what is proven about it."""

    def __init__(self, board: Board, bound: int, regions_first: bool) -> None:  # noqa: FBT001
        self.board, self.bound, self.regions_first = board, bound, regions_first
        self.labels, self.value = np.full(len(board.size), -1, dtype=np.int64), 0.0
        self.least: float | None = None if is_judged(board) else 0.0
        self.fewest_out = 0

    def prove(self, most: Ints, pace: Pace, *, loose: bool) -> None:
        """Look at every small component: its best division, and what none surpasses."""
        component = component_of(len(self.board.size), edges_of(self.board))
        answer, fresh = self.labels.copy(), int(self.labels.max(initial=-1)) + 1
        bound, out, least = 0, 0, 0.0 if self.least is None else self.least
        complete, waiting = True, component.size
        for number, nodes in enumerate(_members(component)):
            share, waiting = _PROOF_SHARE * nodes.size / waiting, waiting - nodes.size
            found = self._certificate(nodes, int(most[number]), pace, share, loose=loose)
            if found is None:
                bound, complete = bound + int(most[number]), False
                continue
            answer[nodes] = np.where(found.labels < 0, -1, found.labels + fresh)
            fresh, bound, out = fresh + found.regions, bound + found.most, out + found.fewest_out
            complete = complete and found.least is not None
            least += found.least or 0.0
        self.labels, self.bound, self.fewest_out = in_order_of_appearance(answer), bound, out
        self.value = objective_of(self.board, self.labels)
        if is_judged(self.board):
            self.least = least if complete else None

    def _certificate(self, nodes: Ints, most: int, pace: Pace, share: float, *, loose: bool) -> Certificate | None:
        """Return what a share of the time left proves about a component; ``None`` where it is too large."""
        labels = self.labels[nodes]
        left_s = None if pace.iterations is not None else share * pace.time_limit_s * (1.0 - pace.done())
        priced = (
            MOST_BOUNDED
            if _is_worth_a_bound(left_s, nodes.size) and not loose and (labels >= 0).all()
            else MOST_NODES
        )
        large = nodes.size > priced and (most > 1 or loose or (labels < 0).any())
        if large or (left_s is not None and left_s <= 0.0):
            return None
        order = in_order_of_appearance(labels)
        return certify(self.board, nodes, order, most, left_s, loose=loose, regions_first=self.regions_first)

    def take(self, labels: Ints) -> None:
        """Keep another division if it is better; a bound on the objective holds for its number of regions only."""
        value = objective_of(self.board, labels)
        if self._rank(labels, value) >= self._rank(self.labels, self.value):
            return
        if is_judged(self.board) and self._rank(labels, 0.0) != self._rank(self.labels, 0.0):
            self.least = None
        self.labels, self.value = labels, value

    def _rank(self, labels: Ints, value: float) -> tuple[float, float, float]:
        regions, out = int(labels.max(initial=-1)) + 1, _estates_out(self.board, labels)
        return (-regions, out, value) if self.regions_first else (out, -regions, value)

    def settled(self) -> bool:
        """Tell whether no division is better."""
        if (
            int(self.labels.max(initial=-1)) + 1 < self.bound
            or _estates_out(self.board, self.labels) > self.fewest_out
        ):
            return False
        return self.least is not None and self.value <= self.least + 1e-9 * max(1.0, abs(self.value))


def _members(component: Ints) -> list[Ints]:
    order = np.argsort(component, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(component[order])) + 1)
