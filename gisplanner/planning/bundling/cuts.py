"""Which links a barrier cuts (阻隔切断), and which barrier it is.

Between estates that stand apart the shortest connector decides. Where two edges face each other in parallel there
is not one shortest connector but a whole strip of them; the link is cut only when none of them stays free, for an
opening in a wall is where people and pipes pass. An opening narrower than :data:`OPENING_M` is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import Geometry, STRtree

from gisplanner.planning.bundling.barriers import Barriers
from gisplanner.planning.bundling.outlines import MM, TOUCH_M, Bools, Geometries, Ints, pieces_of

OPENING_M: Final = 0.5
"""Narrowest gap in a barrier that counts as a way through (本工具参数)."""

FENCE_M: Final = 1.0
"""A fence drawn nowhere further than this from an estate's outline is that estate's own (本工具参数)."""

ALONG_M: Final = 0.1
"""A barrier within this distance of a shared edge runs along it (本工具参数)."""

_OVERLAP_M2: Final = 0.01


@dataclass(frozen=True, slots=True)
class _Scene:
    """Estates, barriers and the index over the barrier parts."""

    geometry: Geometries
    barriers: Barriers
    tree: STRtree
    is_area: Bools


def cutting_barriers(
    geometry: Geometries,
    first: Ints,
    second: Ints,
    connector: Geometries,
    *,
    touching: Bools,
    barriers: Barriers | None,
) -> list[str | None]:
    """Return for each link the name of the barrier that cuts it, or ``None``.

    Parameters
    ----------
    geometry
        Outlines of all estates.
    first, second
        Positions of the two estates of each link.
    connector
        The shortest connector of each link; where estates touch, the edge or point they share.
    touching
        Whether the estates of a link touch or overlap.
    """
    verdict: list[str | None] = [None] * first.size
    if barriers is None or not first.size:
        return verdict
    is_area = shapely.get_dimensions(barriers.parts) == 2  # noqa: PLR2004
    scene = _Scene(geometry, barriers, STRtree(barriers.parts), is_area)
    reach = np.where(touching, ALONG_M, MM)
    link, part = scene.tree.query(connector, predicate="dwithin", distance=reach)
    real = _real_obstacles(scene, first[link], second[link], part)
    for k in np.unique(link[real]):
        near = _of(link, part, real, int(k))
        if touching[k]:
            cut = _runs_along(scene, connector[k], near)
        else:
            cut = _meets(scene, connector[k], near) and not _way_through(scene, (int(first[k]), int(second[k])))
        if cut:
            verdict[int(k)] = _named(barriers, near)
    return verdict


def _of(link: Ints, part: Ints, real: Bools, k: int) -> Ints:
    start, stop = np.searchsorted(link, [k, k + 1])
    return part[start:stop][real[start:stop]]


def _named(barriers: Barriers, near: Ints) -> str:
    return "、".join(sorted({barriers.name[row] for row in barriers.row[near]}))


def _real_obstacles(scene: _Scene, first: Ints, second: Ints, part: Ints) -> Bools:
    """Tell which barrier parts stand between two estates: neither an estate's own fence nor a polygon over one."""
    real = np.ones(part.size, dtype=bool)
    area = scene.is_area[part]
    for side in (first, second):
        overlap = shapely.area(shapely.intersection(scene.barriers.parts[part[area]], scene.geometry[side[area]]))
        real[area] &= overlap <= _OVERLAP_M2
    fence = ~area & scene.barriers.may_be_fence[scene.barriers.row[part]]
    row = scene.barriers.row[part[fence]]
    on_first, on_second = _on_outline(scene, row, first[fence]), _on_outline(scene, row, second[fence])
    real[fence] = on_first == on_second  # on both it is the wall between them
    return real


def _on_outline(scene: _Scene, row: Ints, estate: Ints) -> Bools:
    """Tell whether a whole barrier row runs along the outline of an estate."""
    if not row.size:
        return np.zeros(0, dtype=bool)
    pairs, inverse = np.unique(np.column_stack([row, estate]), axis=0, return_inverse=True)
    strip = shapely.buffer(shapely.boundary(scene.geometry[pairs[:, 1]]), FENCE_M)
    return np.asarray(shapely.covers(strip, scene.barriers.whole[pairs[:, 0]]), dtype=bool)[inverse.ravel()]


def _meets(scene: _Scene, connector: Geometry, near: Ints) -> bool:
    """Tell whether one of the parts stands in the way of a connector; grazing a polygon does not count."""
    parts, area = scene.barriers.parts[near], scene.is_area[near]
    if shapely.dwithin(parts[~area], connector, MM).any():
        return True
    return bool((shapely.length(shapely.intersection(parts[area], connector)) > MM).any())


def _runs_along(scene: _Scene, edge: Geometry, near: Ints) -> bool:
    """Tell whether the parts cover the whole edge two estates share; a corner is covered by what passes it."""
    parts = scene.barriers.parts[near]
    pieces = pieces_of(edge)
    if sum(piece.length for piece in pieces) <= 4 * TOUCH_M:
        return bool((shapely.distance(parts, edge) <= TOUCH_M).any())
    left = shapely.difference(shapely.union_all(pieces), shapely.buffer(shapely.union_all(parts), ALONG_M))
    return bool(shapely.length(left) <= 4 * TOUCH_M)


def _way_through(scene: _Scene, pair: tuple[int, int]) -> bool:
    """Tell whether some shortest connector of two estates is free of barriers."""
    a, b = scene.geometry[pair[0]], scene.geometry[pair[1]]
    reach = shapely.distance(a, b) + MM / 2
    for piece in pieces_of(shapely.intersection(shapely.boundary(a), shapely.buffer(b, reach, quad_segs=64))):
        strip = shapely.convex_hull(shapely.union_all([piece, *_connectors(piece, b, np.array([0.0, piece.length]))]))
        near = scene.tree.query(strip, predicate="dwithin", distance=MM)
        near = near[_real_obstacles(scene, np.full(near.size, pair[0]), np.full(near.size, pair[1]), near)]
        if _opening(scene, piece, b, strip, near):
            return True
    return False


def _connectors(
    piece: Geometry, other: Geometry, at_m: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> list[Geometry]:
    return list(shapely.shortest_line(shapely.line_interpolate_point(piece, at_m), other))


def _opening(scene: _Scene, piece: Geometry, other: Geometry, strip: Geometry, near: Ints) -> bool:
    """Tell whether connectors over at least :data:`OPENING_M` of ``piece`` (all of it if shorter) are free.

    Whether a connector is free changes only beside a vertex of the barrier within the strip, so one connector
    between each two such places tells for all.
    """
    inside = shapely.intersection(scene.barriers.parts[near], strip)
    vertices = shapely.points(shapely.get_coordinates(inside))
    marks = np.unique(np.concatenate([[0.0, piece.length], shapely.line_locate_point(piece, vertices)]))
    need, free = min(OPENING_M, piece.length) - MM, 0.0
    connectors = _connectors(piece, other, (marks[:-1] + marks[1:]) / 2.0)
    for connector, width in zip(connectors, np.diff(marks), strict=True):
        if width > 0.0 and _meets(scene, connector, near):
            free = 0.0
        else:
            free += float(width)
            if free >= need:
                return True
    return False
