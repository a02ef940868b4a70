"""Vehicles driven along the lanes (车辆通行): swept area, slope and clear height where they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import QhullError
from shapely import Geometry

from gisplanner.domain.fire_details import LaneDriven
from gisplanner.domain.fire_rules import VehicleSpec
from gisplanner.planning.fire.drives import LaneDrive, drives_along
from gisplanner.planning.fire.lanes import LanePath
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.vehicle import Body
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.opening_hours import OVERHEAD
from gisplanner.text import Text

STATION_M = 5.0
KNOWN_SHARE = 0.5
"""Of the length of a lane with known heights, below which its slope is unknown: gates stand on their very edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """What a vehicle sweeps on a lane (扫掠范围), as far as it gets; planning CRS."""

    lane: int
    vehicle: str
    area: Geometry


def lanes_driven(
    source: FireGround,
    reach: Reach,
    gone: Bools,
    lines: Sequence[LanePath],
    vehicles: Mapping[str, VehicleSpec],
) -> tuple[tuple[LaneDriven, ...], tuple[Swept, ...]]:
    """Return for each lane and vehicle whether it gets along, and what it sweeps.

    A way that was found has been driven, so 符合 is certain. Where none is found the answer is 需人工认定, never a
    plain no: the search is long, not endless.
    """
    slopes = _slopes(source, lines)
    heights = [_clear_height(source, line, reach.width_m) for line in lines]
    driven: list[LaneDriven] = []
    swept: list[Swept] = []
    bodies = [
        Body(spec.length_m, spec.width_m, spec.wheelbase_m, spec.front_overhang_m, spec.outer_radius_m)
        for spec in vehicles.values()
    ]
    # Compiled searches leave the interpreter to others: vehicles are driven at the same time.
    with ThreadPoolExecutor() as pool:
        drives = list(pool.map(partial(drives_along, reach, gone, lines), bodies))
    for spec, driven_by in zip(vehicles.values(), drives, strict=True):
        for k, drive in enumerate(driven_by):
            driven.append(_told(k + 1, spec.title, drive, reach, slopes[k], heights[k]))
            if not drive.swept.is_empty:
                swept.append(Swept(k + 1, spec.title, drive.swept))
    return tuple(driven), tuple(swept)


def _told(  # noqa: PLR0917 - one row
    lane: int, vehicle: str, drive: LaneDrive, reach: Reach, slope: float | None, height: float | None
) -> LaneDriven:
    best = drive.best
    stuck = None
    if best.stuck_at is not None:
        x, y = np.array(best.stuck_at) + reach.scene.origin
        stuck = round(float(x), 2), round(float(y), 2)
    if drive.forward.stuck_at is None:
        answer, reason = (
            "符合",
            Text("前行可达尽头，扫掠范围内无障碍", en="gets to the end forward, nothing in the swept area"),
        )
    elif stuck is None:
        answer, reason = (
            "需人工认定",
            Text(
                f"前行一次转不过；前后换向 {best.reversals} 次可达尽头，扫掠范围内无障碍",
                en=f"not round in one; gets to the end with {best.reversals} changes of direction",
            ),
        )
    else:
        answer, reason = (
            "需人工认定",
            Text(
                f"前行、倒车都未找到能过 ({stuck[0]:.1f}, {stuck[1]:.1f}) 的轨迹",
                en=f"no way found past ({stuck[0]:.1f}, {stuck[1]:.1f}), forward or reversing",
            ),
        )
    return LaneDriven(
        lane, vehicle, answer, reason, drive.forward.stuck_at is None,
        best.reversals if stuck is None else None, stuck, slope, height,
    )  # fmt: skip


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
    known = np.isfinite(rise) & (run > 1.0)
    if float(run[known].sum()) < KNOWN_SHARE * line.line.length:
        return None
    return round(float((rise[known] / run[known]).max() * 100.0), 2)


def _clear_height(source: FireGround, line: LanePath, width_m: float) -> float | None:
    """Return the least stated height of what hangs over a lane; ``None`` where nothing is stated."""
    frame = source.obstacles
    if "height_m" not in frame.columns or "kind" not in frame.columns:
        return None
    area = shapely.buffer(line.line, width_m / 2.0, cap_style="flat")
    over = frame["kind"].astype(str).str.contains("|".join(OVERHEAD)) & frame.geometry.intersects(area)
    stated = pd.to_numeric(frame.loc[over, "height_m"], errors="coerce").dropna()
    return float(stated.min()) if len(stated) else None
