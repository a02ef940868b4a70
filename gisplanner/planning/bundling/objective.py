"""What a division costs: unlike estates, distance, uneven sizes; less what shared edges are worth. Compiled."""

from __future__ import annotations

from numba import njit

from gisplanner.planning.bundling.board import Board, Game, Partition


@njit(cache=True)
def unlikeness(board: Board, v: int, w: int) -> float:
    """Return the L1 distance between the attributes of two nodes, summed over their estates."""
    sum_ = 0.0
    for i in range(board.point_start[v], board.point_start[v + 1]):
        for j in range(board.point_start[w], board.point_start[w + 1]):
            a, b = board.point[i], board.point[j]
            for k in range(board.value.shape[1]):
                sum_ += abs(board.value[a, k] - board.value[b, k])
    return sum_


@njit(cache=True)
def cost_of_pair(board: Board, v: int, w: int) -> float:
    """Return what two nodes in one region cost, or twice what the estates of one node do.

    Beside unlikeness that is the product of their sizes by the weight of balance (over a region these add up to half
    the square of its size), less the bond of their link.
    """
    cost = unlikeness(board, v, w) + board.balance * board.size[v, 0] * board.size[w, 0]
    if board.bond.size:
        for e in range(board.start[v], board.start[v + 1]):
            if board.neighbour[e] == w:
                cost -= board.bond[e]
    return cost  # type: ignore[no-any-return]


@njit(cache=True)
def cost_in(board: Board, partition: Partition, v: int, region: int) -> float:
    """Return what node v and all other nodes of ``region`` cost together."""
    cost = 0.0
    u = partition.first[region]
    while u >= 0:
        if u != v:
            cost += unlikeness(board, v, u)
        u = partition.after[u]
    if board.balance > 0.0:
        own = board.size[v, 0]
        others = partition.total[region, 0] - (own if partition.label[v] == region else 0.0)
        cost += board.balance * own * others
    if board.bond.size:
        for e in range(board.start[v], board.start[v + 1]):
            if partition.label[board.neighbour[e]] == region:
                cost -= board.bond[e]
    return cost


@njit(cache=True)
def cost_of_pieces(game: Game, nodes: int) -> float:
    """Return what the collected nodes cost, divided as ``scratch.piece`` has it."""
    board, scratch = game.board, game.scratch
    plain = board.balance == 0.0 and not board.bond.size
    cost = 0.0
    for k in range(nodes):
        for j in range(k):
            if scratch.piece[k] == scratch.piece[j] and scratch.piece[k] >= 0:
                if plain:
                    cost += unlikeness(board, scratch.node[k], scratch.node[j])
                else:
                    cost += cost_of_pair(board, scratch.node[k], scratch.node[j])
    return cost


@njit(cache=True)
def total_cost(game: Game) -> float:
    """Return the objective: each unordered pair of estates within a region once."""
    board, partition = game.board, game.partition
    cost = 0.0
    for v in range(len(board.size)):
        if partition.label[v] >= 0:
            cost += cost_in(board, partition, v, partition.label[v]) / 2.0
            cost += cost_of_pair(board, v, v) / 2.0
    return cost
