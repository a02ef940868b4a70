"""The bound that retreats raise: never above the optimum, never more taken from an arc than it weighs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gisplanner.planning.bundling.dice import new_dice
from gisplanner.planning.pipes import steiner_tree
from gisplanner.planning.pipes.steiner.ascent import arcs_of_tree
from gisplanner.planning.pipes.steiner.duals import bound_of
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy
from gisplanner.planning.pipes.steiner.network import make_network
from gisplanner.planning.pipes.steiner.retreat import retreats
from gisplanner.planning.pipes.steiner.state import Search
from gisplanner.planning.pipes.steiner.turns import new_dual


@pytest.mark.parametrize("seed", range(6))
def test_retreats_raise_a_bound_that_holds_and_keeps_as_the_network_shrinks(seed: int) -> None:
    dice = np.random.default_rng(seed)
    node = np.arange(100).reshape(10, 10)
    edges = np.concatenate(
        [
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
        ]
    )
    weight = dice.integers(5, 40, len(edges)).astype(float)
    terminals = dice.choice(100, 12, replace=False)
    found = steiner_tree(edges, weight, terminals, time_limit_s=600.0)
    assert found.lower_bound == found.weight
    net = make_network(edges[:, 0], edges[:, 1], weight, np.isin(np.arange(100), terminals))
    chosen = grow_tree(net, weight, int(terminals[0]))
    tidy(net, chosen, int(terminals[0]))
    search = Search(net, chosen, math.inf, new_dice(seed), whole=True, slight=1e-9)
    search.dual = dual = new_dual(search)
    first = bound_of(net, dual.duals)
    others = np.flatnonzero(net.terminal)
    tree = arcs_of_tree(net, chosen, dual.root)
    gained = retreats(net, dual.root, dual.duals, dual.desk, tree, others, 20_000, 1e-9, search.dice)
    raised = bound_of(net, dual.duals)
    assert raised == pytest.approx(first + gained, abs=1e-6)
    assert first - 1e-6 <= raised <= found.weight + 1e-6
    assert dual.duals.slack.min() >= 0.0
    kept = np.ones(weight.size, dtype=np.bool_)
    kept[dice.choice(weight.size, 40, replace=False)] = False
    kept[found.edge_index] = True
    search.shrink(kept)
    assert search.dual is not None
    assert search.base + bound_of(search.net, search.dual.duals) == pytest.approx(raised, abs=1e-6)
