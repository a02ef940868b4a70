"""Regions answer as faces did, and the programme of an opening proves what every choice shows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from gisplanner.planning.fire import evaluate_access
from gisplanner.planning.fire.inflow import (
    ENOUGH,
    capacities,
    flow_to,
    make_inflow,
    scarce_parts,
    ways_into,
    wholly_reached,
)
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.maze import Maze, make_maze, served
from gisplanner.planning.fire.opening import MostServed, cheapest_opening
from gisplanner.planning.fire.programme import Programme
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.regions import Regions
from tests.planning.fire.estates import random_estate, rebuilt


def ring(many: int) -> Maze:
    """A ring road: the outside, then yards with a house each, an obstacle between any two neighbours."""
    needs = [frozenset[int]()] * (many + 1) + [frozenset({k}) for k in range(many + 1)]
    beside: dict[int, set[int]] = {k: set() for k in range(len(needs))}
    for k in range(many + 1):
        for yard in (k, (k + 1) % (many + 1)):
            beside[many + 1 + k].add(yard)
            beside[yard].add(many + 1 + k)
    points = [frozenset({yard}) for yard in range(1, many + 1)]
    return make_maze(Regions(needs, beside, points), [[range(k, k + 1)] for k in range(many)])


@pytest.mark.parametrize("many", [2, 5, 12])
def test_a_ring_is_not_opened_by_halves(many: int) -> None:
    maze, costs = ring(many), np.ones(many + 1)
    programme = Programme(maze, costs, np.arange(many))
    programme.aim(costs)
    programme.must_serve(1.0)
    while True:
        shares = programme.solve(10.0)
        assert shares is not None
        if not programme.separate(shares):
            break
    # Shares of removals alone would be satisfied with half of every obstacle: (many + 1) / 2.
    assert shares.value == pytest.approx(many)
    found = cheapest_opening(maze, costs, np.ones(many, dtype=bool), time_limit_s=10)
    assert (found.removed.sum(), found.bound, found.proven) == (many, many, True)


def test_a_flow_is_no_more_than_the_scarcest_cut() -> None:
    maze = ring(3)
    net = make_inflow(maze)
    for share, flow in ((0.0, 0.0), (0.25, 0.5)):
        capacity = capacities(net, np.full(net.ways, share))
        whole = wholly_reached(net, capacity)
        assert flow_to(net, capacity, whole, np.array([1]), ENOUGH)[0] == pytest.approx(flow)


@pytest.mark.parametrize("seed", range(6))
def test_flows_are_what_another_solver_finds_and_parts_let_in_as_much(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = random_estate(rng, columns=2, rows=3, obstacles=12)
    maze = Reach(read_ground(*made.layers), 4.0).maze
    net = make_inflow(maze)
    thousandths = rng.choice([0, 0, 100, 400, 1000], net.ways)
    capacity = capacities(net, thousandths / 1000.0)
    whole = wholly_reached(net, capacity)
    many = net.start.size - 1
    into = np.repeat(np.arange(many), np.diff(net.start))
    for region in range(1, many):
        regions = np.array([region])
        whole_mm = np.round(capacity * 1000.0).astype(np.int32)
        graph = csr_array((whole_mm, (net.beside, into)), shape=(many, many))
        other = maximum_flow(graph, 0, region).flow_value / 1000.0
        flow, _ = flow_to(net, capacity, whole, regions, ENOUGH)
        assert flow == pytest.approx(min(other, 1.0))
        if flow < ENOUGH:
            for part in scarce_parts(net, capacity, whole, regions):
                assert part[region]
                assert not part[0]
                assert thousandths[ways_into(net, part)].sum() / 1000.0 == pytest.approx(flow)


@pytest.mark.parametrize("seed", range(4))
def test_budgets_in_a_row_are_what_each_gives_alone(seed: int) -> None:
    made = random_estate(np.random.default_rng(seed), columns=2, rows=3, obstacles=10)
    reach = Reach(read_ground(*made.layers), 4.0)
    costs, weight = reach.ground.costs, reach.ground.households
    search, last = MostServed(reach.maze, costs, weight), 0.0
    for budget in np.linspace(0.0, costs.sum(), 5):
        in_a_row = search.within(float(budget), time_limit_s=5.0)
        alone = MostServed(reach.maze, costs, weight).within(float(budget), time_limit_s=5.0)
        assert in_a_row.proven
        assert costs[in_a_row.removed].sum() == pytest.approx(costs[alone.removed].sum())
        reached = float(served(reach.maze, in_a_row.removed).sum())
        assert reached == served(reach.maze, alone.removed).sum() >= last
        last = reached


def test_a_fixed_ground_answers_as_the_whole_one() -> None:
    rng = np.random.default_rng(3)
    for seed in range(4):
        made = random_estate(np.random.default_rng(seed), columns=2, rows=3, obstacles=12)
        reach = Reach(read_ground(*made.layers), 4.0)
        removed = rng.random(len(reach.ground.soft)) < 0.5
        fixed = Reach(reach.ground.after(removed), 4.0).served(np.zeros(0, dtype=bool))
        assert (fixed == reach.served(removed)).all()


def test_a_wall_that_ends_blindly_is_not_the_outside() -> None:
    """A place left of a line that parts nothing lies in the face around it (an estate that once told wrongly)."""
    made = random_estate(np.random.default_rng(10_009), columns=2, rows=2, obstacles=10)
    assert evaluate_access(*made.layers) == rebuilt(made) == {0, 1}
