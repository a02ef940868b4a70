"""The plane cut by edges and plugs into faces, and what has to be removed to pass from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.planning.fire.outlines import Floats, Ints
from gisplanner.planning.fire.pieces import Pieces, make_pieces
from gisplanner.planning.fire.plugs import Plugs
from gisplanner.planning.fire.scene import HARD, Scene

GRID_M: Final = 1e-6
"""Cuts meet on this grid, a thousandth of what separates a disc from a plug."""

OUTSIDE: Final = 0
"""The unbounded face."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Faces and the doors between them; face 0 is the rest of the plane.

    Attributes
    ----------
    count
        Number of faces, the unbounded one included.
    door
        Faces (n, 2) on both sides of a door.
    clause_start, clause
        Conditions of each door, all of which must hold: rows ``clause[clause_start[d]:clause_start[d + 1]]`` of two
        obstacles, one of which must be removed; -1 where there is only one.
    pieces
        Lookup of the lines between faces.
    """

    count: int
    door: Ints
    clause_start: Ints
    clause: Ints
    pieces: Pieces

    def locate(self, points: Floats) -> Ints:
        """Return the face of each point (n, 2)."""
        return self.pieces.left_of_next(points)


def cut_plane(scene: Scene, plugs: Plugs) -> Faces:
    """Return the faces between edges and plugs."""
    edges = scene.edges
    ends = np.concatenate(
        [np.stack([edges.first, edges.second], axis=1), np.stack([plugs.corner, plugs.foot], axis=1)]
    )
    owners = np.concatenate(
        [np.stack([edges.owner, edges.owner], axis=1), np.stack([plugs.owner_a, plugs.owner_b], axis=1)]
    )
    sources = shapely.linestrings(ends)
    noded = shapely.union_all(sources, grid_size=GRID_M)
    pieces, bounds = _pieces(noded)
    shapes = shapely.get_parts(shapely.polygonize(list(bounds)))
    left, right = _sides(pieces, shapes)
    between = np.flatnonzero(left != right)
    doors, clauses = _clauses(pieces[between], sources, owners)
    sides = np.stack([left, right], axis=1)[between[doors]]
    # Lines that end blindly part nothing, and the face around them is not the outside.
    ring = (left != OUTSIDE) | (right != OUTSIDE)
    ends = np.asarray(pieces[ring] * GRID_M, dtype=np.float64)
    lookup = make_pieces(ends, left[ring], right[ring])
    return _doors(len(shapes) + 1, sides, clauses, lookup)


def _pieces(noded: shapely.Geometry) -> tuple[Ints, npt.NDArray[np.object_]]:
    """Return the noded lines cut at every point: integer ends (n, 4) on the grid, and as lines."""
    points, line = shapely.get_coordinates(shapely.get_parts(noded), return_index=True)
    follows = line[1:] == line[:-1]
    ends = np.stack([points[:-1][follows], points[1:][follows]], axis=1)
    return _keys(ends), shapely.linestrings(ends)


def _keys(ends: Floats) -> Ints:
    """Return each piece as four integers, the smaller end first."""
    whole = np.round(ends / GRID_M).astype(np.int64)
    swap = (whole[:, 0, 0] > whole[:, 1, 0]) | (
        (whole[:, 0, 0] == whole[:, 1, 0]) & (whole[:, 0, 1] > whole[:, 1, 1])
    )
    whole[swap] = whole[swap][:, ::-1]
    return whole.reshape(-1, 4)


def _sides(pieces: Ints, shapes: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Return the faces left and right of each piece; the same face twice for a piece that ends blindly."""
    rings, of_face = shapely.get_rings(shapes, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][follows], points[1:][follows]], axis=1)
    keys = _keys(ends)
    ring = ring[:-1][follows]
    # Inside of a face lies left of a shell that runs counter-clockwise, and of a hole that runs clockwise.
    shell = np.ones(len(rings), dtype=bool)
    shell[1:] = of_face[1:] != of_face[:-1]
    turned = (np.round(ends[:, 0] / GRID_M).astype(np.int64) != keys[:, :2]).any(axis=1)
    is_left = (shapely.is_ccw(rings) == shell)[ring] ^ turned
    number = _numbered(np.concatenate([pieces, keys]))
    mine, theirs = number[: len(pieces)], number[len(pieces) :]
    left, right = np.full((2, number.max(initial=0) + 1), OUTSIDE)
    left[theirs[is_left]] = of_face[ring[is_left]] + 1
    right[theirs[~is_left]] = of_face[ring[~is_left]] + 1
    return left[mine], right[mine]


def _numbered(pieces: Ints) -> Ints:
    """Return a number for each piece, the same for the same: its two points are numbered first."""
    points = pieces.reshape(-1, 2)
    low, span = points.min(axis=0, initial=0), int(np.ptp(points[:, 1])) + 1 if len(points) else 1
    code = (points[:, 0] - low[0]) * span + (points[:, 1] - low[1])
    _, point = np.unique(code, return_inverse=True)
    ends = point.reshape(-1, 2)
    return np.asarray(np.unique(ends[:, 0] * (ends.max(initial=0) + 1) + ends[:, 1], return_inverse=True)[1])


def _clauses(
    pieces: Ints, sources: npt.NDArray[np.object_], owners: Ints
) -> tuple[Ints, list[frozenset[tuple[int, int]]]]:
    """Return which pieces can be opened at all, and what each of them asks for."""
    always = (owners == HARD).all(axis=1)
    soft = np.flatnonzero(~always)
    who, source = _lying_on(pieces, sources[soft])
    source = soft[source]
    a, b = owners[source].T
    some = np.unique(who)
    blocked = np.zeros(len(pieces), dtype=bool)
    blocked[some[_lying_on(pieces[some], sources[always])[0]]] = True
    low = np.where(b == HARD, a, np.where(a == HARD, b, np.minimum(a, b)))
    high = np.where((a == HARD) | (b == HARD) | (a == b), HARD, np.maximum(a, b))
    asked: dict[int, set[tuple[int, int]]] = {}
    for piece, one, other in zip(who.tolist(), low.tolist(), high.tolist(), strict=True):
        if not blocked[piece]:
            asked.setdefault(piece, set()).add((one, other))
    doors = np.array(sorted(asked), dtype=np.int64)
    return doors, [_needed(asked[piece]) for piece in doors.tolist()]


def _lying_on(pieces: Ints, sources: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Return each piece with every line it lies on, as rows of both."""
    ends = pieces.reshape(-1, 2, 2) * GRID_M
    middle = shapely.points(ends.mean(axis=1))
    who, source = shapely.STRtree(sources).query(middle, predicate="dwithin", distance=2.0 * GRID_M)
    for end in (0, 1):
        on = shapely.distance(shapely.points(ends[who, end]), sources[source]) <= 2.0 * GRID_M
        who, source = who[on], source[on]
    return who, source


def _needed(clauses: set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Leave out what another condition implies."""
    single = {one for one, other in clauses if other == HARD}
    return frozenset((one, other) for one, other in clauses if other == HARD or not {one, other} & single)


def _doors(count: int, sides: Ints, clauses: list[frozenset[tuple[int, int]]], pieces: Pieces) -> Faces:
    kept: dict[tuple[int, int, frozenset[tuple[int, int]]], None] = {}
    for (a, b), asked in zip(sides.tolist(), clauses, strict=True):
        kept[min(a, b), max(a, b), asked] = None
    door = np.array([(a, b) for a, b, _ in kept], dtype=np.int64).reshape(-1, 2)
    counts = [len(asked) for _, _, asked in kept]
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = [pair for _, _, asked in kept for pair in sorted(asked)]
    return Faces(count, door, start, np.array(rows, dtype=np.int64).reshape(-1, 2), pieces)
