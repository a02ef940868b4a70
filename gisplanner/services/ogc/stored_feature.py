"""A feature in the transaction that changes it: read as the account sees it, held against what the client read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import shapely
from psycopg2 import errors

from gisplanner.errors import (
    ChangedMeanwhileError,
    Fault,
    InputError,
    PermissionDeniedError,
    RefusedError,
)
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.items import no_feature, stored_statement
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.store.register import lock_register
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Sent:
    """The request a change came with: its method, its body, the state the client holds (If-Match), if it says."""

    method: str
    body: bytes
    held_states: frozenset[str] | None = None


@contextmanager
def writing(db: Database, collection: Collection) -> Iterator[Connection]:
    """Yield a transaction under the role of the request.

    Raises
    ------
    PermissionDeniedError, RefusedError, InputError
        What the database refuses: a row of others, an id that is taken, a value the table does not hold.
    """
    try:
        with db.seen_by(collection.viewer).transaction() as connection:
            lock_register(connection, collection.district.id)
            queries().one_by_one(connection)
            yield connection
    except errors.InsufficientPrivilege as error:
        raise not_yours(collection, collection.id) from error
    except errors.ForeignKeyViolation as error:
        raise RefusedError(
            Text("已有记录依赖这个要素。", en="Records stand on this feature."), [Fault(hint=_first_line(error))]
        ) from error
    except errors.UniqueViolation as error:
        raise RefusedError(Text("编号已被占用。", en="The id is taken."), [Fault(hint=_first_line(error))]) from error
    except (errors.IntegrityError, errors.DataError) as error:
        raise InputError(
            Text("有的值不能存入，未写入。", en="A value cannot be stored; nothing was written."),
            [Fault(column=error.diag.column_name or error.diag.constraint_name, hint=_first_line(error))],
        ) from error


def _current(connection: Connection, collection: Collection, feature_id: str) -> tuple[str, str, str | None] | None:
    if "\x00" in feature_id:
        return None
    with connection.cursor() as cursor:
        params = {"district_id": collection.district.id, "feature_id": feature_id}
        cursor.execute(stored_statement(collection), params)
        rows = cursor.fetchall()
    if len(rows) > 1:
        raise RefusedError(
            Text(f"有几个要素的编号都是 {feature_id}。", en=f"Several features have the id {feature_id}."),
            [Fault(layer=collection.id, value=feature_id)],
        )
    return None if not rows else (rows[0][0], rows[0][1], rows[0][2])


def is_stored(connection: Connection, collection: Collection, feature_id: str) -> bool:
    """Return whether the account sees a feature of this id."""
    return _current(connection, collection, feature_id) is not None


def held_feature(connection: Connection, collection: Collection, feature_id: str, sent: Sent) -> dict[str, Any]:
    """Return the stored feature, with ``geom`` as geometry, if it is as the client read it.

    Raises
    ------
    NotFoundError, ChangedMeanwhileError
        It is not there for the account, or not as the client read it.
    """
    found = _current(connection, collection, feature_id)
    if found is None:
        raise no_feature(collection, feature_id)
    text, state, geometry = found
    if sent.held_states is not None and state not in sent.held_states:
        raise ChangedMeanwhileError(
            Text("要素已被别人改动，请重新读取后再改。", en="The feature was changed meanwhile: read it again."),
            [Fault(layer=collection.id, column="If-Match", value=feature_id)],
        )
    return {**json.loads(text)["properties"], "geom": None if geometry is None else shapely.from_wkb(geometry)}


def state_after(connection: Connection, collection: Collection, feature_id: str) -> str:
    """Return the fingerprint of a feature that was just written.

    Raises
    ------
    PermissionDeniedError
        It was written out of the account's own sight; raising undoes it.
    """
    found = _current(connection, collection, feature_id)
    if found is None:
        raise not_yours(collection, feature_id)
    return found[1]


def not_yours(collection: Collection, feature_id: str) -> PermissionDeniedError:
    """Return the error that says a feature is not the account's to change."""
    return PermissionDeniedError(
        Text(f"{feature_id} 不归当前账户改动。", en=f"{feature_id} is not this account's to change."),
        [Fault(layer=collection.id, value=feature_id)],
    )


def _first_line(error: psycopg2.Error) -> str:
    return str(error).splitlines()[0]
