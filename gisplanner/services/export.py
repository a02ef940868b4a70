"""Write a stored layer to a file in the format its reader wants, and say what that format cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import geopandas as gpd
from pyproj import CRS

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.crs import WGS84, crs_name
from gisplanner.domain.district import District
from gisplanner.domain.layers import LayerSpec
from gisplanner.errors import Fault, InputError, RefusedError
from gisplanner.formats.dxf_writer import write_dxf
from gisplanner.formats.geojson import GeoJson, RepairReason, write_geojson
from gisplanner.formats.geopackage_writer import write_geopackage, write_geoparquet
from gisplanner.formats.kml_writer import write_kml
from gisplanner.formats.layer_table import LayerTable, Written
from gisplanner.formats.shapefile_writer import write_shapefile
from gisplanner.formats.sheet_writer import write_sheet
from gisplanner.maps.outlines import coarsened
from gisplanner.maps.sheet import PUBLIC_GRID_M
from gisplanner.services.layers import layer_frame
from gisplanner.services.register.printed import export_register
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

__all__ = [
    "FORMATS",
    "NOT_REVIEWED",
    "PUBLIC_GRID_M",
    "REGISTER",
    "ExportResult",
    "FileKind",
    "Format",
    "export_layer",
    "layer_table",
    "layer_title",
]

Format = Literal["geojson", "gpkg", "shp", "dxf", "xlsx", "parquet", "kml"]

REGISTER: Final = "register"
"""Name under which the register itself is exported; no layer of ``layers/``."""

NOT_REVIEWED: Final = "未经地图审核不得公开"
_BETWEEN_SOURCES: Final = "；"
_NO_SOURCE: Final = "未注明"
_ILLUSTRATIVE: Final = "illustrative"
_DEGREES: Final = frozenset({"geojson", "kml"})


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a format is called, how its files end and what they are sent as."""

    title: str
    suffix: str
    media_type: str


FORMATS: Final[Mapping[Format, FileKind]] = MappingProxyType(
    {
        "geojson": FileKind("GeoJSON", ".geojson", "application/geo+json"),
        "gpkg": FileKind("GeoPackage", ".gpkg", "application/geopackage+sqlite3"),
        "shp": FileKind("Shapefile", ".zip", "application/zip"),
        "parquet": FileKind("GeoParquet", ".parquet", "application/vnd.apache.parquet"),
        "xlsx": FileKind("Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "kml": FileKind("KML", ".kml", "application/vnd.google-earth.kml+xml"),
        "dxf": FileKind("DXF", ".dxf", "image/vnd.dxf"),
    }
)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A file that was written.

    ``fields`` maps a heading to its name in the file where the two differ; ``losses`` names, a sentence each,
    what the format cannot hold or what was changed for it.
    """

    layer: str
    format: Format
    path: Path
    crs: str
    features: int
    without_geometry: int
    illustrative: int
    public: bool
    fields: Mapping[str, str]
    losses: tuple[str, ...]


def export_layer(
    db: Database,
    district: District,
    layer: str,
    file_format: Format,
    out: Path,
    *,
    public: bool = False,
    public_grid_m: float = PUBLIC_GRID_M,
) -> ExportResult:
    """Write one layer of ``layers/``, or the ``register`` in its printed layout, to ``out``, whole or not at all.

    GeoJSON and KML are in WGS 84, all others in the district's metric CRS. The public version (公众版) has the
    public columns only, coordinates moved to a grid of ``public_grid_m`` metres, and says 未经地图审核不得公开.

    Raises
    ------
    NotFoundError
        There is no such layer.
    RefusedError
        A public export of a layer that is not for the public.
    InputError
        ``out`` cannot be written to, the grid is not a positive number of metres, or the register is wanted as
        anything but XLSX.
    """
    if layer == REGISTER:
        return _export_register(db, district, file_format, out, public=public)
    table = layer_table(db, district, layer, public=public, public_grid_m=public_grid_m)
    written = _WRITERS[file_format](out, table)
    frame = table.frame
    return ExportResult(
        layer=layer,
        format=file_format,
        path=out,
        crs=crs_name(WGS84 if file_format in _DEGREES else CRS.from_user_input(frame.crs)),
        features=len(frame),
        without_geometry=int((frame.geometry.isna() | frame.geometry.is_empty).sum()),
        illustrative=_illustrative(frame),
        public=public,
        fields=written.fields,
        losses=written.losses,
    )


def layer_title(layer: str) -> str:
    """Return what a layer is called, e.g. 老旧小区.

    Raises
    ------
    NotFoundError
        There is no such layer.
    """
    return layer_spec(layer).title


def layer_table(
    db: Database, district: District, layer: str, *, public: bool = False, public_grid_m: float = PUBLIC_GRID_M
) -> LayerTable:
    """Return a layer ready to be written: its columns, rows, and the notes every file carries.

    Raises
    ------
    NotFoundError, RefusedError, InputError
        See :func:`export_layer`.
    """
    spec = layer_spec(layer)
    if public and not spec.public:
        raise _not_for_the_public(layer, spec.title)
    if not 0 < public_grid_m < float("inf"):
        raise InputError(
            Text("概化网格应是正数（米）。", en="The grid must be a positive number of metres."),
            [Fault(column="--public-grid", value=str(public_grid_m), allowed="> 0")],
        )
    frame = layer_frame(db, district, layer)
    columns = spec.columns
    if public:
        columns = tuple(column for column in columns if column.public)
        frame = frame[[*(column.name for column in columns), "geom"]]
        frame = frame.set_geometry(gpd.GeoSeries(coarsened(frame.geometry.to_numpy(), public_grid_m), crs=frame.crs))
    notes = _notes(db, district, spec, frame, public_grid_m if public else None)
    return LayerTable(spec.name, spec.title, spec.geometry, spec.id_column, columns, frame, notes)


def _export_register(
    db: Database, district: District, file_format: Format, out: Path, *, public: bool
) -> ExportResult:
    if public:
        raise _not_for_the_public(REGISTER, "台账")
    if file_format != "xlsx":
        raise InputError(
            Text("台账按方案附件的版式导出，只有 xlsx。", en="The register has its printed layout, xlsx only."),
            [Fault(layer=REGISTER, column="--format", value=file_format, allowed="xlsx")],
        )
    estates = export_register(db, district, out)
    return ExportResult(
        layer=REGISTER,
        format=file_format,
        path=out,
        crs=crs_name(district.crs),
        features=estates,
        without_geometry=estates,
        illustrative=0,
        public=False,
        fields={},
        losses=(Text("印刷版式没有图形", en="the printed layout holds no geometry"),),
    )


def _not_for_the_public(layer: str, title: str) -> RefusedError:
    return RefusedError(
        Text(f"{title}（{layer}）不对公众开放。", en=f"{layer} is not for the public."),
        [Fault(layer=layer, hint=Text("去掉 --public", en="leave out --public"))],
    )


def _notes(
    db: Database, district: District, spec: LayerSpec, frame: gpd.GeoDataFrame, grid_m: float | None
) -> dict[str, Any]:
    """Return what the file says about itself; no clock in it, so equal data give equal files."""
    notes: dict[str, Any] = {"名称": f"{district.name}{spec.title}", "来源": _sources(db, district, spec)}
    shown = _illustrative(frame)
    notes["示意数据"] = shown > 0
    if shown:
        notes["说明"] = f"{shown} 个要素的图形是示意数据，不是测绘成果"
    if grid_m is not None:
        notes["公众版"] = f"坐标概化到 {grid_m:g} 米网格，不含非公开字段"
        notes["声明"] = NOT_REVIEWED
    return notes


def _sources(db: Database, district: District, spec: LayerSpec) -> str:
    kinds = [spec.name, "register", "sketch"]
    with db.transaction() as connection:
        plan = queries().plan_title_latest(connection, district_id=district.id) if spec.name == "estates" else None
        credits_ = [row.credit for row in queries().layer_credits(connection, district_id=district.id, kinds=kinds)]
    named = [] if plan is None else [f"《{plan.document_title}》（{plan.document_number}）"]
    # A file of ours that came back brings its sources as one line.
    single = [source for line in (*named, *credits_) for source in line.split(_BETWEEN_SOURCES)]
    return _BETWEEN_SOURCES.join(dict.fromkeys(one for one in single if one != _NO_SOURCE)) or _NO_SOURCE


def _illustrative(frame: gpd.GeoDataFrame) -> int:
    return int(frame[_ILLUSTRATIVE].fillna(value=False).sum()) if _ILLUSTRATIVE in frame.columns else 0


def _geojson(path: Path, table: LayerTable) -> Written:
    made = write_geojson(path, table.frame, table.columns, id_column=table.id_column, members=table.notes)
    return Written(losses=_repairs(made))


def _repairs(made: GeoJson) -> tuple[str, ...]:
    told: dict[RepairReason, tuple[str, str]] = {
        "rings": ("取 7 位小数后边界自相接触，已在该精度上重建", "rebuilt: boundaries met at seven decimals"),
        "collapsed": (
            "小于 7 位小数的精度，图形写为空",
            "smaller than seven decimals tell, written without geometry",
        ),
        "z": ("高程未写", "heights were left out"),
    }
    found = {reason: [one.id for one in made.repairs if one.reason == reason] for reason in told}
    return tuple(
        Text(f"{told[reason][0]}：{'、'.join(ids)}", en=f"{told[reason][1]}: {', '.join(ids)}")
        for reason, ids in found.items()
        if ids
    )


_WRITERS: Final[Mapping[Format, Callable[[Path, LayerTable], Written]]] = MappingProxyType(
    {
        "geojson": _geojson,
        "gpkg": write_geopackage,
        "shp": write_shapefile,
        "parquet": write_geoparquet,
        "xlsx": write_sheet,
        "kml": write_kml,
        "dxf": write_dxf,
    }
)
