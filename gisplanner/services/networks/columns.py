"""Columns of a file of lines under the names this program knows, whatever its owner calls them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.layers import layer, utilities
from gisplanner.formats.attributes import match_headings

LAYER: Final = "pipe_segments"
POINTS: Final = "network_points"
CHECK_NAMES: Final = {"section_text": "diameter_mm", "place": "where"}
"""Columns of the stored layer that the clearance check knows under another name."""


def headings_of(columns: list[str], remembered: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return which heading of a file fills which column; what was said before or by hand comes first.

    Examples
    --------
    >>> headings_of(["管类", "管径", "备注"])
    {'utility': '管类', 'section_text': '管径'}
    """
    found = {**match_headings(columns, layer(POINTS)), **match_headings(columns, layer(LAYER))}
    known = {name: heading for name, heading in (remembered or {}).items() if heading in columns}
    free = {name: heading for name, heading in found.items() if heading not in known.values()}
    return {**free, **known}


def utility_code(value: Any) -> str | None:
    """Return the code of a utility by code, name or synonym.

    Examples
    --------
    >>> [utility_code(word) for word in ("给水", "RQ", "联通", "供气设施", "强弱电设施", "磁悬浮")]
    ['water', 'gas', 'telecom', 'gas', None, None]
    """
    return _by_word().get(_folded(str(value)))


def utility_codes(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return what a column says of the kind of pipeline as codes; what nobody knows stays as it was written."""
    return values.map(lambda value: value if pd.isna(value) else utility_code(value) or value).astype(object)


def check_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return lines with the columns of the clearance check: renamed, utilities as codes, nothing else changed.

    A utility nobody knows stays as it was written; the check refuses it with its row.
    """
    names = [str(column) for column in frame.columns if column != frame.geometry.name]
    headings = headings_of(names)
    values: dict[str, pd.Series[Any]] = {
        CHECK_NAMES.get(name, name): frame[heading] for name, heading in headings.items()
    }
    if "utility" in values:
        values["utility"] = utility_codes(values["utility"])
    return gpd.GeoDataFrame(values, geometry=frame.geometry, index=frame.index)


@cache
def _by_word() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, spec in utilities().items():
        for word in (code, spec.name, spec.english, *spec.synonyms):
            found.setdefault(_folded(word), code)
    named = {code: {word for words in spec.named.values() for word in words} for code, spec in utilities().items()}
    shared = Counter(word for words in named.values() for word in words)
    for code, words in named.items():
        for word in words:
            if shared[word] == 1:  # 强弱电 names two kinds, so it tells none
                found.setdefault(_folded(word), code)
    return found


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
