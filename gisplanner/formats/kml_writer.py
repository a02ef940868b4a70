"""KML out: placemarks in WGS 84 with a name, all attributes as typed extended data, and see-through outlines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pandas as pd
import shapely

from gisplanner.crs import WGS84
from gisplanner.domain.layers import ColumnSpec
from gisplanner.files import replacing
from gisplanner.formats.geojson import DECIMALS
from gisplanner.formats.layer_table import LayerTable, Written, join_list
from gisplanner.text import Text

_NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
_TYPES: Final = {"integer": "int", "number": "double", "decimal": "double", "boolean": "bool"}
_LINE_COLOUR: Final = "ffb4771f"  # aabbggrr
_FILL_COLOUR: Final = "59b4771f"


def write_kml(path: Path, table: LayerTable) -> Written:
    """Write one KML document; rows without geometry are kept as placemarks that stand nowhere.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    root = ET.Element("kml", xmlns=_NAMESPACE)
    document = ET.SubElement(root, "Document", id=table.name)
    ET.SubElement(document, "name").text = table.title
    ET.SubElement(document, "description").text = _clean(table.note_text())
    _style(document)
    schema = ET.SubElement(document, "Schema", name=table.title, id="columns")
    for column in table.columns:
        ET.SubElement(schema, "SimpleField", type=_TYPES.get(column.type, "string"), name=column.label)
    degrees = shapely.orient_polygons(shapely.force_2d(table.frame.geometry.to_crs(WGS84).to_numpy()))
    values = [table.frame[column.name].tolist() for column in table.columns]
    names = table.frame[table.name_column].tolist()
    for name, shape, *row in zip(names, degrees, *values, strict=True):
        mark = ET.SubElement(document, "Placemark")
        if not pd.isna(name):
            ET.SubElement(mark, "name").text = _clean(str(name))
        ET.SubElement(mark, "styleUrl").text = "#outline"
        data = ET.SubElement(ET.SubElement(mark, "ExtendedData"), "SchemaData", schemaUrl="#columns")
        for column, value in zip(table.columns, row, strict=True):
            text = _value(value, column)
            if text is not None:
                ET.SubElement(data, "SimpleData", name=column.label).text = text
        if shape is not None and not shape.is_empty:
            _geometry(mark, shape)
    ET.indent(root, " ")
    with replacing(path) as writing:
        ET.ElementTree(root).write(writing, encoding="utf-8", xml_declaration=True)
    lists = [column.label for column in table.columns if column.type == "text_list"]
    return Written(
        losses=(Text(f"列表写成文字：{'、'.join(lists)}", en=f"lists are written as text: {', '.join(lists)}"),)
        if lists
        else ()
    )


def _style(document: ET.Element) -> None:
    style = ET.SubElement(document, "Style", id="outline")
    line = ET.SubElement(style, "LineStyle")
    ET.SubElement(line, "color").text = _LINE_COLOUR
    ET.SubElement(line, "width").text = "2"
    ET.SubElement(ET.SubElement(style, "PolyStyle"), "color").text = _FILL_COLOUR


def _value(value: Any, column: ColumnSpec) -> str | None:
    if column.type == "text_list":
        value = join_list(value)
    if value is None or pd.isna(value):
        return None
    if column.type == "boolean":
        return "1" if value else "0"
    if column.type == "integer":
        return str(int(value))
    return format(value, "f") if column.type == "decimal" else _clean(str(value))


def _geometry(parent: ET.Element, shape: Any) -> None:
    if hasattr(shape, "geoms"):
        several = ET.SubElement(parent, "MultiGeometry")
        for part in shape.geoms:
            _geometry(several, part)
    elif shape.geom_type == "Polygon":
        polygon = ET.SubElement(parent, "Polygon")
        for tag, rings in (("outerBoundaryIs", [shape.exterior]), ("innerBoundaryIs", shape.interiors)):
            for ring in rings:
                inner = ET.SubElement(ET.SubElement(polygon, tag), "LinearRing")
                ET.SubElement(inner, "coordinates").text = _positions(ring.coords)
    else:
        tag = "Point" if shape.geom_type == "Point" else "LineString"
        ET.SubElement(ET.SubElement(parent, tag), "coordinates").text = _positions(shape.coords)


def _positions(coordinates: Iterable[tuple[float, ...]]) -> str:
    return " ".join(f"{round(x, DECIMALS)!r},{round(y, DECIMALS)!r}" for x, y in coordinates)


def _clean(text: str) -> str:
    """Return ``text`` without the control characters that XML 1.0 cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
