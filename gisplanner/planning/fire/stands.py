"""Places where the disc of a lane can stand that decide what it reaches: bends of its room, and nearest points."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gisplanner.planning.fire.clearance import Grid, standing
from gisplanner.planning.fire.faces import Faces
from gisplanner.planning.fire.gates import Gate
from gisplanner.planning.fire.outlines import Floats, Ints
from gisplanner.planning.fire.scene import Edges, Scene

SLACK_M: Final = 1e-9
EDGE_M: Final = 1e-6
"""A middle this far outside of the domain is on its edge."""


class Standing:
    """Decides of points whether the disc can stand there, and keeps one numbering of blocker sets."""

    def __init__(self, scene: Scene, faces: Faces, grid: Grid) -> None:
        self._faces = faces
        self._grid = grid
        self._domain = shapely.buffer(scene.domain, EDGE_M, join_style="mitre")
        shapely.prepare(self._domain)
        self._numbers: dict[tuple[int, ...], int] = {(): 0}

    @property
    def sets(self) -> list[tuple[int, ...]]:
        """Return all sets of blockers met so far."""
        return list(self._numbers)

    def stand(self, points: Floats) -> tuple[Ints, Ints, Ints]:
        """Return the rows of points where the disc can stand at all, their faces and blocker sets."""
        number, sets = standing(self._grid, points)
        rows = np.flatnonzero(number >= 0)
        rows = rows[shapely.contains_xy(self._domain, points[rows])]
        ours = np.array([self._numbers.setdefault(one, len(self._numbers)) for one in sets], dtype=np.int64)
        return rows, self._faces.locate(points[rows]), ours[number[rows]]


def corners_of_room(scene: Scene, radius_m: float) -> Floats:
    """Return all points (n, 2) at the distance ``radius_m`` from two edges or corners: where its room bends.

    Points that lie nearer to something else are among them.
    """
    edges, corners = scene.edges, scene.corners.point
    lines = shapely.linestrings(np.stack([edges.first, edges.second], axis=1))
    tree = shapely.STRtree(lines)
    reach = 2.0 * radius_m + SLACK_M
    v, e = tree.query(shapely.points(corners), predicate="dwithin", distance=reach)
    a, b = tree.query(lines, predicate="dwithin", distance=reach)
    first, second = a[a < b], b[a < b]
    pairs = cKDTree(corners).query_pairs(reach, output_type="ndarray")
    return np.concatenate(
        [
            _circles(corners[pairs[:, 0]], corners[pairs[:, 1]], radius_m),
            _circle_and_line(corners[v], edges, e, radius_m),
            _lines(edges, first, second, radius_m),
            _turning_points(edges, radius_m),
        ]
    )


def gate_stands(gate: Gate, scene: Scene, radius_m: float) -> Floats:
    """Return points of an opening such that every stretch of it where the disc can stand has one."""
    edges, corners = scene.edges, scene.corners.point
    first, second = gate.opening[:-1], gate.opening[1:]
    found = [gate.middle[None, :], gate.opening]
    for a, b in zip(first, second, strict=True):
        along = b - a
        length = float(np.hypot(*along))
        if length <= SLACK_M:
            continue
        way = along / length
        found.append(a + _crossings(corners, a, way, length, radius_m)[:, None] * way)
        for side in (-1.0, 1.0):
            shift = side * radius_m * _normals(edges, np.arange(len(edges.owner)))
            found.append(_meeting(a, b, edges.first + shift, edges.second + shift))
    return np.concatenate(found)


def nearest_stands(scene: Scene, points: Floats, reach_m: float, radius_m: float) -> tuple[Ints, Floats]:
    """Return for sample points the nearest points of the room's straight and round edges within ``reach_m``.

    Returns
    -------
    who
        Row of the sample of each place.
    place
        Places (n, 2).
    """
    edges, corners = scene.edges, scene.corners.point
    lines = shapely.linestrings(np.stack([edges.first, edges.second], axis=1))
    wide = reach_m + radius_m
    who, e = shapely.STRtree(lines).query(shapely.points(points), predicate="dwithin", distance=wide)
    along = edges.second[e] - edges.first[e]
    length = np.hypot(*along.T)
    t = ((points[who] - edges.first[e]) * along).sum(axis=1) / np.maximum(length, SLACK_M)
    on = (t >= -SLACK_M) & (t <= length + SLACK_M)
    who, e, t = who[on], e[on], t[on]
    foot = edges.first[e] + (t / np.maximum(length[on], SLACK_M))[:, None] * along[on]
    shift = radius_m * _normals(edges, e)
    near, corner = _near_corners(points, corners, wide)
    away = points[near] - corners[corner]
    distance = np.hypot(*away.T)
    some = distance > SLACK_M
    round_ = corners[corner[some]] + radius_m * away[some] / distance[some, None]
    place = np.concatenate([foot + shift, foot - shift, round_, points])
    whose = np.concatenate([who, who, near[some], np.arange(len(points))])
    within = np.hypot(*(place - points[whose]).T) <= reach_m + SLACK_M
    return whose[within], place[within]


def _near_corners(points: Floats, corners: Floats, reach_m: float) -> tuple[Ints, Ints]:
    lists = cKDTree(corners).query_ball_point(points, reach_m)
    many = np.array([len(one) for one in lists], dtype=np.int64)
    flat = np.concatenate([np.asarray(one, dtype=np.int64) for one in lists]) if len(lists) else np.zeros(0, np.int64)
    return np.repeat(np.arange(len(points)), many), flat


def _normals(edges: Edges, e: Ints) -> Floats:
    along = edges.second[e] - edges.first[e]
    return np.asarray(np.stack([-along[:, 1], along[:, 0]], axis=1) / np.hypot(*along.T)[:, None])


def _circles(a: Floats, b: Floats, radius: float) -> Floats:
    along = b - a
    d = np.hypot(*along.T)
    some = (d > SLACK_M) & (d <= 2.0 * radius + SLACK_M)
    a, along, d = a[some], along[some], d[some]
    rise = np.sqrt(np.maximum(radius**2 - d**2 / 4.0, 0.0)) / d
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * rise[:, None]
    middle = a + along / 2.0
    return np.concatenate([middle + across, middle - across])


def _circle_and_line(centre: Floats, edges: Edges, e: Ints, radius: float) -> Floats:
    along = edges.second[e] - edges.first[e]
    length = np.hypot(*along.T)
    way = along / length[:, None]
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1)
    from_first = centre - edges.first[e]
    t, s = (from_first * way).sum(axis=1), (from_first * normal).sum(axis=1)
    found = []
    for side in (-radius, radius):
        half2 = radius**2 - (s - side) ** 2
        half = np.sqrt(np.maximum(half2, 0.0))
        for at in (t - half, t + half):
            on = (half2 >= -SLACK_M) & (at >= -SLACK_M) & (at <= length + SLACK_M)
            found.append(edges.first[e[on]] + at[on, None] * way[on] + side * normal[on])
    return np.concatenate(found)


def _lines(edges: Edges, i: Ints, j: Ints, radius: float) -> Floats:
    n_i, n_j = radius * _normals(edges, i), radius * _normals(edges, j)
    found = [
        _meeting(edges.first[i] + m, edges.second[i] + m, edges.first[j] + n, edges.second[j] + n)
        for m in (-n_i, n_i)
        for n in (-n_j, n_j)
    ]
    return np.concatenate(found)


def _meeting(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Return where the stretches a–b and c–d meet, row by row; parallel ones have no single point."""
    u, w = np.broadcast_to(b - a, c.shape), d - c
    from_a = c - a
    cross = u[:, 0] * w[:, 1] - u[:, 1] * w[:, 0]
    scale = np.hypot(*u.T) * np.hypot(*w.T)
    some = np.abs(cross) > 1e-12 * np.maximum(scale, SLACK_M)
    safe = np.where(some, cross, 1.0)
    t = (from_a[:, 0] * w[:, 1] - from_a[:, 1] * w[:, 0]) / safe
    s = (from_a[:, 0] * u[:, 1] - from_a[:, 1] * u[:, 0]) / safe
    some &= (t >= -SLACK_M) & (t <= 1.0 + SLACK_M) & (s >= -SLACK_M) & (s <= 1.0 + SLACK_M)
    start = np.broadcast_to(a, c.shape)
    return np.asarray(start[some] + t[some, None] * u[some])


def _turning_points(edges: Edges, radius: float) -> Floats:
    shift = radius * _normals(edges, np.arange(len(edges.owner)))
    return np.concatenate([edges.first + shift, edges.first - shift, edges.second + shift, edges.second - shift])


def _crossings(centres: Floats, a: Floats, way: Floats, length: float, radius: float) -> Floats:
    """Return where circles around ``centres`` cross the stretch from ``a``, as metres along it."""
    from_a = centres - a
    t = from_a @ way
    half2 = radius**2 - (from_a**2).sum(axis=1) + t**2
    some = half2 >= -SLACK_M
    half = np.sqrt(np.maximum(half2[some], 0.0))
    at = np.concatenate([t[some] - half, t[some] + half])
    return at[(at >= -SLACK_M) & (at <= length + SLACK_M)]
