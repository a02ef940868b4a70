"""Trees against brute force, against published optima, and against input that cannot be used."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.errors import InfeasibleError, InputError
from gisplanner.planning.pipes import steiner_tree


def lightest(edges: np.ndarray, weights: np.ndarray, terminals: list[int]) -> float:
    """Weight of the lightest tree: the least spanning tree over every choice of further nodes."""
    graph = nx.Graph()
    for (a, b), weight in zip(edges.tolist(), weights.tolist(), strict=True):
        if a != b and weight < graph.get_edge_data(a, b, {"weight": math.inf})["weight"]:
            graph.add_edge(a, b, weight=weight)
    graph.add_nodes_from(terminals)
    others = [node for node in graph if node not in terminals]
    best = math.inf
    for count in range(len(others) + 1):
        for extra in itertools.combinations(others, count):
            part = graph.subgraph([*terminals, *extra])
            if nx.is_connected(part):
                best = min(best, nx.minimum_spanning_tree(part).size(weight="weight"))
    return best


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, list[int]]:
    nodes = draw(st.integers(2, 9))
    ends = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(ends, ends), min_size=1, max_size=22))
    numbers = st.integers(0, 20) if draw(st.booleans()) else st.floats(0.01, 20.0)
    weights = draw(st.lists(numbers, min_size=len(edges), max_size=len(edges)))
    terminals = draw(st.lists(ends, min_size=1, max_size=6))
    return np.array(edges), np.array(weights, dtype=float), terminals


@given(problems())
@settings(max_examples=300, deadline=None)
def test_as_light_as_brute_force(problem: tuple[np.ndarray, np.ndarray, list[int]]) -> None:
    edges, weights, terminals = problem
    best = lightest(edges, weights, sorted(set(terminals)))
    if best == math.inf:
        with pytest.raises(InfeasibleError):
            steiner_tree(edges, weights, terminals, time_limit_s=2.0)
        return
    found = steiner_tree(edges, weights, terminals, time_limit_s=2.0)
    assert found.weight == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert found.lower_bound == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert weights[found.edge_index].sum() == pytest.approx(found.weight, rel=1e-12)
    tree = nx.Graph(edges[found.edge_index].tolist())
    tree.add_nodes_from(terminals)
    assert nx.is_connected(tree)
    assert tree.number_of_edges() == found.edge_index.size == tree.number_of_nodes() - 1


def test_the_cheaper_of_parallel_edges_and_no_loop() -> None:
    found = steiner_tree([[0, 1], [1, 0], [0, 0], [0, 1]], [5, 3, 1, 3], [1, 0, 1])
    assert found.edge_index.tolist() == [1]
    assert (found.weight, found.lower_bound) == (3.0, 3.0)


@pytest.mark.parametrize("terminals", [[], [4], [4, 4]])
def test_nothing_to_connect(terminals: list[int]) -> None:
    found = steiner_tree([[0, 1]], [1.0], terminals)
    assert (found.edge_index.tolist(), found.weight, found.lower_bound) == ([], 0.0, 0.0)


def test_terminals_cut_off_are_named() -> None:
    with pytest.raises(InfeasibleError) as caught:
        steiner_tree([[0, 1], [1, 2], [5, 6]], [1, 1, 1], [0, 2, 6, 9])
    assert [fault.value for fault in caught.value.faults] == ["6", "9"]


@pytest.mark.parametrize("bad", [-1e-9, -1.0, math.nan, math.inf])
def test_weights_that_are_refused(bad: float) -> None:
    with pytest.raises(InputError) as caught:
        steiner_tree([[0, 1], [1, 2], [2, 0]], [1.0, bad, bad], [0, 2])
    assert [fault.row for fault in caught.value.faults] == [1, 2]


@pytest.mark.parametrize(
    ("edges", "weights", "terminals"),
    [
        ([[0, 1, 2]], [1.0], [0]),
        ([[0.5, 1.0]], [1.0], [0]),
        ([[0, 1]], [1.0, 2.0], [0]),
        ([[0, -1]], [1.0], [0]),
        ([[0, 1]], [1.0], [-1]),
        ([[0, 1]], [1.0], [[0]]),
    ],
)
def test_arrays_that_are_refused(edges: object, weights: object, terminals: object) -> None:
    with pytest.raises(InputError):
        steiner_tree(edges, weights, terminals)  # type: ignore[arg-type]


def test_the_same_again_and_under_any_numbering() -> None:
    dice = np.random.default_rng(3)
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(12, 12))
    edges = np.array(grid.edges)
    weights = dice.integers(5, 30, len(edges)).astype(float)
    terminals = dice.choice(144, 20, replace=False)
    first = steiner_tree(edges, weights, terminals, seed=7)
    again = steiner_tree(edges, weights, terminals, seed=7)
    assert first.edge_index.tolist() == again.edge_index.tolist()
    assert first.weight == first.lower_bound
    number = dice.permutation(144) * 1_000_003
    shuffled = dice.permutation(len(edges))
    other = steiner_tree(number[edges][shuffled], weights[shuffled], number[terminals])
    assert other.weight == first.weight


@pytest.mark.parametrize(
    ("name", "gap", "bound_gap"),
    [
        ("taq0920", 0.0, 0.0),
        ("e02", 0.0, 0.0),
        ("msm0654", 0.0, 0.0),
        ("i640-001", 0.0, 0.0),
        ("wrp3-20", 0.0, 1e-6),
        ("I052", 0.0, 0.0),
        ("I054", 0.0, 0.0),
        ("I053", 2e-4, 1e-3),
    ],
)
def test_published_optima(shared_dir: Path, name: str, gap: float, bound_gap: float) -> None:
    folder = shared_dir / "benchmarks" / "steiner"
    with (folder / "optima.csv").open(encoding="utf-8") as file:
        optimum = next(float(row["opt"]) for row in csv.DictReader(file) if row["name"] == name)
    rows = [line.split() for line in (folder / f"{name}.stp").read_text(encoding="utf-8").splitlines()]
    lines = [row for row in rows if len(row) == 4 and row[0] == "E"]
    edges = np.array([[int(row[1]) - 1, int(row[2]) - 1] for row in lines])
    weights = np.array([float(row[3]) for row in lines])
    terminals = [int(row[1]) - 1 for row in rows if len(row) == 2 and row[0] == "T"]
    found = steiner_tree(edges, weights, terminals, time_limit_s=5.0)
    assert optimum <= found.weight <= optimum * (1.0 + gap)
    assert optimum * (1.0 - bound_gap) <= found.lower_bound <= optimum


def test_however_little_time_there_is_the_answer_is_a_tree() -> None:
    dice = np.random.default_rng(4)
    edges = np.array([(a, b) for a in range(200) for b in dice.choice(200, 3) if a != b])
    edges = np.concatenate([edges, np.column_stack([np.arange(199), np.arange(1, 200)])])
    weights = dice.integers(1, 90, len(edges)).astype(float)
    found = steiner_tree(edges, weights, np.arange(0, 200, 4), time_limit_s=0.0)
    assert found.lower_bound <= found.weight
