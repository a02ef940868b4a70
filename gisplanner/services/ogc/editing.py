"""Features created, replaced, changed and removed one by one, as the account may: history and provenance stay true.

Every change runs under the role of the request, so row-level security decides which rows it reaches. It leaves an
import batch (who, when, what was sent) that can be taken back like any other, and the earlier version in the history.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd

from gisplanner.errors import (
    Fault,
    InputError,
    PermissionDeniedError,
    RefusedError,
)
from gisplanner.services.ingest.links import LINKED, link_rows, relink
from gisplanner.services.ingest.store import TABLES, stored_estates
from gisplanner.services.ogc import network_editing
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.feature_input import KEPT, FeatureInput
from gisplanner.services.ogc.stored_feature import Sent, held_feature, is_stored, not_yours, state_after, writing
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import copy_features, delete_codes, record_batch, update_features
from gisplanner.store.import_undo import remember
from gisplanner.store.queries import queries
from gisplanner.store.register import lock_register
from gisplanner.text import Text

_DEFAULTS: Final[Mapping[str, Any]] = {"illustrative": False, "tunnel": False, "bridge": False}
_FILE: Final = "OGC API"


@dataclass(frozen=True, slots=True)
class Edited:
    """The feature after the change: its id, and the fingerprint of its state (``None`` once removed)."""

    feature_id: str
    state: str | None


def methods_for(collection: Collection) -> tuple[str, ...]:
    """Return the methods that change features which the account may use on a collection at all."""
    spec = collection.spec
    return ("POST", "PUT", "PATCH", "DELETE") if spec.table and collection.viewer.role in spec.editors else ()


def create_feature(db: Database, collection: Collection, given: FeatureInput, sent: Sent) -> Edited:
    """Store a new feature and return it.

    Its id is that of the request or its ``code``; without either one is made.

    Raises
    ------
    PermissionDeniedError
        The account may not.
    InputError
        A value that cannot be set, or that the table does not hold.
    RefusedError
        There is a feature of that id.
    """
    require_editor(collection)
    code = given.properties.get(collection.spec.id_column) or given.feature_id
    feature_id = str(code) if code is not None else f"{collection.spec.name[0].upper()}{secrets.token_hex(6)}"
    values = {
        **_settable(collection, given.properties, {}, from_register=False),
        collection.spec.id_column: feature_id,
    }
    if given.geometry is None and collection.spec.name != "estates":
        raise _no_geometry()
    with writing(db, collection) as connection:
        if is_stored(connection, collection, feature_id):
            raise RefusedError(
                Text(f"{feature_id} 已经有了。", en=f"There is a feature {feature_id} already."),
                [Fault(column=collection.spec.id_column, value=feature_id)],
            )
        _write(db, connection, collection, _Change(feature_id, values, given.geometry, sent, {}))
        state = state_after(connection, collection, feature_id)
    _link_again(db, collection)
    return Edited(feature_id, state)


def change_feature(
    db: Database, collection: Collection, feature_id: str, given: FeatureInput, sent: Sent, *, whole: bool
) -> Edited:
    """Replace a feature (``whole``) or change what the request speaks of, and return it.

    Raises
    ------
    NotFoundError
        There is no such feature, at least none the account sees.
    ChangedMeanwhileError
        Somebody changed it since the client read it.
    PermissionDeniedError, InputError, RefusedError
        The account may not, or a value cannot be set.
    """
    require_editor(collection)
    if given.feature_id not in {None, feature_id}:
        raise InputError(
            Text("要素的编号不能改。", en="The id of a feature cannot be changed."),
            [Fault(column="id", value=given.feature_id, allowed=feature_id)],
        )
    with writing(db, collection) as connection:
        before = held_feature(connection, collection, feature_id, sent)
        said = dict(given.properties)
        if whole:
            said = {**{column.name: None for column in collection.columns if column.importable}, **said}
            said[collection.spec.id_column] = given.properties.get(collection.spec.id_column) or feature_id
        register = _from_register(connection, collection, feature_id)
        values = {
            **_settable(collection, said, before, from_register=register),
            collection.spec.id_column: feature_id,
        }
        if given.geometry is None and collection.spec.name != "estates":
            raise _no_geometry()
        _write(db, connection, collection, _Change(feature_id, values, given.geometry, sent, before))
        state = state_after(connection, collection, feature_id)
    _link_again(db, collection)
    return Edited(feature_id, state)


def remove_feature(db: Database, collection: Collection, feature_id: str, sent: Sent) -> Edited:
    """Remove a feature; its last version stays in the history.

    Raises
    ------
    NotFoundError, ChangedMeanwhileError, PermissionDeniedError
        See :func:`change_feature`.
    RefusedError
        It is an estate of the register, or later records stand on it.
    """
    require_editor(collection)
    table = str(collection.spec.table)
    with writing(db, collection) as connection:
        before = held_feature(connection, collection, feature_id, sent)
        if _from_register(connection, collection, feature_id):
            raise RefusedError(
                Text("台账中的小区不能在这里删除。", en="An estate of the register cannot be removed here."),
                [Fault(layer=collection.id, value=feature_id)],
            )
        if table == network_editing.TABLE:
            network_editing.retire(connection, collection, before, sent.method, sent.body)
        else:
            batch = _batch(connection, collection, feature_id, sent)
            _remember(connection, collection, batch, feature_id)
            if not delete_codes(connection, table, collection.district, [feature_id]):
                raise not_yours(collection, feature_id)
    _link_again(db, collection)
    return Edited(feature_id, None)


@dataclass(frozen=True, slots=True)
class _Change:
    feature_id: str
    values: Mapping[str, Any]
    geometry: Any
    sent: Sent
    before: Mapping[str, Any]


def _write(db: Database, connection: Connection, collection: Collection, change: _Change) -> None:
    if collection.spec.table == network_editing.TABLE:
        network_editing.file_version(
            connection,
            collection,
            change.before,
            change.values,
            _geometry(change),
            change.sent.method,
            change.sent.body,
        )
        return
    table, district = str(collection.spec.table), collection.district
    frame = gpd.GeoDataFrame(
        {name: [value] for name, value in change.values.items() if name != "estate_code"},
        geometry=gpd.GeoSeries([_geometry(change)], crs=district.srid),
        crs=district.srid,
    ).astype({name: object for name in change.values if name != "estate_code"})
    kind = "小区" if table == "estate" else "未注明"
    for name, default in {**_DEFAULTS, "kind": kind}.items():
        if name in frame:
            frame[name] = frame[name].where(frame[name].notna(), default)
    if collection.spec.name in LINKED:
        stated = change.values.get("estate_code", change.before.get("estate_code"))
        estates = stored_estates(db.seen_by(collection.viewer), connection, district)
        whole = frame.assign(estate_code=[stated], illustrative=change.values.get("illustrative") or False)
        frame["estate_id"], _ = link_rows(collection.spec.name, whole.rename_geometry("geom"), estates)
    batch = _batch(connection, collection, change.feature_id, change.sent)
    if table != "estate" or not change.before:  # an estate goes on being of the register it came with
        frame["batch_id"] = batch
    if table == "estate" and change.geometry is not KEPT:
        frame["geom_batch_id"] = batch
    columns = [str(name) for name in frame.columns if name != "geometry"]
    if not change.before:
        copy_features(connection, table, district, frame, columns)
        return
    _remember(connection, collection, batch, change.feature_id)
    if not update_features(connection, table, district, frame, columns):
        raise not_yours(collection, change.feature_id)


def _geometry(change: _Change) -> Any:
    return change.before.get("geom") if change.geometry is KEPT else change.geometry


def _batch(connection: Connection, collection: Collection, feature_id: str, sent: Sent) -> int:
    return record_batch(
        connection,
        district_id=collection.district.id,
        kind=collection.spec.name,
        file_name=_FILE,
        file_sha256=hashlib.sha256(sent.body).hexdigest(),
        file_layer=collection.id,
        declared_crs=None,
        credit=None,
        rows_read=1,
        rows_stored=1,
        report=json.dumps({"method": sent.method, "feature": feature_id}, ensure_ascii=False),
    )


def _remember(connection: Connection, collection: Collection, batch: int, feature_id: str) -> None:
    if collection.spec.table in TABLES.values():
        remember(connection, batch, str(collection.spec.table), collection.district, [feature_id])


def _from_register(connection: Connection, collection: Collection, feature_id: str) -> bool:
    if collection.spec.name != "estates":
        return False
    origins = queries().estate_origins(connection, district_id=collection.district.id)
    return any(row.from_register for row in origins if row.code == feature_id)


def _settable(
    collection: Collection, given: Mapping[str, Any], before: Mapping[str, Any], *, from_register: bool
) -> dict[str, Any]:
    """Return the values to write; what cannot be set here may be given only as it is."""
    values, faults = {}, []
    for column in collection.columns:
        name = column.name
        if name not in given:
            continue
        same = _plain(given[name]) == _plain(before.get(name))
        fixed = not column.importable or (name == collection.spec.id_column and bool(before))
        if column.of_plan and from_register:
            fixed = True
        if not fixed:
            values[name] = given[name]
        elif not same and given[name] is not None:
            hint = Text("不能在这里改", en="cannot be changed here")
            faults.append(Fault(column=name, value=str(given[name]), allowed=str(before.get(name)), hint=hint))
    if faults:
        raise InputError(Text("要素有误，未写入。", en="The feature is wrong; nothing was written."), faults)
    return values


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int | float) or hasattr(value, "as_tuple") else value


def _link_again(db: Database, collection: Collection) -> None:
    """Give buildings, entrances and obstacles their estate anew after an outline changed."""
    if collection.spec.name != "estates":
        return
    office = db.seen_by(replace(collection.viewer, role="admin", scope={}))
    with office.transaction() as connection:
        lock_register(connection, collection.district.id)
        relink(office, connection, collection.district, stored_estates(office, connection, collection.district))


def require_editor(collection: Collection) -> None:
    """Refuse an account that may change nothing of a layer.

    Raises
    ------
    PermissionDeniedError
        It may not.
    """
    if not methods_for(collection):
        raise PermissionDeniedError(
            Text(
                f"账户 {collection.viewer.name}（{collection.viewer.role}）不能改动{collection.spec.title}。",
                en=f"The account {collection.viewer.name} ({collection.viewer.role}) may not change {collection.id}.",
            ),
            [Fault(layer=collection.id, value=collection.viewer.role)],
        )


def _no_geometry() -> InputError:
    return InputError(
        Text("要素没有图形，未写入。", en="The feature has no geometry; nothing was written."),
        [Fault(column="geometry", hint=Text("应有图形", en="a geometry is wanted"))],
    )
