"""Does a plan reach every building of its estate (到每一栋楼)? A plan that does not is not complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.district import District
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import LAYER, POINTS
from gisplanner.store.database import Database

REACH_M: Final = 3.0
"""A line or a riser this near to a building reaches it (本工具参数)."""
_GONE: Final = frozenset({"abandoned", "connected"})


@dataclass(frozen=True, slots=True)
class Reach:
    """How many buildings of an estate a company's lines reach.

    Attributes
    ----------
    missing
        Codes of the buildings they do not reach.
    """

    reached: int
    buildings: int
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool | None:
        """Return whether all are reached; ``None`` where no outlines of buildings are known (资料不足)."""
        return None if not self.buildings else not self.missing


def reach_of(db: Database, district: District) -> dict[tuple[str, str], Reach]:
    """Return for each estate code and owner which buildings its current and planned lines reach.

    An estate without buildings on the map, and an owner without a line, is not among the keys.
    """
    houses = layer_frame(db, district, "buildings")
    houses = houses[houses["estate_code"].notna()].reset_index(drop=True)
    found: dict[tuple[str, str], Reach] = {}
    for owner, shapes in _shapes(db, district).items():
        near = _near(houses, shapes)
        for estate, rows in houses.groupby("estate_code", sort=True).groups.items():
            served = near[list(rows)]
            codes = houses["code"].to_numpy()[list(rows)]
            missing = tuple(str(code) for code in codes[~served])
            found[str(estate), owner] = Reach(int(served.sum()), len(codes), missing)
    return found


def _shapes(db: Database, district: District) -> dict[str, np.ndarray]:
    lines, points = (layer_frame(db, district, name) for name in (LAYER, POINTS))
    lines = lines[~lines["status"].isin(_GONE)]
    points = points[~points["status"].isin(_GONE) & points["kind"].isin(("riser", "meter", "cabinet"))]
    owners = sorted({*lines["owner"], *points["owner"]})
    return {
        owner: np.array(
            [*lines.geometry[lines["owner"] == owner], *points.geometry[points["owner"] == owner]], dtype=object
        )
        for owner in owners
    }


def _near(houses: gpd.GeoDataFrame, shapes: np.ndarray) -> np.ndarray:
    served = np.zeros(len(houses), dtype=bool)
    house, _ = shapely.STRtree(shapes).query(houses.geometry.to_numpy(), predicate="dwithin", distance=REACH_M)
    served[house] = True
    return served
