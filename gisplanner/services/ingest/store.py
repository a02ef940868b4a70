"""Write compared rows into their table, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from typing import Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.district import District
from gisplanner.services.ingest.estates import Matching, attribute_differences
from gisplanner.services.ingest.links import LINKED, link_rows, overlap_findings, relink
from gisplanner.services.ingest.reading import Placed, Table
from gisplanner.services.ingest.register import ensure_places, put_into_projects, register_columns
from gisplanner.services.ingest.report import Counts, Finding
from gisplanner.services.ingest.rows import Difference, compare_rows, refuse_strangers
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import (
    copy_features,
    delete_codes,
    delete_illustrative_of,
    feature_origins,
    update_features,
)
from gisplanner.store.import_undo import remember, remember_illustrative_of
from gisplanner.text import Text

TABLES: Final = {
    "estates": "estate",
    "buildings": "building",
    "roads": "road",
    "barriers": "barrier",
    "entrances": "entrance",
    "obstacles": "obstacle",
    "exclusions": "exclusion_area",
    "connection_points": "connection_point",
    "red_lines": "red_line",
    "municipal_facilities": "municipal_facility",
    "public_rooms": "public_room",
    "leftover_land": "leftover_land",
}
"""Layers that can be imported, and their tables."""

_UNKNOWN_KIND: Final = "未注明"
_OF_A_KIND: Final = frozenset(
    {"barriers", "obstacles", "exclusions", "municipal_facilities", "public_rooms", "leftover_land"}
)
"""Layers whose rows say of what kind they are, or that nobody said."""
_DEFAULTS: Final = {"illustrative": False, "tunnel": False, "bridge": False}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that will be written, worked out before anything is."""

    counts: Counts
    new: gpd.GeoDataFrame
    changed: gpd.GeoDataFrame
    columns: tuple[str, ...]
    removed: tuple[str, ...]
    findings: tuple[Finding, ...]
    replaced_estates: tuple[int, ...] = ()
    register: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Estates only: sub-district, community and project of each row of an export of ours."""


def prepare_rows(
    db: Database, connection: Connection, district: District, table: Table, placed: Placed, *, replace: bool
) -> Prepared:
    """Return what storing rows of any kind but estates would do."""
    kind, name = table.kind, TABLES[table.kind]
    incoming, given = _with_defaults(kind, placed.frame)
    stored = layer_frame(db, district, kind)
    origins = feature_origins(connection, name, district)
    refuse_strangers(stored, incoming, origins, table.file.path.name, table.file.layer)
    findings: list[Finding] = []
    columns = [column for column in incoming.columns if column not in {"code", "geom", "estate_code"}]
    if kind in LINKED:
        estates = stored_estates(db, connection, district)
        incoming = _stated_estates(incoming, stored)
        incoming["estate_id"], findings = link_rows(kind, incoming, estates)
        stored["estate_id"] = stored["estate_code"].map(estates.set_index("code")["id"])
        columns.append("estate_id")
    difference = compare_rows(stored, incoming, columns, given=[*given, "estate_id"])
    removed = _gone(origins, table, incoming["code"]) if replace else ()
    return _prepared(difference, columns, removed, findings)


def prepare_estates(
    stored: gpd.GeoDataFrame, table: Table, placed: Placed, matching: Matching, *, replace: bool
) -> Prepared:
    """Return what storing estates would do; ``stored`` is what :func:`stored_estates` returns.

    To rows of the register only the outline is written: its figures come from its document. A real outline
    drives out the illustrative rows of its estate.
    """
    rows = placed.frame.drop(index=[left.row for left in matching.left])
    rows["code"] = [matching.code_of.get(int(row), code) for row, code in zip(rows.index, rows["code"], strict=True)]
    incoming, given = _with_defaults("estates", rows)
    columns = [column for column in incoming.columns if column not in {"code", "geom"}]
    # A row without outline says nothing about the one that is stored.
    bare = incoming.geometry.isna()
    held = incoming.loc[bare, "code"].map(stored.set_index("code")["illustrative"])
    incoming.loc[bare, "illustrative"] = held.where(held.notna(), other=False)
    from_register = incoming["code"].isin(stored.loc[stored["from_register"].astype(bool), "code"])
    said = [column for column in given if column != "illustrative"]
    findings = attribute_differences(pd.DataFrame(incoming[from_register]), stored, said)
    for column in said:
        incoming.loc[from_register, column] = None
    difference = compare_rows(stored, incoming, columns, given=given)
    drawn = stored.loc[stored["illustrative"].astype(bool), ["code", "id"]].set_index("code")["id"]
    real = difference.changed[~difference.changed["illustrative"].astype(bool)]
    replaced = real["code"].map(drawn).dropna().astype(int)
    own = stored[~stored["from_register"].astype(bool)].set_index("code")
    removed = _gone(own, table, incoming["code"]) if replace else ()
    after = _after(stored, difference, removed)
    findings += overlap_findings(after)
    marked = difference.changed.assign(from_register=from_register.reindex(difference.changed.index))
    difference = Difference(difference.new, marked, difference.unchanged)
    prepared = _prepared(difference, columns, removed, findings)
    register = register_columns(table) if len(difference.new) else pd.DataFrame()
    return replace_fields(prepared, replaced_estates=tuple(int(number) for number in replaced), register=register)


def write_rows(connection: Connection, district: District, kind: str, prepared: Prepared, batch_id: int) -> None:
    """Write what was prepared, marked with the batch it came in."""
    name = TABLES[kind]
    remember(connection, batch_id, name, district, [*prepared.removed, *prepared.changed["code"]])
    delete_codes(connection, name, district, prepared.removed)
    columns = ["code", *prepared.columns, "batch_id"]
    if len(prepared.changed):
        update_features(connection, name, district, prepared.changed.assign(batch_id=batch_id), columns)
    if len(prepared.new):
        copy_features(connection, name, district, prepared.new.assign(batch_id=batch_id), columns)


def write_estates(
    db: Database, connection: Connection, district: District, prepared: Prepared, batch_id: int
) -> None:
    """Write estates, drive out what was illustrative in them, and link their buildings anew."""
    remember(connection, batch_id, "estate", district, [*prepared.removed, *prepared.changed["code"]])
    if prepared.replaced_estates:
        remember_illustrative_of(connection, batch_id, district, prepared.replaced_estates)
    for table in LINKED.values():
        delete_illustrative_of(connection, table, prepared.replaced_estates)
    delete_codes(connection, "estate", district, prepared.removed)
    outline = ["code", "illustrative", "geom_batch_id"]
    everything = ["code", *prepared.columns, "batch_id", "geom_batch_id"]
    changed = prepared.changed.assign(batch_id=batch_id, geom_batch_id=batch_id)
    of_register = changed["from_register"].astype(bool)
    if of_register.any():
        update_features(connection, "estate", district, changed[of_register], outline)
    if (~of_register).any():
        update_features(connection, "estate", district, changed[~of_register], everything)
    if len(prepared.new):
        new = prepared.new.assign(batch_id=batch_id, geom_batch_id=batch_id)
        _add_estates(connection, district, new, everything, prepared.register)
    ids = feature_origins(connection, "estate", district)["id"]
    after = _after(
        layer_frame(db, district, "estates"), Difference(prepared.new, prepared.changed, 0), prepared.removed
    )
    relink(db, connection, district, after.assign(id=after["code"].map(ids)))


def _add_estates(
    connection: Connection, district: District, new: gpd.GeoDataFrame, columns: list[str], register: pd.DataFrame
) -> None:
    held = register.reindex(new.index)
    if held.empty:
        copy_features(connection, "estate", district, new, columns)
        return
    places = ensure_places(connection, district, held)
    copy_features(connection, "estate", district, new.join(places), [*columns, *places.columns])
    ids = feature_origins(connection, "estate", district)["id"]
    batch_id = int(new["batch_id"].iloc[0])
    put_into_projects(connection, district, held.assign(code=new["code"]), ids, batch_id=batch_id)


def stored_estates(db: Database, connection: Connection, district: District) -> gpd.GeoDataFrame:
    """Return the layer of estates with ``id`` and where they came from added."""
    origins = feature_origins(connection, "estate", district)
    frame = layer_frame(db, district, "estates")
    return frame.join(origins, on="code")


def _after(stored: gpd.GeoDataFrame, difference: Difference, removed: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return the estates as they will stand."""
    written = [part for part in (difference.changed, difference.new) if len(part)]
    replaced = {code for part in written for code in part["code"]} | set(removed)
    wanted = ["code", "name", "illustrative", "geom"]
    kept = stored.loc[~stored["code"].isin(replaced), wanted]
    parts = [part for part in (kept, *(part.reindex(columns=wanted) for part in written)) if len(part)]
    if not parts:
        return kept
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geom", crs=stored.crs)


def _with_defaults(kind: str, frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return the rows with every column their table insists on, and the columns the file speaks of.

    What a file brings is real unless it says 示意数据 itself.
    """
    given = [column for column in frame.columns if column not in {"code", "geom", "estate_code"}]
    made = frame.copy()
    defaults = {name: value for name, value in _DEFAULTS.items() if name == "illustrative" or name in frame.columns}
    for name, value in defaults.items():
        column = made[name] if name in made else pd.Series(None, index=made.index, dtype=object)
        made[name] = column.where(column.notna(), value)
    if kind in _OF_A_KIND:
        column = made["kind"] if "kind" in made else pd.Series(None, index=made.index, dtype=object)
        made["kind"] = column.where(column.notna(), _UNKNOWN_KIND)
    if kind == "estates" and "kind" in made:
        made["kind"] = made["kind"].where(made["kind"].notna(), "小区")
    return made, list(dict.fromkeys([*given, "illustrative"]))


def _stated_estates(incoming: gpd.GeoDataFrame, stored: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows with the estate they state, or that was stored for them before."""
    before = incoming["code"].map(stored.set_index("code")["estate_code"])
    stated = incoming.get("estate_code", before)
    return incoming.assign(estate_code=stated.where(stated.notna(), before))


def _gone(origins: pd.DataFrame, table: Table, codes: pd.Series[str]) -> tuple[str, ...]:
    """Return the codes that came from an earlier version of this file and layer and are no longer in it."""
    same = (origins["file_name"] == table.file.path.name) & (origins["file_layer"] == table.file.layer)
    return tuple(sorted(set(origins.index[same]) - set(codes)))


def _prepared(
    difference: Difference, columns: list[str], removed: tuple[str, ...], findings: list[Finding]
) -> Prepared:
    counts = Counts(len(difference.new), len(difference.changed), difference.unchanged, len(removed))
    nameless = difference.new["kind"].eq(_UNKNOWN_KIND).sum() if "kind" in difference.new else 0
    if nameless:
        message = Text(f"{nameless} 行没有类别，记为未注明。", en=f"{nameless} rows have no kind and say 未注明.")
        findings = [*findings, Finding("kind_missing", message)]
    return Prepared(counts, difference.new, difference.changed, tuple(columns), removed, tuple(findings))
