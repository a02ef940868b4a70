"""Zipped Shapefile out: one file per kind of geometry, field names that fit ten bytes, every loss named."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio
import shapely

from gisplanner.files import replacing
from gisplanner.formats.layer_table import LayerTable, Written, with_headings
from gisplanner.text import Text

NAME_BYTES: Final = 10
TEXT_BYTES: Final = 254
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_KINDS: Final = {"point": "Point", "points": "MultiPoint", "line": "LineString", "polygon": "Polygon"}
_KIND_OF_TYPE: Final = ("point", "line", "line", "polygon", "points", "line", "polygon")
"""By GEOS type id: Point, LineString, LinearRing, Polygon, MultiPoint, MultiLineString, MultiPolygon."""


def write_shapefile(path: Path, table: LayerTable) -> Written:
    """Write a zip of Shapefiles with ``.prj``, ``.cpg`` and a list of the fields (``fields.txt``).

    The text is GBK (``.cpg`` says so), which Chinese desktop programs expect and which leaves five Chinese
    characters to a field name; UTF-8 where a character is outside of GBK.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    frame = with_headings(table)
    headings = [column.label for column in table.columns]
    encoding = "GBK" if _fits(frame[headings], headings, "gbk") else "UTF-8"
    names = field_names(headings, encoding)
    cut = _cut_long_texts(frame, headings, encoding)
    losses = _losses(table, names, cut)
    parts = _by_kind(frame.rename(columns=names), table)
    with replacing(path) as writing, TemporaryDirectory(dir=writing.parent) as folder:
        for kind, part in parts.items():
            name = table.name if len(parts) == 1 else f"{table.name}_{kind}"
            pyogrio.write_dataframe(
                part,
                Path(folder) / f"{name}.shp",
                driver="ESRI Shapefile",
                encoding=encoding,
                use_arrow=True,
                geometry_type=_KINDS[kind],
            )
        lines = [table.note_text(), *(f"{names[heading]} = {heading}" for heading in headings)]
        (Path(folder) / "fields.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with zipfile.ZipFile(writing, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in sorted(Path(folder).iterdir()):
                archive.writestr(zipfile.ZipInfo(member.name, _FIXED_TIME), member.read_bytes(), zipfile.ZIP_DEFLATED)
    return Written({heading: name for heading, name in names.items() if name != heading}, losses)


def field_names(headings: Sequence[str], encoding: str) -> dict[str, str]:
    """Return for each heading a different field name of at most ten bytes, never cut inside a character.

    Examples
    --------
    >>> field_names(["小区名称", "总建筑面积（万平方米）", "总建筑面积（平方米）"], "GBK")
    {'小区名称': '小区名称', '总建筑面积（万平方米）': '总建筑面积', '总建筑面积（平方米）': '总建筑面2'}
    >>> field_names(["小区名称"], "UTF-8")
    {'小区名称': '小区名'}
    """
    taken: set[str] = set()
    names: dict[str, str] = {}
    for heading in headings:
        name, number = _cut(heading, NAME_BYTES, encoding), 1
        while name.casefold() in taken:  # field names are the same to a DBF reader whatever the case
            number += 1
            name = _cut(heading, NAME_BYTES - len(str(number)), encoding) + str(number)
        taken.add(name.casefold())
        names[heading] = name
    return names


def _cut(text: str, size: int, encoding: str) -> str:
    return text.encode(encoding, "replace")[:size].decode(encoding, "ignore")


def _fits(frame: gpd.GeoDataFrame, headings: Sequence[str], encoding: str) -> bool:
    texts = [*headings, *(value for name in headings for value in frame[name] if isinstance(value, str))]
    try:
        "".join(texts).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _cut_long_texts(frame: gpd.GeoDataFrame, headings: Sequence[str], encoding: str) -> list[str]:
    """Cut texts to what a field holds, in place, and return the headings of those that lost something."""
    cut: list[str] = []
    for name in headings:
        long = [isinstance(value, str) and len(value.encode(encoding)) > TEXT_BYTES for value in frame[name]]
        if any(long):
            cut.append(name)
            frame.loc[long, name] = [_cut(value, TEXT_BYTES, encoding) for value in frame.loc[long, name]]
    return cut


def _by_kind(frame: gpd.GeoDataFrame, table: LayerTable) -> dict[str, gpd.GeoDataFrame]:
    """Return the rows by kind of geometry; rows without geometry go with the first."""
    kinds: npt.NDArray[Any] = np.array([*_KIND_OF_TYPE, ""], dtype=object)[
        shapely.get_type_id(frame.geometry.to_numpy())
    ]
    there = list(dict.fromkeys(kind for kind in kinds if kind))
    first = there[0] if there else table.geometry if table.geometry in _KINDS else "polygon"
    kinds[kinds == ""] = first
    return {kind: frame[kinds == kind] for kind in there or [first]}


def _losses(table: LayerTable, names: dict[str, str], cut: list[str]) -> tuple[str, ...]:
    short = [f"{heading}→{name}" for heading, name in names.items() if heading != name]
    lists = [column.label for column in table.columns if column.type == "text_list"]
    losses = [
        Text("空文字与未填在 DBF 中不能区分", en="DBF cannot tell an empty text from an unknown one"),
        Text("是/否写成 T/F", en="yes and no are written as T and F"),
    ]
    if short:
        losses.append(
            Text(f"字段名缩短为 10 字节：{'、'.join(short)}", en=f"names cut to 10 bytes: {', '.join(short)}")
        )
    if lists:
        losses.append(Text(f"列表写成文字：{'、'.join(lists)}", en=f"lists are written as text: {', '.join(lists)}"))
    if cut:
        losses.append(
            Text(f"文字超过 254 字节被截断：{'、'.join(cut)}", en=f"texts cut at 254 bytes: {', '.join(cut)}")
        )
    return tuple(losses)
