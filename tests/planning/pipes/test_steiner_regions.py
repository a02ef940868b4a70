"""Regions of a tree are put at their best one by one, by a second thread too: always a tree, never a heavier one."""

from __future__ import annotations

import math
import threading

import networkx as nx
import numpy as np
import pytest

from gisplanner.planning.bundling.dice import new_dice
from gisplanner.planning.pipes import steiner_tree
from gisplanner.planning.pipes.steiner import mending
from gisplanner.planning.pipes.steiner.growth import grow_tree, tidy, weight_of
from gisplanner.planning.pipes.steiner.mending import Mender, mend, solve
from gisplanner.planning.pipes.steiner.network import make_network
from gisplanner.planning.pipes.steiner.regions import Regions, centres_of, region_of
from gisplanner.planning.pipes.steiner.shaking import ball
from gisplanner.planning.pipes.steiner.state import Search

SIDE = 16


def grown(seed: int) -> Search:
    """A search that holds the first tree that was grown, and nothing else."""
    dice = np.random.default_rng(seed)
    edges = np.array(nx.convert_node_labels_to_integers(nx.grid_2d_graph(SIDE, SIDE)).edges)
    weight = dice.integers(5, 60, len(edges)).astype(float)
    terminal = np.isin(np.arange(SIDE * SIDE), dice.choice(SIDE * SIDE, 24, replace=False))
    net = make_network(edges[:, 0], edges[:, 1], weight, terminal)
    chosen = grow_tree(net, weight, int(np.flatnonzero(terminal)[0]))
    best = float(tidy(net, chosen, int(np.flatnonzero(terminal)[0])))
    return Search(net, chosen, math.inf, new_dice(seed), whole=True, slight=1e-6, best=best)


def least(search: Search) -> float:
    net = search.net
    found = steiner_tree(
        np.column_stack([net.tail, net.head]), net.weight, np.flatnonzero(net.terminal), time_limit_s=600.0
    )
    assert found.lower_bound == found.weight
    return found.weight


def spans(search: Search) -> bool:
    net, chosen = search.net, search.chosen
    tree = nx.Graph(list(zip(net.tail[chosen].tolist(), net.head[chosen].tolist(), strict=True)))
    return nx.is_tree(tree) and set(np.flatnonzero(net.terminal).tolist()) <= set(tree.nodes)


@pytest.mark.parametrize("seed", range(4))
def test_a_region_at_its_best_makes_no_tree_heavier(seed: int) -> None:
    search = grown(seed)
    for centre in (0, 100, 200):
        before = search.best
        region = region_of(search, ball(search.net, centre, 90), math.inf)
        assert region is not None
        inside = float(search.net.weight[region.edges][search.chosen[region.edges]].sum())
        assert region.part.best == pytest.approx(inside)
        solve(region)
        assert region.part.proven()
        region.put_back(search)
        assert search.best <= before - (inside - region.part.best) + 1e-6
        assert weight_of(search.net, search.chosen) == pytest.approx(search.best)
        assert spans(search)


def test_the_region_of_all_nodes_is_the_whole() -> None:
    search = grown(5)
    region = region_of(search, np.arange(SIDE * SIDE), math.inf)
    assert region is not None
    solve(region)
    region.put_back(search)
    assert search.best == least(search)


def test_where_the_tree_has_nothing_to_choose_there_is_no_region() -> None:
    search = grown(5)
    off = np.setdiff1d(
        np.arange(SIDE * SIDE), np.union1d(search.net.tail[search.chosen], search.net.head[search.chosen])
    )
    assert region_of(search, off[:1], math.inf) is None


def test_mending_ends_when_it_is_told_to_and_keeps_what_it_found() -> None:
    search, regions = grown(1), Regions(size=100.0)
    first, lowest = search.best, least(search)
    regions.restart(centres_of(search))
    thread = threading.Thread(target=mend, args=(search, regions))
    thread.start()
    while regions.vain < 3 and thread.is_alive():
        thread.join(0.005)
    regions.stop()
    thread.join(30.0)
    assert not thread.is_alive()
    assert lowest <= search.best < first
    assert spans(search)


def test_a_tree_mended_on_a_network_that_has_shrunk_since_is_taken_over() -> None:
    search = grown(2)
    with Mender() as mender:
        mender.turn(search)
        copy = mender.copy
        assert copy is not None
        mender.regions.stop()
        assert mender.running is not None
        mender.running.result(30.0)
    better = region_of(copy, np.arange(SIDE * SIDE), math.inf)
    assert better is not None
    solve(better)
    better.put_back(copy)
    assert copy.best == least(search)
    kept = np.ones(search.net.weight.size, dtype=np.bool_)
    kept[::9] = False
    search.shrink(kept | copy.chosen)
    mender._take(search, copy)
    assert search.best == copy.best
    assert spans(search)


def test_what_the_second_thread_fails_by_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(search: Search, regions: Regions) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(mending, "mend", fail)
    with pytest.raises(ZeroDivisionError), Mender() as mender:
        mender.turn(grown(3))
