"""What some estates add up to: 户, 栋, 万㎡."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import geopandas as gpd
import pandas as pd

from gisplanner.domain.bundling import EstateId
from gisplanner.domain.subsidy import Totals


def totals_of(estates: gpd.GeoDataFrame, members: Iterable[EstateId]) -> Totals:
    """Return the totals of members of ``estates``, which is indexed by their ids."""
    rows = estates.loc[[one for one in members if one in estates.index]]
    households, buildings = _sum(rows, "households"), _sum(rows, "buildings")
    return Totals(
        estates=len(rows),
        households=None if households is None else int(households),
        buildings=None if buildings is None else int(buildings),
        floor_area_10k_m2=_sum(rows, "floor_area_10k_m2"),
    )


def totals_document(totals: Totals) -> dict[str, Any]:
    """Return the JSON form; the exact area is text."""
    area = totals.floor_area_10k_m2
    return {
        "count": totals.estates,
        "households": totals.households,
        "buildings": totals.buildings,
        "floor_area_10k_m2": None if area is None else format(area, "f"),
    }


def _sum(rows: gpd.GeoDataFrame, figure: str) -> Decimal | None:
    if figure not in rows.columns or pd.isna(rows[figure]).any():
        return None
    return sum((Decimal(str(value)) for value in rows[figure]), Decimal(0))
