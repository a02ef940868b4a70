"""Lines against buildings: net distance from the outer wall of the pipe to the footprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.clearance import ClearanceConflict, LineId, UnknownClearance
from gisplanner.planning.pipes.clearance.between_lines import Findings
from gisplanner.planning.pipes.clearance.judging import UNCOVERED_WITHIN_M, Asked, Verdicts, asked_of, judge
from gisplanner.planning.pipes.clearance.lines import Floats, Geometry, Ints, Lines
from gisplanner.planning.pipes.clearance.stretches import places_of
from gisplanner.rules.clearances import ClearanceBook

_AT_WALL_M: Final = 0.05
"""A line that ends this near to a wall enters there."""
_ENTRY: Final = 3.0
"""A service line may run this many times the required distance on its way to the wall it enters by."""


def near_buildings(lines: Lines, buildings: gpd.GeoDataFrame, book: ClearanceBook) -> Findings:
    """Check every line against the buildings near it.

    A line that ends at or in a building is its service connection (入户管): the last stretch straight to the wall
    is not too near to it. What runs along the wall, or under the house and out again, is.

    Parameters
    ----------
    buildings
        Footprints in the CRS of the lines, indexed by id.
    """
    walls = np.asarray(buildings.geometry.to_numpy(), dtype=object)
    wanted = [book.to_object(kind.profile, kind.place, "building") for kind in lines.kinds]
    farthest = np.array([UNCOVERED_WITHIN_M if one is None else one.upper_m for one in wanted])
    reach = farthest[lines.kind] + lines.radius_m + lines.tolerance_m if len(lines) else np.zeros(0)
    line, wall = shapely.STRtree(walls).query(lines.geometry, predicate="dwithin", distance=reach)
    order = np.lexsort((wall, line))
    line, wall = line[order], wall[order]
    asked = asked_of(lines.kind[line], np.zeros(len(line), dtype=np.int64), lambda kind, _other: wanted[kind])
    distance = np.asarray(shapely.distance(lines.geometry[line], walls[wall]), dtype=np.float64)
    tolerance = lines.tolerance_m[line]
    found = judge(asked, distance - lines.radius_m[line], tolerance)
    within = np.where(np.isnan(found.limit_m), UNCOVERED_WITHIN_M, found.limit_m) + lines.radius_m[line]
    within = within + np.where(found.sure, 0.0, tolerance)
    told = np.flatnonzero(found.sure | found.possible | found.unknown)
    close = shapely.intersection(
        lines.geometry[line[told]], shapely.buffer(walls[wall[told]], within[told], quad_segs=16)
    )
    ends = shapely.distance(shapely.boundary(lines.geometry[line[told]]), walls[wall[told]])
    for number in np.flatnonzero(ends <= _AT_WALL_M):
        position = told[number]
        close[number] = _without_entry(
            close[number], lines.geometry[line[position]], walls[wall[position]], within[position]
        )
        left = close[number]
        distance[position] = np.inf if left.is_empty else shapely.distance(left, walls[wall[position]])
    found = judge(asked, distance - lines.radius_m[line], tolerance)
    lengths = dict(zip(told.tolist(), shapely.length(close).tolist(), strict=True))
    compared = _Compared(line, wall, walls, _ids(buildings), asked, found, distance - lines.radius_m[line], lengths)
    return _findings(lines, compared)


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    line: Ints
    wall: Ints
    walls: Geometry
    names: list[LineId]
    asked: Asked
    found: Verdicts
    measured_m: Floats
    length_m: dict[int, float]


def _without_entry(close: Any, line: Any, wall: Any, within_m: float) -> Any:
    """Return the stretches that are too close, without the one by which the line enters."""
    ends = [end for end in shapely.get_parts(shapely.boundary(line)) if shapely.distance(end, wall) <= _AT_WALL_M]
    kept = []
    for part in shapely.get_parts(shapely.line_merge(close) if close.geom_type != "LineString" else close):
        enters = any(shapely.distance(part, end) <= _AT_WALL_M for end in ends)
        outside = shapely.length(shapely.difference(part, wall))
        if not (enters and outside <= _ENTRY * within_m):
            kept.append(part)
    return shapely.MultiLineString(kept)


def _findings(lines: Lines, pairs: _Compared) -> Findings:
    conflicts: list[ClearanceConflict] = []
    unknown: list[UnknownClearance] = []
    positions = np.flatnonzero(pairs.found.sure | pairs.found.possible | pairs.found.unknown)
    at = places_of(lines.geometry[pairs.line[positions]], pairs.walls[pairs.wall[positions]]).tolist()
    for position, (x, y) in zip(positions.tolist(), at, strict=True):
        line, name = lines.ids[pairs.line[position]], pairs.names[pairs.wall[position]]
        measured = round(float(pairs.measured_m[position]), 3) + 0.0
        if pairs.found.unknown[position]:
            unknown.append(UnknownClearance(line, name, "building", ("rule",), measured, (x, y)))
            continue
        requirement, sure = pairs.asked.of(position), bool(pairs.found.sure[position])
        conflicts.append(
            ClearanceConflict(
                a=line,
                b=name,
                kind="building",
                verdict="确定" if sure else "可能",
                measured_m=measured,
                required_m=requirement.lower_m if sure else requirement.upper_m,
                rule=requirement.lower_rule if sure else requirement.upper_rule,
                length_m=round(pairs.length_m.get(position, 0.0), 3),
                at=(x, y),
                yields=line,
                yield_step=None,
                advice=requirement.advice,
            )
        )
    return Findings(conflicts, unknown, [], len(pairs.line))


def _ids(buildings: gpd.GeoDataFrame) -> list[LineId]:
    return [name if isinstance(name, str) else int(name) for name in buildings.index.tolist()]
