"""One PostGIS database: pooled connections, transactions that know who acts, geometry frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import geopandas as gpd
import psycopg2
import psycopg2.extensions
from psycopg2.extras import NamedTupleCursor
from sqlalchemy import Engine, create_engine, text

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.text import Text

SCHEMA: Final = "gisplanner"
Connection = psycopg2.extensions.connection


class Database:
    """A PostGIS database with our schema in it.

    Parameters
    ----------
    dsn
        libpq connection string or URL.
    actor
        Account name that history, batches and events record.
    """

    def __init__(self, dsn: str, *, actor: str = "local") -> None:
        self.dsn = dsn
        self.actor = actor
        self.engine: Engine = create_engine("postgresql+psycopg2://", creator=self._connect, pool_pre_ping=True)

    def _connect(self) -> Connection:
        try:
            connection = psycopg2.connect(self.dsn, application_name="gisplanner")
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise DatabaseUnavailableError(
                Text(f"连接不上数据库：{reason}", en=f"The database cannot be reached: {reason}")
            ) from error
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('search_path', %s, false), set_config('gisplanner.actor', %s, false)",
                (f"{SCHEMA},public", self.actor),
            )
        connection.commit()
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection; commit at the end, roll everything back on any error.

        Rows come as named tuples.
        """
        pooled = self.engine.raw_connection()
        connection = cast("Connection", pooled.driver_connection)
        connection.cursor_factory = NamedTupleCursor
        try:
            yield connection
            connection.commit()
        except BaseException:
            if not connection.closed:
                connection.rollback()
            raise
        finally:
            connection.cursor_factory = psycopg2.extensions.cursor
            pooled.close()

    def read_frame(self, sql: str, params: Mapping[str, Any], *, srid: int) -> gpd.GeoDataFrame:
        """Return the rows of a query from ``sql/`` or ``layers/`` with a ``geom`` column, in the metric CRS ``srid``.

        Parameters use the ``:name`` style. ``numeric`` columns (areas, money) stay :class:`decimal.Decimal`.
        """
        with self.engine.connect() as connection:
            frame = gpd.read_postgis(text(sql), connection, geom_col="geom", params=dict(params), coerce_float=False)
        if frame.crs is None:  # no row or no geometry: the driver had nothing to tell the CRS from
            frame = frame.set_crs(srid)
        return cast("gpd.GeoDataFrame", frame)

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
