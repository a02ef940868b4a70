"""Several measures at once, each with its own bounds: against trying everything on small maps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.errors import InfeasibleError, InputError, UsageError
from gisplanner.planning.bundling import max_p_regions
from gisplanner.planning.bundling.aims import Aims
from gisplanner.planning.bundling.check import violations
from gisplanner.planning.bundling.measures import Measure
from gisplanner.planning.bundling.solve import warm_up


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    warm_up()


def hamlet(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A connected handful of estates: links, households, cost, attributes."""
    rng = np.random.default_rng(seed)
    graph = nx.random_labeled_tree(count, seed=seed)
    graph.add_edges_from(rng.integers(0, count, (count, 2)).tolist())
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    edges = np.array(sorted(graph.edges))
    return (
        edges,
        rng.integers(1, 9, count).astype(float),
        rng.integers(1, 9, count) * 1.0,
        rng.normal(size=(count, 2)),
    )


def divisions(count: int) -> Iterator[np.ndarray]:
    """Every labelling of ``count`` estates, -1 for estates in no region."""

    def extend(head: list[int]) -> Iterator[np.ndarray]:
        if len(head) == count:
            yield np.array(head)
            return
        for label in range(-1, max(head, default=-1) + 2):
            yield from extend([*head, label])

    return extend([])


def pairs_within(labels: np.ndarray) -> Iterator[tuple[int, int]]:
    return ((a, b) for a, b in itertools.combinations(range(len(labels)), 2) if labels[a] == labels[b] >= 0)


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(3, 6),
    households=st.integers(2, 9),
    budget=st.integers(4, 20),
    first=st.booleans(),
)
def test_number_leftovers_and_likeness_are_those_of_trying_everything(
    seed: int, count: int, households: int, budget: int, first: bool
) -> None:
    edges, size, cost, attributes = hamlet(seed, count)
    graph = nx.Graph(edges.tolist())
    best: tuple[float, float, float] | None = None
    for labels in divisions(count):
        regions = [np.flatnonzero(labels == r) for r in range(labels.max(initial=-1) + 1)]
        if all(
            size[r].sum() >= households
            and cost[r].sum() <= budget
            and r.size <= 4
            and nx.is_connected(graph.subgraph(r.tolist()))
            for r in regions
        ):
            out, value = (
                int((labels < 0).sum()),
                sum(float(abs(attributes[a] - attributes[b]).sum()) for a, b in pairs_within(labels)),
            )
            rank = (-out, len(regions), -value) if first else (len(regions), -out, -value)
            best = max(best or rank, rank) if regions else best
    found = max_p_regions(
        edges, size, min_size=households, attributes=attributes, allow_leftovers=True, estates_first=first,
        iterations=3, limits=[Measure(cost, at_most=budget, name="造价"), Measure(np.ones(count), at_most=4)],
    )  # fmt: skip
    out = int((found.labels < 0).sum())
    if found.p == 0:
        assert best is None
        return
    assert best is not None
    mine = (-out, found.p) if first else (found.p, -out)
    assert mine == best[:2]
    assert found.heterogeneity == pytest.approx(-best[2], abs=1e-9)
    assert found.proven
    assert (found.p_upper_bound, found.left_over_lower_bound) == (found.p, out)
    assert found.heterogeneity_lower_bound == pytest.approx(found.heterogeneity, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(6, 60))
def test_every_bound_of_every_measure_is_kept_on_larger_maps(seed: int, count: int) -> None:
    edges, size, cost, attributes = hamlet(seed, count)
    buildings = np.random.default_rng(seed + 1).integers(0, 4, count) * 1.0
    found = max_p_regions(
        edges, size, min_size=8, max_size=30, attributes=attributes, allow_leftovers=True, iterations=3, seed=seed,
        limits=[Measure(cost, at_least=3, at_most=25), Measure(buildings, at_least=2, at_most=12)],
    )  # fmt: skip
    graph = nx.Graph(edges.tolist())
    for region in range(found.p):
        members = np.flatnonzero(found.labels == region)
        assert nx.is_connected(graph.subgraph(members.tolist()))
        assert 8 <= size[members].sum() <= 30
        assert 3 <= cost[members].sum() <= 25
        assert 2 <= buildings[members].sum() <= 12
    assert found.p <= found.p_upper_bound
    assert (found.labels < 0).sum() >= found.left_over_lower_bound


def test_the_scarcest_measure_bounds_the_number() -> None:
    links = [[k, k + 1] for k in range(5)]
    found = max_p_regions(
        links, [300] * 6, min_size=300, limits=[Measure([2.0] * 6, at_least=6)], iterations=5
    )  # fmt: skip
    assert (found.p, found.p_upper_bound, found.proven) == (2, 2, True)


def test_households_between_300_and_2000_and_5000_for_each_bundle() -> None:
    rng = np.random.default_rng(4)
    side = 12
    links = [[k, k + 1] for k in range(side * side) if (k + 1) % side] + [
        [k, k + side] for k in range(side * side - side)
    ]
    households, cost = rng.integers(40, 700, side * side) * 1.0, rng.integers(200, 2600, side * side) * 1.0
    found = max_p_regions(
        links, households, min_size=300, max_size=2000, allow_leftovers=True, iterations=20,
        limits=[Measure(cost, at_most=5000, name="造价", unit="万元", budget=True)],
    )  # fmt: skip
    for region in range(found.p):
        inside = found.labels == region
        assert 300 <= households[inside].sum() <= 2000
        assert cost[inside].sum() <= 5000
    assert found.p >= 0.8 * found.p_upper_bound
    assert (found.labels >= 0).mean() > 0.95


def test_an_estate_above_the_budget_and_a_component_below_a_minimum_are_named_together() -> None:
    with pytest.raises(InfeasibleError) as caught:
        max_p_regions(
            [[0, 1], [2, 3]], [3, 3, 3, 3], min_size=2, name=lambda k: "甲乙丙丁"[k],
            limits=[Measure([1, 9, 1, 1], at_least=3, at_most=6, name="造价", budget=True)],
        )  # fmt: skip
    told = [(fault.column, fault.value, str(fault.hint)) for fault in caught.value.faults]
    assert told == [
        ("造价", "2", "2 个小区连在一起仍达不到下限：丙、丁"),
        ("造价", "9", "小区 乙 单独已超过预算"),
    ]


@pytest.mark.parametrize(
    ("measure", "error", "fault"),
    [
        (Measure([1.0, np.nan, 2.0], at_most=5, name="造价"), InputError, ("造价", "nan")),
        (Measure([1.0, -2.0, 2.0], at_most=5, name="造价"), InputError, ("造价", "-2.0")),
        (Measure([1.0, 2.0], at_most=5, name="造价"), InputError, ("造价", "2")),
        (Measure([1.0] * 3, at_least=5, at_most=2, name="造价"), UsageError, ("造价", "5, 2")),
        (Measure([1.0] * 3, at_least=float("nan"), name="造价"), UsageError, ("造价", "nan, None")),
    ],
)
def test_a_measure_that_cannot_be_used_is_named(
    measure: Measure, error: type[Exception], fault: tuple[str, str]
) -> None:
    with pytest.raises(error) as caught:
        max_p_regions([[0, 1], [1, 2]], [1, 1, 1], min_size=1, limits=[measure])
    assert [(one.column, one.value) for one in caught.value.faults] == [fault]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(4, 7))
def test_compact_and_balanced_are_those_of_trying_everything(seed: int, count: int) -> None:
    edges, size, _, attributes = hamlet(seed, count)
    rng = np.random.default_rng(seed)
    aims = Aims(rng.normal(size=(count, 2)), rng.random(len(edges)), 0.05)
    graph, bond = nx.Graph(edges.tolist()), dict(zip(map(tuple, edges.tolist()), aims.shared, strict=True))

    def objective(labels: np.ndarray) -> float:
        both = np.hstack([attributes, aims.places])
        pairs = sum(float(abs(both[a] - both[b]).sum()) - bond.get((a, b), 0.0) for a, b in pairs_within(labels))
        return pairs + sum(0.05 / 2 * size[labels == r].sum() ** 2 for r in range(labels.max() + 1))

    best = (0, -np.inf)
    for labels in divisions(count):
        regions = [np.flatnonzero(labels == r) for r in range(labels.max() + 1)]
        if (labels >= 0).all() and all(
            size[r].sum() >= 6 and nx.is_connected(graph.subgraph(r.tolist())) for r in regions
        ):
            best = max(best, (len(regions), -objective(labels)))
    if best[0] == 0:
        return
    found = max_p_regions(edges, size, min_size=6, attributes=attributes, aims=aims, iterations=3)
    assert found.p == best[0]
    assert found.objective == pytest.approx(objective(found.labels))
    assert found.objective == pytest.approx(-best[1])
    assert found.proven
    assert found.heterogeneity_lower_bound is None, "it was not what was minimised"


def test_only_a_pair_to_be_together_makes_a_region_leave_its_place() -> None:
    found = max_p_regions(
        [[0, 1], [1, 2], [2, 3], [3, 4]], [1] * 5, min_size=1, max_size=3, together=[(1, 2)], within="西西东东东",
        allow_leftovers=True, estates_first=True, iterations=5,
    )  # fmt: skip
    assert found.labels[1] == found.labels[2]
    wrong = violations([(0, 1), (1, 2)], [0, 0, 0], [], within=list("西西东"))
    assert wrong == ["region 0 is not connected: [0, 1, 2]"]
    assert violations([(0, 1), (1, 2)], [0, 0, 0], [], within=list("西西东"), together=[(1, 2)]) == []


def test_a_region_stays_in_its_place() -> None:
    found = max_p_regions([[0, 1], [1, 2], [2, 3]], [1] * 4, min_size=2, within=list("aabb"), iterations=5)
    assert found.labels.tolist() == [0, 0, 1, 1]
    with pytest.raises(InfeasibleError):
        max_p_regions([[0, 1], [1, 2]], [1] * 3, min_size=2, within=list("aab"), iterations=5)
