"""Vehicles driven along the lanes (车辆通行): swept width, slope and clear height where they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import shapely
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import QhullError

from gisplanner.domain.fire_details import LaneDriven
from gisplanner.domain.fire_rules import VehicleSpec
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.lanes import LanePath
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.vehicle import Body, bodies_along
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.opening_hours import OVERHEAD
from gisplanner.text import Text

STATION_M = 10.0


def lanes_driven(
    source: FireGround,
    ground: Ground,
    gone: Bools,
    lines: Sequence[LanePath],
    vehicles: Mapping[str, VehicleSpec],
    *,
    width_m: float,
) -> tuple[LaneDriven, ...]:
    """Return for each lane and vehicle whether the body stays clear of what stands, driven along the line drawn.

    The line is one way to drive, not the only one: where the body meets something, or the bend is tighter than
    the vehicle turns, the answer is 需人工认定 (reversing or another line may do), never a plain no.
    """
    left = [shape for shape, away in zip(ground.soft, gone.tolist(), strict=True) if not away]
    tree = shapely.STRtree([*ground.hard, *left])
    slopes = _slopes(source, lines)
    heights = [_clear_height(source, line, width_m) for line in lines]
    return tuple(
        LaneDriven(number, spec.title, *_driven(line, spec, tree), slope, height)
        for spec in vehicles.values()
        for number, (line, slope, height) in enumerate(zip(lines, slopes, heights, strict=True), start=1)
    )


def _driven(line: LanePath, spec: VehicleSpec, standing: shapely.STRtree) -> tuple[str, Text]:
    body = Body(spec.length_m, spec.width_m, spec.wheelbase_m, spec.front_overhang_m, spec.outer_radius_m)
    need = body.front_axle_radius_m
    if line.min_radius_m is not None and line.min_radius_m < need:
        return "需人工认定", Text(
            f"最小弯道半径 {line.min_radius_m:.1f} m，小于 {spec.title}前轴所需 {need:.1f} m：须倒车或另选路线",
            en=f"tightest bend {line.min_radius_m:.1f} m, the vehicle needs {need:.1f} m: reverse or another line",
        )
    bodies = bodies_along(line.line, body)
    where, met = standing.query(bodies, predicate="intersects")
    if met.size:
        place = shapely.point_on_surface(shapely.intersection(bodies[where[0]], standing.geometries[met[0]]))
        return "需人工认定", Text(
            f"扫掠范围在 ({place.x:.1f}, {place.y:.1f}) 碰到障碍",
            en=f"the swept area meets something at ({place.x:.1f}, {place.y:.1f})",
        )
    return "符合", Text("扫掠范围内无障碍", en="nothing stands in the swept area")


def _slopes(source: FireGround, lines: Sequence[LanePath]) -> list[float | None]:
    """Return the steepest stretch of each lane, in percent, from spot heights; ``None`` where there are too few."""
    frame = source.more.get("spot_heights")
    if frame is None or "height_m" not in frame.columns:
        return [None] * len(lines)
    height = pd.to_numeric(frame["height_m"], errors="coerce").to_numpy(dtype=float)
    place = shapely.get_coordinates(frame.geometry.to_numpy())
    known = np.isfinite(height)
    try:
        ground = LinearNDInterpolator(place[known], height[known])
    except (QhullError, ValueError):  # fewer than three heights, or all on one line: no surface
        return [None] * len(lines)
    return [_steepest(line, ground) for line in lines]


def _steepest(line: LanePath, ground: LinearNDInterpolator) -> float | None:
    stations = np.append(np.arange(0.0, line.line.length, STATION_M), line.line.length)
    z: Floats = ground(shapely.get_coordinates(shapely.line_interpolate_point(line.line, stations)))
    run, rise = np.diff(stations), np.abs(np.diff(z))
    if not np.isfinite(rise).all() or not (run > 1.0).any():
        return None
    return round(float((rise[run > 1.0] / run[run > 1.0]).max() * 100.0), 2)


def _clear_height(source: FireGround, line: LanePath, width_m: float) -> float | None:
    """Return the least stated height of what hangs over a lane; ``None`` where nothing is stated."""
    frame = source.obstacles
    if "height_m" not in frame.columns or "kind" not in frame.columns:
        return None
    area = shapely.buffer(line.line, width_m / 2.0, cap_style="flat")
    over = frame["kind"].astype(str).str.contains("|".join(OVERHEAD)) & frame.geometry.intersects(area)
    stated = pd.to_numeric(frame.loc[over, "height_m"], errors="coerce").dropna()
    return float(stated.min()) if len(stated) else None
