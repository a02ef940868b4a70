"""Geometry files in: one door, one reader per format, and a table of readers by the end of the file's name.

A new format is one module that offers a :class:`VectorReader` and one line in :data:`READERS`. A reader says which
layers a file has and reads one of them as it stands; everything else is done here or by who asked: the choice of
the layer, the reference system, what the rows are worth.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import geopandas as gpd
from pyproj import CRS

from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import Fault, FileFormatError, NotFoundError
from gisplanner.formats.dxf import DxfReader
from gisplanner.formats.kml import KmlReader
from gisplanner.formats.layers import LayerInfo, VectorReader
from gisplanner.formats.ogr import DatasetReader, LooseShapefileReader
from gisplanner.formats.osm import OSM_CREDIT, OsmReader
from gisplanner.formats.parquet import GeoParquetReader
from gisplanner.formats.reading_limits import check_frame, check_rows
from gisplanner.formats.reference import declare_crs
from gisplanner.formats.wkt_sheet import WktSheetReader
from gisplanner.formats.zipped import ZippedShapefileReader
from gisplanner.text import Text

READERS: Final[Mapping[str, VectorReader]] = MappingProxyType(
    {
        ".gpkg": DatasetReader("GeoPackage"),
        ".geojson": DatasetReader("GeoJSON"),
        ".json": DatasetReader("GeoJSON"),
        ".zip": ZippedShapefileReader(),
        ".shp": LooseShapefileReader(),
        ".parquet": GeoParquetReader(),
        ".geoparquet": GeoParquetReader(),
        ".dxf": DxfReader(),
        ".kml": KmlReader(),
        ".xlsx": WktSheetReader(),
        ".csv": WktSheetReader(),
        ".osm": OsmReader(),
        ".osm.gz": OsmReader(),
        ".osm.bz2": OsmReader(),
        ".pbf": OsmReader(),
    }
)
"""Reader of each file by the end of its name, in small letters; the longest that fits is taken."""

SUPPORTED: Final = Text(
    "GeoPackage（.gpkg）、GeoJSON（.geojson）、打包的 Shapefile（.zip）、GeoParquet（.parquet）、"
    "DXF（.dxf）、KML（.kml）、含 WKT 列的表（.xlsx、.csv）、OSM（.osm、.osm.pbf）",
    en="GeoPackage (.gpkg), GeoJSON (.geojson), zipped Shapefile (.zip), GeoParquet (.parquet), DXF (.dxf), "
    "KML (.kml), tables with a column of WKT (.xlsx, .csv), OSM (.osm, .osm.pbf)",
)


@dataclass(frozen=True, slots=True)
class VectorFile:
    """One layer of a file as it was read.

    Attributes
    ----------
    frame
        Rows in file order; the index is the row number from 0. Geometry in ``crs``, missing geometry ``None``,
        nothing repaired, nothing dropped.
    crs
        The file's own reference system, or the declared one; WGS84 after ``gcj02``/``bd09``.
    declared_crs
        What was declared by hand, as it was written.
    tolerant
        Whether odd attribute values are to be left out and listed instead of refused: nobody can mend them in a
        file that was taken from a public map.
    cut_names
        Headings whose end may be missing, because the format holds no longer ones (Shapefile).
    credit
        Licence line that has to travel with the data.
    notes
        What reading changed or left out, for people.
    sha256
        Of the file's bytes.
    """

    path: Path
    layer: str
    frame: gpd.GeoDataFrame
    crs: CRS
    declared_crs: str | None
    tolerant: bool
    credit: str | None
    notes: tuple[Text, ...]
    sha256: str
    cut_names: tuple[str, ...] = ()


def read_vector(
    path: Path,
    *,
    prefer: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    readers: Mapping[str, VectorReader] = READERS,
    local: tuple[LocalGrid, CRS] | None = None,
) -> VectorFile:
    """Read one layer of a geometry file.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, zipped Shapefile, GeoParquet or OSM file.
    prefer
        Name of the layer to take when ``layer`` is not given, e.g. ``"estates"``; else the only one is taken.
    layer
        Name of the layer; ``None`` chooses.
    crs
        ``EPSG:n``, ``gcj02`` or ``bd09`` for a file that does not say; see
        :func:`gisplanner.formats.reference.declare_crs`.
    encoding
        Encoding of the attribute text, where the format does not fix it (Shapefile).
    readers
        What else may be read where more than the usual formats are handed in.
    local
        Local grid the coordinates are in, and the system it leads to.

    Raises
    ------
    NotFoundError
        No such file, or no such layer; the layers there are stand in the fault.
    FileFormatError
        The file is of no supported kind, or cannot be read as what it claims to be.
    CrsError
        No reference system in the file and none declared, or the two contradict each other.
    TooLargeError
        It has more rows or vertices than the limits in force, see :mod:`gisplanner.formats.reading_limits`.
    """
    path = Path(path)
    reader = _reader(path, readers)
    info = _chosen_layer(path, reader.layers(path), layer, prefer)
    check_rows(path, info.name, info.rows)
    raw = reader.read(path, info.name, encoding=encoding)
    check_frame(path, info.name, raw.frame)
    frame, system = declare_crs(path, raw, crs, local)
    from_osm = set(frame.columns) >= _OSM_COLUMNS
    return VectorFile(
        path=path,
        layer=info.name,
        frame=frame,
        crs=system,
        declared_crs=crs,
        tolerant=raw.tolerant or from_osm,
        credit=raw.credit or (OSM_CREDIT if from_osm else None),
        notes=raw.notes,
        sha256=_sha256(path),
        cut_names=raw.cut_names,
    )


def layer_names(path: Path) -> frozenset[str]:
    """Return the names of the layers of a file.

    Raises
    ------
    NotFoundError, FileFormatError
        As :func:`read_vector`.
    """
    return frozenset(info.name for info in _reader(Path(path), READERS).layers(Path(path)))


def _reader(path: Path, readers: Mapping[str, VectorReader]) -> VectorReader:
    if not path.exists():
        raise NotFoundError(Text(f"没有文件 {path}。", en=f"There is no file {path}."), [Fault(file=str(path))])
    if not os.access(path, os.R_OK):
        raise NotFoundError(
            Text(f"没有读取 {path} 的权限。", en=f"There is no permission to read {path}."), [Fault(file=str(path))]
        )
    name = path.name.lower()
    endings = [ending for ending in readers if name.endswith(ending)]
    if path.is_dir() or not endings:
        hint = _HINTS.get(path.suffix.lower())
        raise FileFormatError(
            Text(
                f"不支持 {path.name}：可导入 {SUPPORTED}。", en=f"{path.name} is not supported; give {SUPPORTED.en}."
            ),
            [Fault(file=path.name, value=path.suffix or None, allowed=SUPPORTED, hint=hint)],
        )
    if path.stat().st_size == 0:
        raise FileFormatError(Text(f"{path.name} 是空文件。", en=f"{path.name} is empty."), [Fault(file=path.name)])
    return readers[max(endings, key=len)]


_HINTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        ".dwg": Text(
            "请在 CAD 中用“另存为”存成 DXF（如 AutoCAD 2004 DXF）再导入",
            en="save it as DXF in CAD («Save as», e.g. AutoCAD 2004 DXF) and import that",
        ),
        ".dbf": Text("请把 .shp .shx .dbf .prj 打包成 .zip", en="zip .shp .shx .dbf .prj together"),
        ".rar": Text("请改用 .zip 打包", en="use .zip"),
        ".7z": Text("请改用 .zip 打包", en="use .zip"),
    }
)


def _chosen_layer(path: Path, found: Sequence[LayerInfo], wanted: str | None, preferred: str | None) -> LayerInfo:
    by_name = {info.name: info for info in found}
    spatial = [info for info in found if info.has_geometry]
    if wanted is not None:
        if wanted in by_name:
            return by_name[wanted]
        message = Text(f"{path.name} 里没有图层 {wanted}。", en=f"{path.name} has no layer {wanted}.")
    elif preferred in by_name:
        return by_name[preferred]
    elif len(spatial) == 1:
        return spatial[0]
    elif not spatial:
        raise FileFormatError(
            Text(f"{path.name} 里没有图形图层。", en=f"{path.name} has no layer with geometry."),
            [Fault(file=path.name, value="、".join(by_name) or None)],
        )
    else:
        message = Text(
            f"{path.name} 里没有名为 {preferred} 的图层，请用 --layer 指定一个。",
            en=f"{path.name} has no layer named {preferred}; choose one with --layer.",
        )
    there = "、".join(f"{info.name}（{info.rows} 行）" if info.rows is not None else info.name for info in spatial)
    raise NotFoundError(message, [Fault(file=path.name, column="--layer", value=wanted or preferred, allowed=there)])


_OSM_COLUMNS: Final = frozenset({"osm_type", "osm_id"})
"""A file with these columns was made from OpenStreetMap, whatever its format."""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
