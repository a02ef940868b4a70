"""A line of a network changed by itself: another version of what its owner handed in; the one before stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.pipe_values import read_section
from gisplanner.errors import Fault, InputError, PermissionDeniedError
from gisplanner.services.networks.columns import utility_code
from gisplanner.services.ogc.collections import Collection
from gisplanner.store.database import Connection
from gisplanner.store.features import copy_features
from gisplanner.store.queries import queries
from gisplanner.text import Text

TABLE: Final = "pipe_segment"
_FILE: Final = "OGC API"
_LINK: Final = ("owner", "utility", "code")


def file_version(  # noqa: PLR0917 - before, after, and the request they came with
    connection: Connection,
    collection: Collection,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    geometry: Any,
    method: str,
    body: bytes,
) -> None:
    """Store a line as the current one; an earlier one of it is current no more.

    Raises
    ------
    InputError
        It has no owner or no utility, its section cannot be read, or what it is known by would change.
    """
    names = [column.name for column in collection.columns if column.importable]
    line = {name: values.get(name, before.get(name)) for name in names}
    line["utility"] = None if line["utility"] is None else utility_code(str(line["utility"]))
    line["owner"] = line["owner"] or _only_owner(collection)
    faults = [
        Fault(column=name, hint=Text("不能为空", en="has to be given"))
        for name in ("owner", "utility")
        if not line[name]
    ]
    faults += [
        Fault(
            column=name, value=str(line[name]), allowed=str(before[name]), hint=Text("不能改", en="cannot be changed")
        )
        for name in _LINK
        if before and line[name] != before[name]
    ]
    section = None if line.get("section_text") is None else read_section(line["section_text"])
    if line.get("section_text") is not None and section is None:
        faults.append(Fault(column="section_text", value=str(line["section_text"]), allowed="DN300 300×200"))
    if faults:
        raise InputError(Text("管线有误，未写入。", en="The line is wrong; nothing was written."), faults)
    line["diameter_mm"] = None if section is None else section.diameter_mm
    line["width_mm"] = None if section is None else section.width_mm
    line["height_mm"] = None if section is None else section.height_mm
    line["status"] = line.get("status") or "existing"
    line["illustrative"] = bool(line.get("illustrative"))
    upload = _upload(connection, collection, line, method, body, accepted=1)
    if before:
        _retire(connection, collection, before, upload)
    frame = gpd.GeoDataFrame(
        {**{name: [value] for name, value in line.items()}, "upload_id": [upload]},
        geometry=gpd.GeoSeries([geometry], crs=collection.district.srid),
        crs=collection.district.srid,
    )
    copy_features(connection, TABLE, collection.district, frame, [*line, "upload_id"])


def retire(
    connection: Connection, collection: Collection, before: Mapping[str, Any], method: str, body: bytes
) -> None:
    """Make a line current no more."""
    upload = _upload(connection, collection, before, method, body, accepted=0)
    _retire(connection, collection, before, upload)


def _only_owner(collection: Collection) -> str | None:
    owners = collection.viewer.scope.get("owner", ())
    return owners[0] if len(owners) == 1 else None


def _upload(
    connection: Connection,
    collection: Collection,
    line: Mapping[str, Any],
    method: str,
    body: bytes,
    *,
    accepted: int,
) -> int:
    queries().network_upload_lock(connection, district_id=collection.district.id)
    headings = queries().network_headings(connection, district_id=collection.district.id, owner=line["owner"])
    made = queries().network_upload_insert(
        connection,
        district_id=collection.district.id,
        owner=line["owner"],
        utility=line["utility"],
        file_name=f"{_FILE} {method} {line['code']}",
        file_sha256=hashlib.sha256(body).hexdigest(),
        file_layer=collection.id,
        declared_crs=None,
        headings=json.dumps(headings or {}, ensure_ascii=False),
        rows_read=accepted,
        rows_accepted=accepted,
        rejected=json.dumps([]),
        illustrative=bool(line["illustrative"]),
    )
    return int(made.id)


def _retire(connection: Connection, collection: Collection, before: Mapping[str, Any], upload: int) -> None:
    gone = queries().network_line_retire(
        connection,
        district_id=collection.district.id,
        owner=before["owner"],
        utility=before["utility"],
        code=before["code"],
        upload_id=upload,
    )
    if not gone:
        raise PermissionDeniedError(
            Text(f"{before['code']} 不归当前账户改动。", en=f"{before['code']} is not this account's to change.")
        )
