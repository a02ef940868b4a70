"""What the works of a plan dig, stretch by stretch and with its days (开挖): held against the gas lines there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.planning.pipes.calendar import Calendar
from gisplanner.services.pipes.plan import PipesPlan

KIND: Final = "管沟开挖"
_HALF_TRENCH_M: Final = 0.5
"""Half the width of a trench (本工具参数)."""
_BESIDE_M: Final = 12.0
"""A line lies this near to the street edges it stands for."""


def digs_of(result: PipesPlan, section: Mapping[int, str], calendar: Calendar) -> gpd.GeoDataFrame:
    """Return the ground each section opens with its first and last day, as works beside gas lines are read.

    Parameters
    ----------
    section
        Section of each street edge.
    """
    edges: dict[str, list[int]] = defaultdict(list)
    for edge, name in section.items():
        edges[name].append(edge)
    days: dict[str, list[Any]] = defaultdict(list)
    for work in calendar.works:
        days[work.section] += [work.first, work.last]
    names = sorted(name for name in edges if days[name])
    lines = [one for one in result.lanes.lines if not one.overhead]
    tree = shapely.STRtree([one.line for one in lines])
    shapes = []
    for name in names:
        street = shapely.union_all(result.corridors.geometry[edges[name]])
        around = shapely.buffer(street, _BESIDE_M, cap_style="flat")
        near = [lines[k].line for k in tree.query(around, predicate="intersects").tolist()]
        dug = shapely.union_all(shapely.intersection(near, around)) if near else street
        shapes.append(shapely.buffer(dug, _HALF_TRENCH_M, cap_style="flat"))
    frame = gpd.GeoDataFrame(
        {
            "kind": pd.Series([KIND] * len(names), dtype=object),
            "name": pd.Series([None] * len(names), dtype=object),
            "first": pd.Series([min(days[name]) for name in names], dtype=object),
            "last": pd.Series([max(days[name]) for name in names], dtype=object),
        },
        geometry=shapes,
        crs=result.ground.buildings.crs,
    )
    return frame.set_axis(pd.Index(names, dtype=object), axis="index")
