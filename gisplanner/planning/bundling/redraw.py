"""Redraw a few neighbouring regions (ReCom): join them, draw a random tree over them, cut it anew. Compiled.

A tree is cut from the leaves up: as soon as a branch reaches the minimum it becomes a region. On a given tree no
cut gives more regions. Source: DeFord, Duchin and Solomon 2021, doi:10.1162/99608f92.eb30390f.
"""

from __future__ import annotations

from numba import njit

from gisplanner.planning.bundling.board import Game
from gisplanner.planning.bundling.dice import roll
from gisplanner.planning.bundling.sums import add, copy, fits, fits_with, reaches

_REST = -2
_DROPPED = -3


@njit(cache=True)
def gather(game: Game, wanted: int) -> tuple[int, int]:
    """Collect up to ``wanted`` regions that hang together, and loose nodes met beside them.

    Returns
    -------
    nodes, regions
        How many of each; they stand in ``scratch.node`` and ``scratch.group``. ``scratch.place`` holds the place
        of each collected node and must be freed with :func:`release`.
    """
    board, scratch, dice = game.board, game.scratch, game.dice
    nodes, regions = _collect(game, any_node(game), 0, 0)
    for _ in range(12 * wanted):
        if regions >= wanted:
            break
        v = scratch.node[roll(dice, nodes)]
        degree = board.start[v + 1] - board.start[v]
        if degree:
            w = board.neighbour[board.start[v] + roll(dice, degree)]
            if scratch.place[w] < 0:
                nodes, regions = _collect(game, w, nodes, regions)
    return nodes, regions


@njit(cache=True)
def any_node(game: Game) -> int:
    """Return a random node of the window."""
    return game.window[0] + roll(game.dice, game.window[1])  # type: ignore[no-any-return]


@njit(cache=True)
def _collect(game: Game, v: int, nodes: int, regions: int) -> tuple[int, int]:
    partition, scratch = game.partition, game.scratch
    region = partition.label[v]
    if region < 0:
        scratch.node[nodes] = v
        scratch.place[v] = nodes
        return nodes + 1, regions
    scratch.group[regions] = region
    u = partition.first[region]
    while u >= 0:
        scratch.node[nodes] = u
        scratch.place[u] = nodes
        nodes += 1
        u = partition.after[u]
    return nodes, regions + 1


@njit(cache=True)
def release(game: Game, nodes: int) -> None:
    """Forget the collected nodes."""
    scratch = game.scratch
    for k in range(nodes):
        scratch.place[scratch.node[k]] = -1


@njit(cache=True)
def draw_tree(game: Game, nodes: int) -> None:
    """Draw a random search tree over the collected nodes and put them in the order of its discovery.

    ``scratch.parent[k]`` is the place of the parent of the node at place k; the root stands at place 0. Long
    branches leave little over when cut, therefore depth first. The collected nodes must hang together.
    """
    board, scratch, dice = game.board, game.scratch, game.dice
    root = scratch.node[roll(dice, nodes)]
    release(game, nodes)
    scratch.stamp[0] += 1
    inside = scratch.stamp[0]
    for k in range(nodes):
        scratch.seen[scratch.node[k]] = inside
    depth = placed = 0
    scratch.stack[0], scratch.node[0], scratch.parent[0], scratch.place[root], placed = root, root, -1, 0, 1
    scratch.seen[root] = 0
    while depth >= 0:
        v = scratch.stack[depth]
        choices, chosen = 0, -1
        for e in range(board.start[v], board.start[v + 1]):
            w = board.neighbour[e]
            if scratch.seen[w] == inside:
                choices += 1
                if roll(dice, choices) == 0:
                    chosen = w
        if chosen < 0:
            depth -= 1
            continue
        scratch.seen[chosen] = 0
        scratch.node[placed], scratch.parent[placed], scratch.place[chosen] = chosen, scratch.place[v], placed
        placed += 1
        depth += 1
        scratch.stack[depth] = chosen


@njit(cache=True)
def cut_tree(game: Game, nodes: int) -> tuple[int, int]:
    """Cut the drawn tree into pieces that obey the bounds.

    Returns
    -------
    pieces, lost
        Number of pieces, and of nodes that found no place in one; ``scratch.piece`` by place, -1 for the lost.
    """
    board, scratch = game.board, game.scratch
    load, piece, parent = scratch.load, scratch.piece, scratch.parent
    for k in range(nodes):
        copy(load, k, board.size, scratch.node[k])
        piece[k] = -1
    pieces = 0
    for k in range(nodes - 1, 0, -1):
        if reaches(board.low, load, k) and fits(board.high, load, k):
            piece[k] = pieces
            copy(scratch.piece_total, pieces, load, k)
            pieces += 1
        elif fits_with(board.high, load, parent[k], load, k):
            add(load, parent[k], load, k)
        else:
            piece[k] = _DROPPED
    if reaches(board.low, load, 0) and fits(board.high, load, 0):
        piece[0] = pieces
        copy(scratch.piece_total, pieces, load, 0)
        pieces += 1
    else:
        piece[0] = _REST
    for k in range(1, nodes):
        if piece[k] == -1:
            piece[k] = piece[parent[k]]
    if piece[0] == _REST:
        _join_rest(game, nodes)
    return pieces, lose_excluded(game, nodes)


@njit(cache=True)
def _join_rest(game: Game, nodes: int) -> None:
    """Give what is left over at the root to one of the pieces that hang on it."""
    board, scratch, dice = game.board, game.scratch, game.dice
    load, piece, parent = scratch.load, scratch.piece, scratch.parent
    rest_of = scratch.stack  # 1 where a node belongs to the rest
    rest_of[0] = 1
    choices, chosen = 0, -1
    for k in range(1, nodes):
        rest_of[k] = 1 if piece[k] == _REST else 0
        if (
            piece[k] >= 0
            and rest_of[parent[k]] == 1
            and fits_with(board.high, load, 0, scratch.piece_total, piece[k])
        ):
            choices += 1
            if roll(dice, choices) == 0:
                chosen = piece[k]
    if chosen < 0:
        return
    for k in range(nodes):
        if rest_of[k] == 1:
            piece[k] = chosen
    add(scratch.piece_total, chosen, load, 0)


@njit(cache=True)
def lose_excluded(game: Game, nodes: int) -> int:
    """Dissolve pieces that hold two nodes which must stay apart; return the number of nodes without a piece."""
    board, scratch = game.board, game.scratch
    piece = scratch.piece
    if board.apart.size:
        for k in range(nodes):
            v = scratch.node[k]
            for e in range(board.apart_start[v], board.apart_start[v + 1]):
                other = scratch.place[board.apart[e]]
                if other >= 0 and piece[k] >= 0 and piece[other] == piece[k]:
                    scratch.piece_total[piece[k], 0] = -1.0
    lost = 0
    for k in range(nodes):
        if piece[k] < 0 or scratch.piece_total[piece[k], 0] < 0.0:
            piece[k] = -1
            lost += 1
    return lost


@njit(cache=True)
def live_pieces(game: Game, pieces: int) -> int:
    """Return the number of pieces that were not dissolved."""
    scratch = game.scratch
    live = 0
    for k in range(pieces):
        if scratch.piece_total[k, 0] >= 0.0:
            live += 1
    return live


@njit(cache=True)
def put(game: Game, v: int, region: int) -> None:
    """Move node v into ``region`` (-1: into none); region sizes follow."""
    board, partition = game.board, game.partition
    old = partition.label[v]
    if old >= 0:
        ahead, behind = partition.before[v], partition.after[v]
        if ahead >= 0:
            partition.after[ahead] = behind
        else:
            partition.first[old] = behind
        if behind >= 0:
            partition.before[behind] = ahead
        for m in range(board.low.size):
            partition.total[old, m] -= board.size[v, m]
        partition.members[old] -= 1
        partition.tally[1] += 1
    partition.label[v] = region
    if region >= 0:
        follower = partition.first[region]
        partition.before[v], partition.after[v], partition.first[region] = -1, follower, v
        if follower >= 0:
            partition.before[follower] = v
        add(partition.total, region, board.size, v)
        partition.members[region] += 1
        partition.tally[1] -= 1


@njit(cache=True)
def accept(game: Game, nodes: int, regions: int, pieces: int) -> None:
    """Replace the collected regions by the pieces."""
    partition, scratch = game.partition, game.scratch
    for k in range(nodes):
        put(game, scratch.node[k], -1)
    number = scratch.stack
    used = 0
    for q in range(pieces):
        number[q] = -1
        if scratch.piece_total[q, 0] < 0.0:
            continue
        if used < regions:
            number[q] = scratch.group[used]
        else:
            number[q] = partition.tally[0]
            partition.tally[0] += 1
        partition.total[number[q], :] = 0.0
        used += 1
    for k in range(nodes):
        if scratch.piece[k] >= 0:
            put(game, scratch.node[k], number[scratch.piece[k]])
    if used < regions:
        _close_gaps(game)


@njit(cache=True)
def _close_gaps(game: Game) -> None:
    partition = game.partition
    region = 0
    while region < partition.tally[0]:
        if partition.members[region] > 0:
            region += 1
            continue
        last = partition.tally[0] - 1
        partition.tally[0] = last
        if region == last:
            break
        v = partition.first[last]
        partition.first[region] = v
        while v >= 0:
            partition.label[v] = region
            v = partition.after[v]
        partition.members[region] = partition.members[last]
        copy(partition.total, region, partition.total, last)
        partition.first[last], partition.members[last] = -1, 0
        partition.total[last, :] = 0.0
