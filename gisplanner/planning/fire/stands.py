"""Places where the disc of a lane can stand that decide what it reaches: bends of its room, and nearest points."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numba import njit
from scipy.spatial import cKDTree

from gisplanner.planning.fire.cells import Cells, cell_at
from gisplanner.planning.fire.clearance import Grid, make_grid, standing
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
    grid = make_grid(scene.edges, reach_m + radius_m)
    who, place = _nearest(np.ascontiguousarray(points), grid.cells, reach_m + SLACK_M, radius_m)
    return np.concatenate([who, np.arange(len(points))]), np.concatenate([place, points])


@njit(cache=True, nogil=True)
def _nearest(points: Floats, cells: Cells, reach: float, radius: float) -> tuple[Ints, Floats]:
    who, place = np.empty(1024, dtype=np.int64), np.empty((1024, 2))
    many = 0
    for k in range(points.shape[0]):
        x, y = points[k]
        here = cell_at(cells, x, y)
        if here < 0:
            continue
        for i in range(cells.start[here], cells.start[here + 1]):
            if many + 4 > who.size:
                who = np.concatenate((who, np.empty_like(who)))
                place = np.concatenate((place, np.empty_like(place)))
            many = _beside(x, y, cells.ends[cells.members[i]], reach, radius, place, many)
            who[many - 4 : many] = k
            kept = many - 4
            for j in range(many - 4, many):
                if np.hypot(place[j, 0] - x, place[j, 1] - y) <= reach:
                    place[kept] = place[j]
                    kept += 1
            many = kept
    return who[:many], place[:many]


@njit(cache=True)
def _beside(  # noqa: PLR0917 - compiled functions take no keywords
    x: float, y: float, edge: Floats, reach: float, radius: float, place: Floats, many: int
) -> int:
    """Write four places: beside the foot on both sides of the edge, and around both its ends; far away for none."""
    dx, dy = edge[2] - edge[0], edge[3] - edge[1]
    length = np.hypot(dx, dy)
    along = ((x - edge[0]) * dx + (y - edge[1]) * dy) / length
    far = x + 2.0 * reach
    place[many : many + 4, 0] = far
    place[many : many + 4, 1] = y
    if -SLACK_M <= along <= length + SLACK_M:
        foot_x, foot_y = edge[0] + along / length * dx, edge[1] + along / length * dy
        place[many] = foot_x - radius * dy / length, foot_y + radius * dx / length
        place[many + 1] = foot_x + radius * dy / length, foot_y - radius * dx / length
    for end in range(2):
        away_x, away_y = x - edge[2 * end], y - edge[2 * end + 1]
        away = np.hypot(away_x, away_y)
        if away > SLACK_M:
            place[many + 2 + end, 0] = edge[2 * end] + radius * away_x / away
            place[many + 2 + end, 1] = edge[2 * end + 1] + radius * away_y / away
    return many + 4


def states_near(points: Floats, places: Floats, state: Ints, reach_m: float) -> tuple[Ints, Ints]:
    """Return each point with every distinct state of the places within ``reach_m`` of it.

    Examples
    --------
    >>> who, state = states_near(np.zeros((1, 2)), np.array([[1.0, 0], [0, 1], [9, 9]]), np.array([4, 4, 5]), 2.0)
    >>> who.tolist(), state.tolist()
    ([0], [4])
    """
    if not len(points) or not len(places):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    low = places.min(axis=0)
    columns, rows = (int(count) + 1 for count in (places.max(axis=0) - low) / reach_m)
    cell = (((places - low) / reach_m).astype(np.int64) * [1, columns]).sum(axis=1)
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(columns * rows + 1))
    who, found = _states_near(
        np.ascontiguousarray(points), places[order], state[order], start, low, columns, rows, reach_m
    )
    return who, found


@njit(cache=True, nogil=True)
def _states_near(  # noqa: PLR0917 - compiled functions take no keywords
    points: Floats, places: Floats, state: Ints, start: Ints, low: Floats, columns: int, rows: int, reach: float
) -> tuple[Ints, Ints]:
    seen_by = np.full(state.max() + 1, -1)
    who, found = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    many = 0
    for k in range(points.shape[0]):
        x, y = points[k]
        column, row = int(np.floor((x - low[0]) / reach)), int(np.floor((y - low[1]) / reach))
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                for i in range(start[r * columns + c], start[r * columns + c + 1]):
                    if seen_by[state[i]] != k and np.hypot(places[i, 0] - x, places[i, 1] - y) <= reach:
                        seen_by[state[i]] = k
                        if many == who.size:
                            who = np.concatenate((who, np.empty_like(who)))
                            found = np.concatenate((found, np.empty_like(found)))
                        who[many], found[many] = k, state[i]
                        many += 1
    return who[:many], found[:many]


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
