"""Who is served against a second way to tell; the cheapest opening against every possible one."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point, Polygon, box

from gisplanner.errors import CrsError, GeometryError, InputError, NotFoundError, UsageError
from gisplanner.planning.fire import evaluate_access, plan_access
from gisplanner.planning.fire.access import plan_on
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.reach import Reach
from tests.planning.fire.estates import CRS, Estate, estate, frame, random_estate, rebuilt


@pytest.mark.parametrize("seed", range(20))
def test_served_is_what_a_rebuild_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = random_estate(rng, columns=2, rows=2, obstacles=10)
    soft = made.obstacles.index[made.obstacles["removable"]]
    for removed in ([], [label for label in soft if rng.random() < 0.4]):
        assert evaluate_access(*made.layers, removed=removed) == rebuilt(made, removed)


def needy(count: int, *, obstacles: int) -> list[tuple[int, Reach]]:
    """Small estates where today fewer are served than could be."""
    found: list[tuple[int, Reach]] = []
    seed = 0
    while len(found) < count:
        made = random_estate(np.random.default_rng(seed), columns=2, rows=3, obstacles=obstacles)
        reach = Reach(read_ground(*made.layers), 4.0)
        nothing = np.zeros(len(reach.ground.soft), dtype=bool)
        if (reach.served(~nothing) & ~reach.served(nothing)).any():
            found.append((seed, reach))
        seed += 1
    return found


def every_choice(reach: Reach) -> list[tuple[float, np.ndarray]]:
    many = len(reach.ground.soft)
    marks = (np.arange(1 << many)[:, None] >> np.arange(many)) & 1 == 1
    return [(float(reach.ground.costs[mark].sum()), reach.served(mark)) for mark in marks]


def test_the_cost_is_the_least_of_all_choices() -> None:
    for seed, reach in needy(12, obstacles=9):
        choices = every_choice(reach)
        target = choices[-1][1]
        least = min(cost for cost, served in choices if not (target & ~served).any())
        plan = plan_on(reach)
        assert plan.cost == pytest.approx(least), seed
        assert plan.cost_lower_bound == pytest.approx(least), seed
        assert plan.proven
        assert plan.served == {label for label, yes in enumerate(target) if yes}


def test_a_budget_serves_the_most() -> None:
    for seed, reach in needy(8, obstacles=8):
        choices = every_choice(reach)
        whole = plan_on(reach).cost
        for share in (0.0, 0.3, 0.6, 1.0):
            most = max((served.sum(), -cost) for cost, served in choices if cost <= share * whole + 1e-9)
            plan = plan_on(reach, budget=share * whole)
            assert (len(plan.served), -plan.cost) == pytest.approx(most), seed
            assert plan.proven


def test_households_weigh_within_a_budget() -> None:
    site, sheds = box(0, 0, 100, 60), [box(0, 14, 48, 16), box(52, 14, 100, 16)]
    wall, blocks = box(48, 0, 52, 60), [box(5, 30, 40, 40), box(60, 30, 95, 40)]
    made = estate(site, blocks, [*sheds, wall], [Point(20, 0), Point(80, 0)], removable=[True, True, False])
    made.buildings["households"] = [12, 30]
    made.obstacles["cost"] = [4.0, 5.0, None]
    assert plan_access(*made.layers, budget=5.0).removals == (1,)
    assert plan_access(*made.layers, budget=4.5).removals == (0,)
    assert plan_access(*made.layers, budget=9.0).served == {0, 1}


def test_opening_more_never_serves_fewer() -> None:
    for _, reach in needy(5, obstacles=9):
        rng = np.random.default_rng(1)
        removed = np.zeros(len(reach.ground.soft), dtype=bool)
        steps = [reach.served(removed)]
        for k in rng.permutation(removed.size):
            removed[k] = True
            steps.append(reach.served(removed))
        assert not any((before & ~after).any() for before, after in pairwise(steps))


def test_the_time_limit_leaves_a_plan_and_a_bound() -> None:
    _, reach = needy(1, obstacles=14)[0]
    best = plan_on(reach)
    hasty = plan_on(reach, time_limit_s=0.0)
    assert hasty.served == best.served
    assert hasty.cost_lower_bound <= best.cost <= hasty.cost + 1e-9


def test_an_exact_dead_end_alley_serves_its_houses() -> None:
    """An alley 4.000 m wide leaves the middle of the disc a line, and no area."""
    site = Polygon([(0, 0), (40, 0), (40, 30), (22, 30), (22, 90), (18, 90), (18, 30), (0, 30)])
    house = box(23, 50, 33, 80)
    for shift, served in ((0.0, {0}), (0.001, set())):
        narrowed = Polygon([(x - shift if x == 22 else x, y) for x, y in site.exterior.coords])
        made = estate(narrowed, [house], [], [Point(20, 0)])
        assert evaluate_access(*made.layers) == served
        for angle in (17.0, 45.0, 120.0):
            assert evaluate_access(*made.turned(angle).layers) == served


@pytest.mark.parametrize(("width_m", "served"), [(None, {0}), (4.0, {0}), (3.999, set()), (6.0, {0})])
def test_the_gate_is_as_wide_as_stated(width_m: float | None, served: set[int]) -> None:
    widths = None if width_m is None else [width_m]
    made = estate(box(0, 0, 60, 40), [box(10, 20, 50, 30)], [], [Point(30, 0)], widths=widths)
    assert evaluate_access(*made.layers) == served
    assert evaluate_access(*made.turned(33.0).layers) == served


def test_a_wide_gate_is_entered_beside_what_stands_in_its_middle() -> None:
    bollard = box(29.9, 0.5, 30.1, 0.7)
    for width_m, served in ((6.0, set()), (8.3, {0})):
        made = estate(
            box(0, 0, 60, 40), [box(10, 20, 50, 30)], [bollard], [Point(30, 0)], widths=[width_m], removable=False
        )
        assert evaluate_access(*made.layers) == served


def test_a_hole_in_the_site_is_in_the_way() -> None:
    pond = Polygon(box(0, 0, 80, 60).exterior.coords, [box(0.5, 20, 79.5, 25).exterior.coords])
    assert evaluate_access(*estate(pond, [box(20, 40, 60, 50)], [], [Point(40, 0)]).layers) == set()
    beside = Polygon(box(0, 0, 80, 60).exterior.coords, [box(4.0, 20, 79.5, 25).exterior.coords])
    assert evaluate_access(*estate(beside, [box(20, 40, 60, 50)], [], [Point(40, 0)]).layers) == {0}


def test_roads_carry_the_engine_too() -> None:
    made = estate(box(0, 0, 80, 60), [box(20, 8, 60, 18)], [box(0, 3, 80, 3.4)], [Point(40, 0)], removable=False)
    assert evaluate_access(*made.layers) == set()
    street = LineString([(-10, -3), (90, -3)])
    for width_m, served in ((6.0, {0}), (3.9, set())):
        shifted = LineString([(x, -width_m / 2.0) for x, _ in street.coords])
        roads = frame([shifted], width_m=[width_m])
        assert evaluate_access(*made.layers, roads=roads) == served
    assert evaluate_access(*made.layers, roads=frame([box(-10, -4, 90, 0)])) == {0}
    with pytest.raises(InputError):
        evaluate_access(*made.layers, roads=frame([street]))


def bad(layer: str, **columns: object) -> Estate:
    made = estate(box(0, 0, 60, 40), [box(10, 25, 50, 35)], [box(0, 10, 60, 12)], [Point(30, 0)])
    target = getattr(made, layer)
    for name, value in columns.items():
        target[name] = gpd.GeoSeries([value], crs=CRS) if name == "geometry" else [value]
    return made


@pytest.mark.parametrize(
    ("made", "error", "where"),
    [
        (bad("obstacles", cost=0.0), InputError, ("obstacles", "cost")),
        (bad("obstacles", cost=-3.0), InputError, ("obstacles", "cost")),
        (bad("obstacles", cost=None), InputError, ("obstacles", "cost")),
        (bad("obstacles", removable=None), InputError, ("obstacles", "removable")),
        (bad("buildings", geometry=None), GeometryError, ("buildings", "geometry")),
        (bad("buildings", geometry=Polygon()), GeometryError, ("buildings", "geometry")),
        (bad("site", geometry=Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])), GeometryError, ("site", "geometry")),
        (bad("site", geometry=LineString([(0, 0), (9, 9)])), GeometryError, ("site", "geometry")),
        (bad("entrances", geometry=Point(576841, 2839410)), GeometryError, ("entrances", "geometry")),
        (bad("entrances", width_m=-1.0), InputError, ("entrances", "width_m")),
        (bad("buildings", households=-5), InputError, ("buildings", "households")),
    ],
)
def test_bad_rows_are_named(made: Estate, error: type[InputError], where: tuple[str, str]) -> None:
    with pytest.raises(error) as met:
        evaluate_access(*made.layers)
    assert where in {(fault.layer, fault.column) for fault in met.value.faults}


def test_degrees_are_refused() -> None:
    made = bad("site")
    with pytest.raises(CrsError):
        evaluate_access(made.site.to_crs(4326), made.buildings, made.obstacles, made.entrances)
    with pytest.raises(CrsError):
        evaluate_access(made.site.to_crs(4544), made.buildings, made.obstacles, made.entrances)


def test_removals_have_to_exist_and_be_removable() -> None:
    made = bad("obstacles")
    with pytest.raises(NotFoundError):
        evaluate_access(*made.layers, removed=[7])
    made.obstacles["removable"] = [False]
    with pytest.raises(UsageError):
        evaluate_access(*made.layers, removed=[0])


@pytest.mark.parametrize("width_m", [0.0, -4.0, float("nan"), float("inf"), 400.0])
def test_widths_make_sense(width_m: float) -> None:
    with pytest.raises(UsageError):
        plan_access(*bad("site").layers, width_m=width_m)


def test_labels_are_the_answer() -> None:
    made = bad("site")
    made.buildings.index, made.obstacles.index = ["甲"], ["棚"]
    plan = plan_access(*made.layers)
    assert (plan.removals, plan.served, plan.proven) == (("棚",), {"甲"}, True)
    assert evaluate_access(*made.layers, removed=["棚"]) == {"甲"}


def test_nothing_to_remove_and_nobody_to_serve() -> None:
    empty = frame([], removable=[], cost=[])
    made = bad("site")
    plan = plan_access(made.site, made.buildings, empty, made.entrances)
    assert (plan.removals, plan.cost, plan.served, plan.proven) == ((), 0.0, {0}, True)
    nobody = plan_access(made.site, frame([]), made.obstacles, made.entrances)
    assert (nobody.removals, nobody.served) == ((), frozenset())
