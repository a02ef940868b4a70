"""Out, in again, out: every format gives back what it was given, or names the loss when it writes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gisplanner.catalog.layers import layer
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec
from gisplanner.services.districts import create_district
from gisplanner.services.export import FORMATS, ExportResult, Format, export_layer
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from tests.ingest_files import EAST, NORTH, box, point

KINDS = (
    "estates", "buildings", "roads", "barriers", "entrances", "obstacles", "exclusions", "red_lines",
    "municipal_facilities", "public_rooms", "leftover_land",
)  # fmt: skip
MEASURED = {"red_lines": ["area_m2"], "leftover_land": ["area_m2"]}
"""Columns that are measured on the outline, which comes back to the centimetre."""
BOUNDS = (114.4, 25.4, 115.0, 26.1)
HALF = shapely.LineString([(EAST, NORTH), (EAST + 30.125, NORTH + 7.5), (EAST + 90, NORTH)])
SHAPES: dict[str, list[Any]] = {
    "point": [point(1.25, 2.5), point(30, 40)],
    "line": [HALF, shapely.transform(HALF, lambda xy: xy + 200)],
    "polygon": [box(0.125, 0.25), shapely.MultiPolygon([box(200, 0), box(400, 0, 30, 30)])],
    "any": [box(0, 0), HALF],
}


def value(column: ColumnSpec, row: int) -> Any:
    """Return a value of the column's type; the second row leaves a gap where it may."""
    if column.name == "code":
        return f"编-{row + 1}"
    if column.name in {"illustrative", "tunnel", "bridge"}:
        return False
    if row == 1 and column.name not in {"name", "kind"}:
        return None
    if column.choices:
        return column.choices[0]
    texts = {"text": "老“城”区;&<1>", "integer": 6, "number": 4.25, "decimal": Decimal("37.7674"), "boolean": True}
    texts |= {"date": date(2024, 5, 20)}
    return {**texts, "text_list": ["排水", "道路"]}.get(column.type)


def drawn(kind: str) -> gpd.GeoDataFrame:
    spec = layer(kind)
    shapes = SHAPES[spec.geometry]
    columns = [column for column in spec.columns if column.importable and column.name != "estate_code"]
    made = {column.label: [value(column, row) for row in range(len(shapes))] for column in columns}
    return gpd.GeoDataFrame(pd.DataFrame(made, dtype=object), geometry=shapes, crs=4547)


@pytest.fixture
def source(db: Database, tmp_path: Path) -> District:
    made = create_district(db, "source", crs="EPSG:4547", bounds_lonlat=BOUNDS)
    for kind in KINDS:
        path = tmp_path / f"{kind}.parquet"
        drawn(kind).to_parquet(path)
        import_features(db, made, kind, path, trust_coordinates=True)
    return made


def there_and_back(
    db: Database, source: District, kind: str, file_format: Format, folder: Path
) -> tuple[ExportResult, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    target = create_district(db, "target", crs="EPSG:4547", bounds_lonlat=BOUNDS)
    out = folder / f"out_{kind}{FORMATS[file_format].suffix}"
    made = export_layer(db, source, kind, file_format, out)
    layers = [layer(kind).title] if file_format == "dxf" else [None]
    if file_format == "dxf":
        from gisplanner.formats.vector import READERS

        title = layer(kind).title
        layers = [info.name for info in READERS[".dxf"].layers(out) if info.name.startswith(title) and info.rows]
    for one in layers:
        if one is None or not str(one).endswith("_注记"):
            crs = "EPSG:4547" if file_format == "dxf" else None
            import_features(db, target, kind, out, layer=one, crs=crs, trust_coordinates=True)
    drop = MEASURED.get(kind, [])
    return made, *(layer_frame(db, one, kind).drop(columns=drop) for one in (source, target))


def different(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> set[str]:
    """Return the columns that did not come back."""
    assert sorted(before["code"]) == sorted(after["code"])
    after = after.set_index("code").loc[before["code"]].reset_index()[list(before.columns)]
    lost = {
        column
        for column in before.columns
        if column != "geom" and not before[column].astype(object).equals(after[column].astype(object))
    }
    apart = [float(shapely.hausdorff_distance(a, b)) for a, b in zip(before.geometry, after.geometry, strict=True)]
    return lost if max(apart) < 0.01 else {*lost, "geom"}


@pytest.mark.parametrize("file_format", [one for one in FORMATS if one not in {"dxf", "shp"}])
def test_nothing_is_lost(db: Database, source: District, tmp_path: Path, file_format: Format):
    for kind in KINDS:
        _, before, after = there_and_back(db, source, kind, file_format, tmp_path)
        assert different(before, after) == set(), kind


def test_a_shapefile_loses_only_what_it_names(db: Database, source: District, tmp_path: Path):
    for kind in KINDS:
        if layer(kind).geometry == "any":
            continue  # one file a kind of geometry: not one file
        made, before, after = there_and_back(db, source, kind, "shp", tmp_path)
        assert different(before, after) == set(), (kind, made.losses)


def test_a_drawing_keeps_outlines_and_codes_and_says_so(db: Database, source: District, tmp_path: Path):
    for kind in ("estates", "buildings", "barriers"):
        made, before, after = there_and_back(db, source, kind, "dxf", tmp_path)
        assert "geom" not in different(before, after)
        assert any("属性" in loss for loss in made.losses), made.losses
