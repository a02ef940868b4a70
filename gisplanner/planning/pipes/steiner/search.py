"""The search for the best tree and for the proof: shrink, ascend, exchange, cut, suppose, within a time."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from gisplanner.planning.bundling.dice import new_dice, roll
from gisplanner.planning.pipes.steiner.ascent import lifted_by, no_reach, reach_of, useful_arcs
from gisplanner.planning.pipes.steiner.closing import Supposing, close
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy
from gisplanner.planning.pipes.steiner.mending import Mender
from gisplanner.planning.pipes.steiner.network import make_network
from gisplanner.planning.pipes.steiner.reduction import DETOUR_NODES, without_detours
from gisplanner.planning.pipes.steiner.stars import worth_keeping
from gisplanner.planning.pipes.steiner.state import Search
from gisplanner.planning.pipes.steiner.subsets import best_tree, seconds_needed
from gisplanner.planning.pipes.steiner.turns import (
    LOOSE,
    NO_NOTES,
    ascent,
    lighten,
    model_of,
    perturb,
    retreat,
    settle,
)


def run(search: Search) -> None:
    """Search until the tree is proven or time is up."""
    search.shrink(np.ones(search.net.weight.size, dtype=np.bool_))
    if search.net.weight.size:
        search.shrink(without_detours(search.net, search.useful(), DETOUR_NODES))
    if not search.net.weight.size:
        return
    begin(search)
    if not search.done() and seconds_needed(search.net) < search.left():
        settle(search)
    with Mender() as mender:
        close(search, [mender, Supposing()])


def begin(search: Search) -> None:
    """Grow a tree, however little time there is, and bound it before it is improved."""
    net, root = search.net, search.root()
    chosen = grow_tree(net, net.weight, root)
    search.best, search.chosen = search.base + float(tidy(net, chosen, root)), chosen
    slack = np.repeat(net.weight, 2)
    bound = ascent(search, root, slack, NO_NOTES)
    search.raise_bound(bound)
    search.offer(chosen.copy())
    reach = reach_of(net, root, slack, search.room_above(search.base + bound))
    useful = useful_arcs(net, reach)
    search.shrink(worth_keeping(net, useful[0::2] | useful[1::2], reach))
    lighten(search)


def sketch(search: Search) -> None:
    """Grow a tree and exchange, ascend once: a tree and a bound at once, with no search."""
    search.shrink(np.ones(search.net.weight.size, dtype=np.bool_))
    if not search.net.weight.size:
        return
    root = search.root()
    search.offer(grow_tree(search.net, search.net.weight, root))
    slack = np.repeat(search.net.weight, 2)
    search.raise_bound(ascent(search, root, slack, NO_NOTES))
    if not search.proven():
        tight = (slack[0::2] <= 0.0) | (slack[1::2] <= 0.0)
        search.offer(grow_tree(search.net, np.where(tight, search.net.weight, LOOSE * search.net.weight), root))


@cache
def warm_up() -> None:
    """Compile everything, or load it from the cache of an earlier run, so that no time limit pays for it."""
    side = 12
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
        ]
    )
    dice = new_dice(1)
    weight = np.array([10.0 + roll(dice, 9) for _ in pairs])
    terminal = np.zeros(node.size, dtype=np.bool_)
    terminal[::7] = True
    net = make_network(pairs[:, 0], pairs[:, 1], weight, terminal)
    search = Search(net, np.zeros(weight.size, dtype=np.bool_), math.inf, dice, whole=False, slight=1e-6)
    search.shrink(without_detours(net, search.useful(), DETOUR_NODES))
    search.offer(grow_tree(search.net, search.net.weight, search.root()))
    search.bound = 0.0
    retreat(search, 0.1)
    search.bound = 0.0
    _, model = model_of(search)
    model.solve(1.0)
    model.add_broken(np.flatnonzero(search.net.terminal))
    best_tree(make_network(np.array([0]), np.array([1]), weight[:1], np.ones(2, dtype=np.bool_)), math.inf)
    perturb(search, 0.01)
    lighten(search)
    lifted_by(search.net, no_reach(search.net))
