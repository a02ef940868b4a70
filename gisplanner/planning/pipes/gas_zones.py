"""Near gas lines (燃气设施保护): what stands on them or in their zones, what is dug or planted beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.crs import require_metric
from gisplanner.domain.gas_zones import GasZones, Zone
from gisplanner.errors import CrsError
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class NearGas:
    """Something in the zone of a gas line.

    Attributes
    ----------
    thing, line
        Ids of both.
    distance_m
        From the outer wall of the pipe; 0 where it stands or is dug over it.
    length_m
        Metres of the line within the zone of the thing.
    zone
        ``on_pipe`` 直接占压, ``protection`` 保护范围内, ``control`` 控制范围内.
    at
        Where they are nearest.
    """

    thing: Any
    line: Any
    distance_m: float
    length_m: float
    zone: Zone
    at: tuple[float, float]


def near_gas(lines: gpd.GeoDataFrame, things: gpd.GeoDataFrame, zones: GasZones, *, control: bool) -> list[NearGas]:
    """Return what lies on or beside gas lines, nearest first for each thing.

    Parameters
    ----------
    lines
        Gas lines in a metric CRS, indexed by id; ``pressure`` and ``diameter_mm`` where known.
    things
        Buildings, sheds, pits, trenches or trees in the same CRS, indexed by id.
    zones
        How wide the zones are.
    control
        Whether the control zone counts too (digging, planting), or the protection zone only (standing things).

    Raises
    ------
    CrsError
        No metric CRS, or two different ones.

    Examples
    --------
    >>> from gisplanner.catalog.gas_zones import gas_zones
    >>> gas = gpd.GeoDataFrame({"pressure": ["low"]}, geometry=[shapely.LineString([(0, 0), (9, 0)])], crs=4547)
    >>> shed = gpd.GeoDataFrame(geometry=[shapely.box(2, 0.4, 4, 2)], crs=4547)
    >>> [found] = near_gas(gas, shed, gas_zones(), control=False)
    >>> found.zone, found.distance_m, round(found.length_m, 1)
    ('protection', 0.4, 2.6)
    """
    if require_metric(lines, Text("燃气管线", en="gas lines")) != require_metric(things, Text("对象", en="things")):
        raise CrsError(Text("坐标系不同。", en="They are in different systems."))
    if lines.empty or things.empty:
        return []
    shapes, pipes = np.asarray(things.geometry), np.asarray(lines.geometry)
    radius = _radius(lines)
    of = [zones.of(pressure) for pressure in _column(lines, "pressure")]
    inner = np.array([one.protection_m for one in of])
    outer = np.array([one.control_m for one in of]) if control else inner
    line, thing = shapely.STRtree(shapes).query(pipes, predicate="dwithin", distance=outer + radius)
    distance = np.maximum(shapely.distance(pipes[line], shapes[thing]) - radius[line], 0.0)
    within = shapely.buffer(shapes[thing], (outer + radius)[line], quad_segs=16)
    length = shapely.length(shapely.intersection(pipes[line], within))
    at = shapely.get_coordinates(shapely.shortest_line(pipes[line], shapes[thing])).reshape(-1, 2, 2).mean(axis=1)
    order = np.lexsort((line, np.round(distance, 3), thing))
    return [
        NearGas(
            things.index[thing[one]],
            lines.index[line[one]],
            round(float(distance[one]), 3),
            round(float(length[one]), 3),
            _zone(float(distance[one]), float(inner[line[one]])),
            (round(float(at[one][0]), 3), round(float(at[one][1]), 3)),
        )
        for one in order.tolist()
    ]


def _zone(distance_m: float, inner_m: float) -> Zone:
    if distance_m <= 0.0:
        return "on_pipe"
    return "protection" if distance_m <= inner_m else "control"


def _radius(lines: gpd.GeoDataFrame) -> Any:
    known = [0.0 if value is None or value != value else float(value) for value in _column(lines, "diameter_mm")]  # noqa: PLR0124 - NaN is not itself
    return np.array(known) / 2000.0


def _column(lines: gpd.GeoDataFrame, name: str) -> list[Any]:
    return lines[name].tolist() if name in lines else [None] * len(lines)
