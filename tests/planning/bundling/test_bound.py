"""Bounds on large components: cheapest regions of each root, and what they prove, against plain counting."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import linprog

from gisplanner.planning.bundling import bound
from gisplanner.planning.bundling.board import make_board
from gisplanner.planning.bundling.bound import bounded, cheapest_sets
from gisplanner.planning.bundling.exact import MOST_PRICED, certify
from gisplanner.planning.bundling.pricing import Ground, ground_of
from gisplanner.planning.bundling.programme import Budget
from gisplanner.planning.bundling.relaxation import cost_of
from gisplanner.planning.bundling.ways import HOPS, ways
from tests.planning.bundling.chains import chain_of


def _ground(seed: int, kind: str = "plain") -> tuple[Ground, nx.Graph]:
    """Return a grid of 3 × 4 nodes.

    Bonds make some pairs cost less than nothing, some pairs must be apart; nodes that are alike cost little, so that
    the way to those far away pays.
    """
    rng, graph = np.random.default_rng(seed), nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 4))
    size, value = rng.integers(1, 4, (12, 1)).astype(float), rng.normal(size=(12, 2))
    apart = np.array([[0, 5], [3, 7], [8, 9]]) if kind == "apart" else ()
    board, _ = make_board(np.array(graph.edges), size, low=[4.0], high=[9.0], value=value, apart=apart)
    unlike = np.abs(value[:, None] - value[None]).sum(axis=2) * (0.2 if kind == "alike" else 1.0)
    if kind == "bonds":
        for a, b in graph.edges:
            unlike[a, b] = unlike[b, a] = unlike[a, b] - rng.uniform(0, 2)
    return ground_of(board, np.arange(12), np.array([9.0]), unlike), graph


def _regions(ground: Ground, graph: nx.Graph) -> list[tuple[int, ...]]:
    """Return all usable regions by looking at every subset."""
    size = ground.size[:, 0]
    apart = [
        {v, int(w)} for v in graph for w in ground.apart[ground.apart_start[v] : ground.apart_start[v + 1]].tolist()
    ]
    subsets = itertools.chain.from_iterable(itertools.combinations(range(12), k) for k in range(2, 9))
    return [
        one
        for one in subsets
        if 4 <= size[list(one)].sum() <= 9
        and not any(pair <= set(one) for pair in apart)
        and nx.is_connected(graph.subgraph(one))
    ]


@pytest.mark.parametrize("kind", ["plain", "bonds", "apart", "alike"])
@pytest.mark.parametrize("rim", [1, 2, 8])
def test_the_cheapest_regions_of_each_dearest_node_are_those_of_all_subsets(kind: str, rim: int) -> None:
    ground, graph = _ground(3, kind)
    prices, region = np.random.default_rng(5).uniform(0, 5, 12), -3.0
    wanted: dict[int, list[float]] = {v: [] for v in range(12)}
    for one in _regions(ground, graph):
        reduced = cost_of(one, ground.unlike) - prices[list(one)].sum() - region
        if reduced <= 2.0:
            wanted[max(one, key=lambda v: prices[v])].append(reduced)

    found = cheapest_sets(ground, np.arange(12), prices, region, 2.0, 3, 100_000, Budget(None), rim)

    assert sum(map(len, wanted.values())) > 15
    assert np.isinf(found.least).all()
    for root, reduced in wanted.items():
        kept = found.reduced[root]
        assert np.sort(kept[np.isfinite(kept)]) == pytest.approx(sorted(reduced)[:3])
    for root, k in zip(*np.nonzero(np.isfinite(found.reduced)), strict=True):
        one = found.node[root, k, : found.nodes[root, k]].tolist()
        assert nx.is_connected(graph.subgraph(one))
        assert cost_of(tuple(one), ground.unlike) - prices[one].sum() - region == pytest.approx(
            found.reduced[root, k]
        )


@pytest.mark.parametrize("seed", range(4))
def test_regions_that_pay_only_by_nodes_far_away_are_found(seed: int) -> None:
    ground, graph = _ground(seed, "alike")
    prices = np.full(12, 0.1)
    prices[[0, 6, 7]] = 6.0, 4.0, 3.0  # a corner, and two nodes three and four steps from it
    reduced = {
        one: cost_of(one, ground.unlike) - prices[list(one)].sum() for one in _regions(ground, graph) if 0 in one
    }
    best = min(reduced, key=reduced.__getitem__)

    found = cheapest_sets(ground, np.array([0]), prices, 0.0, reduced[best] + 0.5, 1, 100_000, Budget(None), 1)

    assert 6 in best
    assert found.reduced[0, 0] == pytest.approx(reduced[best])


def test_what_a_node_costs_the_nodes_of_a_way_from_it_is_that_of_the_cheapest_of_all_ways() -> None:
    ground, graph = _ground(7, "bonds")
    found = ways(ground)
    for v in graph:
        least = dict.fromkeys(range(1, HOPS + 1), np.inf)
        for w in graph:
            for way in nx.all_simple_paths(graph, v, w, cutoff=HOPS):
                cost = np.maximum(ground.unlike[v, way[1:]], 0.0).sum()
                least[len(way) - 1] = min(least.get(len(way) - 1, np.inf), cost)
        assert found[v] == pytest.approx([0.0, *(least[hops] for hops in range(1, HOPS + 1))])


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_what_was_not_looked_at_is_bounded(steps: int) -> None:
    ground, graph = _ground(4)
    prices, region = np.random.default_rng(6).uniform(2, 7, 12), -3.0
    found = cheapest_sets(ground, np.arange(12), prices, region, 0.0, 1, steps, Budget(None))
    assert (found.least < np.inf).any()
    least = np.minimum(found.reduced[:, 0], found.least)
    for one in _regions(ground, graph):
        reduced = cost_of(one, ground.unlike) - prices[list(one)].sum() - region
        if reduced <= 0.0:
            assert least[max(one, key=lambda v: prices[v])] <= reduced + 1e-9


def test_of_roots_that_no_time_is_left_for_nothing_is_known() -> None:
    ground, _ = _ground(4)
    found = cheapest_sets(ground, np.arange(12), np.ones(12), 0.0, 0.0, 1, 10, Budget(0.0))
    assert np.isneginf(found.least).all()
    assert bounded(ground, [tuple(range(6)), tuple(range(6, 12))], Budget(0.0)) is None


def _divisions(regions: list[tuple[int, ...]], number: int) -> list[list[tuple[int, ...]]]:
    """Return all divisions of the 12 nodes into that many regions."""
    by_first: dict[int, list[frozenset[int]]] = {}
    for one in regions:
        by_first.setdefault(one[0], []).append(frozenset(one))

    def rest(left: frozenset[int], number: int) -> list[list[tuple[int, ...]]]:
        if not left or not number:
            return [[]] if not left and not number else []
        fit = (one for one in by_first.get(min(left), ()) if one <= left)
        return [[tuple(sorted(one)), *more] for one in fit for more in rest(left - one, number - 1)]

    return rest(frozenset(range(12)), number)


@pytest.mark.parametrize("kind", ["plain", "bonds", "apart"])
@pytest.mark.parametrize("seed", range(3))
def test_a_bound_is_never_above_the_best_division_of_all(kind: str, seed: int) -> None:
    ground, graph = _ground(seed, kind)
    regions = _regions(ground, graph)
    number, divisions = next((p, all_) for p in (5, 4, 3) if (all_ := _divisions(regions, p)))
    costs = [sum(cost_of(one, ground.unlike) for one in division) for division in divisions]
    prices = bounded(ground, divisions[int(np.argmax(costs))], Budget(60.0))
    least = min(costs)
    if prices is None:  # bonds may take everything off
        assert least < 0.5 * max(costs)
        return
    assert prices.bound <= least + 1e-6
    assert prices.bound == pytest.approx(_relaxation(ground, regions, number), rel=2e-3)


def test_sets_that_take_many_steps_to_find_are_looked_for_before_prices_are_thought_best(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bound, "_STEPS", 2)
    monkeypatch.setattr(bound, "_MORE", 10_000)
    ground, graph = _ground(0)
    regions = _regions(ground, graph)
    divisions = _divisions(regions, 3)
    prices = bounded(ground, divisions[0], Budget(60.0))
    assert prices is not None
    assert prices.bound == pytest.approx(_relaxation(ground, regions, 3), rel=2e-3)


def _relaxation(ground: Ground, regions: list[tuple[int, ...]], number: int) -> float:
    """Return the value of the linear relaxation over all regions, by another solver."""
    members = np.zeros((13, len(regions)))
    for k, one in enumerate(regions):
        members[list(one), k] = 1.0
    members[12] = 1.0
    costs = [cost_of(one, ground.unlike) for one in regions]
    return float(linprog(costs, A_eq=members, b_eq=[*[1.0] * 12, number], method="highs-ds").fun)


def test_a_component_too_large_for_branch_and_bound_is_bounded_like_dynamic_programming() -> None:
    nodes, number = MOST_PRICED + 20, 50
    board, start, least = chain_of(nodes, number)

    found = certify(board, np.arange(nodes), start, number, 60.0)

    assert found.least is not None
    assert found.least <= least + 1e-6
    assert found.least == pytest.approx(least, rel=2e-3)  # intervals: the relaxation is tight
    assert certify(board, np.arange(nodes), start, number, None).least is None
