"""The five rectangles of the neighbourhood drill, in metres of EPSG:4547."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import box

ORIGIN = (576811, 2839390)


@pytest.fixture
def estates() -> gpd.GeoDataFrame:
    rectangles = [(0, 0, 100, 80), (100, 0, 180, 80), (192, 0, 260, 80), (260, 80, 330, 150), (400, 0, 460, 60)]
    frame = gpd.GeoDataFrame(index=list("ABCDE"), geometry=[box(*bounds) for bounds in rectangles], crs="EPSG:4547")
    return frame.set_geometry(frame.translate(*ORIGIN))
