"""Bounds on the objective without listing all regions, against plain counting and dynamic programming."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest

from gisplanner.planning.bundling.board import Board, in_order_of_appearance, make_board
from gisplanner.planning.bundling.exact import certify
from gisplanner.planning.bundling.pricing import cheap_sets, ground_of, room_for
from gisplanner.planning.bundling.search import objective_of
from tests.planning.bundling.chains import chain_of


def _grid(side: int, rng: np.random.Generator) -> tuple[Board, nx.Graph, np.ndarray]:
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side))
    size = rng.integers(1, 4, len(graph)).astype(float).reshape(-1, 1)
    value = rng.normal(size=(len(graph), 2))
    board, _ = make_board(np.array(graph.edges), size, low=[4.0], high=[9.0], value=value)
    return board, graph, size[:, 0]


def _regions(graph: nx.Graph, size: np.ndarray, apart: set[tuple[int, int]] = frozenset()) -> list[frozenset[int]]:
    """Return all connected sets of 4 to 9 without a pair that must be apart, by looking at every subset."""
    found = []
    for nodes in itertools.chain.from_iterable(itertools.combinations(graph, k) for k in range(1, 9)):
        whole = 4 <= size[list(nodes)].sum() <= 9
        if whole and not any({a, b} <= set(nodes) for a, b in apart) and nx.is_connected(graph.subgraph(nodes)):
            found.append(frozenset(nodes))
    return found


def _least(graph: nx.Graph, regions: list[frozenset[int]], number: int, cost) -> float:
    """Return the least cost of a division into ``number`` regions, by trying all."""
    by_first: dict[int, list[frozenset[int]]] = {}
    for one in regions:
        by_first.setdefault(min(one), []).append(one)

    def rest(left: frozenset[int], number: int) -> float:
        if not left or not number:
            return 0.0 if not left and not number else math.inf
        fit = (one for one in by_first.get(min(left), ()) if one <= left)
        return min((cost(one) + rest(left - one, number - 1) for one in fit), default=math.inf)

    return rest(frozenset(graph), number)


def _any_division(graph: nx.Graph, regions: list[frozenset[int]], number: int) -> np.ndarray | None:
    labels = np.full(len(graph), -1)

    def placed(left: frozenset[int], number: int) -> bool:
        if not left or not number:
            return not left and not number
        for one in regions:
            if min(left) in one and one <= left and placed(left - one, number - 1):
                labels[list(one)] = number
                return True
        return False

    return in_order_of_appearance(labels) if placed(frozenset(graph), number) else None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["plain", "bonds", "apart"])
def test_the_cheapest_division_is_that_of_trying_all(kind: str, seed: int) -> None:
    rng, apart = np.random.default_rng(seed), set()
    more = {}
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 4))
    if kind == "bonds":
        more = {"bond": rng.uniform(0, 3, graph.number_of_edges())}
    if kind == "apart":
        apart = {(0, 5), (3, 7)}
        more = {"apart": np.array(sorted(apart))}
    size = rng.integers(1, 4, len(graph)).astype(float)
    value = rng.normal(size=(len(graph), 2))
    board, _ = make_board(np.array(graph.edges), size.reshape(-1, 1), low=[4.0], high=[9.0], value=value, **more)
    regions = _regions(graph, size, apart)
    number = next(n for n in range(int(size.sum() // 4), 0, -1) if _any_division(graph, regions, n) is not None)
    start = _any_division(graph, regions, number)

    def cost(one: frozenset[int]) -> float:
        alone = np.where(np.isin(np.arange(len(graph)), list(one)), 0, -1)
        return objective_of(board, alone)

    found = certify(board, np.arange(len(graph)), start, number, 30.0)
    least = _least(graph, regions, number, cost)
    assert found.value == pytest.approx(least)
    assert found.least == pytest.approx(least)
    assert objective_of(board, found.labels) == pytest.approx(least)


def test_more_nodes_than_a_mask_has_bits_are_proven_like_dynamic_programming() -> None:
    nodes, number = 90, 14
    board, start, least = chain_of(nodes, number)

    found = certify(board, np.arange(nodes), start, number, 60.0)

    assert found.regions == number
    assert found.value == pytest.approx(least)
    assert found.least == pytest.approx(least, abs=1e-4)


def test_all_regions_within_a_reduced_cost_are_met_once() -> None:
    rng = np.random.default_rng(3)
    board, graph, size = _grid(3, rng)
    unlike = np.abs(board.value[:, None] - board.value[None]).sum(axis=2)
    ground = ground_of(board, np.arange(9), np.array([9.0]), unlike)
    prices = rng.uniform(0, 2, 9)
    room = room_for(1_000, 10_000)
    count, complete = cheap_sets(ground, 1, prices, 0.5, 1.0, room, 1_000, 10_000, 10_000)
    found = [frozenset(room.node[room.start[k] : room.start[k + 1]].tolist()) for k in range(count)]
    wanted = {
        one
        for one in _regions(graph, size)
        if unlike[np.ix_(list(one), list(one))].sum() / 2 - prices[list(one)].sum() - 0.5 <= 1.0
        and all(size[list(part)].sum() >= 4 for part in nx.connected_components(graph.subgraph(set(graph) - one)))
    }
    assert complete
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert cheap_sets(ground, 1, prices, 0.5, 1.0, room_for(3, 100), 1_000, 10_000, 10_000) == (3, False)
    assert cheap_sets(ground, 1, prices, 0.5, 1.0, room, 1_000, 1, 10_000)[1] is False
    assert cheap_sets(ground, 1, prices, 0.5, 1.0, room, 1_000, 10_000, 20)[1] is False
