"""Plan the pipelines of all utilities together (管线综合): routes, lanes, levels, and how good it is."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np

from gisplanner.catalog.both_sides import both_sides
from gisplanner.catalog.clearances import clearance_standards
from gisplanner.catalog.layers import utilities
from gisplanner.domain.clearance_tables import Standards
from gisplanner.domain.layers import ColumnSpec
from gisplanner.formats.geojson import GeoJson, require_geojson, write_geojson
from gisplanner.planning.pipes.corridors import Corridors, build_corridors
from gisplanner.planning.pipes.joint import Route
from gisplanner.planning.pipes.lanes import Given, LanePlan, plan_lanes
from gisplanner.planning.pipes.lanes.frame import lines_frame
from gisplanner.planning.pipes.lanes.laying import network_of
from gisplanner.planning.pipes.lanes.vertical import flat_ground
from gisplanner.services.pipes.hand import NO_HAND, Hand
from gisplanner.services.pipes.heights import ground_heights
from gisplanner.services.pipes.plan_file import ground_of_file
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.streets import Streets, streets_of
from gisplanner.services.pipes.told import LyingSides, sides_of, told_to_routes, with_own_ducts
from gisplanner.services.pipes.wide_roads import WideRoads, wide_roads

COLUMNS: Final = (
    ColumnSpec(name="line", label="管段编码"),
    ColumnSpec(name="network", label="管网"),
    ColumnSpec(name="utility", label="管线种类"),
    ColumnSpec(name="owner", label="权属单位"),
    ColumnSpec(name="part", label="类别"),
    ColumnSpec(name="building", label="接入楼栋"),
    ColumnSpec(name="street", label="道路"),
    ColumnSpec(name="laying", label="埋设方式"),
    ColumnSpec(name="diameter_mm", label="管径"),
    ColumnSpec(name="pressure", label="压力级别"),
    ColumnSpec(name="material", label="材质"),
    ColumnSpec(name="voltage_kv", label="电压（千伏）", type="number"),
    ColumnSpec(name="depth_m", label="埋深（米）", type="number"),
    ColumnSpec(name="deepest_m", label="最大覆土（米）", type="number"),
    ColumnSpec(name="offset_m", label="距道路中线（米，左为正）", type="number"),
    ColumnSpec(name="where", label="所在位置"),
    ColumnSpec(name="status", label="使用状态"),
    ColumnSpec(name="length_m", label="长度（米）", type="number"),
    ColumnSpec(name="networks_in_trench", label="同路由管网数", type="integer"),
    ColumnSpec(name="common_trench", label="同沟编号"),
)
"""Columns of a planned line; the clearance check reads them."""

PARTS: Final = {"main": "干支管", "service": "入户管"}


@dataclass(frozen=True, slots=True, eq=False)
class PipesPlan:
    """Lines of all networks and everything that explains them.

    Attributes
    ----------
    ground, wide, corridors, streets
        What was asked for, which roads have lines on both sides, where lines may lie, what streets are.
    lanes
        Routes, lanes, levels and the conflict check that found nothing left.
    lines
        Planned lines in the metric system, columns as the conflict check reads them.
    hand
        What a planner said beforehand, with reasons.
    level_known
        Whether heights of the ground were known.
    seconds
        Time from the data at hand to the checked answer.
    """

    ground: Ground
    wide: WideRoads
    corridors: Corridors
    streets: Streets
    lanes: LanePlan
    lines: gpd.GeoDataFrame
    hand: Hand
    level_known: bool
    seconds: float


def plan_pipes(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    estates: str | None = None,
    estate: str | None = None,
    hand: Hand = NO_HAND,
    time_limit_s: float = 60.0,
    seed: int = 0,
) -> PipesPlan:
    """Plan the pipelines of a file.

    Parameters
    ----------
    path, crs, encoding
        The file (layers ``buildings``, ``roads``, ``sources``; ``obstacles``, ``existing``, ``heights`` where they
        are) and what it does not say itself.
    estates, estate
        Layer of compounds to plan, and one of them by name; see
        :func:`gisplanner.services.pipes.plan_file.ground_of_file`.
    hand
        What a planner forbids, forces, locks or moves.
    time_limit_s
        Seconds to search, compilation apart.

    Raises
    ------
    InputError
        What was handed in cannot be used; all bad rows at once.
    """
    ground = ground_of_file(path, crs=crs, encoding=encoding, estates=estates, estate=estate)
    return plan_ground(ground, hand, time_limit_s=time_limit_s, seed=seed)


def plan_ground(
    ground: Ground,
    hand: Hand = NO_HAND,
    *,
    standards: Standards | None = None,
    time_limit_s: float = 60.0,
    seed: int = 0,
) -> PipesPlan:
    """Plan the pipelines of layers at hand.

    Parameters
    ----------
    standards
        The clearance tables, those of a district where it corrected some; ``None`` are the national ones.

    Raises
    ------
    InputError
        The planner speaks of networks, streets or buildings that are not there.
    """
    begun = time.perf_counter()
    ground = replace(ground, demands=with_own_ducts(ground.demands, hand))
    before = _sides_without(ground, hand, time_limit_s=time_limit_s, seed=seed)
    wide = wide_roads(ground)
    corridors = build_corridors(
        ground.buildings,
        gpd.GeoDataFrame(geometry=wide.lined.lines, crs=ground.roads.crs),
        ground.sources,
        obstacles=ground.obstacles,
        middles=wide.lined.middles,
        crossings=wide.lined.crossings(),
    )
    streets = streets_of(corridors, ground.roads, wide.lined, both_sides().strip_m)
    told = told_to_routes(hand, ground, corridors, streets, before)
    height = ground_heights(ground.heights, ground.roads)
    given = Given(
        buildings=ground.buildings,
        sources=ground.sources,
        corridors=corridors,
        demands=ground.demands,
        place=streets.place,
        width_m=streets.red_line_m,
        red_line=streets.red_line,
        obstacles=ground.obstacles,
        existing=ground.existing,
        ground=height or flat_ground,
        limits=told.limits,
        connection=told.connection,
        sides=told.sides,
        reductions=told.reductions,
    )
    lanes = plan_lanes(
        given, standards or clearance_standards(), utilities=tuple(utilities()), time_limit_s=time_limit_s, seed=seed
    )
    lines = _frame(ground, corridors, streets, lanes)
    seconds = time.perf_counter() - begun
    return PipesPlan(ground, wide, corridors, streets, lanes, lines, hand, height is not None, seconds)


def _sides_without(ground: Ground, hand: Hand, *, time_limit_s: float, seed: int) -> LyingSides:
    """Return where networks lie in the plan that wishes for the ``other`` side differ from."""
    others = [wish for wish in hand.wishes if wish.side == "other"]
    if not others:
        return {}
    rest = hand.model_copy(update={"wishes": tuple(wish for wish in hand.wishes if wish not in others)})
    return sides_of(plan_ground(ground, rest, time_limit_s=time_limit_s, seed=seed).lanes.layout.streets)


def write_plan(result: PipesPlan, path: Path) -> GeoJson:
    """Write one feature a planned line (RFC 7946).

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    require_geojson(path)
    return write_geojson(path, result.lines, COLUMNS, id_column="line", members={"名称": "管线综合方案"})


def lower_bound_m(corridors: Corridors, route: Route) -> float:
    """Return the metres below which no route gets that hangs and crosses wide roads as little as this one."""
    length = float(corridors.length_mm[route.edges].sum())
    return round(max(route.lower_bound_mm - (route.cost_mm - length), 0.0) / 1000.0, 3)


def users_of_edges(lanes: LanePlan, count: int) -> np.ndarray:
    """Return how many networks run along each corridor edge."""
    users = np.zeros(count, dtype=np.int64)
    for route in lanes.plan.joint:
        users[route.edges] += 1
    return users


def _frame(ground: Ground, corridors: Corridors, streets: Streets, lanes: LanePlan) -> gpd.GeoDataFrame:
    frame = lines_frame(lanes.lines, lanes.depths, ground.demands, ground.buildings.crs)
    users = users_of_edges(lanes, len(corridors.edges))
    names = ground.buildings.index
    rows: list[dict[str, Any]] = []
    for one in lanes.lines:
        edges = [one.stub] if one.stub >= 0 else list(one.edges)
        street = lanes.layout.streets[one.street] if one.street >= 0 else None
        rows.append(
            {
                "building": None if one.building < 0 else str(names[one.building]),
                "street": streets.name_of(one.edges[0]) if one.edges else None,
                "offset_m": None if street is None else street.offset_m[network_of(ground.demands[one.demand])],
                "length_m": round(float(one.line.length), 3),
                "networks_in_trench": int(users[edges].max(initial=1)),
            }
        )
    for name in ("building", "street", "offset_m", "length_m", "networks_in_trench"):
        frame[name] = [row[name] for row in rows]
    frame.insert(0, "line", [f"plan-{number}" for number in range(len(frame))])
    return frame.set_index("line", drop=False)
