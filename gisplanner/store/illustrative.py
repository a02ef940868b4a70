"""Illustrative rows (示意数据) in the tables: write only what differs, never a real row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.domain.district import District
from gisplanner.store.database import Connection
from gisplanner.store.features import copy_features
from gisplanner.store.queries import queries

COLUMNS: Final = {
    "buildings": ("name", "use", "floors", "households", "height_m"),
    "roads": ("name", "highway", "width_m", "tunnel", "bridge"),
    "barriers": ("name", "kind", "tunnel"),
    "entrances": ("name", "width_m"),
    "obstacles": ("kind", "removable", "cost_cny", "owner"),
    "connection_points": ("utility", "name"),
}
"""Layers whose rows are illustrative as a whole, and the columns a sketch fills; of an estate only the outline is."""
LAYERS: Final = ("estates", *COLUMNS)
_OF_ESTATE: Final = ("buildings", "entrances", "obstacles")


@dataclass(frozen=True, slots=True)
class Difference:
    """What to do to a layer: codes to remove, and rows to store anew or in place of removed ones."""

    gone: frozenset[str]
    new: gpd.GeoDataFrame

    @property
    def rows(self) -> int:
        """Number of rows touched, a replaced one counted once."""
        return len(self.gone | set(self.new["code"]))


def difference(layer: str, drawn: gpd.GeoDataFrame, stored: gpd.GeoDataFrame) -> Difference:
    """Compare what was drawn with what is stored; a code that a real row already has is left to the real row.

    Parameters
    ----------
    drawn
        Frame with ``code``, the columns of :data:`COLUMNS`, ``estate`` (code) where rows belong to one.
    stored
        All rows of the layer, with ``illustrative``, and ``estate_code`` instead of ``estate``.
    """
    illustrative = stored["illustrative"].astype(bool) & stored.geometry.notna()
    if layer != "estates":
        drawn = drawn[~drawn["code"].isin(stored.loc[~illustrative, "code"])]
    before, after = _facts(layer, stored[illustrative]), _facts(layer, drawn)
    gone = frozenset(code for code, facts in before.items() if after.get(code) != facts)
    new = [code for code, facts in after.items() if before.get(code) != facts]
    return Difference(gone, drawn[drawn["code"].isin(new)])


def write_differences(
    connection: Connection,
    district: District,
    differences: Mapping[str, Difference],
    *,
    estate_ids: Mapping[str, int],
    batch_id: int,
) -> None:
    """Write the differences of all layers; ``estate_ids`` gives the row id of an estate's code."""
    for layer, change in differences.items():
        if layer == "estates":
            _write_outlines(connection, district, change, batch_id)
            continue
        table = layer.removesuffix("s")
        if change.gone:
            delete = getattr(queries(), f"sketch_delete_{table}")
            delete(connection, district_id=district.id, codes=sorted(change.gone))
        if len(change.new):
            rows, columns = (
                change.new.assign(batch_id=batch_id),
                ["code", *COLUMNS[layer], "illustrative", "batch_id"],
            )
            if layer in _OF_ESTATE:
                rows, columns = rows.assign(estate_id=rows["estate"].map(estate_ids)), [*columns, "estate_id"]
            copy_features(connection, table, district, rows, columns)


def content_sha256(frames: Mapping[str, gpd.GeoDataFrame]) -> str:
    """Return the fingerprint of drawn layers, the same for the same drawing."""
    content = hashlib.sha256()
    for layer, frame in sorted(frames.items()):
        content.update(repr((layer, sorted(_facts(layer, frame).items()))).encode())
    return content.hexdigest()


def _write_outlines(connection: Connection, district: District, change: Difference, batch_id: int) -> None:
    vanished = sorted(change.gone - set(change.new["code"]))
    if vanished:
        queries().sketch_estate_clear(connection, district_id=district.id, codes=vanished)
    shapes = shapely.to_wkb(change.new.geometry.to_numpy())
    for code, shape in zip(change.new["code"], shapes, strict=True):
        queries().sketch_estate_set(connection, district_id=district.id, code=code, shape=shape, batch_id=batch_id)


def _facts(layer: str, frame: gpd.GeoDataFrame) -> dict[str, tuple[Any, ...]]:
    columns = list(COLUMNS.get(layer, ()))
    if layer in _OF_ESTATE:
        columns.append("estate_code" if "estate_code" in frame else "estate")
    values = [[None if pd.isna(value) else value for value in frame[column]] for column in columns]
    shapes = shapely.to_wkb(frame.geometry.to_numpy()).tolist()
    return dict(zip(frame["code"], zip(*values, shapes, strict=True), strict=True))
