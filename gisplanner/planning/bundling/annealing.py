"""Regions more homogeneous, compact or balanced at the same number of them: moves and swaps with annealing. Compiled.

A worse move is accepted with a probability that falls linearly to zero at ``temperature``: as good as the
exponential rule, and the same on every machine.
"""

from __future__ import annotations

from typing import Final

from numba import njit

from gisplanner.planning.bundling.board import Floats, Game
from gisplanner.planning.bundling.dice import chance, roll
from gisplanner.planning.bundling.growth import may_join
from gisplanner.planning.bundling.objective import cost_in, cost_of_pair, cost_of_pieces
from gisplanner.planning.bundling.redraw import (
    accept,
    any_node,
    cut_tree,
    draw_tree,
    gather,
    lose_excluded,
    put,
    release,
)
from gisplanner.planning.bundling.sums import add, copy, fits_with, reaches, reaches_without

LARGEST_REDRAW: Final = 400
"""Most nodes redrawn at once; beyond it single moves are worth more."""

REDRAW_ONE_IN: Final = 8
"""How many moves come to one redraw."""


@njit(cache=True)
def hangs_together(game: Game, start: int) -> bool:
    """Tell whether the region of node ``start`` is connected."""
    board, partition, scratch = game.board, game.partition, game.scratch
    region = partition.label[start]
    scratch.stamp[0] += 1
    visited = scratch.stamp[0]
    scratch.seen[start] = visited
    scratch.stack[0] = start
    depth, found = 0, 1
    while depth >= 0:
        v = scratch.stack[depth]
        depth -= 1
        for e in range(board.start[v], board.start[v + 1]):
            w = board.neighbour[e]
            if partition.label[w] == region and scratch.seen[w] != visited:
                scratch.seen[w] = visited
                found += 1
                depth += 1
                scratch.stack[depth] = w
    return bool(found == partition.members[region])


@njit(cache=True)
def _random_other_region(game: Game, v: int) -> int:
    board, partition, dice = game.board, game.partition, game.dice
    degree = board.start[v + 1] - board.start[v]
    if degree == 0 or partition.label[v] < 0:
        return -1
    region = partition.label[board.neighbour[board.start[v] + roll(dice, degree)]]
    return -1 if region == partition.label[v] else region


@njit(cache=True)
def _move(game: Game, v: int, to: int, limit: float) -> float:
    """Move node v if it raises the objective by less than ``limit``; return the change, 0 if refused."""
    board, partition = game.board, game.partition
    home = partition.label[v]
    change = cost_in(board, partition, v, to) - cost_in(board, partition, v, home)
    if change >= limit or not may_join(game, v, to):
        return 0.0
    put(game, v, to)
    if not hangs_together(game, partition.first[home]):
        put(game, v, home)
        return 0.0
    return change


@njit(cache=True)
def _swap(game: Game, v: int, to: int, limit: float) -> float:
    """Exchange node v for a node of region ``to`` that borders its home; return the change, 0 if refused."""
    board, partition = game.board, game.partition
    home = partition.label[v]
    u = _bordering(game, to, home)
    if u < 0:
        return 0.0
    for m in range(board.low.size):
        surplus = board.size[v, m] - board.size[u, m]
        low, high = partition.total[home, m] - surplus, partition.total[to, m] + surplus
        if min(low, high) < board.low[m] or max(low, high) > board.high[m]:
            return 0.0
    change = cost_in(board, partition, v, to) - cost_in(board, partition, v, home)
    change += cost_in(board, partition, u, home) - cost_in(board, partition, u, to)
    change -= 2.0 * cost_of_pair(board, u, v)
    if change >= limit:
        return 0.0
    put(game, u, -1)
    put(game, v, -1)
    fits = may_join(game, v, to) and may_join(game, u, home)
    put(game, v, to)
    put(game, u, home)
    if fits and hangs_together(game, v) and hangs_together(game, u):
        return change
    put(game, v, home)
    put(game, u, to)
    return 0.0


@njit(cache=True)
def _bordering(game: Game, region: int, home: int) -> int:
    """Return a random node of ``region`` with a neighbour in ``home``, or -1."""
    board, partition, dice = game.board, game.partition, game.dice
    choices, chosen = 0, -1
    u = partition.first[region]
    while u >= 0:
        for e in range(board.start[u], board.start[u + 1]):
            if partition.label[board.neighbour[e]] == home:
                choices += 1
                if roll(dice, choices) == 0:
                    chosen = u
                break
        u = partition.after[u]
    return chosen


@njit(cache=True)
def _divides(low: Floats, high: Floats, load: Floats, k: int) -> bool:
    """Tell whether the branch at place k and what is left of the tree both obey the bounds."""
    good = True
    for m in range(low.size):
        rest = load[0, m] - load[k, m]
        good = good and low[m] <= load[k, m] <= high[m] and low[m] <= rest <= high[m]
    return good


@njit(cache=True)
def _cut_in_two(game: Game, nodes: int) -> int:
    """Cut the drawn tree at a random place that leaves two pieces within the bounds; return how many pieces."""
    board, scratch, dice = game.board, game.scratch, game.dice
    load = scratch.load
    for k in range(nodes):
        copy(load, k, board.size, scratch.node[k])
    for k in range(nodes - 1, 0, -1):
        add(load, scratch.parent[k], load, k)
    choices, chosen = 0, -1
    for k in range(1, nodes):
        if _divides(board.low, board.high, load, k):
            choices += 1
            if roll(dice, choices) == 0:
                chosen = k
    if chosen < 0:
        return 0
    for k in range(nodes):
        scratch.piece[k] = 1 if k == chosen else (0 if k == 0 else scratch.piece[scratch.parent[k]])
    copy(scratch.piece_total, 1, load, chosen)
    for m in range(board.low.size):
        scratch.piece_total[0, m] = load[0, m] - load[chosen, m]
    return 2


@njit(cache=True)
def _redraw(game: Game, wanted: int, temperature: float) -> float:
    """Redraw two or three neighbouring regions; return the change of the objective, 0 if refused."""
    partition, scratch, dice = game.partition, game.scratch, game.dice
    nodes, regions = gather(game, wanted)
    change = 0.0
    loose = False
    for k in range(nodes):
        label = partition.label[scratch.node[k]]
        scratch.piece[k] = label
        loose = loose or label < 0
    if regions > 1 and not loose and nodes <= LARGEST_REDRAW:
        before = cost_of_pieces(game, nodes)
        draw_tree(game, nodes)
        if regions == 2:  # noqa: PLR2004
            pieces, lost = _cut_in_two(game, nodes), 0
            lost = lose_excluded(game, nodes)
        else:
            pieces, lost = cut_tree(game, nodes)
        if pieces == regions and lost == 0:
            change = cost_of_pieces(game, nodes) - before
            if change < temperature * chance(dice) + 1e-12:
                accept(game, nodes, regions, pieces)
            else:
                change = 0.0
    release(game, nodes)
    return change


@njit(cache=True)
def _from_outside(game: Game, v: int, limit: float) -> float:
    """Take node v, which lies in no region, into a neighbouring one, if need be for a node that then lies in none.

    Fewer nodes left out count before the objective. Returns the change of it, 0 if refused.
    """
    board, partition = game.board, game.partition
    degree = board.start[v + 1] - board.start[v]
    if degree == 0:
        return 0.0
    to = partition.label[board.neighbour[board.start[v] + roll(game.dice, degree)]]
    if to < 0:
        return 0.0
    change = cost_in(board, partition, v, to) + cost_of_pair(board, v, v) / 2.0
    if may_join(game, v, to):
        put(game, v, to)
        return change
    u = _any_member(game, to)
    change -= cost_in(board, partition, u, to) + cost_of_pair(board, u, u) / 2.0 + cost_of_pair(board, u, v)
    weight = board.point_start[v + 1] - board.point_start[v] - board.point_start[u + 1] + board.point_start[u]
    if weight < 0 or (weight == 0 and change >= limit):
        return 0.0
    put(game, u, -1)
    fitting = may_join(game, v, to)
    put(game, v, to)
    if fitting and reaches(board.low, partition.total, to) and hangs_together(game, v):
        return change
    put(game, v, -1)
    put(game, u, to)
    return 0.0


@njit(cache=True)
def _any_member(game: Game, region: int) -> int:
    """Return a random node of a region."""
    partition = game.partition
    steps, u = roll(game.dice, partition.members[region]), partition.first[region]
    for _ in range(steps):
        u = partition.after[u]
    return u  # type: ignore[no-any-return]


@njit(cache=True)
def anneal(game: Game, moves: int, temperature: float) -> float:
    """Try ``moves`` random moves and swaps in place and return the change of the objective."""
    board, partition, dice = game.board, game.partition, game.dice
    change = 0.0
    for _ in range(moves):
        if roll(dice, REDRAW_ONE_IN) == 0:
            change += _redraw(game, 2 + roll(dice, 2), temperature)
            continue
        v = any_node(game)
        if partition.label[v] < 0:
            change += _from_outside(game, v, temperature * chance(dice) + 1e-12)
            continue
        to = _random_other_region(game, v)
        if to < 0:
            continue
        limit = temperature * chance(dice) + 1e-12
        home = partition.label[v]
        roomy = (
            partition.members[home] > 1
            and reaches_without(board.low, partition.total, home, board.size, v)
            and fits_with(board.high, partition.total, to, board.size, v)
        )
        if roomy and chance(dice) < 0.7:  # noqa: PLR2004
            change += _move(game, v, to, limit)
        else:
            change += _swap(game, v, to, limit)
    return change
