"""Joint routes against the union, against a programme of flows, and their bound against both."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from gisplanner.planning.pipes.corridors import Corridors, build_corridors
from gisplanner.planning.pipes.joint import Demand, Limits, plan_jointly, with_bound
from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR, cost_m, trench_m
from gisplanner.planning.pipes.joint.programme import solve_exactly
from gisplanner.planning.pipes.joint.response import settle
from gisplanner.planning.pipes.joint.task import task_of

CODES = ("water", "gas", "power", "telecom", "sewage", "storm", "heat")


def estate(rows: int, columns: int, seed: int, count: int) -> tuple[Corridors, list[Demand]]:
    """Bar buildings between lanes; each network serves most of them from a source of its own."""
    dice = np.random.default_rng(seed)
    bars = [
        shapely.box(60 * c + 5, 30 * r + 9, 60 * c + 55, 30 * r + 21) for r in range(rows) for c in range(columns)
    ]
    lanes = [shapely.LineString([(0, 30 * r), (60 * columns, 30 * r)]) for r in range(rows + 1)]
    lanes += [shapely.LineString([(60 * c, 0), (60 * c, 30 * rows)]) for c in range(columns + 1)]
    ends = [shapely.Point(60 * columns * dice.integers(0, 2), 30 * dice.integers(0, rows + 1)) for _ in range(count)]
    wanted = [np.flatnonzero(dice.random(len(bars)) < 0.75) for _ in range(count)]
    demands = [Demand(CODES[k], CODES[k], None, (k,), tuple(wanted[k].tolist() or [0])) for k in range(count)]
    layers = [gpd.GeoDataFrame(geometry=shapes, crs=4547) for shapes in (bars, lanes, ends)]
    return build_corridors(*layers), demands


def least_cost_m(corridors: Corridors, demands: list[Demand]) -> float:
    """Value of the joint plan by HiGHS: a unit of flow from the source to each building, in lines, in trenches."""
    m, n = len(corridors.edges), corridors.nodes
    weight = np.maximum(corridors.length_mm, 1).astype(float)
    entries: list[tuple[int, int, float]] = []
    low: list[float] = []
    high: list[float] = []

    def row(terms: list[tuple[int, float]], least: float, most: float) -> None:
        entries.extend((len(low), column, sign) for column, sign in terms)
        low.append(least)
        high.append(most)

    cost = list((1.0 - SHARED_FACTOR) * weight)
    whole = [1] * m
    closed: list[int] = []
    for demand in demands:
        line = len(cost)
        cost += list(SHARED_FACTOR * weight)
        whole += [1] * m
        for e in range(m):
            row([(line + e, 1.0), (e, -1.0)], -np.inf, 0.0)
        for building in demand.buildings:
            flow = len(cost)
            cost += [0.0] * (2 * m)
            whole += [0] * (2 * m)
            balance: list[list[tuple[int, float]]] = [[] for _ in range(n)]
            for e, (a, b) in enumerate(corridors.edges.tolist()):
                row([(flow + 2 * e, 1.0), (flow + 2 * e + 1, 1.0), (line + e, -1.0)], -np.inf, 0.0)
                balance[a] += [(flow + 2 * e, 1.0), (flow + 2 * e + 1, -1.0)]
                balance[b] += [(flow + 2 * e, -1.0), (flow + 2 * e + 1, 1.0)]
                if corridors.building[e] not in {-1, building}:
                    closed += [flow + 2 * e, flow + 2 * e + 1]
            source = corridors.buildings + demand.sources[0]
            for v in range(n):
                row(balance[v], *([float(v == source) - float(v == building)] * 2))
    rows, columns, signs = zip(*entries, strict=True)
    matrix = coo_matrix((signs, (rows, columns)), shape=(len(low), len(cost))).tocsr()
    most = np.ones(len(cost))
    most[closed] = 0.0
    found = milp(
        np.array(cost),
        integrality=np.array(whole),
        bounds=Bounds(0.0, most),
        constraints=LinearConstraint(matrix, low, high),
    )
    assert found.success
    return float(found.fun) / 1000.0


@pytest.mark.requirement("R3.25")
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_small_plans_are_the_least_by_another_programme(seed: int) -> None:
    corridors, demands = estate(2, 2, seed, 3)
    plan = plan_jointly(corridors, demands, time_limit_s=600.0)
    least = least_cost_m(corridors, demands)
    assert plan.joint_cost_m == pytest.approx(least, rel=1e-4)
    assert least * (1.0 - 1e-3) <= plan.cost_lower_bound_m <= plan.joint_cost_m


@pytest.mark.requirement("R3.25")
@pytest.mark.parametrize("seed", range(4))
def test_never_more_than_the_union_of_independent_routes(seed: int) -> None:
    corridors, demands = estate(3, 2, seed, 5)
    plan = plan_jointly(corridors, demands, time_limit_s=0.05)
    assert plan.joint_m <= plan.union_m <= plan.separate_m
    assert plan.cost_lower_bound_m <= plan.joint_cost_m <= plan.union_cost_m
    assert plan.joint_cost_m == cost_m(corridors, plan.joint)


def test_every_route_is_a_tree_from_the_source_into_every_building() -> None:
    corridors, demands = estate(3, 3, 5, 4)
    plan = plan_jointly(corridors, demands, time_limit_s=0.5)
    for demand, route in zip(demands, plan.joint, strict=True):
        tree = nx.Graph(corridors.edges[route.edges].tolist())
        assert nx.is_tree(tree)
        assert {*demand.buildings, corridors.buildings + demand.sources[0]} <= set(tree)
        assert all(tree.degree(building) == 1 for building in demand.buildings)


@pytest.mark.requirement("R3.25")
def test_networks_that_need_different_buildings_share_trenches() -> None:
    corridors, demands = estate(4, 3, 3, 7)
    task = task_of(corridors, demands, {}, seconds=600.0, seed=0)
    routes = [task.along(k, task.weight) for k in range(7)]
    union = trench_m(corridors, routes)
    assert settle(task, routes) == cost_m(corridors, routes)
    assert trench_m(corridors, routes) <= 0.9 * union


def test_the_programme_stopped_early_still_bounds() -> None:
    corridors, demands = estate(2, 3, 1, 4)
    task = task_of(corridors, demands, {}, seconds=10.0, seed=0)
    routes = [task.alone(k, (), 0.5) for k in range(4)]
    best = plan_jointly(corridors, demands, time_limit_s=0.5).joint_cost_m
    for seconds in (0.0, 0.05, 0.5):
        found = solve_exactly(task, routes, seconds)
        assert found.bound_m <= best * (1.0 + 1e-9)
        assert cost_m(corridors, found.routes) <= cost_m(corridors, routes)


def test_a_street_forbidden_later_keeps_the_rest_of_the_plan() -> None:
    corridors, demands = estate(3, 2, 6, 3)
    plan = plan_jointly(corridors, demands, time_limit_s=0.5)
    street = next(edge for edge in plan.joint[0].edges.tolist() if corridors.building[edge] < 0)
    limits = {0: Limits(forbidden=frozenset({street}))}
    again = plan_jointly(corridors, demands, limits=limits, known=plan, changed=[0], time_limit_s=0.5)
    assert street not in again.joint[0].edges
    assert again.joint_m <= again.union_m
    assert again.cost_lower_bound_m <= again.joint_cost_m


def test_a_plan_made_from_another_has_as_good_a_bound() -> None:
    corridors, demands = estate(3, 2, 6, 3)
    plan = plan_jointly(corridors, demands, time_limit_s=0.5)
    street = next(edge for edge in plan.joint[0].edges.tolist() if corridors.building[edge] < 0)
    limits = {0: Limits(forbidden=frozenset({street}))}
    again = plan_jointly(corridors, demands, limits=limits, known=plan, changed=[0], time_limit_s=0.5)
    assert [one.served for one in again.joint] == [one.served for one in plan.joint]
    start = replace(plan, cost_lower_bound_m=0.999 * plan.joint_cost_m)
    bounded = with_bound(corridors, again, start, {}, seconds=0.5, seed=0)
    assert again.cost_lower_bound_m < start.cost_lower_bound_m
    assert bounded.cost_lower_bound_m == min(start.cost_lower_bound_m, bounded.joint_cost_m)


def test_where_fewer_buildings_are_served_the_plans_that_serve_them_are_bounded() -> None:
    corridors, demands = estate(2, 2, 6, 2)
    plan = plan_jointly(corridors, demands, time_limit_s=0.5)
    fewer = [replace(demands[0], buildings=demands[0].buildings[:1]), *demands[1:]]
    again = plan_jointly(corridors, fewer, time_limit_s=0.5)
    weak = replace(again, cost_lower_bound_m=0.0)
    bounded = with_bound(corridors, weak, plan, {}, seconds=0.5, seed=0)
    assert 0.0 < bounded.cost_lower_bound_m <= least_cost_m(corridors, fewer) * (1.0 + 1e-6)
