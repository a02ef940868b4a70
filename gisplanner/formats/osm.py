"""OpenStreetMap files (``.osm``, ``.osm.pbf``) through pyosmium: areas put together from ways and relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import osmium
import pandas as pd
import shapely

from gisplanner.crs import WGS84
from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.formats.osm_tags import SELECTIONS, Attributes, Selection, Shape
from gisplanner.text import Text

OSM_CREDIT: Final = "© OpenStreetMap contributors, ODbL 1.0"

_LARGE_FILE_BYTES: Final = 200 << 20
"""From this size on node locations go to a file on disk: memory stays bounded, reading takes a little longer."""

_LETTERS: Final = {"node": "n", "way": "w", "relation": "r"}


class OsmReader:
    """Reads OpenStreetMap XML and PBF; the layers are ours, picked by :mod:`gisplanner.formats.osm_tags`."""

    def layers(self, path: Path) -> list[LayerInfo]:  # noqa: ARG002
        """Return our layers; which of them have rows is known only after reading."""
        return [LayerInfo(name) for name in SELECTIONS]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002
        """Return the objects of one layer; the format fixes the encoding (UTF-8) and the system (WGS84)."""
        selection = SELECTIONS[layer]
        found = _Found()
        try:
            for item in _objects(path, selection):
                found.take(item, selection)
        except (RuntimeError, osmium.InvalidLocationError) as error:
            raise FileFormatError(
                Text(f"{path.name} 不能作为 OSM 读取：{error}", en=f"{path.name} cannot be read as OSM: {error}"),
                [Fault(file=path.name)],
            ) from error
        return RawLayer(found.frame(selection), notes=found.notes(), credit=OSM_CREDIT, tolerant=True)


def _objects(path: Path, selection: Selection) -> Iterator[Any]:
    keys = osmium.filter.KeyFilter(*selection.keys)
    storage = "sparse_file_array" if path.stat().st_size > _LARGE_FILE_BYTES else "flex_mem"
    processor = osmium.FileProcessor(str(path)).with_locations(storage)
    if "area" in selection.shapes:
        processor = processor.with_areas(keys)
    return iter(processor.with_filter(keys))


@dataclass(slots=True)
class _Found:
    """What was met so far in one pass through a file."""

    rows: list[Attributes] = field(default_factory=list)
    wkb: list[bytes] = field(default_factory=list)
    doors: set[int] = field(default_factory=set)
    incomplete: list[str] = field(default_factory=list)
    relations: set[int] = field(default_factory=set)
    factory: Any = field(default_factory=osmium.geom.WKBFactory)

    def take(self, item: Any, selection: Selection) -> None:
        """Keep an object if it belongs to the layer."""
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_way() and "node" in selection.shapes and "building" in tags:
            self.doors.update(node.ref for node in item.nodes)
        if item.is_relation():
            if "area" in selection.shapes and tags.get("type") == "multipolygon" and selection.pick(tags, "area"):
                self.relations.add(item.id)
            return
        shape: Shape = "area" if item.is_area() else "way" if item.is_way() else "node"
        attributes = selection.pick(tags, shape) if shape in selection.shapes else None
        if attributes is None:
            return
        kind = "way" if shape == "area" and item.from_way() else "relation" if shape == "area" else shape
        number = item.orig_id() if shape == "area" else item.id
        try:
            geometry = self._wkb(item, shape)
        except (RuntimeError, osmium.InvalidLocationError):
            self.incomplete.append(f"{kind}/{number}")
            return
        if kind == "relation":
            self.relations.discard(number)
        self.rows.append({"osm_type": kind, "osm_id": str(number), **attributes})
        self.wkb.append(geometry)

    def _wkb(self, item: Any, shape: Shape) -> bytes:
        make = {
            "area": self.factory.create_multipolygon,
            "way": self.factory.create_linestring,
            "node": self.factory.create_point,
        }[shape]
        return bytes.fromhex(make(item))

    def frame(self, selection: Selection) -> gpd.GeoDataFrame:
        """Return the rows by kind and number, which is the same in every extract of one map."""
        columns = ["osm_type", "osm_id", *selection.columns]
        table = pd.DataFrame(self.rows, columns=columns, dtype=object)
        frame = gpd.GeoDataFrame(table, geometry=shapely.from_wkb(self.wkb), crs=WGS84)
        if "entrance" in selection.columns:
            is_door = frame["entrance"].notna() & frame["barrier"].isna()
            frame = frame[~(is_door & frame["osm_id"].astype("int64").isin(self.doors))]
        return frame.reset_index(drop=True)

    def notes(self) -> tuple[Text, ...]:
        """Return what could not be read, by object."""
        lost = [*self.incomplete, *(f"relation/{number}" for number in sorted(self.relations))]
        lost = list(dict.fromkeys(lost))
        if not lost:
            return ()
        names = "、".join(lost[:20]) + (" …" if len(lost) > 20 else "")  # noqa: PLR2004
        return (
            Text(
                f"{len(lost)} 个 OSM 对象在文件中不完整，未读入：{names}",
                en=f"{len(lost)} OSM objects are incomplete in the file and were left out: {names}",
            ),
        )


def osm_codes(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return a stable code for each OpenStreetMap object: ``w123`` for way 123, ``r`` relation, ``n`` node.

    Examples
    --------
    >>> osm_codes(pd.DataFrame({"osm_type": ["way", "relation"], "osm_id": [5, 7.0]})).tolist()
    ['w5', 'r7']
    """
    letters = frame["osm_type"].map(_LETTERS)
    numbers = pd.to_numeric(frame["osm_id"], errors="coerce").astype("Int64").astype("string")
    return (letters + numbers).astype(object)
