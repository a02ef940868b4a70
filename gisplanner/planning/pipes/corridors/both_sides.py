"""Wide roads as corridors (两侧布管): a line on either side instead of one in the middle, crossings between them.

Lines cross such a road where streets meet it, where it ends, and at intervals where neither happens for long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import SNAP_M, Floats, Geometry, cut_at

Side = Literal["", "north", "south", "east", "west", "across"]

_NEAR_M: Final = 30.0
"""Two crossings lie no nearer to each other than this."""
_REACH: Final = 3.0
"""A street that meets the middle reaches the side if it does so within this many times the distance between them."""
_MITRE: Final = 4.0
_MIDDLE: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Lined:
    """Lines that stand for roads as corridors.

    Attributes
    ----------
    lines
        One in the middle of a road, or two and what crosses between them.
    road
        Row of the road each line stands for.
    side
        On which side of a wide road a line lies; empty in the middle of others.
    middle
        Middle line among ``middles`` that a side belongs to, -1 for all other lines.
    middles
        Middle lines of wide roads: no service line crosses them.
    """

    lines: Geometry
    road: Ints
    side: tuple[Side, ...]
    middle: Ints
    middles: Geometry

    def crossings(self) -> Geometry:
        """Return the lines from side to side."""
        return self.lines[[side == "across" for side in self.side]]


@dataclass(frozen=True, slots=True, eq=False)
class _Wide:
    """A wide road from end to end: its middle, its rows, its sides by 1 (left) and -1."""

    middle: Any
    parts: Geometry
    rows: Ints
    sides: dict[int, Any]
    away_m: float

    def row_at(self, line: Any) -> int:
        """Return the row of the road beside the middle of ``line``."""
        at = shapely.line_interpolate_point(line, 0.5, normalized=True)
        return int(self.rows[int(np.argmin(shapely.distance(self.parts, at)))])


def lined_roads(
    roads: Geometry, away_m: Floats, names: Sequence[str], *, every_m: float, sources: Geometry | None = None
) -> Lined:
    """Return the lines of all roads, those of wide ones on both sides.

    Parameters
    ----------
    roads
        Lines, possibly in several parts.
    away_m
        Distance of the side lines from the middle of each road, NaN where one line stands in the middle.
    names
        Roads alike in name are one: their sides go on into each other.
    every_m
        Farthest from crossing to crossing.
    sources
        Points where utilities come from: one in a wide road feeds both its sides.

    Examples
    --------
    >>> road = np.array([shapely.LineString([(0, 0), (100, 0)])], dtype=object)
    >>> found = lined_roads(road, np.array([15.0]), ["x"], every_m=200.0)
    >>> sorted(zip(found.side, (line.wkt for line in found.lines)))[-2:]
    [('north', 'LINESTRING (0 15, 100 15)'), ('south', 'LINESTRING (0 -15, 100 -15)')]
    """
    parts, row = shapely.get_parts(roads, return_index=True)
    wide = ~np.isnan(away_m[row])
    plain, plain_rows = parts[~wide], row[~wide]
    found = list(_wide_roads(parts[wide], row[wide], away_m, names))
    made: list[tuple[Any, int, Side, int]] = [
        (line, k, "", _MIDDLE) for line, k in zip(plain, plain_rows, strict=True)
    ]
    for number, one in enumerate(found):
        sided = [line for other in found if other is not one for line in other.sides.values()]
        others = np.concatenate([plain, np.array(sided, dtype=object)])
        for left, line in one.sides.items():
            made += [(piece, one.row_at(piece), _compass(one, left), number) for piece in _by_row(one, line)]
        links = _crossings(one, others, every_m, _points_in(one, sources))
        made += [(link, one.row_at(link), "across", _MIDDLE) for link in links]
    return Lined(
        np.array([line for line, *_ in made], dtype=object),
        np.array([row for _, row, *_ in made], dtype=np.int64),
        tuple(side for *_, side, _ in made),
        np.array([middle for *_, middle in made], dtype=np.int64),
        np.array([one.middle for one in found], dtype=object),
    )


def _wide_roads(parts: Geometry, row: Ints, away_m: Floats, names: Sequence[str]) -> Iterator[_Wide]:
    groups: dict[str, list[int]] = defaultdict(list)
    for k, one in enumerate(row.tolist()):
        groups[names[one]].append(k)
    for _, members in sorted(groups.items()):
        own, rows = parts[members], row[members]
        away = float(away_m[rows].min())
        for middle in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(own)))):
            on = shapely.dwithin(shapely.line_interpolate_point(own, 0.5, normalized=True), middle, SNAP_M)
            sides = {left: _beside(middle, left * away) for left in (1, -1)}
            yield _Wide(middle, own[on], rows[on], sides, away)


@dataclass(frozen=True, slots=True, eq=False)
class _Station:
    """A place along the middle where lines may cross, and the sides that streets reach there by themselves."""

    at_m: float
    point: Any
    reached: frozenset[int] = frozenset()


def _beside(middle: Any, offset_m: float) -> Any:
    line = shapely.offset_curve(middle, offset_m, join_style="mitre", mitre_limit=_MITRE)
    return max(shapely.get_parts(line), key=lambda part: part.length)


def _by_row(one: _Wide, line: Any) -> Geometry:
    """Return a side cut where one row of the road ends and the next begins."""
    ends = np.concatenate([shapely.get_point(one.parts, 0), shapely.get_point(one.parts, -1)])
    beside = shapely.line_interpolate_point(line, shapely.line_locate_point(line, ends))
    return cut_at(np.array([line], dtype=object), beside)


def _compass(one: _Wide, left: int) -> Side:
    """Return which side of the road lies on its left (1) or right (-1)."""
    begin, end = shapely.get_coordinates(shapely.line_interpolate_point(one.middle, [0.45, 0.55], normalized=True))
    way = (end - begin) * left
    if abs(way[0]) >= abs(way[1]):
        return "north" if way[0] > 0 else "south"
    return "west" if way[1] > 0 else "east"


def _points_in(one: _Wide, points: Geometry | None) -> Geometry:
    """Return the points that lie between the sides."""
    if points is None or not points.size:
        return np.zeros(0, dtype=object)
    inside: Geometry = points[shapely.distance(points, one.middle) < one.away_m]
    return inside


def _crossings(one: _Wide, others: Geometry, every_m: float, sources: Geometry) -> Iterator[Any]:
    """Return the lines from the middle to the sides that no street reaches by itself."""
    ends = shapely.get_point(one.middle, 0), shapely.get_point(one.middle, -1)
    stations = [_Station(float(shapely.line_locate_point(one.middle, at)), at) for at in (*ends, *sources)]
    for street in others[shapely.dwithin(others, one.middle, SNAP_M)]:
        met = shapely.intersection(street, one.middle)
        if met.is_empty:  # it ends a hair beside the middle
            met = shapely.get_point(shapely.shortest_line(street, one.middle), 0)
        for point in shapely.centroid(shapely.get_parts(met)):
            at = float(shapely.line_locate_point(one.middle, point))
            stations.append(_Station(at, point, _reached(one, street, at)))
    last: _Station | None = None
    for station in _thinned(stations):
        if last is not None:
            count = int(np.ceil((station.at_m - last.at_m) / every_m))
            for at in np.linspace(last.at_m, station.at_m, max(count, 1) + 1)[1:-1]:
                yield from _links(one, shapely.line_interpolate_point(one.middle, at), frozenset())
        yield from _links(one, station.point, station.reached)
        last = station


def _thinned(stations: Sequence[_Station]) -> list[_Station]:
    """Return the stations in order, of those near each other the one where streets come from more sides."""
    kept: list[_Station] = []
    for one in sorted(stations, key=lambda one: (one.at_m, -len(one.reached))):
        if not kept or one.at_m - kept[-1].at_m >= _NEAR_M:
            kept.append(one)
        elif len(one.reached) > len(kept[-1].reached):
            kept[-1] = one
    return kept


def _reached(one: _Wide, street: Any, at_m: float) -> frozenset[int]:
    """Return the sides that a street reaches by itself near a station."""
    near = shapely.buffer(shapely.line_interpolate_point(one.middle, at_m), _REACH * one.away_m)
    own = shapely.intersection(street, near)
    return frozenset(left for left, line in one.sides.items() if shapely.dwithin(own, line, SNAP_M))


def _links(one: _Wide, point: Any, reached: frozenset[int]) -> Iterator[Any]:
    ends = {left: shapely.get_point(shapely.shortest_line(point, line), -1) for left, line in one.sides.items()}
    if not reached:
        yield shapely.linestrings(shapely.get_coordinates([ends[1], point, ends[-1]]))
    for left in sorted(ends.keys() - reached) if reached else ():
        yield shapely.linestrings(shapely.get_coordinates([point, ends[left]]))
