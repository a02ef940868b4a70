"""What the street layer says of each corridor edge: whose ground it is, how wide, its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.clearance_tables import Place
from gisplanner.domain.pipe_values import read_word
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import Floats

MUNICIPAL: Final = frozenset(
    f"{kind}{link}"
    for kind in ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential")
    for link in ("", "_link")
)
"""``highway`` values of city roads (市政道路); lanes, paths and service ways belong to the courtyard."""
_NAMES: Final = ("name", "名称", "code", "id")


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Attributes of corridor edges.

    Attributes
    ----------
    road
        Row of the road each edge lies on, -1 for service lines.
    width_m, red_line_m
        Of the roadway and inside the red line, NaN where nobody stated it.
    name
        By road row; a road without one is named by its place in the file.
    """

    road: Ints
    place: tuple[Place, ...]
    width_m: Floats
    red_line_m: Floats
    name: tuple[str, ...]

    def name_of(self, edge: int) -> str:
        """Return the name of the street of an edge."""
        return self.name[int(self.road[edge])] if self.road[edge] >= 0 else "庭院"


def streets_of(corridors: Corridors, roads: gpd.GeoDataFrame) -> Streets:
    """Return the attributes of all corridor edges, each from the road it lies on."""
    road = np.full(len(corridors.edges), -1, dtype=np.int64)
    on_street = np.flatnonzero(corridors.edges[:, 0] >= corridors.buildings + corridors.sources)
    if len(roads) and on_street.size:
        middle = shapely.line_interpolate_point(corridors.geometry[on_street], 0.5, normalized=True)
        road[on_street] = shapely.STRtree(roads.geometry.to_numpy()).nearest(middle)
    place = [_place(row) for row in roads.to_dict("records")]
    return Streets(
        road=road,
        place=tuple(place[k] if k >= 0 else "courtyard" for k in road.tolist()),
        width_m=_on_edges(road, _metres(roads, "width_m", "width")),
        red_line_m=_on_edges(road, _metres(roads, "red_line_m", "红线宽")),
        name=tuple(_name(row, k) for k, row in enumerate(roads.to_dict("records"))),
    )


def _on_edges(road: Ints, values: Floats) -> Floats:
    found = np.full(len(road), np.nan)
    found[road >= 0] = values[road[road >= 0]]
    return found


def _place(row: dict[Any, Any]) -> Place:
    told = row.get("where", row.get("place"))
    word = None if told is None or told != told else read_word("where", told)  # noqa: PLR0124 - NaN is not itself
    if word is not None:
        return "municipal_road" if word == "municipal_road" else "courtyard"
    return "municipal_road" if row.get("highway") in MUNICIPAL else "courtyard"


def _metres(roads: gpd.GeoDataFrame, *names: str) -> Floats:
    for name in names:
        if name in roads.columns:
            read = pd.to_numeric(roads[name], errors="coerce").to_numpy(dtype=np.float64)
            return np.where(read > 0.0, read, np.nan)
    return np.full(len(roads), np.nan)


def _name(row: dict[Any, Any], position: int) -> str:
    for column in _NAMES:
        value = row.get(column)
        if value is not None and value == value and str(value).strip():  # noqa: PLR0124 - NaN is not itself
            return str(value).strip()
    return f"道路{position + 1}"
