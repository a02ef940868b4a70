"""Streets and lanes as noded lines: crossings become nodes, ends that just miss a street are joined to it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

Geometry = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

SNAP_M: Final = 0.5
"""An end that misses another street by no more is taken to meet it (drawing accuracy)."""
_SAME_PLACE_M: Final = 1e-3


def noded_lines(lines: Geometry) -> Geometry:
    """Return the lines cut at every crossing, doubles removed, near misses joined.

    Order and direction of what comes back do not depend on the order of ``lines``: plans depend on neither.

    Examples
    --------
    >>> cross = np.array(shapely.from_wkt(["LINESTRING (0 0, 10 0)", "LINESTRING (5 0.2, 5 8)"]), dtype=object)
    >>> sorted(round(float(one.length), 1) for one in noded_lines(cross))
    [0.2, 5.0, 5.0, 7.8]
    """
    parts: Geometry = shapely.get_parts(shapely.node(shapely.union_all(lines)))
    parts = _in_order(parts[shapely.length(parts) > _SAME_PLACE_M])
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    cut = cut_at(parts, ends)  # an end on a street to the millimetre is no crossing to a computer
    parts = _in_order(cut) if cut.size > parts.size else parts
    links = _links(parts)
    if not links.size:
        return parts
    pieces = cut_at(parts, shapely.get_point(links, 1))
    return _in_order(np.concatenate([pieces, links]))


def _in_order(lines: Geometry) -> Geometry:
    """Return the lines from west to east, each drawn that way, by millimetres."""
    begin, end = (np.round(shapely.get_coordinates(shapely.get_point(lines, k)) / _SAME_PLACE_M) for k in (0, -1))
    against = (begin[:, 0] > end[:, 0]) | ((begin[:, 0] == end[:, 0]) & (begin[:, 1] > end[:, 1]))
    drawn = np.where(against, shapely.reverse(lines), lines)
    first = np.where(against[:, None], end, begin)
    last = np.where(against[:, None], begin, end)
    length = np.round(shapely.length(lines) / _SAME_PLACE_M)
    ordered: Geometry = drawn[np.lexsort((length, last[:, 1], last[:, 0], first[:, 1], first[:, 0]))]
    return ordered


def cut_at(lines: Geometry, points: Geometry) -> Geometry:
    """Return ``lines`` cut where one of ``points`` lies on them (within a millimetre)."""
    tree = shapely.STRtree(lines)
    where, line = tree.query(points, predicate="dwithin", distance=_SAME_PLACE_M)
    along = shapely.line_locate_point(lines[line], points[where])
    order = np.lexsort((along, line))
    line, along = line[order], along[order]
    pieces: list[Any] = []
    begin = np.searchsorted(line, np.arange(lines.size + 1))
    for number, one in enumerate(lines):
        pieces += _cut(one, along[begin[number] : begin[number + 1]])
    return np.array(pieces, dtype=object)


def _cut(line: Any, along: Floats) -> list[Any]:
    length = float(line.length)
    inner = along[(along > _SAME_PLACE_M) & (along < length - _SAME_PLACE_M)]
    if not inner.size:
        return [line]
    stations = [0.0]
    for one in inner.tolist():
        if one - stations[-1] > _SAME_PLACE_M:
            stations.append(one)
    stations.append(length)
    return [stretch(line, a, b) for a, b in pairwise(stations)]


def stretch(line: Any, begin_m: float, end_m: float) -> Any:
    """Return the part of ``line`` between two distances along it.

    Examples
    --------
    >>> stretch(shapely.LineString([(0, 0), (4, 0), (4, 4)]), 1, 6).wkt
    'LINESTRING (1 0, 4 0, 4 2)'
    """
    corners = shapely.get_coordinates(line)
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    inner = corners[(at > begin_m + _SAME_PLACE_M / 10) & (at < end_m - _SAME_PLACE_M / 10)]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [begin_m, end_m]))
    return shapely.linestrings(np.concatenate([ends[:1], inner, ends[1:]]))


def _links(lines: Geometry) -> Geometry:
    """Return short links from loose ends to the street they just miss."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    owner = np.tile(np.arange(lines.size), 2)
    tree = shapely.STRtree(lines)
    where, line = tree.query(ends, predicate="dwithin", distance=SNAP_M)
    loose = np.bincount(where, minlength=ends.size) >= 2  # noqa: PLR2004 - itself and another
    met = shapely.distance(ends[where], lines[line])
    touching = np.zeros(ends.size, dtype=bool)
    touching[where[(line != owner[where]) & (met <= _SAME_PLACE_M)]] = True
    made = {}
    for k in np.lexsort((line, met, where)).tolist():
        end = int(where[k])
        if loose[end] and not touching[end] and line[k] != owner[end] and end not in made:
            made[end] = shapely.shortest_line(ends[end], lines[line[k]])
    return np.array(list(made.values()), dtype=object)
