"""Tables with a column of outlines as WKT in (XLSX, CSV): our own attribute sheet back, or one made like it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
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

_WKT: Final = re.compile(r"(?:轮廓|图形|几何|geometry|geom|the_geom|wkt)(?:\((?:wkt)?[,、]?\s*(?P<crs>epsg:\d+)?\))?")
_CENTRE: Final = re.compile(r"中心[经纬]度.*")
_SEARCHED_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Outlines:
    """A table with a column of WKT.

    Attributes
    ----------
    rows
        Those below the heading that hold anything.
    at
        Place of the column of WKT.
    crs
        Reference system its heading names.
    columns
        Place and heading of the others.
    """

    table: Table
    rows: list[TableRow]
    at: int
    crs: CRS | None
    columns: list[tuple[int, str]]


def find_outlines(tables: Sequence[Table]) -> Outlines | None:
    """Return the first table that has a column of WKT, ``None`` if there is none."""
    for table in tables:
        for head in table.rows[:_SEARCHED_ROWS]:
            for at, cell in enumerate(head.cells):
                if found := _WKT.fullmatch(plain_header(cell.text)):
                    rows = [row for row in table.rows if row.number > head.number and not row.blank]
                    return Outlines(table, rows, at, _crs(found["crs"]), _others(head, at))
    return None


def _others(head: TableRow, at: int) -> list[tuple[int, str]]:
    named = [(place, cell.text.strip()) for place, cell in enumerate(head.cells) if place != at]
    return [(place, name) for place, name in named if name and not _CENTRE.fullmatch(plain_header(name))]


class WktSheetReader:
    """Reads the first sheet that has a column of WKT; its heading names the reference system."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer of a table."""
        found = _required(path)
        return [LayerInfo(found.table.sheet or path.stem, rows=len(found.rows))]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002 - it has one layer
        """Return the rows of the table.

        Raises
        ------
        FileFormatError
            It is no table, or has no column of WKT.
        GeometryError
            An outline is no WKT; all of them together.
        """
        found = _required(path)
        values = {name: [row.cell(place).text.strip() or None for row in found.rows] for place, name in found.columns}
        frame = gpd.GeoDataFrame(pd.DataFrame(values, dtype=object), geometry=_shapes(path, found), crs=found.crs)
        return RawLayer(frame)


def _required(path: Path) -> Outlines:
    found = find_outlines(read_tables(read_bytes(path), path))
    if found is not None:
        return found
    raise FileFormatError(
        Text(f"{path.name} 里没有图形列（WKT）。", en=f"{path.name} has no column of outlines (WKT)."),
        [Fault(file=path.name, allowed="轮廓（WKT，EPSG:4547）")],
    )


def _shapes(path: Path, found: Outlines) -> Any:
    texts = np.array([row.cell(found.at).text.strip() or None for row in found.rows], dtype=object)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    bad = [
        Fault(path.name, found.table.sheet, row.number, "WKT", str(text)[:40], allowed="POLYGON ((…))")
        for row, text, shape in zip(found.rows, texts, shapes, strict=True)
        if text is not None and shape is None
    ]
    if bad:
        raise GeometryError(
            Text(f"{path.name} 有 {len(bad)} 行图形读不出。", en=f"{path.name}: {len(bad)} outlines cannot be read."),
            bad,
        )
    return shapes


def _crs(named: str | None) -> CRS | None:
    try:
        return None if named is None else parse_crs(named.upper())
    except CrsError:
        return None
