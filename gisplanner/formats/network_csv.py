"""Networks in text tables: one half of a survey's pair of tables, or a table with its geometry written as WKT."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.formats.survey_book import PROBLEM, ROW, SurveyBookReader
from gisplanner.formats.table import Table, read_bytes
from gisplanner.formats.table_csv import read_csv
from gisplanner.text import Text

LAYER: Final = "table"
_WKT: Final = frozenset({"wkt", "geometry", "geom", "the_geom", "几何", "图形"})


class NetworkCsvReader:
    """Reads ``*.csv``: with a column of WKT by itself, without one as the pair of tables it belongs to."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer there is."""
        table = read_csv(read_bytes(path), file=path.name)
        if _wkt_column(table) is None:
            return SurveyBookReader().layers(path)
        return [LayerInfo(LAYER, rows=len(table.rows) - 1)]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return the rows; one whose WKT cannot be read has no geometry and says why."""
        table = read_csv(read_bytes(path), file=path.name)
        column = _wkt_column(table)
        if column is None:
            return SurveyBookReader().read(path, layer, encoding=encoding)
        headings = _headings(table)
        kept = [position for position, name in enumerate(headings) if name and position != column]
        rows: list[dict[str, Any]] = []
        for row in table.rows[1:]:
            if row.blank:
                continue
            written = row.cell(column).text.strip()
            shape = shapely.from_wkt(written, on_invalid="ignore") if written else None
            values: dict[str, Any] = {headings[position]: row.cell(position).text or None for position in kept}
            problem = None if shape is not None else Text("WKT 读不出图形", en="the WKT is no geometry")
            rows.append({**values, ROW: row.number, PROBLEM: problem, "geometry": shape})
        names = dict.fromkeys([*(headings[position] for position in kept), ROW, PROBLEM, "geometry"])
        frame = gpd.GeoDataFrame(rows, columns=list(names), geometry="geometry", crs=None)
        frame[PROBLEM] = pd.Series([row[PROBLEM] for row in rows], dtype=object)
        return RawLayer(frame)


def _headings(table: Table) -> list[str]:
    return [unicodedata.normalize("NFKC", cell.text).strip() for cell in table.rows[0].cells] if table.rows else []


def _wkt_column(table: Table) -> int | None:
    return next((position for position, name in enumerate(_headings(table)) if name.casefold() in _WKT), None)
