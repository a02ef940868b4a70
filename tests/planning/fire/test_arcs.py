"""Lines as straights and arcs keep to the line they are made from."""

from __future__ import annotations

import itertools

import ezdxf.math
import numpy as np
import pytest
import shapely
from shapely import LineString

from gisplanner.planning.fire.arcs import OFF_M, arcs_along, beside_arcs, radius_m


def turned(rng: np.random.Generator, least_m: float) -> np.ndarray:
    """Straights and arcs of ``least_m`` or more, as points half a metre apart."""
    points, heading = [np.zeros(2)], 0.0
    for _ in range(rng.integers(2, 7)):
        bend = rng.choice([0.0, 1.0, -1.0]) / (least_m * rng.uniform(1.0, 3.0))
        for _ in range(rng.integers(8, 40)):
            heading += bend * 0.5
            points.append(points[-1] + 0.5 * np.array([np.cos(heading), np.sin(heading)]))
    return np.array(points)


def flattened(rows: np.ndarray, *, closed: bool = False) -> np.ndarray:
    """Points a centimetre from the true curve or nearer, by other code."""
    ends = [*rows, rows[0]] if closed else list(rows)
    made = [ends[0][:2]]
    for a, b in itertools.pairwise(ends):
        if a[2] == 0.0:
            made.append(b[:2])
            continue
        middle, start, end, radius = ezdxf.math.bulge_to_arc(a[:2], b[:2], a[2])
        turn = (end - start) % (2.0 * np.pi)
        at = start + np.linspace(0.0, turn, 200)
        arc = np.array([middle.x, middle.y]) + radius * np.stack([np.cos(at), np.sin(at)], axis=1)
        made += list(arc if a[2] > 0.0 else arc[::-1])
    return np.array(made)


@pytest.mark.parametrize("seed", range(20))
def test_no_point_lies_far_off_and_no_arc_is_tighter(seed: int) -> None:
    points = turned(np.random.default_rng(seed), 7.0)
    rows = arcs_along(points, least_m=7.0)
    assert len(rows) < len(points) / 4
    assert shapely.hausdorff_distance(LineString(flattened(rows)), LineString(points), densify=0.25) <= OFF_M + 0.01
    assert min(radius_m(a, b) for a, b in itertools.pairwise(rows)) >= 7.0 - 0.05


def test_both_edges_lie_beside() -> None:
    rows = arcs_along(turned(np.random.default_rng(3), 9.0))
    edge = LineString(flattened(beside_arcs(rows, 2.0), closed=True))
    strip = shapely.buffer(LineString(flattened(rows)), 2.0, cap_style="flat", quad_segs=64)
    assert shapely.hausdorff_distance(edge, shapely.boundary(strip), densify=0.5) < 0.1
