"""A district with a few lines of three companies, and a way to hand in more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.networks.upload import NetworkReport, import_networks
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
Row = tuple[list[tuple[float, float]], dict[str, Any]]
HandIn = Callable[..., NetworkReport]


def at(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(EAST + x, NORTH + y) for x, y in points]


@pytest.fixture
def town(db: Database) -> District:
    """An empty district in the middle of 南康."""
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))


@pytest.fixture
def hand_in(db: Database, town: District, tmp_path: Path) -> HandIn:
    """Hand in lines of one company: ``hand_in(owner, (points, attributes), …)``."""

    def do(owner: str, *rows: Row, **options: Any) -> NetworkReport:
        frame = gpd.GeoDataFrame(
            [values for _, values in rows],
            geometry=[shapely.LineString(at(points)) for points, _ in rows],
            crs=4547,
        )
        path = tmp_path / f"{owner}.gpkg"
        frame.to_file(path)
        return import_networks(db, town, path, owner=owner, **options)

    return do


@pytest.fixture
def put(db: Database, town: District, tmp_path: Path) -> Callable[..., None]:
    """Store features of a layer: ``put("buildings", [shape], name=[…])``, shapes in metres from the corner."""

    def do(what: str, shapes: list[Any], /, **columns: Any) -> None:
        moved = [shapely.transform(shape, lambda xy: np.add(xy, (EAST, NORTH))) for shape in shapes]
        path = tmp_path / f"{what}.gpkg"
        gpd.GeoDataFrame(columns, geometry=moved, crs=4547).to_file(path)
        import_features(db, town, what, path, add_new=what == "estates")

    return do


@pytest.fixture
def put_meters(db: Database, town: District, tmp_path: Path) -> Callable[..., None]:
    """Hand in meters of a company: ``put_meters(owner, [(x, y)])``."""

    def do(owner: str, places: list[tuple[float, float]]) -> None:
        frame = gpd.GeoDataFrame(
            {"管类": ["给水"] * len(places), "附属物": ["水表"] * len(places)},
            geometry=[shapely.Point(one) for one in at(places)],
            crs=4547,
        )
        frame.to_file(tmp_path / "meters.gpkg")
        import_networks(db, town, tmp_path / "meters.gpkg", owner=owner)

    return do
