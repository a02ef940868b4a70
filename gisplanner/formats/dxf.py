"""Survey drawings in (DXF): buildings, obstacles and entrances of a 1:500 map, or one drawing layer as it stands."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import ezdxf
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.cass import CodedFeature, block_name, classified, drawing_table, storeys
from gisplanner.formats.dbf_text import told_encoding
from gisplanner.formats.dxf_entities import BROKEN, Thing, Walk, Writing
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.text import Text

KINDS: Final = ("buildings", "obstacles", "entrances")
"""Layers put together from a whole drawing; every drawing layer can be read by its own name besides."""

_IDS_OF: Final = "GISPLANNER"
_BINARY: Final = b"AutoCAD Binary DXF"
_HEAD: Final = re.compile(rb"\A\s*(?:999\b|0\s*\r?\n\s*SECTION)")
_CODE_PAGE: Final = re.compile(rb"\$DWGCODEPAGE\s*\r?\n\s*3\s*\r?\n\s*([^\r\n]+)")
_VERSION: Final = re.compile(rb"\$ACADVER\s*\r?\n\s*1\s*\r?\n\s*(AC\d{4})")
_HEAD_BYTES: Final = 1 << 16
_UTF8_SINCE: Final = b"AC1021"
_WORD: Final = {"buildings": "use", "obstacles": "kind", "entrances": "图式"}


class DxfReader:
    """Reads ASCII and binary DXF of any release, in the encoding its bytes are in."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the layers put together from the drawing, and its drawing layers."""
        walk = _walked(path, None)
        kinds = Counter(_becomes(thing) for thing in walk.things)
        own = Counter(thing.layer for thing in walk.things)
        made = [LayerInfo(kind, rows=kinds[kind]) for kind in KINDS]
        return made + [LayerInfo(name, rows=rows) for name, rows in sorted(own.items()) if name not in KINDS]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return one layer; a drawing has no reference system."""
        walk = _walked(path, encoding)
        chosen = [thing for thing in walk.things if (_becomes(thing) if layer in KINDS else thing.layer) == layer]
        notes = _notes(walk, layer)
        if layer == "buildings":
            chosen, loose = _outlines(chosen)
            if loose:
                notes.append(
                    Text(f"{loose} 条房屋线不闭合，未读入。", en=f"{loose} lines of houses close no ring; left out.")
                )
        elif layer == "entrances":
            chosen = [_at_its_middle(thing) for thing in chosen]
        chosen = _whole(chosen)
        rows = [_row(thing, layer) for thing in chosen]
        shapes = np.array([thing.shape for thing in chosen], dtype=object)
        if layer not in ("obstacles", "entrances"):
            notes += _label(rows, shapes, walk.writings)
        table = pd.DataFrame(rows, dtype=object)
        return RawLayer(gpd.GeoDataFrame(table, geometry=shapes, crs=None), notes=tuple(notes))


def _becomes(thing: Thing) -> str:
    what = classified(thing.code, thing.layer)
    return "none" if what is None else what.becomes


def _walked(path: Path, encoding: str | None) -> Walk:
    walk = Walk(path.name, _IDS_OF)
    try:
        drawing = _opened(path, encoding)
        walk.take(iter(drawing.modelspace()))
    except FileFormatError:
        raise
    except BROKEN as error:
        raise _damaged(path) from error
    return walk


def _opened(path: Path, encoding: str | None) -> Any:
    data = path.read_bytes()
    if data.startswith(_BINARY):
        return ezdxf.filemanagement.readfile(path)
    if not _HEAD.match(data.removeprefix(b"\xef\xbb\xbf")[:_HEAD_BYTES]):
        raise _damaged(path)
    data = data.removeprefix(b"\xef\xbb\xbf")
    distinct = [line for line in dict.fromkeys(data.splitlines()) if not line.isascii()]
    told = told_encoding(distinct, _stated(data[:_HEAD_BYTES]), encoding, path.name)
    return ezdxf.filemanagement.read(io.StringIO(data.decode(told).replace("\r\n", "\n")))


def _stated(head: bytes) -> str | None:
    version, page = _VERSION.search(head), _CODE_PAGE.search(head)
    if version is not None and version[1] >= _UTF8_SINCE:
        return "utf-8"
    if page is None:
        return None
    name = page[1].strip().decode("ascii", "ignore").lower().replace("ansi_", "cp")
    return {"cp936": "gb18030", "gb2312": "gb18030"}.get(name, name)


def _damaged(path: Path) -> FileFormatError:
    return FileFormatError(
        Text(f"{path.name} 不是完好的 DXF 图形。", en=f"{path.name} is no intact DXF drawing."),
        [
            Fault(
                file=path.name,
                value="DXF",
                hint=Text("请在 CAD 中打开并另存为 DXF（如 AutoCAD 2004）", en="open it in CAD and save it as DXF"),
            )
        ],
    )


def _outlines(things: Sequence[Thing]) -> tuple[list[Thing], int]:
    """Return houses as polygons; lines that were drawn wall by wall are joined to rings where they close."""
    rings = [thing for thing in things if thing.shape.geom_type == "Polygon"]
    lines = [thing for thing in things if thing.shape.geom_type == "LineString"]
    loose = len(things) - len(rings) - len(lines)
    if not lines:
        return rings, loose
    by_kind: dict[tuple[str, str | None], list[Any]] = {}
    for thing in lines:
        by_kind.setdefault((thing.layer, thing.code), []).append(thing.shape)
    for (layer, code), shapes in by_kind.items():
        walls = shapely.GeometryCollection(shapes)
        polygons, cuts, dangles, _ = shapely.polygonize_full([shapely.node(walls)])
        rings += [Thing(polygon, layer, code) for polygon in shapely.get_parts(polygons)]
        loose += shapely.get_num_geometries(cuts) + shapely.get_num_geometries(dangles)
    return rings, loose


def _whole(things: Sequence[Thing]) -> list[Thing]:
    """Return the things with the parts of one put together again: a drawing of ours repeats its id on each part."""
    parts: dict[str, list[Thing]] = {}
    for thing in things:
        if thing.id is not None:
            parts.setdefault(thing.id, []).append(thing)
    made = []
    for thing in things:
        of_it = parts.get(thing.id or "", [thing])
        if of_it[0] is not thing:
            continue
        kinds = {part.shape.geom_type for part in of_it}
        if len(of_it) > 1 and len(kinds) == 1:
            collect = {"Polygon": shapely.MultiPolygon, "LineString": shapely.MultiLineString}.get(kinds.pop())
            if collect is not None:
                shape = collect([part.shape for part in of_it])
                made.append(Thing(shape, thing.layer, thing.code, thing.id, thing.attributes))
                continue
        made += of_it
    return made


def _at_its_middle(thing: Thing) -> Thing:
    """Return a gate as a point: where its symbol stands, else the middle of its line or outline."""
    shape = thing.shape
    if shape.geom_type == "LineString":
        shape = shape.interpolate(0.5, normalized=True)
    elif shape.geom_type == "Polygon":
        shape = shape.centroid
    return Thing(shape, thing.layer, thing.code, thing.id, thing.attributes)


def _row(thing: Thing, layer: str) -> dict[str, Any]:
    what = classified(thing.code, thing.layer)
    row: dict[str, Any] = {name: text for name, text in thing.attributes.items() if text}
    if layer in _WORD and what is not None:
        row[_WORD[layer]] = what.name
    if thing.id is not None:
        row["code"] = thing.id
    return row | {"图层": thing.layer, "图式编码": thing.code}


def _label(rows: list[dict[str, Any]], shapes: Any, writings: Sequence[Writing]) -> list[Text]:
    """Give each outline the storeys and the name written in it; a text belongs to the smallest outline around it."""
    areas = shapely.area(shapes) if len(shapes) else np.empty(0)
    tree = shapely.STRtree(shapes)
    said: dict[int, set[int]] = {}
    for writing in writings:
        floors = None if writing.layer in drawing_table().not_storeys else storeys(writing.text)
        name = block_name(writing.text)
        if floors is None and name is None:
            continue
        at = _around(tree, areas, writing)
        if at is None:
            continue
        if floors is not None:
            said.setdefault(at, set()).add(floors)
        elif "name" not in rows[at]:
            rows[at]["name"] = name
    for at, numbers in said.items():
        if len(numbers) == 1:
            rows[at].setdefault("floors", next(iter(numbers)))
    torn = sum(len(numbers) > 1 for numbers in said.values())
    if not torn:
        return []
    return [Text(f"{torn} 个轮廓内有不同的层数，未取用。", en=f"{torn} outlines hold different storeys; none taken.")]


def _around(tree: shapely.STRtree, areas: Any, writing: Writing) -> int | None:
    for place in writing.places:
        if not np.isfinite(place).all():
            continue
        hits = tree.query(shapely.Point(place), predicate="intersects")
        hits = hits[areas[hits] > 0]
        if len(hits):
            return int(hits[np.argmin(areas[hits])])
    return None


def _notes(walk: Walk, layer: str) -> list[Text]:
    notes = []
    if walk.unread:
        notes.append(Text(f"{walk.unread} 个图元无法读取。", en=f"{walk.unread} entities could not be read."))
    if layer not in KINDS:
        return notes
    left: Counter[str] = Counter()
    for thing in walk.things:
        what = classified(thing.code, thing.layer)
        if what is None or what.becomes == "none":
            left[thing.layer if what is None else what.name] += 1
    if left:
        listed = "、".join(f"{name} {count}" for name, count in left.most_common(12))
        notes.append(Text(f"未采用的图形：{listed}。", en=f"Left out: {listed}."))
    unchecked = {
        what.name: what.code
        for thing in walk.things
        if isinstance(what := classified(thing.code, thing.layer), CodedFeature)
        and not what.checked
        and what.becomes == layer
    }
    if unchecked:
        listed = "、".join(f"{name}（{code}…）" for name, code in unchecked.items())
        notes.append(
            Text(
                f"这些编码的含义未与 CASS 编码表核对，请看图确认：{listed}。",
                en=f"The meaning of these codes was not checked against the CASS table, please look: {listed}.",
            )
        )
    return notes
