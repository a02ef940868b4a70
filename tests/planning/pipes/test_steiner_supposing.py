"""A lighter tree is supposed: found where there is one, and where there is none the bound says so and no more."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest

from gisplanner.planning.bundling.dice import new_dice
from gisplanner.planning.pipes import steiner_tree
from gisplanner.planning.pipes.steiner.ascent import arcs_of_tree
from gisplanner.planning.pipes.steiner.closing import suppose
from gisplanner.planning.pipes.steiner.duals import bound_of, culprits
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy, weight_of
from gisplanner.planning.pipes.steiner.network import make_network
from gisplanner.planning.pipes.steiner.state import Search
from gisplanner.planning.pipes.steiner.turns import new_dual


def started(seed: int) -> tuple[Search, float]:
    """A search that holds its first tree and its first bound, and the least weight there is."""
    dice = np.random.default_rng(seed)
    edges = np.array(nx.convert_node_labels_to_integers(nx.grid_2d_graph(14, 14)).edges)
    weight = dice.integers(5, 60, len(edges)).astype(float)
    terminal = np.isin(np.arange(196), dice.choice(196, 20, replace=False))
    found = steiner_tree(edges, weight, np.flatnonzero(terminal), time_limit_s=600.0)
    assert found.lower_bound == found.weight
    net = make_network(edges[:, 0], edges[:, 1], weight, terminal)
    root = int(np.flatnonzero(terminal)[0])
    chosen = grow_tree(net, weight, root)
    best = float(tidy(net, chosen, root))
    search = Search(net, chosen, math.inf, new_dice(seed), whole=True, slight=1e-6, best=best)
    search.dual = new_dual(search)
    search.raise_bound(bound_of(net, search.dual.duals))
    return search, found.weight


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("step", [0.05, 0.4, 0.9])
def test_what_is_supposed_is_found_or_refuted(seed: int, step: float) -> None:
    search, least = started(seed)
    best, bound = search.best, search.bound
    assert suppose(search, step)
    assert bound <= search.bound <= least <= search.best <= best
    assert weight_of(search.net, search.chosen) == pytest.approx(search.best)
    while not search.proven() and suppose(search, 0.9) and (search.best, search.bound) != (best, bound):
        best, bound = search.best, search.bound
    assert search.bound <= least <= search.best


def test_culprits_are_where_the_tree_pays_more_than_the_bound_takes() -> None:
    search, _ = started(1)
    assert search.dual is not None
    tree = arcs_of_tree(search.net, search.chosen, search.dual.root)
    drawn = culprits(search.net, search.dual.duals, tree)
    assert drawn.size == int(search.net.terminal.sum())
    edges = search.chosen.nonzero()[0]
    on_tree = np.union1d(search.net.tail[edges], search.net.head[edges])
    assert np.isin(drawn, on_tree).all()
