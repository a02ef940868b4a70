"""Lines against buildings and trees: net distance from the outer wall of the pipe to footprint or trunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

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
_TREES: Final = ("tree", "shrub")
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
    near = _Near("building", walls, _ids(buildings), np.zeros(len(walls), dtype=np.int64), ("building",))
    return _check(lines, near, book)


def near_trees(lines: Lines, trees: gpd.GeoDataFrame, book: ClearanceBook) -> Findings:
    """Check every line against the trees near it, to the middle of the trunk (乔木中心).

    Parameters
    ----------
    trees
        Points, or crowns whose middle counts, in the CRS of the lines, indexed by id; ``kind`` is ``tree`` (乔木)
        or ``shrub`` (灌木), without it all are trees.
    """
    trunks = shapely.centroid(np.asarray(trees.geometry.to_numpy(), dtype=object))
    kinds = trees["kind"].tolist() if "kind" in trees else ["tree"] * len(trees)
    number = np.array([_TREES.index(kind) if kind in _TREES else 0 for kind in kinds], dtype=np.int64)
    return _check(lines, _Near("tree", trunks, _ids(trees), number, _TREES), book)


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Objects of one sort; ``number`` is the place of each one's class in ``classes``."""

    kind: Literal["building", "tree"]
    shapes: Geometry
    names: list[LineId]
    number: Ints
    classes: tuple[str, ...]


def _check(lines: Lines, near: _Near, book: ClearanceBook) -> Findings:
    wanted = [[book.to_object(kind.profile, kind.place, one) for one in near.classes] for kind in lines.kinds]
    farthest = np.array(
        [max((UNCOVERED_WITHIN_M if one is None else one.upper_m) for one in each) for each in wanted]
    )
    reach = farthest[lines.kind] + lines.radius_m + lines.tolerance_m if len(lines) else np.zeros(0)
    line, thing = shapely.STRtree(near.shapes).query(lines.geometry, predicate="dwithin", distance=reach)
    order = np.lexsort((thing, line))
    line, thing = line[order], thing[order]
    asked = asked_of(lines.kind[line], near.number[thing], lambda kind, one: wanted[kind][one])
    distance = np.asarray(shapely.distance(lines.geometry[line], near.shapes[thing]), dtype=np.float64)
    tolerance = lines.tolerance_m[line]
    found = judge(asked, distance - lines.radius_m[line], tolerance)
    within = np.where(np.isnan(found.limit_m), UNCOVERED_WITHIN_M, found.limit_m) + lines.radius_m[line]
    within = within + np.where(found.sure, 0.0, tolerance)
    told = np.flatnonzero(found.sure | found.possible | found.unknown)
    around = shapely.buffer(near.shapes[thing[told]], within[told], quad_segs=16)
    close = shapely.intersection(lines.geometry[line[told]], around)
    if near.kind == "building":
        _let_in(lines, near, (line[told], thing[told]), (close, within[told]), (distance, told))
    found = judge(asked, distance - lines.radius_m[line], tolerance)
    lengths = dict(zip(told.tolist(), shapely.length(close).tolist(), strict=True))
    compared = _Compared(line, thing, near, asked, found, distance - lines.radius_m[line], lengths)
    return _findings(lines, compared)


def _let_in(
    lines: Lines, near: _Near, pair: tuple[Ints, Ints], close: tuple[Geometry, Floats], distance: tuple[Floats, Ints]
) -> None:
    """Take the stretch by which a service line enters its building out of what is too close, in place."""
    (line, wall), (stretches, within), (metres, told) = pair, close, distance
    ends = shapely.distance(shapely.boundary(lines.geometry[line]), near.shapes[wall])
    for number in np.flatnonzero(ends <= _AT_WALL_M).tolist():
        shape = near.shapes[wall[number]]
        left = _without_entry(stretches[number], lines.geometry[line[number]], shape, within[number])
        stretches[number] = left
        metres[told[number]] = np.inf if left.is_empty else shapely.distance(left, shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    line: Ints
    thing: Ints
    near: _Near
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
    near = pairs.near
    at = places_of(lines.geometry[pairs.line[positions]], near.shapes[pairs.thing[positions]]).tolist()
    for position, (x, y) in zip(positions.tolist(), at, strict=True):
        line, name = lines.ids[pairs.line[position]], near.names[pairs.thing[position]]
        measured = round(float(pairs.measured_m[position]), 3) + 0.0
        if pairs.found.unknown[position]:
            unknown.append(UnknownClearance(line, name, near.kind, ("rule",), measured, (x, y)))
            continue
        requirement, sure = pairs.asked.of(position), bool(pairs.found.sure[position])
        conflicts.append(
            ClearanceConflict(
                a=line,
                b=name,
                kind=near.kind,
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


def _ids(frame: gpd.GeoDataFrame) -> list[LineId]:
    return [name if isinstance(name, str) else int(name) for name in frame.index.tolist()]
