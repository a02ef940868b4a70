"""Lines against buildings, trees, poles and kerbs: net distance from the outer wall of the pipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.clearance import ClearanceConflict, LineId, Requirement, UnknownClearance
from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.clearance.between_lines import Findings
from gisplanner.planning.pipes.clearance.judging import UNCOVERED_WITHIN_M, Asked, Verdicts, asked_of, judge
from gisplanner.planning.pipes.clearance.lines import Floats, Geometry, Ints, Lines, Mask
from gisplanner.planning.pipes.clearance.stretches import places_of
from gisplanner.planning.pipes.clearance.ways_in import Compared, without_ways
from gisplanner.rules.clearance_states import CABLES, Profile
from gisplanner.rules.clearances import ClearanceBook

_TREES: Final = ("tree", "shrub")
_AT_WALL_M: Final = 0.05
"""A line that ends this near to a wall enters there."""
_AT_POLE_M: Final = 0.3
"""A cable that ends this near to the middle of a pole goes up it."""

Ask = Callable[[Profile, Place], Requirement | None]
"""What a line of a profile at a place needs from an object."""


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Objects of one sort; ``number`` is the place of each one's question in ``asks``.

    ``enters_m``: a line that ends this near to an object belongs to it; ``None`` where none does.
    ``crossed``: a line may cross it.
    """

    kind: Literal["building", "tree", "pole", "kerb"]
    shapes: Geometry
    names: list[LineId]
    number: Ints
    asks: tuple[Ask, ...]
    enters_m: float | None = None
    crossed: bool = False


def near_buildings(lines: Lines, buildings: gpd.GeoDataFrame, book: ClearanceBook) -> Findings:
    """Check every line against the buildings near it.

    A line that ends at or in a building is its service connection (入户管): the last stretch straight to the wall
    is not too near to it. What runs along the wall, or under the house and out again, is.

    Parameters
    ----------
    buildings
        Footprints in the CRS of the lines, indexed by id.
    """
    walls = _shapes(buildings)
    ask = _asking(book, "building")
    near = _Near("building", walls, _ids(buildings), _zeros(walls), (ask,), enters_m=_AT_WALL_M)
    return _check(lines, near, np.ones(len(lines), dtype=bool))


def near_trees(lines: Lines, trees: gpd.GeoDataFrame, book: ClearanceBook) -> Findings:
    """Check every line against the trees near it, to the middle of the trunk (乔木中心).

    Parameters
    ----------
    trees
        Points, or crowns whose middle counts, in the CRS of the lines, indexed by id; ``kind`` is ``tree`` (乔木)
        or ``shrub`` (灌木), without it all are trees.
    """
    kinds = trees["kind"].tolist() if "kind" in trees else ["tree"] * len(trees)
    number = np.array([_TREES.index(kind) if kind in _TREES else 0 for kind in kinds], dtype=np.int64)
    asks = tuple(_asking(book, one) for one in _TREES)
    return _check(lines, _Near("tree", shapely.centroid(_shapes(trees)), _ids(trees), number, asks))


def near_poles(lines: Lines, poles: gpd.GeoDataFrame, book: ClearanceBook) -> Findings:
    """Check every line against the poles near it (电杆), to the middle of the pole.

    What a pole carries decides; where nobody says, the requirement is an interval. A cable that ends at a pole goes
    up it and is not too near to it.

    Parameters
    ----------
    poles
        Points, or footings whose middle counts, in the CRS of the lines, indexed by id; ``utility`` (power,
        lighting, telecom) and ``voltage_kv`` where known.
    """
    utility, voltage = (_known(poles, name) for name in ("utility", "voltage_kv"))
    sorts = list(dict.fromkeys(zip(utility, voltage, strict=True)))
    number = np.array([sorts.index(one) for one in zip(utility, voltage, strict=True)], dtype=np.int64)
    asks = tuple(_asking(book, "pole", *one) for one in sorts)
    near = _Near("pole", shapely.centroid(_shapes(poles)), _ids(poles), number, asks, enters_m=_AT_POLE_M)
    return _check(lines, near, np.array([one in CABLES for one in lines.utility], dtype=bool))


def near_kerbs(lines: Lines, kerbs: gpd.GeoDataFrame, book: ClearanceBook) -> Findings:
    """Check every line against the kerbs it runs along (路缘石、道路侧石); what merely crosses one is not too near.

    Parameters
    ----------
    kerbs
        Lines in the CRS of the lines, indexed by id.
    """
    edges = _shapes(kerbs)
    near = _Near("kerb", edges, _ids(kerbs), _zeros(edges), (_asking(book, "kerb"),), crossed=True)
    return _check(lines, near)


def _asking(book: ClearanceBook, kind: str, utility: str | None = None, voltage_kv: float | None = None) -> Ask:
    return lambda profile, place: book.to_object(profile, place, kind, utility, voltage_kv)


def _check(lines: Lines, near: _Near, may_enter: Mask | None = None) -> Findings:
    wanted = [[ask(kind.profile, kind.place) for ask in near.asks] for kind in lines.kinds]
    farthest = np.array([max((_matters_m(one) for one in each), default=0.0) for each in wanted])
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
    compared = Compared(lines.geometry[line[told]], near.shapes[thing[told]], close, within[told])
    ends = may_enter[line[told]] if near.enters_m is not None and may_enter is not None else None
    for number, left in without_ways(compared, ends, near.enters_m, crossed=near.crossed):
        close[number] = left
        distance[told[number]] = np.inf if left.is_empty else shapely.distance(left, near.shapes[thing[told[number]]])
    found = judge(asked, distance - lines.radius_m[line], tolerance)
    lengths = dict(zip(told.tolist(), shapely.length(close).tolist(), strict=True))
    return _findings(lines, _Pairs(line, thing, near, asked, found, distance - lines.radius_m[line], lengths))


def _matters_m(asked: Requirement | None) -> float:
    """Return how near a line has to be for anything to be said of it."""
    if asked is None:
        return UNCOVERED_WITHIN_M
    return max(asked.upper_m, UNCOVERED_WITHIN_M) if asked.open_ended else asked.upper_m


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    line: Ints
    thing: Ints
    near: _Near
    asked: Asked
    found: Verdicts
    measured_m: Floats
    length_m: dict[int, float]


def _findings(lines: Lines, pairs: _Pairs) -> Findings:
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


def _shapes(frame: gpd.GeoDataFrame) -> Geometry:
    return np.asarray(frame.geometry.to_numpy(), dtype=object)


def _zeros(shapes: Geometry) -> Ints:
    return np.zeros(len(shapes), dtype=np.int64)


def _ids(frame: gpd.GeoDataFrame) -> list[LineId]:
    return [name if isinstance(name, str) else int(name) for name in frame.index.tolist()]


def _known(frame: gpd.GeoDataFrame, name: str) -> list[Any]:
    values = frame[name].tolist() if name in frame else [None] * len(frame)
    return [None if value is None or value != value else value for value in values]  # noqa: PLR0124 - NaN is not itself
