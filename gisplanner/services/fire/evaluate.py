"""What-if (拆移试算): who a fire engine reaches once chosen obstacles are gone."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.fire_lanes import fire_standards
from gisplanner.errors import InputError
from gisplanner.planning.fire.access import evaluate_access
from gisplanner.services.fire.input import FireGround, ground_of_file, with_file
from gisplanner.services.fire.opening_hours import passable
from gisplanner.services.fire.plan import DEFAULT_PROFILE


def evaluate_fire(
    path: Path,
    removed: Sequence[str],
    *,
    profile: str | None = DEFAULT_PROFILE,
    width_m: float | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> dict[str, Any]:
    """Return who is served once the named obstacles are gone, and what removing them costs.

    Raises
    ------
    InputError
        The file cannot be used; or an obstacle does not exist or has to stay.
    """
    ground = ground_of_file(path, crs=crs, encoding=encoding)
    numbers = fire_standards().parameters(profile)
    width = width_m or numbers.lane_width_m.value
    by_name = {str(label): label for label in ground.obstacles.index}
    costs = _costs(ground, [by_name.get(name, name) for name in removed])
    everything = set(ground.obstacles.index)
    ground, _ = passable(ground, numbers.clear_height_m.value)
    # What an engine passes under is in nobody's way, removed or not.
    under = everything - set(ground.obstacles.index)
    gone = [by_name.get(name, name) for name in removed if by_name.get(name, name) not in under]
    try:
        served = evaluate_access(
            ground.site,
            ground.buildings,
            ground.obstacles,
            ground.entrances,
            roads=ground.roads,
            removed=gone,
            width_m=width,
        )
    except InputError as error:
        raise with_file(error, path) from error
    return {"served": _ordered(ground.buildings, served), "cost": costs}


def _costs(ground: FireGround, gone: Sequence[Hashable]) -> float:
    known = [label for label in gone if label in ground.obstacles.index]
    return float(pd.to_numeric(ground.obstacles["cost"]).loc[known].sum()) if known else 0.0


def _ordered(buildings: gpd.GeoDataFrame, served: set[Hashable]) -> list[Hashable]:
    return [label for label in buildings.index.tolist() if label in served]
