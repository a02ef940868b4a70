"""Every region a small component can hold (列枚举): connected sets of nodes within the bounds. Compiled.

Sets are bit masks, so a component may have 64 nodes at most. Each connected set is met once: Wernicke 2006
(doi:10.1109/TCBB.2006.51), the extension of a set by what its newest node alone borders.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from gisplanner.planning.bundling.board import Board, Floats, Ints

MOST_NODES: Final = 64

Masks = npt.NDArray[np.uint64]

_ONE, _ZERO = np.uint64(1), np.uint64(0)


class Corner(NamedTuple):
    """A component as bit masks: neighbours and exclusions of each node; measures (n, m), bounds on those of a region.

    ``loose`` tells whether nodes may lie in no region.
    """

    near: Masks
    apart: Masks
    size: Floats
    low: Floats
    high: Floats
    loose: bool


def neighbour_masks(board: Board, nodes: Ints) -> Masks:
    """Return for each of ``nodes`` the bit mask of its neighbours among them."""
    place = np.full(len(board.size), -1, dtype=np.int64)
    place[nodes] = np.arange(nodes.size)
    masks = np.zeros(nodes.size, dtype=np.uint64)
    for k, v in enumerate(nodes.tolist()):
        for w in place[board.neighbour[board.start[v] : board.start[v + 1]]].tolist():
            if w >= 0:
                masks[k] |= _ONE << np.uint64(w)
    return masks


def apart_masks(board: Board, nodes: Ints) -> Masks:
    """Return for each of ``nodes`` the bit mask of those it must not be with."""
    place = np.full(len(board.size), -1, dtype=np.int64)
    place[nodes] = np.arange(nodes.size)
    masks = np.zeros(nodes.size, dtype=np.uint64)
    for k, v in enumerate(nodes.tolist()):
        for w in place[board.apart[board.apart_start[v] : board.apart_start[v + 1]]].tolist():
            if w >= 0:
                masks[k] |= _ONE << np.uint64(w)
    return masks


@njit(cache=True)
def _lowest(mask: np.uint64) -> int:
    k = 0
    while (mask >> np.uint64(k)) & _ONE == _ZERO:
        k += 1
    return k


@njit(cache=True)
def _rest_can_be_divided(corner: Corner, rest: np.uint64, wanted: int) -> bool:
    """Tell whether ``rest`` gives ``wanted`` regions; each connected part of it one, unless nodes may be left out."""
    near, size, low = corner.near, corner.size, corner.low
    possible = 0
    total = np.zeros(low.size)
    while rest != _ZERO:
        part = frontier = rest & (~rest + _ONE)
        while frontier != _ZERO:
            grown = _ZERO
            while frontier != _ZERO:
                bit = frontier & (~frontier + _ONE)
                frontier ^= bit
                grown |= near[_lowest(bit)]
            frontier = grown & rest & ~part
            part |= frontier
        total[:] = 0.0
        k, left = 0, part
        while left != _ZERO:
            if left & _ONE:
                for m in range(low.size):
                    total[m] += min(size[k, m], low[m])
            left >>= _ONE
            k += 1
        most = size.shape[0]
        for m in range(low.size):
            if low[m] > 0.0:
                most = min(most, int(total[m] / low[m] + 1e-9))
        if most == 0 and not corner.loose:
            return False
        possible += most
        rest &= ~part
    return possible >= wanted


@njit(cache=True)
def _within(total: Floats, row: int, low: Floats, high: Floats) -> bool:
    good = True
    for m in range(low.size):
        good = good and low[m] <= total[row, m] <= high[m]
    return good


@njit(cache=True)
def _grown(total: Floats, row: int, size: Floats, w: int, high: Floats) -> bool:
    """Write a row of sums with node w added below it; tell whether it stays within the maximums."""
    for m in range(high.size):
        total[row + 1, m] = total[row, m] + size[w, m]
        if total[row + 1, m] > high[m]:
            return False
    return True


@njit(cache=True)
def connected_sets(corner: Corner, wanted: int, found: Masks, steps: int) -> int:
    """Write all usable regions into ``found``.

    Parameters
    ----------
    wanted
        Number of regions of the whole division, at least: what is left must give one fewer.
    found
        Room for the answer.
    steps
        Most sets to look at.

    Returns
    -------
    int
        Number of regions; -1 when room or steps did not do.
    """
    near, size, low, high = corner.near, corner.size, corner.low, corner.high
    nodes = near.size  # sums of the set at depth d stand in row d + 1
    whole = ~_ZERO >> np.uint64(64 - nodes)
    sets = np.zeros(nodes + 1, dtype=np.uint64)
    extension, border = np.zeros_like(sets), np.zeros_like(sets)
    total = np.zeros((nodes + 2, low.size))
    count = 0
    for root in range(nodes):
        later = whole & ~((_ONE << np.uint64(root)) | ((_ONE << np.uint64(root)) - _ONE))
        sets[0] = _ONE << np.uint64(root)
        extension[0] = near[root] & later
        border[0] = near[root] | sets[0]
        total[0, :] = 0.0
        depth = 0 if _grown(total, 0, size, root, high) else -1
        fresh = True
        while depth >= 0:
            if fresh:
                steps -= 1
                if steps < 0:
                    return -1
                if _within(total, depth + 1, low, high) and _rest_can_be_divided(
                    corner, whole & ~sets[depth], wanted - 1
                ):
                    if count == found.size:
                        return -1
                    found[count] = sets[depth]
                    count += 1
            fresh = False
            if extension[depth] == _ZERO:
                depth -= 1
                continue
            bit = extension[depth] & (~extension[depth] + _ONE)
            extension[depth] ^= bit
            w = _lowest(bit)
            if corner.apart[w] & sets[depth] or not _grown(total, depth + 1, size, w, high):
                continue
            sets[depth + 1] = sets[depth] | bit
            extension[depth + 1] = extension[depth] | (near[w] & later & ~border[depth])
            border[depth + 1] = border[depth] | near[w]
            depth += 1
            fresh = True
    return count


@njit(cache=True)
def costs_of(found: Masks, unlike: Floats) -> Floats:
    """Return the objective of each set; ``unlike`` (n, n) holds on its diagonal what is inside a node."""
    costs = np.zeros(found.size)
    for k in range(found.size):
        left, i = found[k], 0
        while left != _ZERO:
            if left & _ONE:
                costs[k] += unlike[i, i]
                inner, j = left >> _ONE, i + 1
                while inner != _ZERO:
                    if inner & _ONE:
                        costs[k] += unlike[i, j]
                    inner >>= _ONE
                    j += 1
            left >>= _ONE
            i += 1
    return costs


def members_of(found: Masks, nodes: int) -> npt.NDArray[np.bool_]:
    """Return the sets as a boolean matrix, one row for each node."""
    bits = np.arange(nodes, dtype=np.uint64)[:, None]
    inside: npt.NDArray[np.bool_] = (found[None, :] >> bits) & _ONE == _ONE
    return inside
