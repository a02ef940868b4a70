"""Networks in tables (XLSX, CSV): with their geometry written as WKT, or the points and lines of a survey."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from gisplanner.formats.layers import LayerInfo, RawLayer, raw_frame
from gisplanner.formats.survey_book import PROBLEM, ROW, SurveyBookReader
from gisplanner.formats.wkt_sheet import find_outlines
from gisplanner.text import Text


class NetworkTableReader:
    """Reads ``*.xlsx`` and ``*.csv``: with a column of WKT by itself, without one as the tables of a survey."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer there is."""
        found = find_outlines(path)
        if found is None:
            return SurveyBookReader().layers(path)
        return [LayerInfo(found.table.sheet or path.stem, rows=len(found.rows))]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return the rows; one whose WKT cannot be read has no geometry and says why."""
        found = find_outlines(path)
        if found is None:
            return SurveyBookReader().read(path, layer, encoding=encoding)
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
