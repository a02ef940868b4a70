"""Import of 200,000 buildings from GeoPackage, matched to estates, beside a bare COPY of the same rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.table import Table, seconds
from gisplanner.domain.district import District
from gisplanner.services.database import open_database, stop_database
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

SIDE = 450
SPACING_M = 30.0
ESTATE_BUILDINGS = 5


def buildings(count: int) -> gpd.GeoDataFrame:
    """L-shaped blocks on a grid, twelve coordinates each."""
    column, row = np.arange(count) % SIDE, np.arange(count) // SIDE
    shape = np.array([[0, 0], [18, 0], [18, 8], [8, 8], [8, 14], [0, 14], [0, 0]], dtype=float)
    corner = np.column_stack([520_000 + column * SPACING_M, 2_830_000 + row * SPACING_M])
    rings = shapely.polygons(shape[None, :, :] + corner[:, None, :])
    return gpd.GeoDataFrame(
        {"code": [f"B{i:06d}" for i in range(count)], "floors": np.arange(count) % 6 + 1}, geometry=rings, crs=4547
    )


def estates(count: int) -> gpd.GeoDataFrame:
    """One estate around every block of 5 × 5 buildings."""
    side = SIDE // ESTATE_BUILDINGS
    rows = -(-count // SIDE) // ESTATE_BUILDINGS + 1
    x, y = np.meshgrid(np.arange(side), np.arange(rows))
    left = 520_000 + x.ravel() * SPACING_M * ESTATE_BUILDINGS - 5
    low = 2_830_000 + y.ravel() * SPACING_M * ESTATE_BUILDINGS - 5
    size = SPACING_M * ESTATE_BUILDINGS - 6
    return gpd.GeoDataFrame(
        {"code": [f"E{i:05d}" for i in range(len(left))]},
        geometry=shapely.box(left, low, left + size, low + size),
        crs=4547,
    )


def copied(db: Database, district: District, frame: gpd.GeoDataFrame) -> None:
    with db.transaction() as connection:
        copy_features(connection, "building", district, frame, ["code", "floors"])


def run() -> list[Table]:
    table = Table(
        "Buildings from GeoPackage into PostGIS, every one matched to its estate, beside a bare COPY",
        ["buildings", "bare COPY (s)", "import (s)", "ratio"],
        notes=["The bare COPY writes the same rows from memory: no file, no check, no match. Goal: ratio ≤ 3."],
    )
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        base.chmod(0o755)
        db = open_database(base / "home", base=base)
        try:
            for number, count in enumerate((20_000, 200_000)):
                frame = buildings(count)
                file, outlines = base / f"buildings{count}.gpkg", base / f"estates{count}.gpkg"
                frame.to_file(file, layer="buildings")
                estates(count).to_file(outlines, layer="estates")
                floor_ = create_district(db, f"floor{number}", crs="EPSG:4547")
                ours = create_district(db, f"ours{number}", crs="EPSG:4547")
                import_features(db, ours, "estates", outlines)
                floor_s = seconds(lambda d=floor_, f=frame: copied(db, d, f), runs=1)
                import_s = seconds(lambda d=ours, f=file: import_features(db, d, "buildings", f), runs=1)
                table.rows.append([f"{count:,}", f"{floor_s:.1f}", f"{import_s:.1f}", f"{import_s / floor_s:.2f}"])
        finally:
            db.close()
            stop_database(base / "home")
    return [table]
