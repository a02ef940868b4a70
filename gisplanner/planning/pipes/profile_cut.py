"""A cut across the lines at a place (断面): where each lies left or right of it, how deep, how far from the next."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.crs import require_metric
from gisplanner.domain.pipe_values import read_section
from gisplanner.errors import InputError
from gisplanner.text import Text

_STEP_M: Final = 0.05
_NEAR_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class CutLine:
    """A line where the cut meets it.

    Attributes
    ----------
    offset_m
        Along the cut from its middle, to the right positive.
    depth_m
        Cover to the top; ``None`` where nobody stated it.
    width_m, height_m
        Outer size, 0 where unknown.
    """

    id: Any
    offset_m: float
    depth_m: float | None
    width_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class CutGap:
    """Clear distance in plan between two neighbours of a cut; negative where they overlap."""

    a: Any
    b: Any
    clear_m: float


@dataclass(frozen=True, slots=True)
class ProfileCut:
    """What a cut shows, from left to right.

    Attributes
    ----------
    at
        Middle of the cut, metres in the planning CRS.
    bearing_deg
        Direction from left to right, clockwise from north.
    walls
        Stretches that buildings take: from, to, id.
    """

    at: tuple[float, float]
    bearing_deg: float
    half_width_m: float
    lines: tuple[CutLine, ...]
    gaps: tuple[CutGap, ...]
    walls: tuple[tuple[float, float, Any], ...]


def profile_cut(
    lines: gpd.GeoDataFrame,
    at: tuple[float, float],
    *,
    bearing_deg: float | None = None,
    half_width_m: float = 10.0,
    buildings: gpd.GeoDataFrame | None = None,
) -> ProfileCut:
    """Cut across lines at a place, by default square to the nearest line.

    Parameters
    ----------
    lines
        Lines in a metric CRS, indexed by id; ``depth_m`` and ``diameter_mm`` (a number or a text such as 300×200)
        where known.
    at
        Middle of the cut in the same CRS.
    bearing_deg
        Direction of the cut, clockwise from north.
    buildings
        Footprints in the same CRS, indexed by id.

    Raises
    ------
    CrsError
        No metric CRS.
    InputError
        No line within 50 m and no direction given, or a cut without a width.

    Examples
    --------
    >>> pipes = gpd.GeoDataFrame(
    ...     {"depth_m": [1.0, 1.5]},
    ...     geometry=[shapely.LineString([(-9, y), (9, y)]) for y in (0.0, 2.0)],
    ...     index=["gas", "water"],
    ...     crs=4547,
    ... )
    >>> cut = profile_cut(pipes, (0.0, 1.0), half_width_m=5.0)
    >>> cut.bearing_deg, [(one.id, one.offset_m, one.depth_m) for one in cut.lines], cut.gaps[0].clear_m
    (180.0, [('water', -1.0, 1.5), ('gas', 1.0, 1.0)], 2.0)
    """
    require_metric(lines, Text("管线", en="pipelines"))
    if not 0 < half_width_m <= _NEAR_M:
        raise InputError(Text(f"断面半宽应在 0–{_NEAR_M:g} 米。", en=f"Half the width is 0–{_NEAR_M:g} m."))
    pipes = np.asarray(lines.geometry.to_numpy(), dtype=object)
    bearing = _square_to(pipes, shapely.Point(at)) if bearing_deg is None else bearing_deg % 360.0
    way = np.array([math.sin(math.radians(bearing)), math.cos(math.radians(bearing))])
    middle = np.array(at)
    section = shapely.LineString([middle - half_width_m * way, middle + half_width_m * way])
    met = [
        _cut_line(lines.iloc[row], lines.index[row], float((place - middle) @ way))
        for row in np.flatnonzero(shapely.intersects(pipes, section)).tolist()
        for place in _places(pipes[row], section)
    ]
    met.sort(key=lambda one: (one.offset_m, str(one.id)))
    gaps = tuple(
        CutGap(a.id, b.id, round(b.offset_m - a.offset_m - (a.width_m + b.width_m) / 2.0, 3))
        for a, b in itertools.pairwise(met)
    )
    walls = () if buildings is None else tuple(_walls(buildings, section, middle, way))
    place = (round(float(at[0]), 3), round(float(at[1]), 3))
    return ProfileCut(place, round(bearing, 3), half_width_m, tuple(met), gaps, walls)


def _square_to(pipes: Any, place: shapely.Point) -> float:
    distance = shapely.distance(pipes, place) if len(pipes) else np.array([])
    if not len(distance) or distance.min() > _NEAR_M:
        raise InputError(
            Text("50 米内没有管线，请给出断面方向。", en="No line within 50 m: give the direction of the cut.")
        )
    line = pipes[int(distance.argmin())]
    along = shapely.line_locate_point(line, place)
    ends = shapely.get_coordinates(
        shapely.line_interpolate_point(line, [max(along - _STEP_M, 0.0), min(along + _STEP_M, line.length)])
    )
    east, north = ends[1] - ends[0]
    # Left to right for who looks along the line as it is drawn, northward lines first.
    return round((math.degrees(math.atan2(east, north)) + 90.0) % 360.0, 9)


def _places(pipe: Any, section: Any) -> Any:
    met = shapely.intersection(pipe, section)
    parts = shapely.get_parts(met)
    return shapely.get_coordinates(shapely.centroid(parts))


def _cut_line(line: Any, name: Any, offset_m: float) -> CutLine:
    written = line.get("diameter_mm")
    section = None if _blank(written) else read_section(written)
    depth = line.get("depth_m")
    return CutLine(
        name,
        round(offset_m, 3) + 0.0,
        None if _blank(depth) else round(float(depth), 3),
        0.0 if section is None else section.width_mm / 1000.0,
        0.0 if section is None else section.height_mm / 1000.0,
    )


def _walls(buildings: gpd.GeoDataFrame, section: Any, middle: Any, way: Any) -> Any:
    shapes = np.asarray(buildings.geometry.to_numpy(), dtype=object)
    for row in np.flatnonzero(shapely.intersects(shapes, section)).tolist():
        for part in shapely.get_parts(shapely.intersection(shapes[row], section)):
            if part.length > 0:
                ends = sorted(float((np.array(end) - middle) @ way) for end in (part.coords[0], part.coords[-1]))
                yield round(ends[0], 3), round(ends[1], 3), buildings.index[row]


def _blank(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN is not itself
