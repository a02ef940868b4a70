"""Lanes, turnarounds and hydrants keep to what they promise, checked by separate means."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Point, box

from gisplanner.planning.fire.access import plan_on
from gisplanner.planning.fire.hydrants import least_hydrants
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.lanes import make_lanes
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.situation import Situation
from tests.planning.fire.estates import Estate, estate, random_estate


def planned(made: Estate):
    reach = Reach(read_ground(*made.layers), 4.0)
    plan = plan_on(reach)
    gone = np.isin(np.array(reach.ground.soft_labels), list(plan.removals))
    standing = [*reach.ground.hard, *(shape for shape, away in zip(reach.ground.soft, gone, strict=True) if not away)]
    return (
        reach,
        plan,
        make_lanes(Situation(reach, gone), dead_end_m=40.0, turnarounds_m=(12.0, 15.0, 18.0), radius_m=7.0),
        standing,
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_line_of_a_lane_never_meets_what_stands(seed: int) -> None:
    made = random_estate(np.random.default_rng(seed), columns=2, rows=3, obstacles=12)
    _, plan, lanes, standing = planned(made)
    assert bool(lanes) is bool(plan.served)
    for lane in lanes:
        assert not any(lane.line.crosses(shape) or lane.line.within(shape) for shape in standing)
        assert lane.pinch_m >= 4.0 - 1e-6
        if lane.turnaround is not None:
            assert lane.dead_end_m > 40.0
            square = lane.turnaround.outline
            if square is not None:
                assert square.area == pytest.approx(144.0)
                assert made.site.geometry.iloc[0].contains(square)
                assert not any(square.intersects(shape) for shape in standing)


def test_the_pinch_is_the_gap() -> None:
    walls = [box(0, 20, 30, 21), box(34.35, 20, 80, 21)]
    _, _, lanes, _ = planned(
        estate(box(0, 0, 80, 60), [box(20, 40, 60, 50)], walls, [Point(10, 0)], removable=False, widths=[6.0])
    )
    [lane] = [lane for lane in lanes if lane.pinch_m < 6.0]
    assert lane.pinch_m == pytest.approx(4.35)
    assert shapely.Point(lane.pinch_at).distance(shapely.Point(576811 + 32.175, 2839390 + 20.5)) < 0.6


def test_a_gate_nobody_measured_is_no_pinch() -> None:
    _, _, lanes, _ = planned(estate(box(0, 0, 80, 60), [box(20, 30, 60, 40)], [], [Point(40, 0)]))
    assert min(lane.pinch_m for lane in lanes) > 4.5


def test_a_long_dead_end_gets_a_turnaround_where_one_fits() -> None:
    site = box(0, 0, 100, 120)
    for wide, fits in ((24.0, True), (11.0, False)):
        walls = [box(0, 0.5, 40, 119), box(40 + wide, 0.5, 100, 119)]
        made = estate(site, [box(41, 100, 42, 112)], walls, [Point(40 + wide / 2, 0)], removable=False)
        _, _, lanes, _ = planned(made)
        [longest] = sorted(lanes, key=lambda lane: lane.dead_end_m)[-1:]
        assert longest.dead_end_m > 40.0
        assert longest.turnaround is not None
        assert (longest.turnaround.outline is not None) is fits
        assert longest.turnaround.largest_m == (18.0 if fits else 0.0)


@pytest.mark.requirement("R7.03")
def test_hydrants_are_as_few_as_can_be() -> None:
    rng = np.random.default_rng(4)
    houses = [box(x, y, x + 12, y + 8) for x, y in rng.uniform(0, 500, (12, 2))]
    places = rng.uniform(0, 500, (9, 2))
    cover = least_hydrants(places, np.zeros((0, 2)), houses, [], radius_m=180, spacing_m=120)
    points = np.concatenate([shapely.get_coordinates(shapely.segmentize(house.boundary, 5.0)) for house in houses])
    near = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1)) <= 180
    hopeless = ~near.any(axis=1)
    assert cover.uncovered == hopeless.sum()
    least = min(
        mask.bit_count()
        for mask in range(1 << 9)
        if (near[:, [k for k in range(9) if mask >> k & 1]].any(axis=1) | hopeless).all()
    )
    assert (len(cover.chosen), cover.bound, cover.proven) == (least, least, True)
    assert least_hydrants(places, places, houses, [], radius_m=180, spacing_m=120).chosen == []


def test_out_of_time_the_bound_is_told() -> None:
    rng = np.random.default_rng(8)
    houses = [box(x, y, x + 12, y + 8) for x, y in rng.uniform(0, 1500, (120, 2))]
    places = rng.uniform(0, 1500, (300, 2))
    cover = least_hydrants(places, np.zeros((0, 2)), houses, [], radius_m=150, spacing_m=120, time_limit_s=0.0)
    points = np.concatenate([shapely.get_coordinates(shapely.segmentize(house.boundary, 5.0)) for house in houses])
    near = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1)) <= 150
    assert (near[:, cover.chosen].any(axis=1) | ~near.any(axis=1)).all()
    assert 1 <= cover.bound < len(cover.chosen)
    assert not cover.proven
