"""What a fire-lane plan finds: who stays out of reach and why, what each removal opens, what must be surveyed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.fire import Extinguishers, FireId, FireLane, FireRemoval, Hydrant, TightBend, Unreached
from gisplanner.domain.fire_rules import ExtinguisherRule, FireParameters
from gisplanner.planning.fire.hydrants import Cover, hydrant_places, least_hydrants
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.lanes import LanePath
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.situation import Situation
from gisplanner.planning.fire.smooth import along
from gisplanner.planning.fire.turnarounds import Turnaround
from gisplanner.rules.extinguishers import extinguishers_of
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.prepared import Prepared
from gisplanner.text import Text

_NOISE_M: Final = 0.01
NARROWER_M: Final = (3.5, 3.1, 2.5)
"""Widths tried to say how narrow the way to an unreached building is."""


def labels_of(ground: Ground, marks: Any) -> tuple[FireId, ...]:
    """Return the ids of the marked buildings."""
    return tuple(
        cast("FireId", label) for label, yes in zip(ground.building_labels, marks.tolist(), strict=True) if yes
    )


def buildings_to_survey(after: Situation, tolerance_m: float) -> tuple[FireId, ...]:
    """Return buildings that are served at the width less the tolerance, but not at the width more the tolerance.

    A narrower lane gets to whatever a wider one gets to: who is served at the width is served at any less.
    """
    ground, width_m = after.reach.ground, after.reach.width_m
    if tolerance_m <= 0.0:
        return ()
    if np.isnan(ground.entrance_widths_m).all() and not len(ground.hard) and not len(ground.soft):
        return ()
    fixed, nothing = ground.after(after.gone), np.zeros(0, dtype=bool)
    strict = Reach(fixed, round(width_m + tolerance_m, 6)).served(nothing)
    loose = after.served
    if not loose.all():
        loose = Reach(fixed, round(width_m - tolerance_m, 6)).served(nothing)
    return labels_of(ground, loose & ~strict)


def unreached_buildings(ground: Ground, reach: Reach) -> tuple[Unreached, ...]:
    """Return the buildings that no removal opens, each with what is in its way."""
    everything = np.ones(len(ground.soft), dtype=bool)
    left = ~reach.served(everything)
    if not left.any():
        return ()
    width = reach.width_m
    reasons: dict[int, Text] = {}
    stated = ground.entrance_widths_m[~np.isnan(ground.entrance_widths_m)]
    if stated.size == ground.entrance_widths_m.size and np.round(stated, 3).max() < width:
        text = Text(
            f"出入口净宽最大 {stated.max():.3f} m，小于 {width:.3f} m",
            en=f"the widest entrance has {stated.max():.3f} m, less than {width:.3f} m",
        )
        return tuple(Unreached(label, text) for label in labels_of(ground, left))
    bare, nothing = ground.after(everything), np.zeros(0, dtype=bool)
    for narrower in (one for one in NARROWER_M if one < width):
        for building in np.flatnonzero(left & Reach(bare, narrower).served(nothing)).tolist():
            reasons.setdefault(
                building,
                Text(
                    f"不可拆除物之间净宽不足 {width:g} m；按 {narrower:g} m 可达",
                    en=f"what has to stay leaves less than {width:g} m; served at {narrower:g} m",
                ),
            )
    far = Text("任一长边都不全在车道 10 m 以内", en="no long side lies within 10 m of a lane throughout")
    return tuple(
        Unreached(cast("FireId", ground.building_labels[building]), reasons.get(building, far))
        for building in np.flatnonzero(left).tolist()
    )


def removals_of(
    source: FireGround, ground: Ground, reach: Reach, gone: Any, lines: Sequence[LanePath]
) -> tuple[FireRemoval, ...]:
    """Return what each removal costs, who would be out of reach again without it, and the lane's width past it."""
    served = reach.served(gone)
    known = "households" in source.buildings.columns and source.buildings["households"].notna().any()
    made = []
    for number in np.flatnonzero(gone).tolist():
        without = gone.copy()
        without[number] = False
        lost = served & ~reach.served(without)
        label = ground.soft_labels[number]
        row = source.obstacles.loc[label]
        before, after = _widths_past(reach, number, lines)
        made.append(
            FireRemoval(
                obstacle=cast("FireId", label),
                cost=float(ground.costs[number]),
                opens=labels_of(ground, lost),
                households=int(ground.households[lost].sum()) if known else None,
                kind=_text(row, "kind"),
                owner=_text(row, "owner"),
                width_before_mm=before,
                width_after_mm=after,
                moved=bool(pd.notna(row.get("movable")) and row["movable"]),
            )
        )
    return tuple(made)


def _widths_past(reach: Reach, number: int, lines: Sequence[LanePath]) -> tuple[int | None, int | None]:
    """Return the free width past an obstacle today and afterwards, in whole millimetres, rounded down."""
    shape = reach.ground.soft[number]
    passing = [line for line in lines if shapely.distance(line.line, shape) <= reach.width_m / 2.0]
    if not passing:
        return None, None
    after = min(_millimetres(line.pinch_m) for line in passing)
    if any(line.line.intersects(shape) for line in passing):
        return 0, after
    plugs = reach.plugs
    mine = (plugs.owner_a == number) | (plugs.owner_b == number)
    ends = np.stack([plugs.corner[mine], plugs.foot[mine]], axis=1) + reach.scene.origin
    crossed = np.zeros(len(ends), dtype=bool)
    for line in passing:
        crossed |= shapely.intersects(shapely.linestrings(ends), line.line)
    gaps = plugs.gap_m[mine][crossed]
    return (_millimetres(float(gaps.min())) if gaps.size else None), after


def _millimetres(metres: float) -> int:
    return int(metres * 1000.0 + 1e-3)


def _text(row: Any, column: str) -> str | None:
    return None if column not in row.index or pd.isna(row[column]) else str(row[column])


def lane_of(number: int, line: LanePath, walls: shapely.STRtree, ready: Prepared) -> FireLane:
    """Return a lane as a record, its least width in whole millimetres, rounded down.

    Parameters
    ----------
    walls
        Footprints of buildings.
    """
    width_m, tolerance_m, numbers = ready.width_m, ready.tolerance_m, ready.parameters
    wall_m, near_wall_m = _beside(line, walls, width_m, numbers.lane_wall_m.value)
    pinch_mm = _millimetres(line.pinch_m)
    turn = line.turnaround
    return FireLane(
        id=number,
        pinch_mm=pinch_mm,
        pinch_at=(round(line.pinch_at[0], 3), round(line.pinch_at[1], 3)),
        min_radius_m=None if line.min_radius_m is None else round(line.min_radius_m, 3),
        dead_end_m=round(line.dead_end_m, 3),
        turnaround=None if turn is None else _turnaround(turn),
        within_survey_tolerance=abs(pinch_mm / 1000.0 - width_m) <= tolerance_m + 1e-9,
        length_m=round(float(line.line.length), 3),
        legal_radius_m=centre_radius_m(numbers, width_m),
        tight_bends=tuple(TightBend((round(x, 2), round(y, 2)), round(radius, 2)) for (x, y), radius in line.bends),
        wall_m=wall_m,
        near_wall_m=near_wall_m,
    )


def centre_radius_m(numbers: FireParameters, width_m: float) -> float:
    """Return the radius of the middle of a lane whose outer edge bends with the turning radius."""
    return max(numbers.outer_radius_m.value - width_m / 2.0, width_m / 2.0)


def _turnaround(turn: Turnaround) -> dict[str, Any]:
    middle = None if turn.outline is None else turn.outline.centroid
    return {
        "size_m": turn.size_m,
        "fits": middle is not None,
        "at": None if middle is None else [round(middle.x, 2), round(middle.y, 2)],
        "largest_m": turn.largest_m,
    }


def _beside(line: LanePath, walls: shapely.STRtree, width_m: float, should_m: float) -> tuple[float | None, float]:
    """Return the least distance from the lane's edge to a wall, and how much of it is nearer than it should be."""
    stations = np.arange(0.5, max(float(line.line.length), 0.6), 1.0)
    if not len(walls):
        return None, 0.0
    points = shapely.points(along(shapely.get_coordinates(line.line), stations))
    away = walls.query_nearest(points, return_distance=True, all_matches=False)[1] - width_m / 2.0
    return max(0.0, round(float(away.min()), 2)), float((away < should_m - _NOISE_M).sum())


def hydrants_of(
    source: FireGround, after: Situation, lines: Sequence[LanePath], numbers: FireParameters
) -> tuple[tuple[Hydrant, ...], Cover]:
    """Return hydrants that are there and the fewest to add, and how few are proven to be needed."""
    existing = np.zeros((0, 2))
    if source.hydrants is not None:
        existing = shapely.get_coordinates(source.hydrants.geometry.to_numpy())
    ground, wall_m = after.reach.ground, numbers.hydrant_wall_m.value
    lanes = [line.line for line in lines]
    places = hydrant_places(lanes, after.shapes, ground.domain, width_m=after.reach.width_m, wall_m=wall_m)
    cover = least_hydrants(
        places,
        existing,
        ground.buildings,
        lanes,
        radius_m=numbers.hydrant_radius_m.value,
        spacing_m=numbers.hydrant_spacing_m.value,
    )
    made = [Hydrant((round(float(x), 3), round(float(y), 3)), existing=True) for x, y in existing]
    made += [Hydrant((round(float(x), 3), round(float(y), 3)), existing=False) for x, y in places[cover.chosen]]
    return tuple(made), cover


def extinguishers_needed(ground: FireGround, rule: ExtinguisherRule | None) -> tuple[Extinguishers, ...]:
    """Return what each building needs by the rule of the plan, has and lacks."""
    floors, present = (_whole(ground.buildings, column) for column in ("floors", "extinguishers"))
    labels = ground.buildings.index.tolist()
    return tuple(extinguishers_of(*one, rule) for one in zip(labels, floors, present, strict=True))


def _whole(frame: gpd.GeoDataFrame, column: str) -> list[int | None]:
    """Return whole numbers of a column, ``None`` where nothing usable stands."""
    if column not in frame.columns:
        return [None] * len(frame)
    values = pd.to_numeric(frame[column], errors="coerce")
    return [None if pd.isna(value) or value < 0 or value != int(value) else int(value) for value in values]
