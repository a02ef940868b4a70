"""Files of lines in every habit: what goes in has to come out of the database, or be refused by row."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import ezdxf
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from openpyxl import Workbook

EAST, NORTH = 576_811.0, 2_839_390.0
ROWS = 60
Made = tuple[Path, dict[str, str]]


def truth() -> gpd.GeoDataFrame:
    """Sixty lines of a waterworks with the attributes a survey has."""
    dice = np.random.default_rng(6)
    starts = np.column_stack([EAST + dice.uniform(0, 400, ROWS), NORTH + dice.uniform(0, 400, ROWS)])
    shapes = [shapely.LineString([start, start + dice.uniform(5, 40, 2)]) for start in starts]
    return gpd.GeoDataFrame(
        {
            "编号": [f"给{number:03d}" for number in range(ROWS)],
            "管类": "给水",
            "管径": [("DN300", "Φ160mm", "300×200", "110")[number % 4] for number in range(ROWS)],
            "材质": [("球墨铸铁", "PE", "钢管")[number % 3] for number in range(ROWS)],
            "埋深": np.round(dice.uniform(0.7, 2.0, ROWS), 2),
        },
        geometry=shapes,
        crs=4547,
    )


def files(folder: Path) -> Iterator[tuple[str, str, str, Callable[[], Made]]]:
    """Yield format, encoding, CRS and how the file is made (path and options of the import)."""
    for epsg in (4547, 4490, 4326, 4548):
        yield "GeoPackage", "UTF-8", f"EPSG:{epsg}", lambda epsg=epsg: _plain(folder, epsg, ".gpkg")
        yield "GeoParquet", "UTF-8", f"EPSG:{epsg}", lambda epsg=epsg: _plain(folder, epsg, ".parquet")
        for encoding in ("GBK", "UTF-8"):
            yield "Shapefile.zip", encoding, f"EPSG:{epsg}", lambda e=epsg, c=encoding: _shape(folder, e, c)
    yield "Shapefile.zip, no .cpg", "GBK", "EPSG:4547", lambda: _shape(folder, 4547, "GBK", cpg=False)
    yield "GeoJSON", "UTF-8", "EPSG:4326", lambda: _plain(folder, 4326, ".geojson")
    yield "KML", "UTF-8", "EPSG:4326", lambda: _kml(folder)
    for epsg in (4547, 4548):
        yield "XLSX, points + lines", "UTF-8", f"EPSG:{epsg} declared", lambda epsg=epsg: _book(folder, epsg)
        yield "DXF R2000", "GBK", f"EPSG:{epsg} declared", lambda epsg=epsg: _drawing(folder, epsg)
        for encoding in ("utf-8", "gb18030"):
            yield (
                "CSV, points + lines",
                encoding,
                f"EPSG:{epsg} declared",
                (lambda e=epsg, c=encoding: _survey(folder, e, c)),
            )
            yield "CSV with WKT", encoding, f"EPSG:{epsg} declared", lambda e=epsg, c=encoding: _wkt(folder, e, c)


def wrong_files(folder: Path) -> Iterator[tuple[str, Callable[[], Made]]]:
    """Yield what is wrong with a file and how it is made: each has to be refused."""
    lines = truth()
    degrees = lines.to_crs(4490)
    swapped = shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    for what, frame in (
        ("axes swapped", degrees.set_geometry(swapped, crs=4490)),
        ("degrees declared as metres", degrees.set_crs(4547, allow_override=True)),
        ("metres declared as degrees", lines.set_crs(4490, allow_override=True)),
        ("another province", lines.set_geometry(lines.geometry.translate(0, 500_000))),
        ("no such utility", lines.assign(管类="磁悬浮")),
        ("another owner's", lines.assign(权属="别的公司")),
        ("points for lines", lines.set_geometry(lines.geometry.centroid.buffer(1.0))),
    ):
        path = folder / f"{abs(hash(what))}.gpkg"

        def make(frame: gpd.GeoDataFrame = frame, path: Path = path) -> Made:
            frame.to_file(path)
            return path, {}

        yield what, make


def _plain(folder: Path, epsg: int, ending: str) -> Made:
    path = folder / f"lines{epsg}{ending}"
    frame = truth().to_crs(epsg)
    if ending == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path, {}


def _kml(folder: Path) -> Made:
    path = folder / "lines.kml"
    truth().to_crs(4326).to_file(path, driver="LIBKML")
    return path, {}


def _shape(folder: Path, epsg: int, encoding: str, *, cpg: bool = True) -> Made:
    inner = folder / f"shp{epsg}{encoding}{cpg}"
    inner.mkdir()
    truth().to_crs(epsg).to_file(inner / "lines.shp", encoding=encoding)
    if not cpg:
        (inner / "lines.cpg").unlink()
    archive = folder / f"{inner.name}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part in sorted(inner.iterdir()):
            packed.write(part, part.name)
    return archive, {}


def _tables(epsg: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = truth().to_crs(epsg)
    ends = shapely.get_coordinates(frame.geometry.to_numpy()).reshape(-1, 2, 2)
    points = [
        (f"P{row}{end}", xy[1], xy[0], "阀门井") for row, pair in enumerate(ends) for end, xy in enumerate(pair)
    ]
    lines = [
        (f"P{number}0", f"P{number}1", row.埋深, row.埋深, row.管径, row.材质)
        for number, row in enumerate(frame.itertuples())
    ]
    return (
        pd.DataFrame(points, columns=["Exp_No", "X", "Y", "Subsid"]),
        pd.DataFrame(lines, columns=["S_Point", "E_Point", "S_Deep", "E_Deep", "D_S", "Material"]),
    )


def _book(folder: Path, epsg: int) -> Made:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in zip(("JSPOINT", "JSLINE"), _tables(epsg), strict=True):
        sheet = book.create_sheet(name)
        for row in [list(table.columns), *table.to_numpy().tolist()]:
            sheet.append(row)
    path = folder / f"book{epsg}.xlsx"
    book.save(path)
    return path, {"crs": f"EPSG:{epsg}"}


def _survey(folder: Path, epsg: int, encoding: str) -> Made:
    inner = folder / f"csv{epsg}{encoding}"
    inner.mkdir()
    for name, table in zip(("JSPOINT", "JSLINE"), _tables(epsg), strict=True):
        table.to_csv(inner / f"{name}.csv", index=False, encoding=encoding)
    return inner / "JSLINE.csv", {"crs": f"EPSG:{epsg}"}


def _wkt(folder: Path, epsg: int, encoding: str) -> Made:
    frame = truth().to_crs(epsg)
    table = pd.DataFrame(frame.drop(columns="geometry")).assign(WKT=frame.geometry.to_wkt())
    path = folder / f"wkt{epsg}{encoding}.csv"
    table.to_csv(path, index=False, encoding=encoding)
    return path, {"crs": f"EPSG:{epsg}"}


def _drawing(folder: Path, epsg: int) -> Made:
    drawing = ezdxf.new("R2000")
    drawing.encoding = "gbk"
    drawing.layers.add("给水管线")
    for line in truth().to_crs(epsg).geometry:
        drawing.modelspace().add_lwpolyline(list(line.coords), dxfattribs={"layer": "给水管线"})
    path = folder / f"lines{epsg}.dxf"
    drawing.saveas(path)
    return path, {"crs": f"EPSG:{epsg}"}
