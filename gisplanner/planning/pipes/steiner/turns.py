"""What a search does in turns: leave out edges, raise the bound by retreats or by cuts, look for better trees."""

from __future__ import annotations

import math
import time
from typing import Final

import numpy as np

from gisplanner.planning.bundling.dice import chance, roll
from gisplanner.planning.pipes.steiner.ascent import (
    Notes,
    arcs_of_tree,
    dual_ascent,
    new_notes,
    no_reach,
    reach_of,
    useful_arcs,
)
from gisplanner.planning.pipes.steiner.cutting import Programme, programme
from gisplanner.planning.pipes.steiner.duals import bound_of, culprits, layers, new_duals
from gisplanner.planning.pipes.steiner.growth import grow_tree
from gisplanner.planning.pipes.steiner.network import Flags, Floats
from gisplanner.planning.pipes.steiner.reduction import FAR_DETOUR_NODES, without_detours
from gisplanner.planning.pipes.steiner.retreat import new_desk, retreats
from gisplanner.planning.pipes.steiner.shaking import ball, shaken
from gisplanner.planning.pipes.steiner.stars import worth_keeping
from gisplanner.planning.pipes.steiner.state import Dual, Search
from gisplanner.planning.pipes.steiner.subsets import best_tree

LEAST_TURN_S: Final = 0.1
LOOSE: Final = 10.0
"""Edges with slack are this many times as heavy while a tree is grown along those without."""
NO_NOTES: Final = new_notes(0, 0)
_ROOTS: Final = 5
_TREE_EVERY: Final = 4
_WHOLE: Final = 1e-3
_NOTES: Final = 4_000_000
_WORK: Final = 200_000
_WORK_A_NODE: Final = 40
"""Nodes walked by retreats between two looks at the clock, at most and for each of the network."""
_MUCH: Final = 0.9
"""A tree is grown anew once the gap is at most this part of what it was."""
_WORTH_CARRYING: Final = 0.8
_WORTH_LIGHTENING: Final = 0.97
_REGIONS: Final = (400, 1_600)
"""Most nodes of a region that is shaken, drawn by halves: ways between few terminals are long."""
_THIN: Final = 20.0
_NOTED_ENTRIES: Final = 400_000
_MOST_LAYERS: Final = 20_000
"""As many cuts the programme starts with at most: those that make the most of the bound."""


def lighten(search: Search) -> None:
    """Leave out edges that there are ways around for as long as that pays."""
    before = math.inf
    while 0 < search.net.weight.size < _WORTH_LIGHTENING * before:
        before = search.net.weight.size
        search.shrink(without_detours(search.net, search.useful(), FAR_DETOUR_NODES))
        if search.net.weight.size:
            search.shrink(worth_keeping(search.net, search.useful(), no_reach(search.net)))


def cut(search: Search, seconds: float) -> None:
    """Solve the programme of the network, adding broken cuts, until its bound meets the best tree or time is up."""
    until = time.perf_counter() + seconds
    root, model = model_of(search)
    terminals = np.flatnonzero(search.net.terminal)
    order = terminals[terminals != root]
    whole, solved = False, True
    rounds = 0
    while solved and not search.done():
        left = until - time.perf_counter()
        solved = left > 0.0 and (model.solve_whole(left) if whole else model.solve(left))
        search.raise_bound(model.bound)
        if not solved or search.proven():
            break
        if rounds % _TREE_EVERY == 0 or not _fractional(model.value).any():
            _tree_of(search, model)
        rounds += 1
        if not whole:
            model.forbid(search.room_above(search.base + model.bound))
            model.drop_loose()
        order = order[np.argsort([chance(search.dice) for _ in range(order.size)])]
        broken = model.add_broken(order)
        if whole and not broken:
            search.bound = search.goal()
        whole |= not broken
    if not search.proven():
        search.shrink(model.used[0::2] | model.used[1::2])


def _fractional(value: Floats) -> Flags:
    return (value > _WHOLE) & (value < 1.0 - _WHOLE)


def _tree_of(search: Search, model: Programme) -> None:
    """Offer the tree that the solution leans to."""
    used = np.maximum(model.value[0::2], model.value[1::2])
    search.offer(grow_tree(model.net, model.net.weight * (1.0 - 0.999 * used), model.root))


def ascent(search: Search, root: int, slack: Floats, notes: Notes) -> float:
    """Ascend from ``root``, guided by the best tree; ``slack`` becomes the reduced costs."""
    return float(dual_ascent(search.net, root, slack, arcs_of_tree(search.net, search.chosen, root), notes))


def _best_root(search: Search) -> int:
    """Return the root with the best bound of a few."""
    weight = np.repeat(search.net.weight, 2)
    drawn = {search.root() for _ in range(_ROOTS)}
    return max(drawn, key=lambda root: (ascent(search, root, weight.copy(), NO_NOTES), -root))


def model_of(search: Search) -> tuple[int, Programme]:
    """Return the programme that starts with the cuts that make the bound."""
    net = search.net
    dual = search.dual = search.dual or new_dual(search)
    model = programme(net, dual.root, np.isfinite(dual.duals.slack), dual.duals.slack)
    thick = float(dual.duals.raised.sum()) / (_THIN * _MOST_LAYERS)
    cuts, start = np.empty(_NOTED_ENTRIES, np.int64), np.zeros(_MOST_LAYERS + 2, np.int64)
    count = layers(net, dual.duals, thick, cuts, start)
    model.add_cuts(cuts, start[: count + 1])
    model.lean_on(dual.duals.slack)
    return dual.root, model


def new_dual(search: Search) -> Dual:
    """Return the bound of a dual ascent."""
    root = _best_root(search)
    notes = new_notes(search.net.terminal.size, _NOTES)
    ascent(search, root, np.repeat(search.net.weight, 2), notes)
    return Dual(root, new_duals(search.net, notes), new_desk(search.net))


def retreat(search: Search, seconds: float) -> None:
    """Raise the bound, leave out useless edges, grow trees on arcs without slack."""
    until = time.perf_counter() + seconds
    last = search.goal() - search.bound
    while not search.done() and time.perf_counter() < until:
        dual = search.dual = search.dual or new_dual(search)
        net, duals = search.net, dual.duals
        tree = arcs_of_tree(net, search.chosen, dual.root)
        centres = np.concatenate([np.flatnonzero(net.terminal), culprits(net, duals, tree)])
        work = min(_WORK, _WORK_A_NODE * net.terminal.size)
        retreats(net, dual.root, duals, dual.desk, tree, centres, work, search.slight, search.dice)
        bound = bound_of(net, duals)
        search.raise_bound(bound)
        if search.goal() - search.bound < _MUCH * last:
            last = search.goal() - search.bound
            tight = (duals.slack[0::2] <= 0.0) | (duals.slack[1::2] <= 0.0)
            search.offer(grow_tree(net, np.where(tight, net.weight, LOOSE * net.weight), dual.root))
        reach = reach_of(net, dual.root, duals.slack, search.room_above(search.base + bound))
        duals.slack[~useful_arcs(net, reach)] = np.inf
        if dual.useful().sum() < _WORTH_CARRYING * net.weight.size:
            search.shrink(worth_keeping(net, dual.useful(), reach))
            lighten(search)
            if search.best > search.most and not search.done():
                search.offer(search.chosen.copy())


def perturb(search: Search, seconds: float) -> None:
    """Grow trees on weights shaken at random in one region after another, and keep what is better."""
    until = time.perf_counter() + seconds
    net = search.net
    while not search.done() and time.perf_counter() < until:
        most = 30 + roll(search.dice, _REGIONS[roll(search.dice, len(_REGIONS))])
        region = ball(net, roll(search.dice, net.terminal.size), most)
        strength, favour = 0.1 + 0.6 * chance(search.dice), 0.7 + 0.3 * chance(search.dice)
        weight = shaken(net, search.chosen, region, strength, favour, search.dice)
        search.offer(grow_tree(net, weight, search.root()), region)


def settle(search: Search) -> None:
    """Take the best tree from those of all sets of terminals."""
    chosen = best_tree(search.net, search.best - search.base + search.slight)
    if chosen.any():
        search.offer(chosen)
    search.bound = search.best
