"""GeoPackage, GeoJSON and Shapefile through GDAL (pyogrio)."""

from __future__ import annotations

import json
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyogrio.raw import read as read_raw
from pyproj import CRS

from gisplanner.errors import Fault, FileFormatError, GeometryError
from gisplanner.formats.dbf_text import TRANSPARENT, decode_table, stated_encoding
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.text import Text

_GEOJSON_CRS: Final = re.compile(rb'"crs"\s*:\s*\{')
_CHUNK_BYTES: Final = 1 << 20


class DatasetReader:
    """Reads the files GDAL opens by themselves."""

    def __init__(self, format_name: str) -> None:
        self.format_name = format_name

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the layers of a file."""
        return ogr_layers(path, self.format_name)

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return one layer."""
        raw = read_ogr(path, layer, self.format_name, encoding=encoding)
        if self.format_name != "GeoJSON":
            return raw
        return RawLayer(raw.frame, notes=raw.notes, credit=_stated_source(path), crs_is_assumed=not _states_crs(path))


class LooseShapefileReader:
    """Reads a Shapefile that stands with its companions in a folder."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer of a Shapefile."""
        require_companions(path, {file.suffix.lower() for file in path.parent.iterdir() if file.stem == path.stem})
        _look_at_head(path, "Shapefile", path.name)
        return [LayerInfo(path.stem)]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002 - it has one layer
        """Return the one layer of a Shapefile."""
        return read_shapefile(path, encoding=encoding)


def read_shapefile(path: Path, *, encoding: str | None, shown: str | None = None) -> RawLayer:
    """Return the rows of a Shapefile, its text in the encoding it really is in.

    Raises
    ------
    FileFormatError
        GDAL cannot read the file, or the encoding of its text cannot be told.
    """
    name = shown or path.name
    with tempfile.TemporaryDirectory(prefix="gisplanner-") as folder:
        # GDAL believes a .cpg, whatever encoding it is asked for: it does not get to see it.
        for part in path.parent.iterdir():
            if part.stem == path.stem and part.suffix.lower() in {".shp", ".shx", ".dbf", ".prj"}:
                (Path(folder) / f"layer{part.suffix.lower()}").symlink_to(part.resolve())
        raw = read_ogr(Path(folder) / "layer.shp", "layer", "Shapefile", encoding=TRANSPARENT, shown=name)
    table = pd.DataFrame(raw.frame.drop(columns="geometry"))
    decoded = decode_table(table, file=name, stated=stated_encoding(path), demanded=encoding)
    frame = gpd.GeoDataFrame(decoded.table, geometry=raw.frame.geometry.to_numpy(), crs=raw.frame.crs)
    return RawLayer(frame, notes=(*raw.notes, *decoded.notes), cut_names=decoded.cut_names)


def require_companions(path: Path, suffixes: set[str]) -> None:
    """Refuse a Shapefile without the files it cannot be read without.

    Raises
    ------
    FileFormatError
        ``.shx`` or ``.dbf`` is missing.
    """
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in suffixes]
    if missing:
        raise FileFormatError(
            Text(
                f"{path.name} 缺少同名的 {'、'.join(missing)} 文件。",
                en=f"{path.name} lacks its {', '.join(missing)} file.",
            ),
            [
                Fault(
                    file=path.name,
                    value="、".join(missing),
                    hint=Text("请把 .shp .shx .dbf .prj 打包成 .zip", en="zip .shp .shx .dbf .prj together"),
                )
            ],
        )


def ogr_layers(path: Path, format_name: str, *, shown: str | None = None) -> list[LayerInfo]:
    """Return the layers GDAL finds in a file, with their numbers of rows; ``shown`` is its name in errors."""
    name = shown or path.name
    _look_at_head(path, format_name, name)
    with warnings.catch_warnings(), _told(path, format_name, name):
        warnings.simplefilter("ignore", RuntimeWarning)  # GDAL says them again when the layer is read
        found = pyogrio.list_layers(path)
        return [
            LayerInfo(name, geometry_type is not None, int(pyogrio.read_info(path, layer=name)["features"]))
            for name, geometry_type in found
        ]


def read_ogr(path: Path, layer: str, format_name: str, *, encoding: str | None, shown: str | None = None) -> RawLayer:
    """Return a layer with every row it has, index = row number from 0; ``shown`` is the file's name in errors.

    Curves come as lines of many points, as GDAL strokes them. Z and M stay out of the way until a caller asks:
    M is dropped by GDAL and noted.

    Raises
    ------
    FileFormatError
        GDAL cannot read the file, or its text is in another encoding.
    GeometryError
        Rows hold a kind of geometry that is no simple feature (TIN, polyhedral surface).
    """
    name = shown or path.name
    with warnings.catch_warnings(record=True) as caught, _told(path, format_name, name):
        warnings.simplefilter("always")
        meta, _, wkb, fields = read_raw(path, layer=layer, encoding=encoding)
    table = pd.DataFrame(dict(zip(meta["fields"], fields, strict=True)), copy=False)
    if wkb is None:
        raise FileFormatError(
            Text(f"{name} 的图层 {layer} 没有图形。", en=f"The layer {layer} of {name} has no geometry."),
            [Fault(file=name, layer=layer)],
        )
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    _refuse_unknown_kinds(name, layer, wkb, geometry)
    crs = None if meta["crs"] is None else CRS.from_user_input(meta["crs"]).to_2d()
    frame = gpd.GeoDataFrame(table.drop(columns="geometry", errors="ignore"), geometry=geometry, crs=crs)
    return RawLayer(frame, notes=tuple(_note(warning) for warning in caught))


def _refuse_unknown_kinds(name: str, layer: str, wkb: Any, geometry: Any) -> None:
    lost = [row for row in np.flatnonzero(shapely.is_missing(geometry)) if wkb[row] is not None]
    if lost:
        raise GeometryError(
            Text(
                f"{name} 有 {len(lost)} 行图形不是点、线、面（如三角网、多面体）。",
                en=f"{name}: {len(lost)} rows hold geometry that is no point, line or polygon (TIN …).",
            ),
            [
                Fault(
                    file=name,
                    layer=layer,
                    row=int(row),
                    value=f"WKB {int.from_bytes(wkb[row][1:5], 'little' if wkb[row][0] else 'big') % 1000}",
                    allowed="Point/LineString/Polygon",
                )
                for row in lost
            ],
        )


def _note(warning: warnings.WarningMessage) -> Text:
    said = str(warning.message)
    if "(M)" in said:
        return Text("图形的 M 值未读入。", en="M values of the geometry were not read.")
    return Text(f"读取提示：{said}", en=f"While reading: {said}")


_HEADS: Final = {
    "GeoPackage": re.compile(rb"SQLite format 3\x00"),
    "GeoJSON": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
    "Shapefile": re.compile(rb"\x00\x00\x27\x0a"),
    "KML": re.compile(rb"<\?xml[^>]*\?>\s*<kml[\s>]"),
}


def _look_at_head(path: Path, format_name: str, name: str) -> None:
    """Refuse a file that does not begin like its format.

    GDAL opens a file as whatever it looks like, whatever its name; some formats (VRT …) then reach for other
    files and addresses. Ours have no such thing, so only they are let through.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if not _HEADS[format_name].match(head):
        raise FileFormatError(
            Text(f"{name} 不是 {format_name} 文件。", en=f"{name} is no {format_name} file."),
            [Fault(file=name, value=format_name)],
        )


@contextmanager
def _told(path: Path, format_name: str, name: str) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise FileFormatError(
            Text(
                f"{name} 的文字不是所声明的编码。",
                en=f"The text of {name} is not in the encoding it claims.",
            ),
            [Fault(file=name, column="--encoding", hint=Text("试用 --encoding GBK", en="try --encoding GBK"))],
        ) from error
    except LookupError as error:
        raise FileFormatError(
            Text(f"不认识的文字编码：{error}。", en=f"Unknown text encoding: {error}."),
            [Fault(file=name, column="--encoding", allowed="UTF-8、GBK、GB18030")],
        ) from error
    except (DataSourceError, DataLayerError, FieldError) as error:
        reason = str(error).split(";", maxsplit=1)[0].replace(str(path), name)
        raise FileFormatError(
            Text(f"{name} 不能作为 {format_name} 读取：{reason}", en=f"{name} is no {format_name}: {reason}"),
            [Fault(file=name, value=format_name)],
        ) from error


_SOURCE: Final = re.compile(r'"来源"\s*:\s*("(?:[^"\\]|\\.)*")')
_HEAD_BYTES: Final = 1 << 16
_NO_SOURCE: Final = "未注明"


def _stated_source(path: Path) -> str | None:
    """Return the source our GeoJSON exports name before their features, so that a credit is not lost on the way."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).decode("utf-8", errors="ignore").split('"features"', maxsplit=1)[0]
    found = _SOURCE.search(head)
    source = None if found is None else str(json.loads(found[1]))
    return None if source == _NO_SOURCE else source


def _states_crs(path: Path) -> bool:
    """Return whether a GeoJSON file has the old ``crs`` member (a property of that name is taken for it)."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            if _GEOJSON_CRS.search(tail + chunk):
                return True
            tail = chunk[-64:]
    return False
