"""Edges left out by stars, and best trees from all sets of terminals: the least weight stays what it is."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from gisplanner.planning.pipes import steiner_tree
from gisplanner.planning.pipes.steiner.ascent import dual_ascent, new_notes, no_reach, reach_of
from gisplanner.planning.pipes.steiner.network import Network, make_network
from gisplanner.planning.pipes.steiner.stars import worth_keeping
from gisplanner.planning.pipes.steiner.subsets import best_tree, seconds_needed


def streets(seed: int, side: int, count: int) -> tuple[np.ndarray, Network]:
    """A grid of streets of different lengths, some closed."""
    dice = np.random.default_rng(seed)
    grid = nx.grid_2d_graph(side, side)
    grid.remove_edges_from([edge for edge in list(grid.edges) if dice.random() < 0.1])
    grid = nx.convert_node_labels_to_integers(grid.subgraph(max(nx.connected_components(grid), key=len)))
    edges = np.array(grid.edges)
    weight = dice.integers(5, 60, len(edges)).astype(float)
    terminal = np.zeros(grid.number_of_nodes(), dtype=np.bool_)
    terminal[dice.choice(terminal.size, count, replace=False)] = True
    return edges, make_network(edges[:, 0], edges[:, 1], weight, terminal)


def least(edges: np.ndarray, net: Network, kept: np.ndarray) -> float:
    found = steiner_tree(edges[kept], net.weight[kept], np.flatnonzero(net.terminal), time_limit_s=600.0)
    assert found.lower_bound == found.weight
    return found.weight


@pytest.mark.parametrize("seed", range(8))
def test_what_stars_leave_out_no_best_tree_needs(seed: int) -> None:
    _, net = streets(seed, 12, 14)
    every = np.ones(net.weight.size, dtype=np.bool_)
    # the exact programme of all sets knows nothing of stars
    few = net._replace(terminal=net.terminal & (np.cumsum(net.terminal) <= 6))
    best = float(net.weight[best_tree(few, np.inf)].sum())
    kept = worth_keeping(few, every, no_reach(few))
    assert kept.sum() < every.sum()
    shrunk = few._replace(weight=np.where(kept, few.weight, 1e9))
    assert float(few.weight[best_tree(shrunk, np.inf)].sum()) == best
    root = int(np.flatnonzero(few.terminal)[0])
    slack = np.repeat(few.weight, 2)
    bound = dual_ascent(few, root, slack, np.zeros(slack.size, dtype=np.bool_), new_notes(0, 0))
    fewer = worth_keeping(few, every, reach_of(few, root, slack, best - bound))
    assert fewer.sum() <= kept.sum()
    shrunk = few._replace(weight=np.where(fewer, few.weight, 1e9))
    assert float(few.weight[best_tree(shrunk, np.inf)].sum()) == best


@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_all_sets_is_the_proven_tree(seed: int) -> None:
    edges, net = streets(seed, 9, 7)
    assert np.isfinite(seconds_needed(net))
    tree = best_tree(net, np.inf)
    graph = nx.Graph(edges[tree].tolist())
    assert nx.is_tree(graph)
    assert set(np.flatnonzero(net.terminal).tolist()) <= set(graph)
    weight = float(net.weight[tree].sum())
    assert weight == least(edges, net, np.ones(net.weight.size, dtype=np.bool_))
    assert best_tree(net, weight).any()
    assert not best_tree(net, weight - 1.0).any()


def test_many_terminals_are_not_for_all_sets() -> None:
    _, net = streets(1, 20, 40)
    assert seconds_needed(net) == np.inf
