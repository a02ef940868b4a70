"""The schema on a real PostGIS: reference systems, checks, comments, indexes, rights."""

from __future__ import annotations

import os
import re

import psycopg2
import pytest
from psycopg2 import errors

from gisplanner.store.database import Connection, Database
from tests.sql.rows import SQUARE, TABLES_WITH_HISTORY, insert_estate, one, rows


@pytest.mark.parametrize(
    ("geom", "error"),
    [
        (f"SRID=4545;{SQUARE}", errors.CheckViolation),
        (SQUARE, errors.CheckViolation),
        ("SRID=4547;POINT(1 1)", errors.CheckViolation),
        ("SRID=4547;LINESTRING(0 0, 1 1)", errors.CheckViolation),
    ],
    ids=["another zone", "no SRID", "point", "line"],
)
@pytest.mark.parametrize("table", TABLES_WITH_HISTORY)
def test_geometry_of_another_kind_or_reference_is_refused(connection: Connection, table: str, geom: str, error):
    with pytest.raises(error):
        one(connection, TABLES_WITH_HISTORY[table], geom)


def _feature_tables(connection: Connection) -> list[str]:
    """Tables whose rows lie in a district's reference system."""
    found = rows(
        connection,
        "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'gisplanner' "
        "AND column_name IN ('srid', 'geom', 'district_id') GROUP BY 1 HAVING count(*) = 3 ORDER BY 1",
    )
    return [name for (name,) in found]


def test_every_feature_table_is_held_to_the_reference_system_of_its_district(reading: Connection):
    tables = _feature_tables(reading)
    assert len(tables) >= 8
    for table in tables:
        constraints = rows(
            reading,
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass(%s)",
            table,
        )
        definitions = "\n".join(line for (line,) in constraints)
        assert "FOREIGN KEY (district_id, srid) REFERENCES district(id, srid)" in definitions, table
        assert re.search(r"st_srid\(geom\) = srid", definitions), table


def test_a_row_cannot_name_an_srid_its_district_does_not_have(connection: Connection):
    with pytest.raises(errors.ForeignKeyViolation):
        one(
            connection,
            "INSERT INTO estate (district_id, srid, code, geom) VALUES ('d', 4545, 'E', %s)",
            f"SRID=4545;{SQUARE}",
        )


def test_the_reference_system_of_a_district_with_data_cannot_change(connection: Connection):
    insert_estate(connection)
    with pytest.raises(errors.ForeignKeyViolation):
        one(connection, "UPDATE district SET srid = 4545 WHERE id = 'd'")


def test_areas_keep_every_digit(connection: Connection):
    row = insert_estate(connection)
    one(connection, "UPDATE estate SET floor_area_10k_m2 = '37.76740000000000000001' WHERE id = %s", row)
    assert str(one(connection, "SELECT floor_area_10k_m2 FROM estate")) == "37.76740000000000000001"


def test_every_table_column_function_and_view_says_what_it_means(reading: Connection):
    # The tables of the migration library are its own.
    missing = rows(
        reading,
        """
        SELECT relname || COALESCE('.' || attname, '')
        FROM (
            SELECT oid, relname, 0 AS attnum, NULL::name AS attname FROM pg_class
            UNION ALL
            SELECT pg_class.oid, relname, pg_attribute.attnum, pg_attribute.attname
            FROM pg_class
            JOIN pg_attribute ON attrelid = pg_class.oid AND pg_attribute.attnum > 0 AND NOT attisdropped
        ) AS thing
        JOIN pg_class AS class USING (oid, relname)
        WHERE class.relnamespace = 'gisplanner'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm')
          AND relname !~ '^_?yoyo'
          AND COALESCE(col_description(oid, NULLIF(attnum, 0)), CASE WHEN attnum = 0
                       THEN obj_description(oid, 'pg_class') END, '') = ''
        UNION ALL
        SELECT proname || '()' FROM pg_proc
        WHERE pronamespace = 'gisplanner'::regnamespace AND COALESCE(obj_description(oid, 'pg_proc'), '') = ''
        ORDER BY 1
        """,
    )
    assert [name for (name,) in missing] == []


def test_every_geometry_column_has_a_gist_index(reading: Connection):
    without = rows(
        reading,
        """
        SELECT attrelid::regclass::text, attname::text
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'gisplanner'::regnamespace AND relkind = 'r' AND atttypid = 'geometry'::regtype
          AND NOT EXISTS (
              SELECT 1 FROM pg_index
              JOIN pg_class AS index_class ON index_class.oid = indexrelid
              JOIN pg_am ON pg_am.oid = relam AND amname = 'gist'
              WHERE indrelid = attrelid AND indkey[0] = attnum
          )
        """,
    )
    assert without == []


def test_the_program_is_no_superuser(db: Database):
    with db.transaction() as connection:
        (rights,) = rows(
            connection, "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
    if "GISPLANNER_TEST_DATABASE_URL" in os.environ:
        pytest.skip("the account of an outside server is the administrator's choice")
    assert rights == (False, False, False)


def test_a_broken_statement_reaches_the_caller(db: Database):
    with pytest.raises(psycopg2.errors.SyntaxError), db.transaction() as connection:
        one(connection, "SELEC 1")
