"""What lies under, hangs over or stands on lanes: 化粪池、检查井、管沟 (承载), 高压线, 停车位."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.fire import FireId
from gisplanner.domain.fire_details import Flag
from gisplanner.planning.fire.lanes import LanePath
from gisplanner.planning.fire.markings import lane_area
from gisplanner.services.fire.input import FireGround
from gisplanner.text import Text

BESIDE_M: Final = 5.0
"""How near the edge of a lane a power line is told of (本工具参数)."""
_TOLD: Final[Mapping[str, tuple[float, Text]]] = {
    "underground": (
        0.0,
        Text("车道下有地下设施，承载力需人工认定（GB 55037 3.4.5(3)，未核对原文）", en="bearing to be judged"),
    ),
    "power_lines": (
        BESIDE_M,
        Text("车道旁有架空电力线，需人工认定（GB 55037 3.4.5(7)，未核对原文）", en="overhead power line"),
    ),
    "parking": (0.0, Text("停车位占用车道", en="parking bay on the lane")),
}


def flags_of(source: FireGround, lines: Sequence[LanePath], width_m: float) -> tuple[Flag, ...]:
    """Return what lies under or beside each lane: one flag for each thing and lane."""
    found: list[Flag] = []
    for layer, (beside_m, reason) in _TOLD.items():
        frame = source.more.get(layer)
        if frame is None or not len(lines):
            continue
        areas = np.array([lane_area([line.line], width_m + 2.0 * beside_m) for line in lines], dtype=object)
        shapes = frame.geometry.to_numpy()
        thing, lane = shapely.STRtree(areas).query(shapes, predicate="intersects")
        parts = shapely.area(shapely.intersection(shapes[thing], areas[lane]))
        kinds = frame["kind"] if "kind" in frame.columns else pd.Series(None, frame.index, dtype=object)
        found += [
            Flag(
                layer=layer,
                id=cast("FireId", frame.index[k]),
                kind=None if pd.isna(kinds.iloc[k]) else str(kinds.iloc[k]),
                lane=number + 1,
                overlap_m2=round(float(area), 2),
                reason=reason,
            )
            for k, number, area in zip(thing.tolist(), lane.tolist(), parts.tolist(), strict=True)
        ]
    return tuple(found)
