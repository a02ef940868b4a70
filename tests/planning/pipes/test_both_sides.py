"""Wide roads as corridors: where the sides lie, where lines cross, how far apart walls face each other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from shapely import LineString, Point

from gisplanner.planning.pipes.corridors.both_sides import Lined, lined_roads
from gisplanner.planning.pipes.corridors.facades import facing_m
from gisplanner.planning.pipes.corridors.roads import noded_lines

AWAY = 15.0


def lined(roads: list[LineString], wide: list[int], **options: object) -> Lined:
    away = np.array([AWAY if k in wide else np.nan for k in range(len(roads))])
    names = [f"road {k}" for k in range(len(roads))]
    given = {"names": names, "every_m": 1000.0} | options
    return lined_roads(np.array(roads, dtype=object), away, given.pop("names"), **given)  # type: ignore[arg-type]


def across(found: Lined) -> list[tuple[float, float]]:
    """Return where lines cross, and how many metres each crossing has."""
    links = [line for line, side in zip(found.lines, found.side, strict=True) if side == "across"]
    return sorted((round(line.centroid.x, 3), round(line.length, 3)) for line in links)


def in_one_piece(found: Lined) -> bool:
    joined = shapely.union_all(shapely.buffer(noded_lines(found.lines), 0.001))
    return str(joined.geom_type) == "Polygon"


def test_a_road_that_is_not_wide_stays_as_it_is() -> None:
    road = LineString([(0, 0), (300, 0)])
    found = lined([road], wide=[])
    assert (found.lines.tolist(), found.side, found.middles.size) == ([road], ("",), 0)


def test_the_sides_of_a_wide_road_meet_where_it_ends_and_at_intervals() -> None:
    found = lined([LineString([(0, 0), (500, 0)])], wide=[0], every_m=200.0)
    assert Counter(found.side) == {"north": 1, "south": 1, "across": 4}
    assert across(found) == [(0.0, 30.0), (166.667, 30.0), (333.333, 30.0), (500.0, 30.0)]
    assert in_one_piece(found)


@pytest.mark.parametrize(
    ("street", "crossing"),
    [
        ([(150, 0), (150, 90)], [(150.0, 15.0)]),  # ends on the middle: goes on to the other side
        ([(150, 0.3), (150, 90)], [(150.0, 15.3)]),  # a hair short of it
        ([(150, -90), (150, 90)], []),  # crosses by itself
    ],
)
def test_lines_cross_where_streets_meet_the_road(
    street: list[tuple[float, float]], crossing: list[tuple[float, float]]
) -> None:
    found = lined([LineString([(0, 0), (300, 0)]), LineString(street)], wide=[0])
    assert across(found) == [(0.0, 30.0), *crossing, (300.0, 30.0)]
    assert in_one_piece(found)


def test_two_wide_roads_cross_and_meet_with_all_four_sides() -> None:
    roads = [LineString([(0, 0), (300, 0)]), LineString([(150, -150), (150, 150)])]
    found = lined(roads, wide=[0, 1])
    assert across(found) == [(0.0, 30.0), (150.0, 30.0), (150.0, 30.0), (300.0, 30.0)]  # only where they end
    meeting = lined([roads[0], LineString([(150, 0), (150, 150)])], wide=[0, 1])
    assert in_one_piece(found)
    assert in_one_piece(meeting)


def test_rows_of_one_road_have_sides_that_go_on_and_keep_their_rows() -> None:
    rows = [LineString([(0, 0), (100, 0)]), LineString([(200, 40), (100, 0)])]
    found = lined(rows, wide=[0, 1], names=["a", "a"])
    sides = [(side, int(row)) for side, row in zip(found.side, found.road, strict=True) if side != "across"]
    assert sorted(sides) == [("north", 0), ("north", 1), ("south", 0), ("south", 1)]
    assert found.middles.size == 1
    for side in ("north", "south"):
        pieces = [line for line, one in zip(found.lines, found.side, strict=True) if one == side]
        assert shapely.line_merge(shapely.multilinestrings(pieces)).geom_type == "LineString"
    apart = [lined(rows, wide=[0, 1])]
    assert in_one_piece(apart[0])


def test_a_source_in_the_road_feeds_both_its_sides() -> None:
    source = np.array([Point(90, 2), Point(95, -1), Point(90, 40)], dtype=object)
    found = lined([LineString([(0, 0), (300, 0)])], wide=[0], sources=source)
    assert across(found) == [(0.0, 30.0), (90.0, 30.0), (300.0, 30.0)]


def test_an_end_that_lies_on_a_street_to_the_millimetre_joins_it() -> None:
    slanted = LineString([(0, 0), (30, 10)])
    foot = slanted.interpolate(17.3)
    side = LineString([(foot.x + 4e-4, foot.y), (30, -20)])
    assert len(noded_lines(np.array([slanted, side], dtype=object))) == 3


def test_walls_that_face_each_other() -> None:
    street = np.array([LineString([(0, 0), (100, 0)]), LineString([(0, 500), (100, 500)])], dtype=object)
    walls = np.array(
        [shapely.box(0, 18, 30, 30), shapely.box(70, -30, 90, -20), shapely.box(10, -9, 11, -8)], dtype=object
    )
    assert facing_m(street, walls[:2], 40.0).tolist() == [np.inf, np.inf]  # they do not stand face to face
    assert facing_m(street, np.append(walls[:2], shapely.box(60, 17, 95, 30)), 40.0)[0] == pytest.approx(37.0)
