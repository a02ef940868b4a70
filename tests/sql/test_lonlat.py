"""The outline a table keeps ready to be served: always that of the geometry, and nothing of its own."""

from __future__ import annotations

import pytest

from gisplanner.catalog.layers import layers
from gisplanner.domain.accounts import PUBLIC, Viewer
from gisplanner.domain.layers import LayerSpec
from gisplanner.store.database import Connection, Database
from tests.api.ogc.roles import OWNER
from tests.sql.rows import SQUARE, TABLES_WITH_HISTORY, insert_district, insert_estate, one, rows

SERVED = [spec for spec in layers().values() if spec.lonlat]
SHAPES = {
    "polygon": [
        "POLYGON((0 0, 0 9, 9 9, 9 0, 0 0), (2 2, 4 2, 4 4, 2 2))",
        "MULTIPOLYGON(((0 0, 9 0, 9 9, 0 0)), ((20 0, 20 9, 29 9, 20 0)))",
    ],
    "line": ["LINESTRING(0 0, 9 9, 20 0)", "LINESTRING(9 9, 0 0)"],
}
INSERT = {
    "pipe_segment": "WITH upload AS (INSERT INTO network_upload (district_id, owner, version, file_name, "
    "file_sha256, rows_read, rows_accepted) VALUES ('d', '某公司', 1, 'a', repeat('0', 64), 1, 1) RETURNING id) "
    "INSERT INTO pipe_segment (district_id, srid, code, owner, utility, geom, upload_id) "
    "SELECT 'd', 4547, 'X', '某公司', 'gas', %s, id FROM upload RETURNING id",
    **TABLES_WITH_HISTORY,
}
SHOWN = {
    "polygon": "ST_AsGeoJSON(ST_Transform(ST_ForcePolygonCCW(geom), 4326), 7, 0)",
    "line": "ST_AsGeoJSON(ST_Transform(geom, 4326), 7, 0)",
}


@pytest.mark.parametrize("spec", SERVED, ids=lambda spec: spec.name)
def test_it_is_that_of_the_geometry_whatever_becomes_of_it(connection: Connection, spec: LayerSpec):
    first, second = SHAPES[spec.geometry]
    at = "ST_Translate(ST_GeomFromText(%s, 4547), 576000, 2839000)"
    row = one(connection, INSERT[spec.table].replace("%s", at), first)
    same = f"SELECT lonlat = {SHOWN[spec.geometry]} FROM {spec.table} WHERE id = %s"
    assert one(connection, same, row) is True
    before = one(connection, f"SELECT lonlat FROM {spec.table} WHERE id = %s", row)
    one(connection, f"UPDATE {spec.table} SET geom = {at} WHERE id = %s", second, row)
    assert one(connection, same, row) is True
    assert one(connection, f"SELECT lonlat FROM {spec.table} WHERE id = %s", row) != before


@pytest.mark.parametrize("table", [spec.table for spec in SERVED if spec.table in TABLES_WITH_HISTORY])
def test_the_history_keeps_the_geometry_only(connection: Connection, table: str):
    row = one(connection, TABLES_WITH_HISTORY[table], f"SRID=4547;{SQUARE}")
    one(connection, f"UPDATE {table} SET geom = ST_Translate(geom, 1, 0) WHERE id = %s", row)
    assert rows(connection, "SELECT before ? 'lonlat', before_geom IS NULL FROM history") == [(False, False)]


def test_an_estate_without_an_outline_has_none(connection: Connection):
    assert one(connection, "SELECT lonlat FROM estate WHERE id = %s", insert_estate(connection, geom=None)) is None


@pytest.mark.parametrize("viewer", [PUBLIC, Viewer("x", "operator", {"owner": (OWNER,)})], ids=lambda one: one.role)
@pytest.mark.parametrize("table", [spec.table for spec in SERVED if spec.public])
def test_whoever_sees_a_shape_on_a_grid_does_not_read_it(db: Database, viewer: Viewer, table: str):
    with db.transaction() as connection:
        insert_district(connection)
        one(connection, INSERT[table], f"SRID=4547;{SQUARE}")
    with db.seen_by(viewer).transaction() as connection:
        assert rows(connection, f"SELECT code, lonlat FROM {table}") == [("X", None)]
        assert rows(connection, f"SELECT code FROM gisplanner.{table} WHERE lonlat IS NOT NULL") == []
