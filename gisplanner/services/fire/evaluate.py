"""What-if (拆移试算): who a fire engine reaches once chosen obstacles are gone, in a file or a stored district."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gisplanner.catalog.fire_lanes import fire_standards
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.planning.fire.access import evaluate_access
from gisplanner.services.fire.input import FireGround, ground_of_file, with_file
from gisplanner.services.fire.opening_hours import passable
from gisplanner.services.fire.stored import grounds_of_district
from gisplanner.services.fire.wishes import DEFAULT_WISHES, FireWishes
from gisplanner.store.database import Database
from gisplanner.text import Text


def evaluate_fire(
    path: Path,
    removed: Sequence[str],
    wishes: FireWishes = DEFAULT_WISHES,
    *,
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
    try:
        served, cost = _evaluated(ground, removed, wishes)
    except InputError as error:
        raise with_file(error, path) from error
    return {"served": served, "cost": cost}


def evaluate_fire_district(
    db: Database,
    district: District,
    removed: Sequence[str],
    wishes: FireWishes = DEFAULT_WISHES,
    *,
    estate: str | None = None,
) -> dict[str, Any]:
    """Return the same of a stored district, or of one of its estates, with the estates nobody could evaluate.

    Raises
    ------
    NotFoundError
        There is no such obstacle in these estates.
    InputError
        Rows that cannot be used; or an obstacle has to stay.
    """
    grounds, left_out = grounds_of_district(db, district, estate)
    _refuse_unknown(grounds, removed)
    served: list[Hashable] = []
    total = 0.0
    for ground in grounds.values():
        mine = [name for name in removed if name in ground.obstacles.index]
        here, cost = _evaluated(ground, mine, wishes)
        served += here
        total += cost
    return {
        "served": served,
        "cost": total,
        "left_out": [{"estate": code, "reason": reason} for code, reason in left_out.items()],
    }


def _refuse_unknown(grounds: Mapping[str, FireGround], removed: Sequence[str]) -> None:
    known = {str(label) for ground in grounds.values() for label in ground.obstacles.index}
    unknown = [name for name in removed if name not in known]
    if unknown:
        raise NotFoundError(
            Text("没有这些障碍物。", en="There are no such obstacles."),
            [Fault(layer="obstacles", column="code", value=name) for name in unknown],
        )


def _evaluated(ground: FireGround, removed: Sequence[str], wishes: FireWishes) -> tuple[list[Hashable], float]:
    numbers = fire_standards().parameters(wishes.profile)
    width = numbers.lane_width_m.value if wishes.width_m is None else wishes.width_m
    by_name = {str(label): label for label in ground.obstacles.index}
    gone = [by_name.get(name, name) for name in removed]
    cost = _costs(ground, gone)
    everything = set(ground.obstacles.index)
    ground, _ = passable(ground, numbers.clear_height_m.value)
    # What an engine passes under is in nobody's way, removed or not.
    under = everything - set(ground.obstacles.index)
    served = evaluate_access(
        ground.site,
        ground.buildings,
        ground.obstacles,
        ground.entrances,
        roads=ground.roads,
        removed=[label for label in gone if label not in under],
        width_m=width,
    )
    return [label for label in ground.buildings.index.tolist() if label in served], cost


def _costs(ground: FireGround, gone: Sequence[Hashable]) -> float:
    known = [label for label in gone if label in ground.obstacles.index]
    return float(pd.to_numeric(ground.obstacles["cost"]).loc[known].sum()) if known else 0.0
