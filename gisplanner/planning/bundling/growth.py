"""More regions: construct a first partition, then redraw groups of regions until another one fits in. Compiled."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from gisplanner.planning.bundling.board import Floats, Game, Ints
from gisplanner.planning.bundling.dice import chance, roll
from gisplanner.planning.bundling.redraw import (
    accept,
    cut_tree,
    draw_tree,
    gather,
    live_pieces,
    lose_excluded,
    put,
    release,
)
from gisplanner.planning.bundling.sums import fits, fits_with

LARGEST_GROUP: Final = 6
"""Most regions redrawn at once."""


def construct(game: Game, component: Ints, *, tries: int = 8) -> None:
    """Give each connected component the best of ``tries`` random tree cuts.

    Nodes of a component that cannot reach the minimum lie in no region.
    """
    label = np.full(component.size, -1, dtype=np.int64)
    order = np.argsort(component, kind="stable").astype(np.int64)
    bounds = np.flatnonzero(np.diff(component[order], prepend=-1, append=-1))
    _cut_components(game, order, bounds.astype(np.int64), label, tries)
    settle(game, label)


@njit(cache=True)
def settle(game: Game, label: Ints) -> None:
    """Make ``label`` the partition."""
    partition = game.partition
    for v in range(label.size):
        put(game, v, -1)
    regions = 0
    for v in range(label.size):
        regions = max(regions, label[v] + 1)
    for region in range(regions):
        partition.total[region, :] = 0.0
    for v in range(label.size):
        if label[v] >= 0:
            put(game, v, label[v])
    partition.tally[0] = regions


@njit(cache=True)
def _cut_components(game: Game, order: Ints, bounds: Ints, label: Ints, tries: int) -> None:
    scratch = game.scratch
    regions = 0
    for c in range(bounds.size - 1):
        first, nodes = bounds[c], bounds[c + 1] - bounds[c]
        best_pieces, best_lost = 0, nodes
        for _ in range(tries):
            for k in range(nodes):
                scratch.node[k] = order[first + k]
            draw_tree(game, nodes)
            pieces, lost = cut_tree(game, nodes)
            live = live_pieces(game, pieces)
            if live > best_pieces or (live == best_pieces and lost < best_lost):
                best_pieces, best_lost = live, lost
                _write(game, label, nodes, pieces, regions)
            release(game, nodes)
        regions += best_pieces


@njit(cache=True)
def _write(game: Game, label: Ints, nodes: int, pieces: int, regions: int) -> None:
    scratch = game.scratch
    number = scratch.stack
    used = regions
    for q in range(pieces):
        number[q] = -1
        if scratch.piece_total[q, 0] >= 0.0:
            number[q] = used
            used += 1
    for k in range(nodes):
        label[scratch.node[k]] = number[scratch.piece[k]] if scratch.piece[k] >= 0 else -1


@njit(cache=True)
def grow(game: Game, redraws: int, warmth: float, enough: int, regions_first: bool) -> None:  # noqa: FBT001
    """Redraw random groups of regions ``redraws`` times, in place.

    A redraw that gives more regions, or leaves fewer nodes out, is kept. Among equals those are kept that gather
    the surplus over the minimum in few regions, where at last it makes one more; ``warmth`` is the share of that
    concentration which a redraw may lose.

    Parameters
    ----------
    enough
        Number of regions at which to stop.
    regions_first
        Whether the number of regions counts before the number of nodes left out.
    """
    partition = game.partition
    for _ in range(redraws):
        if partition.tally[0] >= enough and partition.tally[1] == 0:
            return
        nodes, regions = gather(game, 1 + roll(game.dice, LARGEST_GROUP))
        out_before, surplus_before = _out_and_surplus(game, nodes, regions)
        draw_tree(game, nodes)
        pieces, out = cut_tree(game, nodes)
        gained, spared = live_pieces(game, pieces) - regions, out_before - out
        if gained == 0 and spared == 0:
            limit = surplus_before * (1.0 - warmth * chance(game.dice))
            better = _surplus_of_pieces(game, pieces) >= limit
        elif partition.tally[0] + gained > enough:
            better = False
        elif regions_first:
            better = gained > 0 or (gained == 0 and spared > 0)
        else:
            better = spared > 0 or (spared == 0 and gained > 0)
        if better:
            accept(game, nodes, regions, pieces)
        release(game, nodes)


@njit(cache=True)
def _out_and_surplus(game: Game, nodes: int, regions: int) -> tuple[int, float]:
    out, surplus = 0, 0.0
    for k in range(nodes):
        if game.partition.label[game.scratch.node[k]] < 0:
            out += 1
    for k in range(regions):
        surplus += _surplus(game.board.low, game.partition.total, game.scratch.group[k])
    return out, surplus


@njit(cache=True)
def _surplus(low: Floats, total: Floats, row: int) -> float:
    """Return the squared surplus of a row of sums over the minimums, in shares of them."""
    surplus = 0.0
    for m in range(low.size):
        if low[m] > 0.0:
            over = total[row, m] / low[m] - 1.0
            surplus += over * over
    return surplus


@njit(cache=True)
def _surplus_of_pieces(game: Game, pieces: int) -> float:
    surplus = 0.0
    for k in range(pieces):
        if game.scratch.piece_total[k, 0] >= 0.0:
            surplus += _surplus(game.board.low, game.scratch.piece_total, k)
    return surplus


@njit(cache=True)
def merge_down(game: Game, enough: int, tries: int) -> None:
    """Join random pairs of neighbouring regions until ``enough`` are left, if the bounds allow it."""
    board, partition, scratch = game.board, game.partition, game.scratch
    for _ in range(tries):
        if partition.tally[0] <= enough:
            return
        nodes, regions = gather(game, 2)
        for m in range(board.low.size):
            scratch.piece_total[0, m] = 0.0
        for k in range(nodes):
            scratch.piece[k] = 0
            for m in range(board.low.size):
                scratch.piece_total[0, m] += board.size[scratch.node[k], m]
        if regions == 2 and fits(board.high, scratch.piece_total, 0) and lose_excluded(game, nodes) == 0:  # noqa: PLR2004
            accept(game, nodes, regions, 1)
        release(game, nodes)


@njit(cache=True)
def take_in(game: Game) -> None:
    """Put nodes that lie in no region into a neighbouring one that has room for them."""
    board, partition = game.board, game.partition
    changed = True
    while changed and partition.tally[1] > 0:
        changed = False
        for v in range(len(board.size)):
            if partition.label[v] >= 0:
                continue
            for e in range(board.start[v], board.start[v + 1]):
                region = partition.label[board.neighbour[e]]
                if region >= 0 and may_join(game, v, region):
                    put(game, v, region)
                    changed = True
                    break


@njit(cache=True)
def may_join(game: Game, v: int, region: int) -> bool:
    """Tell whether maximums and exclusions let node v into ``region``."""
    board, partition = game.board, game.partition
    if not fits_with(board.high, partition.total, region, board.size, v):
        return False
    for e in range(board.apart_start[v], board.apart_start[v + 1]):
        if partition.label[board.apart[e]] == region:
            return False
    return True
