"""Estates that may not be dug up (不具备开挖条件): lines go overhead there (架空规整) or stay away, and it is told.

An estate is closed where the layer of a file says so, or where a permit to dig was refused and none was given.
"""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.district import District
from gisplanner.services.networks.applications import DIGGING
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.store.database import Database
from gisplanner.text import Text

COLUMNS: Final = ("diggable", "可开挖", "开挖条件")
_NO: Final = frozenset({"no", "0", "false", "n", "否", "不可", "不具备", "不可开挖"})
_REFUSED: Final = "不予批准"
_GIVEN: Final = frozenset({"已批准", "已恢复"})
KIND: Final = "不可开挖"


def closed_by_column(estates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the estates of a file that say they may not be dug up.

    Examples
    --------
    >>> import shapely
    >>> plots = [shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)]
    >>> told = gpd.GeoDataFrame({"name": ["甲", "乙"], "可开挖": ["是", "否"]}, geometry=plots)
    >>> list(closed_by_column(told)["name"])
    ['乙']
    """
    said = next((estates[name] for name in COLUMNS if name in estates.columns), None)
    if said is None:
        return estates.iloc[:0]
    return estates[[_refuses(value) for value in said]]


def closed_by_permit(db: Database, district: District, estates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the estates for which 道路开挖 was refused and never permitted."""
    states: dict[str, set[str]] = {}
    for one in stored_tasks(db, district, "application"):
        if one.cause == DIGGING and one.estate_code is not None:
            states.setdefault(one.estate_code, set()).add(one.standing)
    closed = {code for code, found in states.items() if _REFUSED in found and not found & _GIVEN}
    return estates[estates["code"].isin(closed)]


def with_closed(
    obstacles: gpd.GeoDataFrame | None, closed: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame | None, tuple[Text, ...]]:
    """Return the obstacles with the closed estates among them, and what is to be told."""
    if closed.empty:
        return obstacles, ()
    ground = gpd.GeoDataFrame({"kind": [KIND] * len(closed)}, geometry=closed.geometry.tolist(), crs=closed.crs)
    both = ground if obstacles is None else gpd.GeoDataFrame(pd.concat([obstacles, ground]), crs=closed.crs)
    names = "、".join(str(name) for name in closed["name"]) if "name" in closed.columns else str(len(closed))
    told = Text(
        f"{names} 不具备开挖条件或开挖未获批准：电力、弱电架空规整，其余管线不入院",
        en=f"{names} may not be dug up: power and telecoms hang, other lines stay outside",
    )
    return both, (told,)


def _refuses(value: Any) -> bool:
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return False
    return value is False or str(value).strip().casefold() in _NO
