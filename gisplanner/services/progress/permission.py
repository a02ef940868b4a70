"""Who may record what of the works: the offices everything, a sub-district what is of its own streets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2 import errors

from gisplanner.errors import PermissionDeniedError
from gisplanner.services.networks.access import LOCAL, acting
from gisplanner.store.database import Connection, Database
from gisplanner.text import Text


def acting_as(db: Database, name: str) -> Database:
    """Return the database as the account ``name`` may see and change it; ``local`` may everything.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    return db if name == LOCAL.name else db.seen_by(acting(db, name))


@contextmanager
def recording(db: Database) -> Iterator[Connection]:
    """Yield a transaction in which something is recorded.

    Raises
    ------
    PermissionDeniedError
        The account may not record this; row-level security of the database decides, and nothing is stored.
    """
    try:
        with db.transaction() as connection:
            yield connection
    except errors.InsufficientPrivilege as error:
        raise not_yours(db) from error


def not_yours(db: Database) -> PermissionDeniedError:
    """Return the refusal of what belongs to another street or office."""
    viewer = db.viewer or LOCAL
    return PermissionDeniedError(
        Text(
            f"账户 {viewer.name}（{viewer.role}）不能记录这一项：不在本账户的街道或职责范围内，没有存入。",
            en=f"The account {viewer.name} ({viewer.role}) may not record this: not of its streets; nothing stored.",
        )
    )
