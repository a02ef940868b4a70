"""A question about removals made small: what never decides who is served is left out of the graph (图约简). Compiled.

Obstacles that overlap part the ground into hundreds of regions, and most of them only offer another way to where the
engine gets in any case. A region or a connection is left out when whatever goes through it can go around it with no
more removals. Every choice of removals serves the same buildings as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gisplanner.planning.fire.maze import Maze, starts_of
from gisplanner.planning.fire.outlines import Bools, Ints

Words = NDArray[np.uint64]

_BITS: Final = 64
_NOBODY: Final = -1


def thinned(maze: Maze) -> Maze:
    """Return the same question with fewer places to be served from, wall points, regions and connections.

    Examples
    --------
    Two obstacles in a row before a house, and a way around over the second one only:

    >>> lists = lambda *rows: (np.cumsum([0, *map(len, rows)]), np.array([one for row in rows for one in row]))
    >>> ways = lists([1, 3], [0, 2], [1, 4], [0, 4], [2, 3])
    >>> maze = Maze(*lists([], [0], [0, 1], [1], []), *ways, np.array([0, 1]), np.array([0, 1]), *lists([4]))
    >>> small = thinned(maze)
    >>> small.need_start.size - 1, small.need.tolist(), small.beside.tolist()
    (3, [1], [1, 0, 2, 1])
    """
    graph = _graph_of(maze)
    places = np.unique(maze.place)
    under = _places_under(graph, places)
    points = [_least(set(maze.place[a:b].tolist()), under) for a, b in pairwise(maze.point_start.tolist())]
    sides = [_deciding(points[a:b]) for a, b in pairwise(maze.side_start.tolist())]
    points = [point for side in sides for point in side]
    kept = np.zeros(maze.need_start.size - 1, dtype=np.bool_)
    kept[[0, *set().union(*points)]] = True
    left = _left(graph, kept)
    number = np.cumsum(left) - 1
    ends = number[_arcs(graph)]
    ends = ends[np.lexsort(ends.T[::-1])]
    needs = np.repeat(left, np.diff(maze.need_start))
    return Maze(
        need_start=starts_of(np.diff(maze.need_start)[left]),
        need=maze.need[needs],
        beside_start=starts_of(np.bincount(ends[:, 0], minlength=left.sum())),
        beside=ends[:, 1],
        building_start=maze.building_start,
        side_start=starts_of([len(side) for side in sides]),
        point_start=starts_of([len(point) for point in points]),
        place=number[np.array([place for point in points for place in sorted(point)], dtype=np.int64)],
    )


def _least(point: set[int], under: dict[int, set[int]]) -> frozenset[int]:
    """Leave out places from where another one is reached with no further removal."""
    left = set(point)
    for place in sorted(point):
        if under[place] & (left - {place}):
            left.discard(place)
    return frozenset(left)


def _deciding(side: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Leave out wall points that are served whenever another one of the side is."""
    some = sorted(set(side), key=lambda point: (len(point), sorted(point)))
    return [point for k, point in enumerate(some) if not any(other < point for other in some[:k])]


class _Graph(NamedTuple):
    """Regions with arcs in lists that can be taken out of; the opposite of an arc is the one beside it (2k, 2k + 1).

    ``need`` (regions, words) holds what must be gone in bits, ``seen`` the question in which a region was met last.
    """

    need: Words
    first: Ints
    to: Ints
    after: Ints
    before: Ints
    seen: Ints
    queue: Ints


def _graph_of(maze: Maze) -> _Graph:
    many = maze.need_start.size - 1
    words = int(maze.need.max(initial=0)) // _BITS + 1
    need = np.zeros((many, words), dtype=np.uint64)
    region = np.repeat(np.arange(many), np.diff(maze.need_start))
    np.bitwise_or.at(need, (region, maze.need // _BITS), np.uint64(1) << (maze.need % _BITS).astype(np.uint64))
    tail = np.repeat(np.arange(many), np.diff(maze.beside_start))
    once = tail < maze.beside
    ends = np.stack([tail[once], maze.beside[once]], axis=1)
    arcs = ends.size
    graph = _Graph(
        need, np.full(many, _NOBODY), np.zeros(arcs, dtype=np.int64), np.full(arcs, _NOBODY),
        np.full(arcs, _NOBODY), np.zeros(many + 1, dtype=np.int64), np.zeros(many, dtype=np.int64),
    )  # fmt: skip
    _connect_all(graph, ends)
    return graph


def _places_under(graph: _Graph, places: Ints) -> dict[int, set[int]]:
    """Return for each place the other places reached from it with no further removal."""
    known = set(places.tolist())
    return {place: known.intersection(_within(graph, place).tolist()) - {place} for place in places.tolist()}


@njit(cache=True)
def _connect_all(graph: _Graph, ends: Ints) -> None:
    for k in range(ends.shape[0]):
        _connect(graph, 2 * k, ends[k, 0], ends[k, 1])


@njit(cache=True)
def _arcs(graph: _Graph) -> Ints:
    """Return the ends of all arcs that are in the lists (n, 2)."""
    ends, many = np.empty((graph.to.size, 2), dtype=np.int64), 0
    for region in range(graph.first.size):
        for other in _around(graph, region):
            ends[many] = region, other
            many += 1
    return ends[:many]


@njit(cache=True)
def _connect(graph: _Graph, arc: int, one: int, other: int) -> None:
    for k, tail, head in ((arc, one, other), (arc + 1, other, one)):
        graph.to[k], graph.before[k], graph.after[k] = head, _NOBODY, graph.first[tail]
        if graph.first[tail] >= 0:
            graph.before[graph.first[tail]] = k
        graph.first[tail] = k


@njit(cache=True)
def _disconnect(graph: _Graph, arc: int) -> None:
    """Take an arc and its opposite out of the lists."""
    for k in (arc, arc ^ 1):
        if graph.before[k] >= 0:
            graph.after[graph.before[k]] = graph.after[k]
        else:
            graph.first[graph.to[k ^ 1]] = graph.after[k]
        if graph.after[k] >= 0:
            graph.before[graph.after[k]] = graph.before[k]


@njit(cache=True)
def _around(graph: _Graph, region: int) -> Ints:
    """Return the regions beside one."""
    many, arc = 0, graph.first[region]
    while arc >= 0:
        many += 1
        arc = graph.after[arc]
    found = np.empty(many, dtype=np.int64)
    arc = graph.first[region]
    for k in range(many):
        found[k] = graph.to[arc]
        arc = graph.after[arc]
    return found


@njit(cache=True)
def _asks_no_more(graph: _Graph, region: int, allowed: Words) -> bool:
    for word in range(allowed.size):  # noqa: SIM110 - compiled
        if graph.need[region, word] & ~allowed[word]:
            return False
    return True


@njit(cache=True)
def _met(  # noqa: PLR0917 - compiled functions take no keywords
    graph: _Graph, one: int, allowed: Words, goal: int, without: int, arc_without: int
) -> int:
    """Put the regions into the queue that are reached from one with these removals; return their number.

    Ends where the goal is met, with -1. One region and one arc are left out.
    """
    graph.seen[-1] += 1
    stamp = graph.seen[-1]
    graph.queue[0], graph.seen[one], head, tail = one, stamp, 0, 1
    while head < tail:
        arc = graph.first[graph.queue[head]]
        head += 1
        while arc >= 0:
            other = graph.to[arc]
            if (
                arc != arc_without
                and other != without
                and graph.seen[other] != stamp
                and _asks_no_more(graph, other, allowed)
            ):
                if other == goal:
                    return -1
                graph.seen[other], graph.queue[tail] = stamp, other
                tail += 1
            arc = graph.after[arc]
    return tail


@njit(cache=True)
def _within(graph: _Graph, one: int) -> Ints:
    """Return the regions reached from one with no further removal."""
    many = _met(graph, one, graph.need[one], _NOBODY, _NOBODY, _NOBODY)
    return graph.queue[:many].copy()


@njit(cache=True)
def _left(graph: _Graph, kept: Bools) -> Bools:
    """Take out all connections and regions that can be gone around; return which regions are left."""
    many = kept.size
    left = np.ones(many, dtype=np.bool_)
    asked = np.zeros(many, dtype=np.int64)
    for region in range(many):
        for word in range(graph.need.shape[1]):
            bits = graph.need[region, word]
            while bits:
                bits &= bits - np.uint64(1)
                asked[region] += 1
    order = np.argsort(-asked, kind="mergesort")
    changed = True
    while changed:
        changed = False
        for region in range(many):
            changed |= _fewer_arcs(graph, region)
        for region in order:
            if left[region] and not kept[region] and _taken_out(graph, region):
                left[region], changed = False, True
    return left


@njit(cache=True)
def _fewer_arcs(graph: _Graph, region: int) -> bool:
    """Take out connections of a region with regions that it reaches without them; tell whether there are any."""
    changed, arc = False, graph.first[region]
    while arc >= 0:
        following, other = graph.after[arc], graph.to[arc]
        if region < other and _met(graph, region, graph.need[region] | graph.need[other], other, _NOBODY, arc) < 0:
            _disconnect(graph, arc)
            changed = True
        arc = following
    return changed


@njit(cache=True)
def _taken_out(graph: _Graph, region: int) -> bool:
    """Take a region out if it can be gone around, or if those beside it ask for what it asks for; tell whether.

    Two that are open to each other only through it, and together ask for all it asks for, are connected instead.
    """
    beside = _around(graph, region)
    pairs, many = np.empty((beside.size + 1, 2), dtype=np.int64), 0
    for i in range(beside.size):
        for j in range(i):
            both = graph.need[beside[i]] | graph.need[beside[j]]
            if _met(graph, beside[i], both | graph.need[region], beside[j], region, _NOBODY) < 0:
                continue
            if many == beside.size or not _asks_no_more(graph, region, both):
                return False
            pairs[many] = beside[i], beside[j]
            many += 1
    free = np.empty(beside.size, dtype=np.int64)
    for k in range(beside.size):
        free[k] = graph.first[region] & ~1
        _disconnect(graph, graph.first[region])
    for k in range(many):
        _connect(graph, free[k], pairs[k, 0], pairs[k, 1])
    return True
