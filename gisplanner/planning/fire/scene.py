"""The ground of a fire engine as edges and corners: walls, buildings, obstacles one may remove (消防通道现状)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely import Geometry

from gisplanner.planning.fire.gates import Gate, make_gates, walls_with_gates
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.outlines import Bools, Floats, Ints, Ring, on_grid, rings_of

HARD: Final = -1
"""Owner of what always stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges of everything that stands in the way.

    Attributes
    ----------
    first, second
        Ends (n, 2) in metres from the local origin.
    line_first_mm, line_second_mm
        Ends in millimetres of the edge as it was given, from which a wall may have been cut.
    exact
        Whether the given edge stands on the millimetre grid.
    first_is_given, second_is_given
        Whether an end of the given edge is an end of this one.
    owner
        Number of the removable obstacle, :data:`HARD` for what stays.
    ring, at_m
        The chain of the edge, and how far along it the edge begins.
    first_corner, second_corner
        Its ends among the corners.
    """

    first: Floats
    second: Floats
    line_first_mm: Ints
    line_second_mm: Ints
    exact: Bools
    first_is_given: Bools
    second_is_given: Bools
    owner: Ints
    ring: Ints
    at_m: Floats
    first_corner: Ints
    second_corner: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """Corners of everything that stands in the way; see :class:`Edges`."""

    point: Floats
    point_mm: Ints
    exact: Bools
    owner: Ints
    ring: Ints
    at_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything the width decision needs.

    Attributes
    ----------
    perimeter_m
        Length of each chain; infinite for an open one.
    domain
        Where the middle of a lane may run: site and roads, metres from ``origin``.
    softs
        Number of removable obstacles.
    """

    edges: Edges
    corners: Corners
    perimeter_m: Floats
    gates: tuple[Gate, ...]
    domain: Geometry
    softs: int
    origin: Floats


def make_scene(ground: Ground, width_m: float) -> Scene:
    """Return the edges and corners of a ground for a lane of ``width_m``: an entrance without a width is as wide."""
    origin = ground.origin
    local = shapely.transform(ground.domain, lambda points: points - origin)
    site_rings, _ = rings_of(ground.site, origin)
    walls = site_rings if ground.domain_is_site else [*site_rings, *rings_of([ground.domain], origin)[0]]
    gates = make_gates(site_rings, ground.entrances - origin, ground.entrance_widths_m, width_m)
    chains: list[tuple[Ring, int, Ring | None]] = [
        (piece, HARD, ring) for ring, piece in walls_with_gates(walls, gates)
    ]
    chains += [(ring, HARD, None) for ring in rings_of(merged(ground.hard), origin)[0]]
    chains += [(ring, number, None) for ring, number in zip(*rings_of(ground.soft, origin), strict=True)]
    edges, corners, perimeter = _flatten(chains)
    return Scene(edges, corners, perimeter, gates, local, len(ground.soft), origin)


def merged(shapes: Sequence[Geometry]) -> list[Geometry]:
    """Unite areas that touch or overlap: walls between them are in nobody's way. Others stay as they are.

    Examples
    --------
    >>> [shape.area for shape in merged([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 0, 6, 1)])]
    [2.0, 1.0]
    """
    areas = [shape for shape in shapes if shapely.get_dimensions(shape) == 2]  # noqa: PLR2004 - polygons
    others = [shape for shape in shapes if shapely.get_dimensions(shape) != 2]  # noqa: PLR2004 - lines
    if not areas:
        return others
    a, b = shapely.STRtree(areas).query(areas, predicate="intersects")
    graph = csr_array((np.ones(len(a)), (a, b)), shape=(len(areas), len(areas)))
    count, group = connected_components(graph, directed=False)
    groups: list[list[Geometry]] = [[] for _ in range(count)]
    for number, shape in zip(group.tolist(), areas, strict=True):
        groups[number].append(shape)
    return [one[0] if len(one) == 1 else shapely.union_all(one) for one in groups] + others


def _flatten(chains: Sequence[tuple[Ring, int, Ring | None]]) -> tuple[Edges, Corners, Floats]:
    rings = [ring for ring, _, _ in chains]
    owners = np.array([owner for _, owner, _ in chains], dtype=np.int64)
    corners = _corners(rings, owners)
    closed = np.array([ring.closed for ring in rings])
    many = np.array([len(ring.points) for ring in rings])
    at_end = np.cumsum(many) - 1
    after = np.arange(len(corners.point)) + 1
    after[at_end] = np.where(closed, at_end - many + 1, -1)
    edge = np.flatnonzero(after >= 0)
    first, second = corners.point[edge], corners.point[after[edge]]
    length = np.hypot(*(second - first).T)
    ring = corners.ring[edge]
    perimeter = np.where(closed, np.bincount(ring, weights=length, minlength=len(rings)), np.inf)
    line_first, line_second = first.copy(), second.copy()
    for number, (_, _, given) in enumerate(chains):
        if given is not None:
            mine = ring == number
            line_first[mine], line_second[mine] = _given_edges(first[mine], second[mine], given)
    first_mm, first_grid = on_grid(line_first)
    second_mm, second_grid = on_grid(line_second)
    edges = Edges(
        first, second, first_mm, second_mm, first_grid & second_grid,
        (first == line_first).all(axis=1), (second == line_second).all(axis=1),
        owners[ring], ring, corners.at_m[edge], edge, after[edge],
    )  # fmt: skip
    return edges, corners, perimeter


def _corners(rings: Sequence[Ring], owners: Ints) -> Corners:
    points = np.concatenate([ring.points for ring in rings])
    number = np.repeat(np.arange(len(rings)), [len(ring.points) for ring in rings])
    step = np.zeros(len(points))
    step[1:] = np.where(number[1:] == number[:-1], np.hypot(*(points[1:] - points[:-1]).T), 0.0)
    along = np.cumsum(step)
    new = np.concatenate([[0], np.flatnonzero(np.diff(number)) + 1])
    point_mm, grid = on_grid(points)
    return Corners(points, point_mm, grid, owners[number], number, along - along[new][number])


def _given_edges(first: Floats, second: Floats, given: Ring) -> tuple[Floats, Floats]:
    """Return for edges cut from a ring the edges of the ring they lie on, in the direction of the cut ones."""
    ends = np.stack(given.ends, axis=1)
    lines = shapely.linestrings(ends)
    middle = shapely.points((first + second) / 2.0)
    nearest = shapely.STRtree(lines).nearest(middle)
    chosen = ends[nearest]
    along = ((chosen[:, 1] - chosen[:, 0]) * (second - first)).sum(axis=1) >= 0
    return np.where(along[:, None], chosen[:, 0], chosen[:, 1]), np.where(along[:, None], chosen[:, 1], chosen[:, 0])
