"""Straight ways that keep clear of areas, against shapely."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity, box

from gisplanner.planning.fire.sight import Sight


def test_the_same_ways_are_free_as_shapely_says() -> None:
    rng = np.random.default_rng(5)
    slabs = [
        affinity.rotate(box(x, y, x + 15, y + 8), turn) for x, y, turn in rng.uniform(0, [200, 200, 90], (60, 3))
    ]
    ring = box(300, 0, 340, 40).difference(box(305, 5, 335, 35))
    areas = np.array(shapely.get_parts(shapely.union_all([*slabs, ring])))
    places = rng.uniform(-20, 360, (600, 2))
    pairs = rng.integers(0, len(places), (4000, 2))
    truth = np.ones(len(pairs), dtype=bool)
    ways = shapely.linestrings(places[pairs])
    truth[shapely.STRtree(areas).query(ways, predicate="intersects")[0]] = False
    assert 0.1 < truth.mean() < 0.9
    np.testing.assert_array_equal(Sight(areas).free(places, pairs), truth)


def test_ways_along_the_axes_and_of_no_length() -> None:
    sight = Sight(np.array([box(10, 10, 20, 20)]))
    places = np.array([[15.0, 0.0], [15.0, 30.0], [0.0, 15.0], [30.0, 15.0], [5.0, 5.0], [25.0, 5.0], [10.0, 10.0]])
    pairs = np.array([[0, 1], [2, 3], [4, 4], [4, 5], [4, 6], [5, 1]])
    assert sight.free(places, pairs).tolist() == [False, False, True, True, False, False]
    assert Sight(np.array([], dtype=object)).free(places, pairs).all()
