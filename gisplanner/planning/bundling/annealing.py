"""More homogeneous regions at the same number of them: moves and swaps with annealing. Compiled.

A worse move is accepted with a probability that falls linearly to zero at ``temperature``: as good as the
exponential rule, and the same on every machine.
"""

from __future__ import annotations

from typing import Final

from numba import njit

from gisplanner.planning.bundling.board import Game
from gisplanner.planning.bundling.dice import chance, roll
from gisplanner.planning.bundling.growth import may_join
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

LARGEST_REDRAW: Final = 400
"""Most nodes redrawn at once; beyond it single moves are worth more."""

REDRAW_ONE_IN: Final = 8
"""How many moves come to one redraw."""


@njit(cache=True)
def unlikeness(game: Game, v: int, w: int) -> float:
    """Return the L1 distance between the attributes of two nodes, summed over their estates."""
    board = game.board
    sum_ = 0.0
    for i in range(board.point_start[v], board.point_start[v + 1]):
        for j in range(board.point_start[w], board.point_start[w + 1]):
            a, b = board.point[i], board.point[j]
            for k in range(board.value.shape[1]):
                sum_ += abs(board.value[a, k] - board.value[b, k])
    return sum_


@njit(cache=True)
def unlikeness_to(game: Game, v: int, region: int) -> float:
    """Return the L1 distance between node v and all other nodes of ``region``."""
    partition = game.partition
    sum_ = 0.0
    u = partition.first[region]
    while u >= 0:
        if u != v:
            sum_ += unlikeness(game, v, u)
        u = partition.after[u]
    return sum_


@njit(cache=True)
def total_unlikeness(game: Game) -> float:
    """Return the heterogeneity: each unordered pair of estates within a region once, L1."""
    board, partition = game.board, game.partition
    sum_ = 0.0
    for v in range(board.size.size):
        if partition.label[v] >= 0:
            sum_ += unlikeness_to(game, v, partition.label[v]) / 2.0
            sum_ += unlikeness(game, v, v) / 2.0
    return sum_


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
    """Move node v if it raises the heterogeneity by less than ``limit``; return the change, 0 if refused."""
    partition = game.partition
    home = partition.label[v]
    change = unlikeness_to(game, v, to) - unlikeness_to(game, v, home)
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
    surplus = board.size[v] - board.size[u]
    low, high = partition.total[home] - surplus, partition.total[to] + surplus
    if low < board.low or high < board.low or low > board.high or high > board.high:
        return 0.0
    change = unlikeness_to(game, v, to) - unlikeness_to(game, v, home)
    change += unlikeness_to(game, u, home) - unlikeness_to(game, u, to)
    change -= 2.0 * unlikeness(game, u, v)
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
def _unlikeness_of_pieces(game: Game, nodes: int) -> float:
    scratch = game.scratch
    sum_ = 0.0
    for k in range(nodes):
        for j in range(k):
            if scratch.piece[k] == scratch.piece[j] and scratch.piece[k] >= 0:
                sum_ += unlikeness(game, scratch.node[k], scratch.node[j])
    return sum_


@njit(cache=True)
def _cut_in_two(game: Game, nodes: int) -> int:
    """Cut the drawn tree at a random place that leaves two pieces within the bounds; return how many pieces."""
    board, scratch, dice = game.board, game.scratch, game.dice
    load = scratch.load
    for k in range(nodes):
        load[k] = board.size[scratch.node[k]]
    for k in range(nodes - 1, 0, -1):
        load[scratch.parent[k]] += load[k]
    whole = load[0]
    choices, chosen = 0, -1
    for k in range(1, nodes):
        rest = whole - load[k]
        if board.low <= load[k] <= board.high and board.low <= rest <= board.high:
            choices += 1
            if roll(dice, choices) == 0:
                chosen = k
    if chosen < 0:
        return 0
    for k in range(nodes):
        scratch.piece[k] = 1 if k == chosen else (0 if k == 0 else scratch.piece[scratch.parent[k]])
    scratch.piece_total[0], scratch.piece_total[1] = whole - load[chosen], load[chosen]
    return 2


@njit(cache=True)
def _redraw(game: Game, wanted: int, temperature: float) -> float:
    """Redraw two or three neighbouring regions; return the change of heterogeneity, 0 if refused."""
    partition, scratch, dice = game.partition, game.scratch, game.dice
    nodes, regions = gather(game, wanted)
    change = 0.0
    loose = False
    for k in range(nodes):
        label = partition.label[scratch.node[k]]
        scratch.piece[k] = label
        loose = loose or label < 0
    if regions > 1 and not loose and nodes <= LARGEST_REDRAW:
        before = _unlikeness_of_pieces(game, nodes)
        draw_tree(game, nodes)
        if regions == 2:  # noqa: PLR2004
            pieces, lost = _cut_in_two(game, nodes), 0
            lost = lose_excluded(game, nodes)
        else:
            pieces, lost = cut_tree(game, nodes)
        if pieces == regions and lost == 0:
            change = _unlikeness_of_pieces(game, nodes) - before
            if change < temperature * chance(dice) + 1e-12:
                accept(game, nodes, regions, pieces)
            else:
                change = 0.0
    release(game, nodes)
    return change


@njit(cache=True)
def anneal(game: Game, moves: int, temperature: float) -> float:
    """Try ``moves`` random moves and swaps in place and return the change of heterogeneity."""
    board, partition, dice = game.board, game.partition, game.dice
    change = 0.0
    for _ in range(moves):
        if roll(dice, REDRAW_ONE_IN) == 0:
            change += _redraw(game, 2 + roll(dice, 2), temperature)
            continue
        v = any_node(game)
        to = _random_other_region(game, v)
        if to < 0:
            continue
        home = partition.label[v]
        limit = temperature * chance(dice) + 1e-12
        roomy = (
            partition.total[home] - board.size[v] >= board.low
            and partition.total[to] + board.size[v] <= board.high
            and partition.members[home] > 1
        )
        if roomy and chance(dice) < 0.7:  # noqa: PLR2004
            change += _move(game, v, to, limit)
        else:
            change += _swap(game, v, to, limit)
    return change
