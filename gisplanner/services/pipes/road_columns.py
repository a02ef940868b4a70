"""What a row of the street layer says: whose ground it is, how wide, its name."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.domain.clearance_tables import Place
from gisplanner.domain.pipe_values import read_word
from gisplanner.planning.pipes.corridors.roads import Floats

MUNICIPAL: Final = frozenset(
    f"{kind}{link}"
    for kind in ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential")
    for link in ("", "_link")
)
"""``highway`` values of city roads (市政道路); lanes, paths and service ways belong to the courtyard."""
_NAMES: Final = ("name", "名称", "code", "id")


def place_of(row: dict[Any, Any]) -> Place:
    """Return whether a street is a city road or belongs to a courtyard."""
    told = row.get("where", row.get("place"))
    word = None if told is None or told != told else read_word("where", told)  # noqa: PLR0124 - NaN is not itself
    if word is not None:
        return "municipal_road" if word == "municipal_road" else "courtyard"
    return "municipal_road" if row.get("highway") in MUNICIPAL else "courtyard"


def metres_of(roads: gpd.GeoDataFrame, *names: str) -> Floats:
    """Return the first of the columns that is there, in metres; NaN where it says nothing above 0."""
    for name in names:
        if name in roads.columns:
            read = pd.to_numeric(roads[name], errors="coerce").to_numpy(dtype=np.float64)
            return np.where(read > 0.0, read, np.nan)
    return np.full(len(roads), np.nan)


def name_told(row: dict[Any, Any]) -> str | None:
    """Return the name of a street, ``None`` where it has none."""
    for column in _NAMES:
        value = row.get(column)
        if value is not None and value == value and str(value).strip():  # noqa: PLR0124 - NaN is not itself
            return str(value).strip()
    return None
