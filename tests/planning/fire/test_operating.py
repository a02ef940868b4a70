"""Climbing ground: as long as the side, within reach of the wall, free, in the site, and entered by the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import affinity, box

from gisplanner.planning.fire.operating import OperatingGround, operating_ground

HOUSE, SITE = box(0, 40, 40, 52), box(-20, 0, 60, 52.5)
SIZES = {"nearest_m": 5.0, "farthest_m": 10.0, "length_m": 15.0, "depth_m": 10.0}


def tried(*standing: Any, stands: list[tuple[float, float]] | None = None, angle: float = 0.0) -> Any:
    """Return the answer; only the south side has room, the north wall is the edge of the site."""
    places = shapely.points(stands or [(20.0, 30.0)])
    turned = [affinity.rotate(shape, angle, (0, 0)) for shape in (HOUSE, SITE, *standing)]
    spots = shapely.get_coordinates([affinity.rotate(one, angle, (0, 0)) for one in places])
    return operating_ground(turned[0], turned[1], turned[2:], spots, **SIZES)


@pytest.mark.parametrize("angle", [0.0, 17.0, 90.0, 213.0])
def test_free_ground_is_found_at_any_turn(angle: float) -> None:
    found = tried(angle=angle)
    assert isinstance(found, OperatingGround)
    assert (found.distance_m, found.depth_m) == (5.0, 10.0)
    assert found.length_m == pytest.approx(40.0)
    assert found.outline.area == pytest.approx(400.0)
    assert found.outline.distance(affinity.rotate(HOUSE, angle, (0, 0))) == pytest.approx(5.0)


def test_what_stands_before_the_wall_or_on_the_ground_is_in_the_way() -> None:
    hedge, shed = box(10, 37, 30, 37.2), box(0, 27, 2, 29)
    for thing in (hedge, shed):
        _, south = sorted(tried(thing), key=lambda side: side.standing)
        assert (south.standing, south.beyond) == (True, False)
    assert isinstance(tried(box(0, 20, 2, 24.99)), OperatingGround)  # the ground begins at 25 m
    assert isinstance(tried(box(0, 38, 40, 40)), tuple)  # an annex keeps the ladder off the wall


def test_ground_no_engine_gets_onto_does_not_count() -> None:
    sides = tried(stands=[(20.0, 10.0)])
    assert [side.reach for side in sides if not side.beyond] == [True]


def test_a_short_house_needs_the_least_length() -> None:
    house, site = box(0, 40, 8, 44), box(-20, 0, 60, 44.5)
    found = operating_ground(house, site, [], np.array([[4.0, 30.0]]), **SIZES)
    assert isinstance(found, OperatingGround)
    assert found.length_m == 15.0
    assert found.outline.bounds == pytest.approx((-3.5, 25.0, 11.5, 35.0))
