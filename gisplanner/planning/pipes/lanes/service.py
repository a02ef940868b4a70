"""A plan in lanes from the layers of a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.crs import WGS84
from gisplanner.domain.clearance import ClearanceReport
from gisplanner.domain.clearance_tables import Place, Standards
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint import Demand, Limits
from gisplanner.planning.pipes.lanes.entries import surroundings
from gisplanner.planning.pipes.lanes.existing import ExistingLines
from gisplanner.planning.pipes.lanes.fit import Distances
from gisplanner.planning.pipes.lanes.frame import lines_frame
from gisplanner.planning.pipes.lanes.laying import Drawn, Places
from gisplanner.planning.pipes.lanes.plan import LanePlan, Task, plan_in_lanes
from gisplanner.planning.pipes.lanes.records import Depths, PlannedLine
from gisplanner.planning.pipes.lanes.room import room_beside
from gisplanner.planning.pipes.lanes.site import Site
from gisplanner.planning.pipes.lanes.vertical import Height, flat_ground, solve_depths
from gisplanner.rules.clearances import ClearanceBook
from gisplanner.rules.reductions import Reduction, reduced

_POLYGON: Final = 2
_WRITTEN_DECIMALS: Final = 7
"""Digits of a degree in the GeoJSON we hand over."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a plan in lanes is made from.

    Attributes
    ----------
    buildings, sources, obstacles, existing
        Layers in one metric CRS; rows of buildings and sources are those of the corridors.
    place
        City road or courtyard, by corridor edge.
    width_m
        Width inside the red line, by corridor edge; NaN where nobody stated it.
    red_line
        Corridor edges on one side of a wide road: 1 where its red line is on their left, -1 on their right.
    ground
        Height of the ground; level where nobody knows.
    limits
        What a planner forbids and forces, by demand.
    connection
        Where a planner wants a network to enter a building (row).
    sides
        On which side of a corridor edge a planner wants a network: 1 left, -1 right.
    reductions
        Smaller distances that somebody answers for.
    """

    buildings: gpd.GeoDataFrame
    sources: gpd.GeoDataFrame
    corridors: Corridors
    demands: tuple[Demand, ...]
    place: tuple[Place, ...]
    width_m: Floats
    red_line: Mapping[int, int] = field(default_factory=dict)
    obstacles: gpd.GeoDataFrame | None = None
    existing: gpd.GeoDataFrame | None = None
    ground: Height = flat_ground
    limits: Mapping[int, Limits] = field(default_factory=dict)
    connection: Mapping[tuple[str, int], Floats] = field(default_factory=dict)
    sides: Mapping[tuple[str, int], int] = field(default_factory=dict)
    reductions: tuple[Reduction, ...] = ()


def plan_lanes(
    given: Given, standards: Standards, *, utilities: Sequence[str], time_limit_s: float = 60.0, seed: int = 0
) -> LanePlan:
    """Return a plan whose lines lie in lanes and keep every clause.

    Parameters
    ----------
    standards
        The clearance tables.
    utilities
        Codes that existing lines may have.
    """
    kept_to = reduced(standards, given.reductions)
    book = ClearanceBook(kept_to)
    distances = Distances(book)
    walls = np.asarray(shapely.force_2d(given.buildings.geometry.to_numpy()), dtype=object)
    polygon = shapely.get_dimensions(walls) == _POLYGON
    hinder = _geometry(given.obstacles)
    existing = None
    if given.existing is not None and len(given.existing):
        existing = ExistingLines(given.existing, book, utilities)
    site = _site(given, distances, walls[polygon], hinder, existing)
    row = np.where(polygon, np.cumsum(polygon) - 1, -1)
    places = Places(
        np.concatenate([walls, shapely.centroid(_geometry(given.sources))]),
        [*row.tolist(), *([-1] * len(given.sources))],
        given.connection,
    )
    footprints = given.buildings[polygon]
    kept = [] if existing is None else existing.laid()

    def levels(drawn: Drawn) -> Depths:
        crossed = None if existing is None else existing.crossed_by(drawn.lines)
        return solve_depths(drawn.lines, book, drawn.outlets, ground=given.ground, crossed=crossed)

    def check(lines: Sequence[PlannedLine], depths: Depths) -> ClearanceReport:
        return _checked(given, lines, depths, footprints=footprints, standards=kept_to, utilities=utilities)

    task = Task(
        site,
        given.demands,
        places,
        replace(surroundings(walls[polygon], hinder), kept=tuple(kept)),
        levels,
        check,
        given.limits,
    )
    plan = plan_in_lanes(task, time_limit_s=time_limit_s, seed=seed)
    if not given.reductions:
        return plan
    full = _checked(given, plan.lines, plan.depths, footprints=footprints, standards=standards, utilities=utilities)
    return replace(plan, excepted=full.conflicts)


def _geometry(frame: gpd.GeoDataFrame | None) -> np.ndarray:
    if frame is None:
        return np.zeros(0, dtype=object)
    return np.asarray(shapely.force_2d(frame.geometry.to_numpy()), dtype=object)


def _site(
    given: Given, distances: Distances, walls: np.ndarray, hinder: np.ndarray, existing: ExistingLines | None
) -> Site:
    corridors = given.corridors
    room = room_beside(corridors.geometry, walls, hinder, given.width_m)
    free = corridors.blocked & (corridors.building < 0)
    room.left[free] = np.maximum(room.left[free], 1.0)
    room.right[free] = np.maximum(room.right[free], 1.0)
    fixed = {}
    if existing is not None:
        streets = np.flatnonzero(corridors.edges[:, 0] >= corridors.buildings + corridors.sources)
        fixed = dict(existing.beside(corridors.geometry[streets], streets.tolist()))
    return Site(corridors, room, given.place, distances, fixed, given.sides, red_line=given.red_line)


def _as_written(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return lines where files will have them: degrees are rounded, and a plan must hold as it is handed over."""
    if frame.empty or frame.crs is None:
        return frame
    degrees = frame.geometry.to_crs(WGS84)
    rounded = shapely.transform(np.asarray(degrees), lambda points: np.round(points, _WRITTEN_DECIMALS))
    return frame.set_geometry(gpd.GeoSeries(rounded, index=frame.index, crs=WGS84).to_crs(frame.crs))


def _checked(
    given: Given,
    lines: Sequence[PlannedLine],
    depths: Depths,
    *,
    footprints: gpd.GeoDataFrame,
    standards: Standards,
    utilities: Sequence[str],
) -> ClearanceReport:
    frame = _as_written(lines_frame(lines, depths, given.demands, given.buildings.crs))
    if given.existing is not None and len(given.existing):
        kept = given.existing.copy()
        kept.index = pd.Index([f"existing-{name}" for name in kept.index], dtype=object)
        frame = gpd.GeoDataFrame(pd.concat([frame.astype({"depth_m": object}), kept]), crs=frame.crs)
    walls = footprints if len(footprints) else None
    report = check_clearances(frame, standards, buildings=walls, utilities=tuple(utilities))
    ours = tuple(
        one
        for one in report.conflicts
        if isinstance(one.a, int) or (one.kind != "building" and isinstance(one.b, int))
    )
    return replace(report, conflicts=ours)
