"""The graph of corridors: streets, service lines, what cannot be dug."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.crs import require_metric
from gisplanner.errors import CrsError
from gisplanner.planning.pipes.corridors.roads import Floats, Geometry, cut_at, noded_lines
from gisplanner.planning.pipes.corridors.service import Services, service_lines
from gisplanner.text import Text

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_MM: Final = 1000.0
_INSIDE_M: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Corridors:
    """Where lines may lie (管线走廊).

    Attributes
    ----------
    edges
        (m, 2) node numbers. Building k is node k, source k is node ``buildings + k``; street nodes follow.
    length_mm
        Whole millimetres.
    blocked
        Edges that cannot be dug: an obstacle lies on them.
    crossing
        Edges from one side of a wide road to the other.
    building
        Row of the building a service line belongs to, -1 for streets and for sources.
    geometry
        Line of each edge in the metric CRS.
    no_access, no_source
        Buildings and sources that no street reaches, and why.
    """

    edges: Ints
    length_mm: Ints
    blocked: Flags
    crossing: Flags
    building: Ints
    geometry: Geometry
    buildings: int
    sources: int
    no_access: dict[int, Text]
    no_source: dict[int, Text]

    @property
    def nodes(self) -> int:
        """Return the number of nodes."""
        return max(int(self.edges.max(initial=-1)) + 1, self.buildings + self.sources)


def build_corridors(
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    sources: gpd.GeoDataFrame,
    *,
    obstacles: gpd.GeoDataFrame | None = None,
    middles: Geometry | None = None,
    crossings: Geometry | None = None,
) -> Corridors:
    """Return the graph of corridors.

    Parameters
    ----------
    buildings
        Polygons, or points where a building is known by its connection only.
    roads
        Lines: streets and lanes (道路、院内通道).
    sources
        Points where utilities come from.
    obstacles
        Polygons or lines that cannot be dug through.
    middles
        Middle lines of wide roads that have a corridor on either side; no service line crosses them.
    crossings
        Lines across such roads, from side to side; no building is connected to them.

    Raises
    ------
    CrsError
        A missing or non-metric CRS, or several.
    """
    frames = [(buildings, "楼栋"), (roads, "道路"), (sources, "接入点")]
    frames += [] if obstacles is None else [(obstacles, "障碍物")]
    systems = {require_metric(frame, what).to_wkt() for frame, what in frames}
    if len(systems) > 1:
        raise CrsError(Text("各图层的坐标系不同。", en="The layers are in different reference systems."))
    walls = _array(buildings)
    solid = walls[shapely.get_dimensions(walls) == 2]  # noqa: PLR2004 - polygons
    streets = noded_lines(_array(roads)) if len(roads) else np.zeros(0, dtype=object)
    entering = service_lines(walls, streets[~_lies_on(streets, crossings)], solid, middles=middles)
    feeding = service_lines(_array(sources), streets, solid, most=1, middles=middles)
    inside = _inside(_array(sources), solid)
    feeding.without.update(inside)
    hinder = np.zeros(0, dtype=object) if obstacles is None else _array(obstacles)
    return _graph(streets, entering, feeding, hinder, crossings=crossings, counts=(walls.size, len(sources)))


def _graph(
    streets: Geometry,
    entering: Services,
    feeding: Services,
    hinder: Geometry,
    *,
    crossings: Geometry | None,
    counts: tuple[int, int],
) -> Corridors:
    stubs = np.concatenate([entering.lines, feeding.lines])
    pieces = cut_at(streets, shapely.get_point(stubs, -1)) if stubs.size else streets
    pieces, on_obstacle = _cut_by(pieces, hinder)
    numbers = _numbers(np.concatenate([_ends(pieces), shapely.get_coordinates(shapely.get_point(stubs, -1))]))
    fixed = counts[0] + counts[1]
    numbers += fixed
    street_edges = numbers[: 2 * pieces.size].reshape(-1, 2)
    first = np.concatenate([entering.owner, feeding.owner + counts[0]]).astype(np.int64)
    stub_edges = np.column_stack([first, numbers[2 * pieces.size :]])
    geometry = np.concatenate([pieces, stubs])
    owner = np.concatenate(
        [np.full(pieces.size, -1), entering.owner, np.full(feeding.lines.size, -1)],
    ).astype(np.int64)
    return Corridors(
        edges=np.concatenate([street_edges, stub_edges]).astype(np.int64),
        length_mm=np.round(shapely.length(geometry) * _MM).astype(np.int64),
        blocked=np.concatenate([on_obstacle, _meets(stubs, hinder)]),
        crossing=np.concatenate([_lies_on(pieces, crossings), np.zeros(stubs.size, dtype=bool)]),
        building=owner,
        geometry=geometry,
        buildings=counts[0],
        sources=counts[1],
        no_access=entering.without,
        no_source=feeding.without,
    )


def _array(frame: gpd.GeoDataFrame) -> Geometry:
    return np.asarray(shapely.force_2d(frame.geometry.to_numpy()), dtype=object)


def _ends(lines: Geometry) -> Floats:
    both = np.empty((2 * lines.size, 2))
    both[0::2] = shapely.get_coordinates(shapely.get_point(lines, 0))
    both[1::2] = shapely.get_coordinates(shapely.get_point(lines, -1))
    return both


def _numbers(points: Floats) -> Ints:
    """Return the same number for points on the same millimetre or beside it."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    tree = shapely.STRtree(shapely.points(points))
    query, other = tree.query(shapely.points(points), predicate="dwithin", distance=2.0 / _MM)
    first = np.arange(len(points))
    np.minimum.at(first, query, other)
    while True:
        further = first[first]
        if (further == first).all():
            break
        first = further
    _, number = np.unique(first, return_inverse=True)
    return number.astype(np.int64)


def _cut_by(lines: Geometry, hinder: Geometry) -> tuple[Geometry, Flags]:
    """Return the lines cut where obstacles begin and end, and which pieces lie on one."""
    if not hinder.size or not lines.size:
        return lines, np.zeros(lines.size, dtype=bool)
    edge = np.where(shapely.get_dimensions(hinder) == 2, shapely.boundary(hinder), hinder)  # noqa: PLR2004
    line, other = shapely.STRtree(edge).query(lines, predicate="intersects")
    met = shapely.get_parts(shapely.intersection(lines[line], edge[other]))
    corners = shapely.points(shapely.get_coordinates(met)) if met.size else np.zeros(0, dtype=object)
    pieces = cut_at(lines, corners) if corners.size else lines
    return pieces, _meets(pieces, hinder)


def _meets(lines: Geometry, hinder: Geometry) -> Flags:
    """Return which lines run more than a centimetre on an obstacle, or cross one that is a line."""
    found = np.zeros(lines.size, dtype=bool)
    if hinder.size and lines.size:
        line, other = shapely.STRtree(hinder).query(lines, predicate="intersects")
        shared = shapely.length(shapely.intersection(lines[line], hinder[other])) > _INSIDE_M
        crossed = shapely.crosses(lines[line], hinder[other]) & (shapely.get_dimensions(hinder[other]) == 1)
        found[line[shared | crossed]] = True
    return found


def _lies_on(lines: Geometry, others: Geometry | None) -> Flags:
    """Return which lines are stretches of ``others``."""
    found = np.zeros(lines.size, dtype=bool)
    if lines.size and others is not None and others.size:
        middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        where, _ = shapely.STRtree(others).query(middle, predicate="dwithin", distance=2.0 / _MM)
        found[where] = True
    return found


def _inside(points: Geometry, walls: Geometry) -> dict[int, Text]:
    where, _ = shapely.STRtree(walls).query(points, predicate="within") if walls.size else (np.zeros(0, int), None)
    reason = Text("接入点画在建筑里面", en="the source is drawn inside a building")
    return {int(row): reason for row in np.unique(where)}
