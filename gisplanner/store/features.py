"""Frames into tables: one COPY each, inside the caller's transaction."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from psycopg2 import sql

from gisplanner.domain.district import District
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries

FEATURE_TABLES: Final = (
    "estate", "building", "road", "barrier", "entrance", "obstacle", "connection_point", "exclusion_area",
    "red_line", "municipal_facility", "public_room", "leftover_land", "pipe_segment", "network_point",
)  # fmt: skip
"""Tables whose rows are features of a district: ``district_id``, ``srid``, ``code``, ``geom``, their own columns."""

_NULL: Final = "\\N"
_ROWS_AT_ONCE: Final = 20_000


def copy_features(
    connection: Connection,
    table: str,
    district: District,
    frame: gpd.GeoDataFrame,
    columns: Sequence[str],
    *,
    into: str | None = None,
) -> int:
    """Append the rows of ``frame`` to ``table`` (or to ``into``, a table of the same columns) and return how many.

    Parameters
    ----------
    table
        One of :data:`FEATURE_TABLES`.
    frame
        Geometry in the district's metric CRS under any active name; the attribute ``columns`` of the table by
        their names. ``None``/``NaN``/``NA`` become NULL, lists become arrays.
    columns
        Attribute columns to fill, ``code`` among them.

    Raises
    ------
    ValueError
        A table that holds no features, or a frame in another CRS: both are faults of the caller.
    """
    if table not in FEATURE_TABLES:
        raise ValueError(f"{table} holds no features")
    if frame.crs is None or frame.crs.to_epsg() != district.srid:
        raise ValueError(f"the frame is in {frame.crs}, the district in EPSG:{district.srid}")
    if into is None and queries().acts_for_request(connection):
        queries().staging_create(connection, target=table)
        copy_features(connection, table, district, frame, columns, into="staging")
        return int(
            queries().staging_append(connection, target=table, columns=["district_id", "srid", *columns, "geom"])
        )
    fields = [_text_column(frame[column]) for column in columns]
    geometry = shapely.to_wkb(shapely.set_srid(frame.geometry.to_numpy(), district.srid), hex=True, include_srid=True)
    fields.append(np.where(pd.isna(geometry), _NULL, geometry).tolist())
    statement = sql.SQL("COPY {table} (district_id, srid, {columns}, geom) FROM STDIN").format(
        table=sql.Identifier(into or table), columns=sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    head = f"{district.id}\t{district.srid}\t"
    lines = (f"{head}{tail}\n" for tail in map("\t".join, zip(*fields, strict=True)))
    with connection.cursor() as cursor:
        while chunk := "".join(islice(lines, _ROWS_AT_ONCE)):
            cursor.copy_expert(statement, io.StringIO(chunk))
    return len(frame)


def update_features(
    connection: Connection, table: str, district: District, frame: gpd.GeoDataFrame, columns: Sequence[str]
) -> int:
    """Write the rows of ``frame`` over the stored rows of the same ``code`` and return how many were found.

    Parameters are those of :func:`copy_features`; ``columns`` and the geometry are written, nothing else.
    """
    queries().staging_create(connection, target=table)
    copy_features(connection, table, district, frame, columns, into="staging")
    written = [column for column in columns if column != "code"]
    return int(queries().staging_apply(connection, target=table, columns=[*written, "geom"]))


def feature_origins(connection: Connection, table: str, district: District) -> pd.DataFrame:
    """Return the rows of a feature table by ``code``, each with the file and layer it came from."""
    rows = getattr(queries(), f"{table}_origins")(connection, district_id=district.id)
    return pd.DataFrame.from_records(list(rows), columns=_ORIGIN_COLUMNS.get(table, _ORIGIN)).set_index("code")


_ORIGIN: Final = ["code", "file_name", "file_layer"]
_ORIGIN_COLUMNS: Final = {"estate": ["id", "code", "from_register", "file_name", "file_layer"]}


def delete_codes(connection: Connection, table: str, district: District, codes: Sequence[str]) -> int:
    """Delete the rows of these codes and return how many."""
    delete = getattr(queries(), f"{table}_delete_codes")
    return int(delete(connection, district_id=district.id, codes=list(codes)))


def delete_illustrative_of(connection: Connection, table: str, estate_ids: Sequence[int]) -> int:
    """Delete the illustrative rows (示意数据) that belong to these estates and return how many."""
    delete = getattr(queries(), f"{table}_delete_illustrative_of")
    return int(delete(connection, estate_ids=list(estate_ids)))


def record_batch(connection: Connection, **values: Any) -> int:
    """Store an import batch and return its id; ``values`` are the columns of ``import_batch``."""
    return int(queries().import_batch_insert(connection, **values))


def _text_column(values: pd.Series[Any]) -> list[str]:
    return [_field(value) for value in values]


def _field(value: Any) -> str:
    if isinstance(value, list | tuple):
        inner = ",".join('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return _escape("{" + inner + "}")
    if value is None or pd.isna(value):
        return _NULL
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # pandas keeps integers with gaps as floats
    return _escape(str(value))


def _escape(text: str) -> str:
    for raw, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(raw, escaped)
    return text
