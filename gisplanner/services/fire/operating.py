"""Climbing ground of high buildings (登高操作场地): what the rules for new buildings ask, told of existing ones."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.fire import FireId
from gisplanner.domain.fire_details import OperatingArea
from gisplanner.domain.fire_rules import FireParameters
from gisplanner.planning.fire.operating import OperatingGround, SideTried, operating_ground
from gisplanner.planning.fire.situation import Situation
from gisplanner.services.fire.input import FireGround
from gisplanner.text import Text

_RULE = "GB 55037 3.4.6、GB 50016 7.2.2（未核对原文）"
_OPEN = Text(
    "；裙房进深、场地坡度与承载资料不足", en="; depth of annexes, slope and bearing of the ground are not known"
)


def operating_areas(source: FireGround, after: Situation, numbers: FireParameters) -> tuple[OperatingArea, ...]:
    """Return the climbing ground of every building above the height limit, and those whose height nobody stated.

    The rules are for new buildings; an existing one without such ground is 需人工认定, never a plain no.
    """
    heights = _numbers(source, "height_m")
    floors = _numbers(source, "floors")
    high = [height > numbers.high_rise_m.value for height in heights]
    ground = after.reach.ground
    stands = after.engine_places if any(high) else np.zeros((0, 2))
    found: list[OperatingArea] = []
    for number, label in enumerate(ground.building_labels):
        if np.isnan(heights[number]):
            found.append(_unknown(cast("FireId", label), floors[number]))
        elif high[number]:
            footprint, tall = ground.buildings[number], heights[number] > numbers.tall_m.value
            others = [shape for shape in after.shapes if shape is not footprint]
            made = operating_ground(
                footprint,
                ground.domain,
                others,
                stands,
                nearest_m=numbers.operating_near_m.value,
                farthest_m=numbers.operating_far_m.value,
                length_m=(numbers.operating_tall_length_m if tall else numbers.operating_length_m).value,
                depth_m=numbers.operating_depth_m.value,
            )
            found.append(_judged(cast("FireId", label), float(heights[number]), made))
    return tuple(found)


def _judged(label: FireId, height_m: float, made: OperatingGround | tuple[SideTried, ...]) -> OperatingArea:
    if isinstance(made, OperatingGround):
        told = Text(
            f"长边外 {made.distance_m:g} m 处有 {made.length_m:.1f}×{made.depth_m:g} m 场地，消防车可到（{_RULE}）",
            en=f"ground of {made.length_m:.1f}×{made.depth_m:g} m, {made.distance_m:g} m from a long side, reached",
        )
        reason = Text(str(told) + str(_OPEN), en=f"{told.en}{_OPEN.en}")
        return OperatingArea(label, height_m, "符合", reason, shapely.to_wkt(made.outline, rounding_precision=3))
    why = "；".join(_why(side) for side in made)
    reason = Text(
        f"按新建标准放不下（{why}；{_RULE}）；既有小区以不低于现状为限，由消防救援大队认定",
        en="no room by the rules for new buildings; of an existing one the brigade judges",
    )
    return OperatingArea(label, height_m, "需人工认定", reason)


def _why(side: SideTried) -> str:
    words = [word for word, yes in (("越出场地", side.beyond), ("有障碍物或楼栋", side.standing)) if yes]
    return "一侧长边外" + ("、".join(words) if words else "消防车到不了")


def _unknown(label: FireId, floors: float) -> OperatingArea:
    told = "" if np.isnan(floors) else f"（{floors:g} 层）"
    en = "" if np.isnan(floors) else f" ({floors:g} floors)"
    text = Text(f"建筑高度未填{told}，是否高层住宅无法判断", en=f"height not stated{en}: high-rise or not is unknown")
    return OperatingArea(label, None, "资料不足", text)


def _numbers(source: FireGround, column: str) -> Any:
    if column not in source.buildings.columns:
        return np.full(len(source.buildings), np.nan)
    return pd.to_numeric(source.buildings[column], errors="coerce").to_numpy(dtype=float)
