"""Tables with a column of outlines as WKT in (XLSX, CSV): our own attribute sheet back, or one made like it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.crs import parse_crs
from gisplanner.errors import CrsError, Fault, FileFormatError, GeometryError
from gisplanner.formats.annex import read_tables
from gisplanner.formats.annex_columns import plain_header
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.formats.table import Table, TableRow, read_bytes
from gisplanner.text import Text

_WKT: Final = re.compile(r"(?:轮廓|图形|几何|geometry|geom|wkt)(?:\((?:wkt)?[,、]?\s*(?P<crs>epsg:\d+)?\))?")
_CENTRE: Final = re.compile(r"中心[经纬]度.*")
_SEARCHED_ROWS: Final = 20


class WktSheetReader:
    """Reads the first sheet that has a column of WKT; its heading names the reference system."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer of a table."""
        table, head, _ = _found(path)
        return [LayerInfo(table.sheet or path.stem, rows=sum(not row.blank for row in _below(table, head)))]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002 - it has one layer
        """Return the rows of the table.

        Raises
        ------
        FileFormatError
            It is no table, or has no column of WKT.
        GeometryError
            An outline is no WKT; all of them together.
        """
        table, head, at = _found(path)
        rows = [row for row in _below(table, head) if not row.blank]
        columns = [
            (place, cell.text.strip())
            for place, cell in enumerate(head.cells)
            if cell.text.strip() and place != at and not _CENTRE.fullmatch(plain_header(cell.text))
        ]
        values = {name: [row.cell(place).text.strip() or None for row in rows] for place, name in columns}
        shapes = _shapes(path, table, rows, at)
        frame = gpd.GeoDataFrame(pd.DataFrame(values, dtype=object), geometry=shapes, crs=_crs(head.cells[at].text))
        return RawLayer(frame)


def _found(path: Path) -> tuple[Table, TableRow, int]:
    """Return the sheet, its header row and the place of the WKT column."""
    for table in read_tables(read_bytes(path), path):
        for row in table.rows[:_SEARCHED_ROWS]:
            for at, cell in enumerate(row.cells):
                if _WKT.fullmatch(plain_header(cell.text)):
                    return table, row, at
    raise FileFormatError(
        Text(f"{path.name} 里没有图形列（WKT）。", en=f"{path.name} has no column of outlines (WKT)."),
        [Fault(file=path.name, allowed="轮廓（WKT，EPSG:4547）")],
    )


def _below(table: Table, head: TableRow) -> list[TableRow]:
    return [row for row in table.rows if row.number > head.number]


def _shapes(path: Path, table: Table, rows: list[TableRow], at: int) -> Any:
    texts = np.array([row.cell(at).text.strip() or None for row in rows], dtype=object)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    bad = [
        Fault(path.name, table.sheet, row.number, "WKT", str(text)[:40], allowed="POLYGON ((…))")
        for row, text, shape in zip(rows, texts, shapes, strict=True)
        if text is not None and shape is None
    ]
    if bad:
        raise GeometryError(
            Text(f"{path.name} 有 {len(bad)} 行图形读不出。", en=f"{path.name}: {len(bad)} outlines cannot be read."),
            bad,
        )
    return shapes


def _crs(heading: str) -> CRS | None:
    found = _WKT.fullmatch(plain_header(heading))
    named = None if found is None else found["crs"]
    try:
        return None if named is None else parse_crs(named.upper())
    except CrsError:
        return None
