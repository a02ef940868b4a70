"""Lane lines and the small geometry they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.roads import Floats

EXTENDED_M: Final = 25.0
"""Lane lines are thought on beyond the ends of their street: there they meet the lanes of others."""
_MITRE: Final = 4.0
_NOTHING_M: Final = 1e-3
_TWO: Final = 2


def lane_line(street: Any, offset_m: float) -> Any:
    """Return the line ``offset_m`` left of ``street``, thought on beyond both ends.

    Examples
    --------
    >>> lane_line(shapely.LineString([(0, 0), (10, 0)]), 2.0).wkt
    'LINESTRING (-25 2, 35 2)'
    """
    line = (
        street
        if abs(offset_m) < _NOTHING_M
        else shapely.offset_curve(street, offset_m, join_style="mitre", mitre_limit=_MITRE)
    )
    if line.geom_type != "LineString":
        parts = [part for part in shapely.get_parts(line) if part.length > 0]
        line = max(parts, key=lambda part: part.length) if parts else street
    points = shapely.get_coordinates(line)
    if line.is_empty or len(points) < _TWO:
        points = shapely.get_coordinates(street)
    first, last = points[0] - points[1], points[-1] - points[-2]
    before = points[0] + first / np.hypot(*first) * EXTENDED_M
    behind = points[-1] + last / np.hypot(*last) * EXTENDED_M
    return shapely.LineString(np.concatenate([[before], points[1:-1], [behind]]))


def along(line: Any, points: Sequence[Floats]) -> Any | None:
    """Return the stretch of ``line`` between the outermost of ``points``, every point a corner of it.

    ``None`` where all points are one.
    """
    at = shapely.line_locate_point(line, shapely.points(np.array(points)))
    order = np.argsort(at, kind="stable")
    begin, end = float(at[order[0]]), float(at[order[-1]])
    if end - begin <= _NOTHING_M:
        return None
    corners = shapely.get_coordinates(line)
    stations = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    inner = (stations > begin + _NOTHING_M) & (stations < end - _NOTHING_M)
    all_at = np.concatenate([at[order], stations[inner]])
    all_points = np.concatenate([np.array(points)[order], corners[inner]])
    ordered = np.argsort(all_at, kind="stable")
    kept = all_points[ordered]
    steps = np.hypot(*np.diff(kept, axis=0).T) > _NOTHING_M
    return shapely.LineString(kept[np.concatenate([[True], steps])])


def meeting_point(one: Any, other: Any, near: Floats, within_m: float) -> Floats | None:
    """Return where two lines meet, the nearest to ``near``; ``None`` where they do not within ``within_m``."""
    met = shapely.get_coordinates(shapely.intersection(one, other))
    if not len(met):
        return None
    apart = np.hypot(*(met - near).T)
    best = int(np.argmin(apart))
    return np.asarray(met[best]) if apart[best] <= within_m else None


def point_on(line: Any, near: Floats) -> Floats:
    """Return the point of ``line`` nearest to ``near``."""
    found = line.interpolate(line.project(shapely.Point(near)))
    return np.array([found.x, found.y])
