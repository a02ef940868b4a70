"""DXF drawing out: metres of the district's grid, one drawing layer a kind, names as text on their own layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from ezdxf import units
from ezdxf.document import Drawing
from ezdxf.enums import TextEntityAlignment
from ezdxf.filemanagement import new
from ezdxf.layouts.layout import Modelspace

from gisplanner.crs import crs_name
from gisplanner.files import replacing
from gisplanner.formats.dxf_labels import HEIGHT_M, Labels, Place
from gisplanner.formats.layer_table import LayerTable, Written
from gisplanner.text import Text

APPLICATION: Final = "GISPLANNER"
"""Application name of the extended data that carries each entity's id."""

_KIND_COLUMNS: Final = ("kind", "highway", "utility", "use")
_FORBIDDEN: Final = re.compile(r'[<>/\\":;?*|=`,\x00-\x1f]')
_COLOURS: Final = (5, 3, 1, 6, 4, 2, 30, 150)
_ENCODING: Final = "gbk"
_LAST_BMP: Final = 0xFFFF
_XDATA_BYTES: Final = 240


class Curve(NamedTuple):
    """A line of straights and arcs: rows x, y, bulge, which is above 0 to the left, 0 where it is straight."""

    rows: npt.NDArray[np.float64]
    closed: bool


def write_dxf(path: Path, table: LayerTable, curves: Mapping[Any, Curve] | None = None) -> Written:
    """Write one DXF (2000, code page 936: read right by Chinese CAD programs old and new, and by GDAL).

    Rings become closed polylines, points become points; the drawing layer is the title, or title_kind where
    the layer has kinds; names stand as text inside or along, on the drawing layer ``title_注记``. Each entity
    carries its id as extended data of the application ``GISPLANNER``. What the file says about itself stands
    below the drawing, on the drawing layer 说明.

    Parameters
    ----------
    curves
        What is drawn in place of the shape of a row, by its id.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    drawing = new("R2000", setup=False, units=units.M)
    drawing.encoding = _ENCODING
    drawing.appids.add(APPLICATION)
    drawing.styles.add("CHINESE", font="simsun.ttf")
    space = drawing.modelspace()
    label_layer = _layer(drawing, f"{table.title}_注记", 7)
    kinds = _kinds(table)
    layers = {kind: _layer(drawing, kind, _COLOURS[i % len(_COLOURS)]) for i, kind in enumerate(sorted(set(kinds)))}
    frame = table.frame
    labels, left_out = Labels(), list[str]()
    for kind, code, name, shape in zip(
        kinds, frame[table.id_column], frame[table.name_column], frame.geometry, strict=True
    ):
        if shape is None or shape.is_empty:
            left_out.append(str(code))
            continue
        curve = None if curves is None else curves.get(code)
        if curve is None:
            _draw(space, shape, {"layer": layers[kind]}, str(code))
        else:
            line = space.add_lwpolyline(
                curve.rows, format="xyb", close=curve.closed, dxfattribs={"layer": layers[kind]}
            )
            _tag(line, str(code))
        if not pd.isna(name):
            _label(space, labels.place(shape, str(name)), str(name), label_layer)
    _notes(drawing, table)
    with replacing(path) as writing:
        drawing.saveas(writing)
    return Written(losses=_losses(table, left_out))


def _kinds(table: LayerTable) -> list[str]:
    column = next((one for one in _KIND_COLUMNS if one in table.frame.columns), None)
    if column is None:
        return [table.title] * len(table.frame)
    return [table.title if pd.isna(kind) else f"{table.title}_{kind}" for kind in table.frame[column]]


def _layer(drawing: Drawing, name: str, colour: int) -> str:
    allowed = _FORBIDDEN.sub("_", name)[:255]
    if allowed not in drawing.layers:
        drawing.layers.add(allowed, color=colour)
    return allowed


def _draw(space: Modelspace, shape: Any, attributes: dict[str, Any], code: str) -> None:
    for part in shapely.get_parts(shapely.force_2d(shape), return_index=False):
        if part.geom_type == "GeometryCollection":
            _draw(space, part, attributes, code)
            continue
        if part.geom_type == "Point":
            entities: list[Any] = [space.add_point((part.x, part.y), attributes)]
        elif part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            entities = [space.add_lwpolyline(ring.coords[:-1], close=True, dxfattribs=attributes) for ring in rings]
        else:
            entities = [space.add_lwpolyline(part.coords, dxfattribs=attributes)]
        for entity in entities:
            _tag(entity, code)


def _tag(entity: Any, code: str) -> None:
    entity.set_xdata(APPLICATION, [(1000, _plain(code).encode()[:_XDATA_BYTES].decode(errors="ignore"))])


def _label(space: Modelspace, place: Place, text: str, layer: str) -> None:
    attributes = {"layer": layer, "style": "CHINESE"}
    written = space.add_text(_plain(text), height=place.height_m, rotation=place.turn_deg, dxfattribs=attributes)
    align = TextEntityAlignment.MIDDLE_CENTER if place.centred else TextEntityAlignment.LEFT
    written.set_placement((place.x, place.y), align=align)


def _notes(drawing: Drawing, table: LayerTable) -> None:
    """Write the notes, one line each, below the lower left corner of the shapes."""
    layer = _layer(drawing, "说明", 7)
    west, south, _, _ = (0.0, 0.0, 0.0, 0.0) if table.frame.geometry.isna().all() else table.frame.total_bounds
    lines = [*table.note_text().split("；"), f"坐标系：{crs_name(table.frame.crs)}"]
    for number, line in enumerate(lines, start=2):
        _label(drawing.modelspace(), Place(west, south - 2 * number * HEIGHT_M), line, layer)


def _plain(text: str) -> str:
    """Return ``text`` on one line, for a line break ends a value in DXF, and in letters of four hex digits."""
    return re.sub(r"[\U00010000-\U0010ffff]", "□", re.sub(r"[\x00-\x1f]+", " ", text))


def _losses(table: LayerTable, left_out: list[str]) -> tuple[str, ...]:
    losses: list[str] = [
        Text("DXF 只有图形、名称和编码，其他属性未写", en="DXF holds shapes, names and ids only; no other attributes")
    ]
    rare = [
        str(name) for name in table.frame[table.name_column] if any(ord(letter) > _LAST_BMP for letter in str(name))
    ]
    if rare:
        losses.append(
            Text(
                f"DXF 放不下的罕用字写成 □：{'、'.join(rare)}",
                en=f"letters that DXF cannot hold became □: {', '.join(rare)}",
            )
        )
    if left_out:
        losses.append(
            Text(
                f"{len(left_out)} 个没有图形的{table.title}未写入：{'、'.join(left_out)}",
                en=f"{len(left_out)} rows without geometry were left out: {', '.join(left_out)}",
            )
        )
    return tuple(losses)
