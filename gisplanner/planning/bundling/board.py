"""The board the search plays on: a graph of estates with sizes, bounds and attributes, and a partition of it.

Arrays only, so that compiled code can walk them. A *node* is an estate, or several that must stay together; a
*region* (片区) is a connected set of nodes; ``-1`` is the label of a node that lies in no region.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from gisplanner.planning.bundling.dice import Dice, new_dice

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Board(NamedTuple):
    """What does not change during a search.

    Attributes
    ----------
    start, neighbour
        Neighbours of node v are ``neighbour[start[v]:start[v + 1]]``.
    size
        Measures of each node, (n, m): the size that was chosen (households, floor area, number of estates), then the
        others that are bounded (cost …).
    low, high
        Bounds on the sum of each measure in a region; ``inf`` for no maximum.
    apart_start, apart
        Nodes that must not share a region with node v, laid out as ``neighbour``.
    point_start, point
        Rows of ``value`` that belong to node v, laid out as ``neighbour``.
    value
        Attributes of the estates; the objective sums their absolute differences within a region.
    bond
        What a link within a region takes off the objective, laid out as ``neighbour``; empty where nothing.
    balance
        What the square of a region's size, halved, adds to the objective.
    """

    start: Ints
    neighbour: Ints
    size: Floats
    low: Floats
    high: Floats
    apart_start: Ints
    apart: Ints
    point_start: Ints
    point: Ints
    value: Floats
    bond: Floats
    balance: float


class Partition(NamedTuple):
    """A partition in the making. Regions are numbered ``0 … count[0] - 1``; ``tally[1]`` nodes lie in none.

    The members of region r are a chain: ``first[r]``, then ``after[v]`` until ``-1``; ``before`` runs back.
    ``total`` holds the measures of each region, ``members`` its number of nodes.
    """

    label: Ints
    first: Ints
    after: Ints
    before: Ints
    total: Floats
    members: Ints
    tally: Ints


class Scratch(NamedTuple):
    """Room to work in, so that nothing is allocated inside the search."""

    node: Ints
    place: Ints
    parent: Ints
    stack: Ints
    load: Floats
    piece: Ints
    piece_total: Floats
    group: Ints
    seen: Ints
    stamp: Ints


class Game(NamedTuple):
    """Everything a compiled function needs to play.

    Attributes
    ----------
    window
        First node and number of nodes among which the next redraw or move begins; all of them at first. On a map too
        large for the processor's cache the search works through one window after another.
    """

    board: Board
    partition: Partition
    scratch: Scratch
    dice: Dice
    window: Ints


def rows_of(count: int, pairs: Ints) -> tuple[Ints, Ints]:
    """Return the symmetric adjacency of ``pairs`` as (start, neighbour), neighbours ascending, doubles removed."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=count), out=start[1:])
    return start, np.ascontiguousarray(both[:, 1])


def make_board(
    neighbours: Ints,
    size: Floats,
    *,
    low: Sequence[float],
    high: Sequence[float],
    value: Floats,
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    bond: Floats | None = None,
    balance: float = 0.0,
) -> tuple[Board, Ints]:
    """Return the board and, for each estate, its node.

    ``together`` pairs are melted into one node, whether neighbours or not; ``apart`` pairs of estates become
    pairs of nodes that exclude each other. ``bond`` has one number for each of ``neighbours``.
    """
    estates = len(size)
    tied = np.array(together, dtype=np.int64).reshape(-1, 2)
    node = component_of(estates, tied)
    count = int(node.max()) + 1 if estates else 0
    links = node[neighbours.reshape(-1, 2)]
    start, neighbour = rows_of(count, links)
    apart_start, excluded = rows_of(count, node[np.array(apart, dtype=np.int64).reshape(-1, 2)])
    point_start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=count), out=point_start[1:])
    melted = np.zeros((count, size.shape[1]))
    np.add.at(melted, node, size)
    board = Board(
        start=start,
        neighbour=neighbour,
        size=melted,
        low=np.array(low, dtype=np.float64),
        high=np.array(high, dtype=np.float64),
        apart_start=apart_start,
        apart=excluded,
        point_start=point_start,
        point=np.argsort(node, kind="stable").astype(np.int64),
        value=np.ascontiguousarray(value, dtype=np.float64),
        bond=np.zeros(0) if bond is None else _bond_of_rows(count, links, bond, start, neighbour),
        balance=float(balance),
    )
    return board, node


def _bond_of_rows(count: int, links: Ints, bond: Floats, start: Ints, neighbour: Ints) -> Floats:
    """Return bonds laid out as ``neighbour``; those of estates that are one node or linked twice add up."""
    matrix = csr_matrix((bond, (links[:, 0], links[:, 1])), shape=(count, count))
    whole = (matrix + matrix.T).tocsr()
    found: Floats = np.asarray(
        whole[np.repeat(np.arange(count), np.diff(start)), neighbour], dtype=np.float64
    ).ravel()
    return found


def component_of(count: int, pairs: Ints) -> Ints:
    """Return the number of the connected component of each of ``count`` things; numbered by their first member.

    Examples
    --------
    >>> component_of(4, np.array([[3, 1]])).tolist()
    [0, 1, 2, 1]
    """
    if not count:
        return np.zeros(0, dtype=np.int64)
    ones = np.ones(len(pairs), dtype=np.int8)
    matrix = csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, raw = connected_components(matrix, directed=False)
    return in_order_of_appearance(raw)


def in_order_of_appearance(label: npt.NDArray[np.integer]) -> Ints:
    """Return labels renumbered by their first appearance; ``-1`` stays.

    Examples
    --------
    >>> in_order_of_appearance(np.array([7, -1, 3, 7])).tolist()
    [0, -1, 1, 0]
    """
    found, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    kept = found >= 0
    number = np.full(found.size, -1, dtype=np.int64)
    number[np.flatnonzero(kept)[np.argsort(first[kept])]] = np.arange(int(kept.sum()))
    renumbered: Ints = number[inverse.ravel()]
    return renumbered


def in_neighbourly_order(board: Board, nodes: Ints) -> Ints:
    """Return ``nodes`` so that neighbours stand close to one another.

    The order is Cuthill and McKee's, 1969, doi:10.1145/800195.805928.
    """
    links = np.ones(board.neighbour.size, dtype=np.int8)
    matrix = csr_matrix((links, board.neighbour, board.start), shape=(len(board.size), len(board.size)))
    order = reverse_cuthill_mckee(matrix, symmetric_mode=True).astype(np.int64)
    kept: Ints = order[np.isin(order, nodes)]
    return kept


def edges_of(board: Board) -> Ints:
    """Return the links between nodes, each once, as an (m, 2) array."""
    source = np.repeat(np.arange(len(board.size)), np.diff(board.start))
    once = source < board.neighbour
    edges: Ints = np.column_stack([source[once], board.neighbour[once]])
    return edges


def new_game(board: Board, seed: int) -> Game:
    """Return a game on ``board`` in which no node lies in a region yet."""
    nodes, measures = board.size.shape

    def whole(fill: int = 0) -> Ints:
        return np.full(nodes + 1, fill, dtype=np.int64)

    partition = Partition(
        label=whole(-1)[:nodes],
        first=whole(-1),
        after=whole(-1),
        before=whole(-1),
        total=np.zeros((nodes + 1, measures)),
        members=whole(),
        tally=np.array([0, nodes], dtype=np.int64),
    )
    scratch = Scratch(
        node=whole(),
        place=whole(-1),
        parent=whole(),
        stack=whole(),
        load=np.zeros((nodes + 1, measures)),
        piece=whole(),
        piece_total=np.zeros((nodes + 1, measures)),
        group=whole(),
        seen=whole(),
        stamp=np.zeros(1, dtype=np.int64),
    )
    return Game(board, partition, scratch, new_dice(seed), np.array([0, nodes], dtype=np.int64))
