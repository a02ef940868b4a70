"""What some estates are called and add up to: 户, 栋, 万㎡."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.bundling import EstateId
from gisplanner.domain.subsidy import Totals

_FIGURES: Final = ("households", "buildings", "floor_area_10k_m2")


def names_of(estates: gpd.GeoDataFrame) -> dict[str, str]:
    """Return what a person calls each estate, by code: its name where it has one, else its code."""
    pairs = zip(estates["code"], estates["name"], strict=True)
    return {code: name if isinstance(name, str) and name.strip() else code for code, name in pairs}


Figures = Mapping[EstateId, tuple[Decimal | None, ...]]
"""Households, buildings and floor area of each estate; ``None`` is unknown."""


def figures_of(estates: gpd.GeoDataFrame, ids: Iterable[EstateId] | None = None) -> Figures:
    """Return the figures of estates, read once; ``ids`` name them where their index does not."""
    columns = [
        [None if pd.isna(value) else Decimal(str(value)) for value in estates[figure]]
        if figure in estates.columns
        else [None] * len(estates)
        for figure in _FIGURES
    ]
    return dict(zip(estates.index if ids is None else ids, zip(*columns, strict=True), strict=True))


def totals_of(figures: Figures, members: Iterable[EstateId]) -> Totals:
    """Return the totals of members; those that are not there are passed over.

    Examples
    --------
    >>> totals_of({"a": (Decimal(3), Decimal(1), None), "b": (Decimal(4), None, None)}, ["a", "b", "c"])
    Totals(estates=2, households=7, buildings=None, floor_area_10k_m2=None)
    """
    rows = [figures[one] for one in members if one in figures]
    households, buildings, area = (_sum([row[at] for row in rows]) for at in range(len(_FIGURES)))
    return Totals(
        estates=len(rows),
        households=None if households is None else int(households),
        buildings=None if buildings is None else int(buildings),
        floor_area_10k_m2=area,
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


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total
