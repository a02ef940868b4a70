"""One PostGIS database: pooled connections, transactions that know who acts, geometry frames."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Self, cast

import geopandas as gpd
import psycopg2
import psycopg2.extensions
from psycopg2.extensions import make_dsn
from psycopg2.extras import NamedTupleCursor
from sqlalchemy import Engine, create_engine, text

from gisplanner.domain.accounts import Viewer
from gisplanner.store.dsn import parse
from gisplanner.store.failures import server_failures, unreachable
from gisplanner.store.queries import queries
from gisplanner.store.reading import Readers, request_settings
from gisplanner.store.statements import Rows, Statement

SCHEMA: Final = "gisplanner"
_SEARCH_PATH: Final = f"{SCHEMA},public"
_CONNECT_TIMEOUT_S: Final = "10"
Connection = psycopg2.extensions.connection


class Database:
    """A PostGIS database with our schema in it.

    Parameters
    ----------
    dsn
        libpq connection string or URL.
    actor
        Account name that history, batches and events record.

    Raises
    ------
    DatabaseUnavailableError
        The connection string is malformed.
    """

    def __init__(self, dsn: str, *, actor: str = "local") -> None:
        self.dsn = dsn
        self.actor = actor
        self.viewer: Viewer | None = None
        self.all_fields = False
        defaults = {"connect_timeout": _CONNECT_TIMEOUT_S, "application_name": "gisplanner"}
        self._dsn = make_dsn("", **{**defaults, **parse(dsn), "client_encoding": "UTF8"})
        self.engine: Engine = create_engine("postgresql+psycopg2://", creator=self.connect, pool_pre_ping=True)
        self._readers = Readers(self._dsn, search_path=_SEARCH_PATH, actor=actor)

    def connect(self) -> Connection:
        """Return a connection outside the pool, ready to work; the caller closes it.

        Raises
        ------
        DatabaseUnavailableError
            The server cannot be reached, and why.
        """
        try:
            connection = psycopg2.connect(self._dsn)
        except psycopg2.OperationalError as error:
            raise unreachable(error, self.dsn) from error
        with server_failures():
            queries().session_begin(connection, search_path=_SEARCH_PATH, actor=self.actor)
            connection.commit()
        return connection

    def seen_by(self, viewer: Viewer, *, all_fields: bool = False) -> Self:
        """Return this database as ``viewer`` may see it: every transaction runs under the role of a request.

        Row-level security of the server decides, whatever the statement asks for. Connections are shared.
        Columns that are not public are empty for the public and for companies; ``all_fields`` is for what is made of
        all of them and shows none, such as the shares on a map.
        """
        made = copy.copy(self)
        made.viewer, made.all_fields = viewer, all_fields
        return made

    def _begin(self, connection: Connection) -> None:
        if self.viewer is not None:
            queries().request_begin(connection, **request_settings(self.viewer, all_fields=self.all_fields))

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection; commit at the end, roll everything back on any error.

        Rows come as named tuples.

        Raises
        ------
        DatabaseUnavailableError
            The server could not serve: disk full, shut down, busy. Everything is rolled back.
        """
        with server_failures():
            pooled = self.engine.raw_connection()
            connection = cast("Connection", pooled.driver_connection)
            connection.cursor_factory = NamedTupleCursor
            try:
                self._begin(connection)
                yield connection
                connection.commit()
            except BaseException:
                if not connection.closed:
                    connection.rollback()
                raise
            finally:
                connection.cursor_factory = psycopg2.extensions.cursor
                if connection.closed:
                    pooled.invalidate()
                else:
                    pooled.close()

    async def read(self, statements: Sequence[Statement]) -> list[Rows]:
        """Run reading statements in one trip, as one transaction, and return the rows of each.

        They run with the right of the program until one of them takes on the role of a request.

        Raises
        ------
        DatabaseUnavailableError
            The server could not serve, or a statement took too long.
        """
        return await self._readers.read(statements)

    def read_frame(self, sql: str, params: Mapping[str, Any], *, srid: int) -> gpd.GeoDataFrame:
        """Return the rows of a query from ``sql/`` or ``layers/`` with a ``geom`` column, in the metric CRS ``srid``.

        Parameters use the ``:name`` style. ``numeric`` columns (areas, money) stay :class:`decimal.Decimal`.
        """
        with server_failures(), self.engine.connect() as connection:
            self._begin(cast("Connection", connection.connection.driver_connection))
            frame = gpd.read_postgis(text(sql), connection, geom_col="geom", params=dict(params), coerce_float=False)
        if frame.crs is None:  # no row or no geometry: the driver had nothing to tell the CRS from
            frame = frame.set_crs(srid)
        return cast("gpd.GeoDataFrame", frame)

    def close(self) -> None:
        """Close all pooled connections."""
        self._readers.close()
        self.engine.dispose()
