"""Networks in tables (XLSX, CSV): with their geometry written as WKT, or the points and lines of a survey."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, Final

import pandas as pd
import shapely

from gisplanner.formats.annex import read_tables
from gisplanner.formats.layers import LayerInfo, RawLayer, raw_frame
from gisplanner.formats.survey_book import PROBLEM, ROW, read_survey_book
from gisplanner.formats.table import read_bytes
from gisplanner.formats.wkt_sheet import find_outlines
from gisplanner.text import Text

LAYER: Final = "table"


class NetworkTableReader:
    """Reads ``*.xlsx`` and ``*.csv``: with a column of WKT by itself, without one as the tables of a survey."""

    def layers(self, path: Path) -> list[LayerInfo]:  # noqa: ARG002 - every file has it
        """Return the one layer there is."""
        return [LayerInfo(LAYER)]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002 - one layer, Unicode
        """Return the rows; one whose WKT cannot be read has no geometry and says why."""
        tables = read_tables(read_bytes(path), path)
        found = find_outlines(tables)
        if found is None:
            return read_survey_book(path, tables)
        headings = {place: unicodedata.normalize("NFKC", name) for place, name in found.columns}
        rows: list[dict[str, Any]] = []
        for row in found.rows:
            written = row.cell(found.at).text.strip()
            shape = shapely.from_wkt(written, on_invalid="ignore") if written else None
            values: dict[str, Any] = {name: row.cell(place).text or None for place, name in headings.items()}
            problem = None if shape is not None else Text("WKT 读不出图形", en="the WKT is no geometry")
            rows.append({**values, ROW: row.number, PROBLEM: problem, "geometry": shape})
        frame = raw_frame(rows, headings.values(), crs=found.crs)
        frame[PROBLEM] = pd.Series([row[PROBLEM] for row in rows], dtype=object)
        return RawLayer(frame)
