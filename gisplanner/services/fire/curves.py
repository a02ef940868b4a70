"""Lanes as a draughtsman sets them out (车道曲线): straights and true arcs, and the edges beside them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from gisplanner.formats.dxf_writer import Curve
from gisplanner.planning.fire.arcs import arcs_along, beside_arcs


def lane_curves(features: gpd.GeoDataFrame, *, width_m: float, radius_m: float) -> dict[Any, Curve]:
    """Return the middle lines and edges of lanes by the id of their feature.

    Parameters
    ----------
    features
        What a plan shows; the area of a lane follows its middle line.
    radius_m
        Arcs are no tighter where the lane is not.
    """
    curves: dict[Any, Curve] = {}
    lines = features["role"] == "车道中线"
    areas = lines.shift(fill_value=False)
    for middle, area, line in zip(
        features.loc[lines, "id"], features.loc[areas, "id"], features.geometry[lines], strict=True
    ):
        rows = arcs_along(shapely.get_coordinates(line), least_m=radius_m)
        curves[middle] = Curve(rows, closed=False)
        curves[area] = Curve(beside_arcs(rows, width_m / 2.0), closed=True)
    return curves
