"""Vehicles on lanes: what is driven is free by other code, what cannot be is not said to be."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely import LineString

from gisplanner.planning.fire.cells import make_cells
from gisplanner.planning.fire.drives import CELL_M, bodies
from gisplanner.planning.fire.manoeuvre import Drive, chassis_of, drive_along, reach_of
from gisplanner.planning.fire.smooth import spaced
from gisplanner.planning.fire.vehicle import Body, width_in_bend_m

ENGINE = Body(9.0, 2.5, 5.0, 1.5, 9.0)


def corner(wide_m: float) -> tuple[list[LineString], np.ndarray]:
    """Two streets of one width that meet at a right angle, and their middle line."""
    half = wide_m / 2.0
    inner = LineString([(-30, half), (30 - half, half), (30 - half, 40)])
    outer = LineString([(-30, -half), (30 + half, -half), (30 + half, 40)])
    return [inner, outer], spaced(np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 36.0]]))


def driven(walls: list[LineString], line: np.ndarray, *, reversing: bool) -> Drive:
    chassis = chassis_of(ENGINE)
    ends = np.concatenate([np.hstack([c[:-1], c[1:]]) for c in map(shapely.get_coordinates, walls)])
    cells = make_cells(ends, CELL_M, reach_m=reach_of(chassis), margin_m=reach_of(chassis))
    return drive_along(line, cells, ENGINE, reversing=reversing)


@pytest.mark.parametrize(
    ("wide_m", "forward", "anyhow"), [(7.0, True, True), (5.6, False, True), (3.2, False, False)]
)
def test_round_a_corner(wide_m: float, forward: bool, anyhow: bool) -> None:
    walls, line = corner(wide_m)
    found = driven(walls, line, reversing=False)
    assert (found.stuck_at is None) is forward
    found = found if forward else driven(walls, line, reversing=True)
    assert (found.stuck_at is None) is anyhow
    assert not shapely.intersects(
        shapely.union_all(bodies(chassis_of(ENGINE), found.poses)), shapely.union_all(walls)
    )
    assert (found.reversals > 0) is (anyhow and not forward)


def test_every_motion_can_be_steered() -> None:
    walls, line = corner(5.6)
    found = driven(walls, line, reversing=True)
    way = np.hypot(*np.diff(found.poses[:, :2], axis=0).T)
    turn = np.abs((np.diff(found.poses[:, 2]) + math.pi) % (2.0 * math.pi) - math.pi)
    assert way.max() < 0.21
    assert (turn <= chassis_of(ENGINE).bend * way * 1.01 + 1e-9).all()


def test_a_long_bend_narrower_than_the_body_sweeps_is_not_driven() -> None:
    rear = 1.2 / chassis_of(ENGINE).bend
    inner = rear - ENGINE.width_m / 2.0
    turn = np.linspace(0.0, math.radians(250.0), 200)
    for short_m, arrives in ((0.1, False), (-0.4, True)):
        wide = width_in_bend_m(ENGINE, math.hypot(rear, ENGINE.wheelbase_m)) - short_m
        middle = inner + wide / 2.0

        def side(radius: float, middle: float = middle) -> np.ndarray:
            around = np.stack([radius * np.sin(turn), middle - radius * np.cos(turn)], axis=1)
            return np.concatenate([[[-20.0, middle - radius]], around])

        walls = [LineString(side(inner)), LineString(side(inner + wide))]
        found = driven(walls, spaced(side(middle)[1:]), reversing=False)
        assert (found.stuck_at is None) is arrives
