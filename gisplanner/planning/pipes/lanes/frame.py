"""Planned lines as a table that the conflict check and every output read."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from gisplanner.planning.pipes.joint import Demand
from gisplanner.planning.pipes.lanes.records import Depths, PlannedLine

DUCT_ROUTE = "四网合一"
"""Shared trench of the telecoms."""


def lines_frame(
    lines: Sequence[PlannedLine], depths: Depths, demands: Sequence[Demand], crs: CRS
) -> gpd.GeoDataFrame:
    """Return one row a line, by position, with the columns of the conflict check.

    ``depth_m`` is the least cover of a line, ``deepest_m`` the greatest; both are empty overhead.
    """
    rows = [
        {
            "network": demands[one.demand].name,
            "utility": one.utility,
            "owner": demands[one.demand].owner,
            "part": one.part,
            "laying": "overhead" if one.overhead else one.design.facts.laying,
            "diameter_mm": one.design.section,
            "pressure": one.design.facts.pressure,
            "material": one.design.facts.material,
            "voltage_kv": one.design.facts.voltage_kv,
            "depth_m": None if np.isnan(depths.cover_m[k]) else float(depths.cover_m[k]),
            "deepest_m": None if np.isnan(depths.deepest_m[k]) else float(depths.deepest_m[k]),
            "where": one.place,
            "status": "planned",
            "common_trench": DUCT_ROUTE if one.utility == "telecom" and not one.overhead else None,
            "geometry": one.line,
        }
        for k, one in enumerate(lines)
    ]
    names = [
        *("network", "utility", "owner", "part", "laying", "diameter_mm", "pressure", "material", "voltage_kv"),
        *("depth_m", "deepest_m", "where", "status", "common_trench", "geometry"),
    ]
    frame = gpd.GeoDataFrame(rows, columns=names, geometry="geometry", crs=crs)
    frame.index = pd.RangeIndex(len(frame))
    return frame
