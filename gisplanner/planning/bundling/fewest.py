"""As few regions as possible under maximums, or with pairs kept apart, when no minimum is asked for.

Random search trees are cut from the leaves up; at each node the lightest branches stay as long as they fit, the
others become regions: on a given tree no cut under one maximum gives fewer (Kundu and Misra 1977,
doi:10.1137/0206012). Neighbouring regions that fit together are joined at the end.
"""

from __future__ import annotations

import math
import random
from typing import Final

import numpy as np

from gisplanner.planning.bundling.board import Board, Ints, component_of, edges_of, in_order_of_appearance
from gisplanner.planning.bundling.search import Pace

_TRIES: Final = 200


def fewest_regions(board: Board, *, seed: int, pace: Pace) -> tuple[Ints, int]:
    """Return labels and a number of regions that no division undercuts; nodes above a maximum lie in none."""
    usable = np.all(board.size <= board.high, axis=1)
    edges = edges_of(board)
    edges = edges[usable[edges].all(axis=1)]
    component = component_of(len(board.size), edges)
    label = np.where(usable, component, -1)
    dice = random.Random(seed)  # noqa: S311 - a search, no secret
    fresh, least = len(board.size), 0
    for number in np.unique(component[usable]):
        nodes = np.flatnonzero(component == number).tolist() if _broken(board, component, number) else []
        if not nodes:
            least += 1
            continue
        need = max(math.ceil(_filled(board, nodes) - 1e-9), 2 if _torn(board, nodes) else 1)
        least += need
        for region in _best_division(board, nodes, need, dice, pace):
            label[region] = fresh
            fresh += 1
    return in_order_of_appearance(label), least


def _broken(board: Board, component: Ints, number: int) -> bool:
    nodes = np.flatnonzero(component == number)
    return _filled(board, nodes.tolist()) > 1.0 or _torn(board, nodes.tolist())


def _filled(board: Board, nodes: list[int]) -> float:
    """Return the sum of the nodes in shares of the maximum it is nearest to."""
    return float((board.size[nodes].sum(axis=0) / board.high).max())


def _torn(board: Board, nodes: list[int]) -> bool:
    if not board.apart.size:
        return False
    inside = set(nodes)
    return any(not inside.isdisjoint(_excluded(board, v)) for v in nodes)


def _excluded(board: Board, v: int) -> list[int]:
    excluded: list[int] = board.apart[board.apart_start[v] : board.apart_start[v + 1]].tolist()
    return excluded


def _neighbours(board: Board, v: int) -> list[int]:
    neighbours: list[int] = board.neighbour[board.start[v] : board.start[v + 1]].tolist()
    return neighbours


def _best_division(board: Board, nodes: list[int], need: int, dice: random.Random, pace: Pace) -> list[list[int]]:
    best = [[v] for v in nodes]
    tries = _TRIES if pace.iterations is None else pace.iterations
    for number in range(max(tries, 1)):
        found = _joined(board, _cut(board, nodes, dice))
        if len(found) < len(best):
            best = found
        if len(best) <= need or (number and pace.iterations is None and pace.done() >= 1.0):
            break
    return best


def _fits(board: Board, one: list[int], other: list[int]) -> bool:
    if (board.size[one].sum(axis=0) + board.size[other].sum(axis=0) > board.high).any():
        return False
    if not board.apart.size:
        return True
    few, many = sorted((one, other), key=len)
    inside = set(many)
    return all(inside.isdisjoint(_excluded(board, v)) for v in few)


def _cut(board: Board, nodes: list[int], dice: random.Random) -> list[list[int]]:
    order, parent = _search_tree(board, nodes, dice)
    bag = {v: [v] for v in nodes}
    waiting: dict[int, list[int]] = {v: [] for v in nodes}
    regions = []
    for v in reversed(order):
        for child in sorted(waiting[v], key=lambda w: (_filled(board, bag[w]), w)):
            if _fits(board, bag[v], bag[child]):
                bag[v] += bag[child]
            else:
                regions.append(bag[child])
        if v in parent:
            waiting[parent[v]].append(v)
        else:
            regions.append(bag[v])
    return regions


def _search_tree(board: Board, nodes: list[int], dice: random.Random) -> tuple[list[int], dict[int, int]]:
    inside, parent = set(nodes), {}
    root = dice.choice(nodes)
    order, stack, seen = [], [(root, root)], set()
    while stack:
        v, source = stack.pop()
        if v in seen:
            continue
        seen.add(v)
        order.append(v)
        if v != source:
            parent[v] = source
        onward = [w for w in _neighbours(board, v) if w in inside and w not in seen]
        dice.shuffle(onward)
        stack += [(w, v) for w in onward]
    return order, parent


def _joined(board: Board, regions: list[list[int]]) -> list[list[int]]:
    """Join neighbouring regions, the smallest first, as long as any two fit together."""
    region_of = {v: number for number, region in enumerate(regions) for v in region}
    alive = dict(enumerate(regions))
    for number in sorted(alive, key=lambda k: (_filled(board, alive[k]), k)):
        around = sorted({region_of[w] for v in alive[number] for w in _neighbours(board, v) if w in region_of})
        for other in around:
            if other != number and _fits(board, alive[number], alive[other]):
                for v in alive[number]:
                    region_of[v] = other
                alive[other] = alive[other] + alive.pop(number)
                break
    return list(alive.values())
