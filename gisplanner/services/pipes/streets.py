"""What the street layer says of each corridor edge: whose ground it is, how wide, its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.both_sides import Lined, Side
from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.services.pipes.road_columns import metres_of, name_told, place_of

SIDE_NAMES: Final[dict[Side, str]] = {
    "": "",
    "north": "（北侧）",
    "south": "（南侧）",
    "east": "（东侧）",
    "west": "（西侧）",
    "across": "（过路）",
}


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Attributes of corridor edges.

    Attributes
    ----------
    road
        Row of the road each edge lies on, -1 for service lines.
    red_line_m
        Width inside the red line, of the strip where an edge lies on one side of a wide road; NaN where nobody
        stated it.
    name
        By road row; a road without one is named by its place in the file.
    side
        On which side of a wide road each edge lies.
    red_line
        Edges in such a strip: 1 where the red line is on their left as they are drawn, -1 on their right.
    """

    road: Ints
    place: tuple[Place, ...]
    red_line_m: Floats
    name: tuple[str, ...]
    side: tuple[Side, ...]
    red_line: dict[int, int]

    def road_name(self, edge: int) -> str:
        """Return the name of the road of an edge, whichever side."""
        return self.name[int(self.road[edge])] if self.road[edge] >= 0 else "庭院"

    def name_of(self, edge: int) -> str:
        """Return the name of the street of an edge, with its side where there are two."""
        return self.road_name(edge) + SIDE_NAMES[self.side[edge]]

    def called(self, name: str) -> set[int] | None:
        """Return the edges of a street, or of one of its sides; ``None`` where nothing is called so."""
        found = {
            edge
            for edge in np.flatnonzero(self.road >= 0).tolist()
            if name in {self.road_name(edge), self.name_of(edge)}
        }
        return found if found or name in self.name else None


def streets_of(corridors: Corridors, roads: gpd.GeoDataFrame, lined: Lined, strip_m: float) -> Streets:
    """Return the attributes of all corridor edges, each from the road it lies on.

    Parameters
    ----------
    lined
        The lines the corridors are made from.
    strip_m
        Width of the strip on either side of a wide road.
    """
    line = np.full(len(corridors.edges), -1, dtype=np.int64)
    on_street = np.flatnonzero(corridors.edges[:, 0] >= corridors.buildings + corridors.sources)
    if len(lined.lines) and on_street.size:
        middle = shapely.line_interpolate_point(corridors.geometry[on_street], 0.5, normalized=True)
        line[on_street] = shapely.STRtree(lined.lines).nearest(middle)
    road = _on_edges(line, lined.road, -1)
    rows = roads.to_dict("records")
    place = [place_of(row) for row in rows]
    red_line_m = _on_edges(road, metres_of(roads, "red_line_m", "红线宽"), np.nan)
    side: tuple[Side, ...] = tuple(lined.side[k] if k >= 0 else "" for k in line.tolist())
    red_line_m[[one == "across" for one in side]] = np.nan
    beside = _on_edges(line, lined.middle, -1)
    red_line_m[beside >= 0] = strip_m
    return Streets(
        road=road,
        place=tuple(place[k] if k >= 0 else "courtyard" for k in road.tolist()),
        red_line_m=red_line_m,
        name=tuple(name_told(row) or f"道路{k + 1}" for k, row in enumerate(rows)),
        side=side,
        red_line={edge: _away(corridors.geometry[edge], lined.middles[beside[edge]]) for edge in _where(beside)},
    )


def _where(beside: Ints) -> list[int]:
    found: list[int] = np.flatnonzero(beside >= 0).tolist()
    return found


def _on_edges(which: Ints, values: np.ndarray, nothing: float) -> np.ndarray:
    found = np.full(len(which), nothing, dtype=values.dtype)
    found[which >= 0] = values[which[which >= 0]]
    return found


def _away(edge: object, middle: object) -> int:
    """Return the side of an edge that the middle of the road is not on: 1 left, -1 right."""
    at, end = shapely.get_coordinates(shapely.line_interpolate_point(edge, [0.5, 0.55], normalized=True))
    there = shapely.get_coordinates(shapely.shortest_line(shapely.Point(at), middle))[-1]
    way, off = end - at, there - at
    return -1 if way[0] * off[1] - way[1] * off[0] >= 0.0 else 1
