"""What lines have to keep clear of besides each other: buildings, trees, poles, kerbs, of a district or of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from gisplanner.catalog.obstacle_kinds import obstacle_kinds
from gisplanner.domain.district import District
from gisplanner.formats.vector import read_vector
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import POINTS, headings_of, utility_code
from gisplanner.services.row_ids import indexed_rows
from gisplanner.store.database import Database
from gisplanner.text import Text

_CARRIES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("lighting", ("灯", "照明", "lamp", "light")),
    ("telecom", ("通信", "电信", "广电", "弱电", "telecom")),
    ("power", ("电力", "供电", "高压", "低压", "铁塔", "power", "pylon")),
)
_GONE: Final = frozenset({"abandoned", "connected"})


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Frames indexed by id in the CRS of the lines; ``None`` where nobody knows any."""

    buildings: gpd.GeoDataFrame | None = None
    trees: gpd.GeoDataFrame | None = None
    poles: gpd.GeoDataFrame | None = None
    kerbs: gpd.GeoDataFrame | None = None


NOTHING: Final = Surroundings()


def stored_surroundings(db: Database, district: District) -> Surroundings:
    """Return buildings, trees, poles and kerbs of a district.

    Poles are those among the points the companies handed in and among the obstacles; kerbs are obstacles.
    """
    buildings = layer_frame(db, district, "buildings").set_index("code")
    return Surroundings(
        _or_none(buildings),
        _or_none(stored_trees(db, district)),
        _or_none(_poles(db, district)),
        _or_none(_things(db, district, "kerb")),
    )


def file_surroundings(
    path: Path, layers: Mapping[str, str | None], *, crs: str | None, encoding: str | None, system: CRS
) -> Surroundings:
    """Return what layers of a file hold, in the system of its lines.

    Parameters
    ----------
    layers
        Layer names by ``buildings``, ``trees``, ``poles``, ``kerbs``; ``None`` is not asked for.

    Raises
    ------
    InputError
        A layer or its ids cannot be used.
    """
    found = {
        name: indexed_rows(read_vector(path, layer=layer, crs=crs, encoding=encoding), _TITLES[name]).to_crs(system)
        for name, layer in layers.items()
        if layer is not None
    }
    if "trees" in found and "kind" in found["trees"]:
        found["trees"]["kind"] = [tree_kind(one) or "tree" for one in found["trees"]["kind"]]
    if "poles" in found:
        found["poles"] = _named(found["poles"])
    return Surroundings(**found)


_TITLES: Final = {
    "buildings": Text("楼栋", en="building"),
    "trees": Text("树木", en="tree"),
    "poles": Text("电杆", en="pole"),
    "kerbs": Text("路缘石", en="kerb"),
}


def stored_trees(db: Database, district: District) -> gpd.GeoDataFrame:
    """Return the trees and shrubs among the stored obstacles, indexed by code."""
    return _things(db, district, "tree", "shrub")


def tree_kind(written: object) -> str | None:
    """Return whether an obstacle is a tree or a shrub, ``None`` where it is neither.

    Examples
    --------
    >>> tree_kind("独立树"), tree_kind("灌木"), tree_kind("围墙"), tree_kind("路灯杆")
    ('tree', 'shrub', None, None)
    """
    found = _kind(written)
    return found if found in {"tree", "shrub"} else None


def _kind(written: object) -> str | None:
    found = obstacle_kinds().named(written)
    return None if found is None else found.name


def carried_by(written: str) -> str | None:
    """Return which utility a pole carries by its name, ``None`` where it does not tell.

    Examples
    --------
    >>> carried_by("路灯杆"), carried_by("通信电杆"), carried_by("10 kV 电力电杆"), carried_by("电杆")
    ('lighting', 'telecom', 'power', None)
    """
    return next((utility for utility, words in _CARRIES if any(word in written for word in words)), None)


def _things(db: Database, district: District, *kinds: str) -> gpd.GeoDataFrame:
    things = layer_frame(db, district, "obstacles")
    found = things["kind"].map(_kind)
    chosen = found.isin(kinds)
    return things[chosen].assign(kind=found[chosen], written=things.loc[chosen, "kind"]).set_index("code")


def _poles(db: Database, district: District) -> gpd.GeoDataFrame:
    points = layer_frame(db, district, POINTS)
    points = points[(points["kind"] == "pole") & ~points["status"].isin(_GONE)]
    names = [f"{row.owner}/{row.utility}/{row.code}" for row in points.itertuples()]
    things = _things(db, district, "pole")
    rows = [
        *zip(names, points["utility"], points["voltage_kv"], points.geometry, strict=True),
        *(
            (code, carried_by(str(row.written)), None, row.geom)
            for code, row in zip(things.index, things.itertuples(), strict=True)
        ),
    ]
    frame = gpd.GeoDataFrame(
        {
            "utility": pd.Series([row[1] for row in rows], dtype=object),
            "voltage_kv": pd.Series([row[2] for row in rows], dtype=object),
        },
        geometry=[row[3] for row in rows],
        crs=district.crs,
    )
    return frame.set_axis(pd.Index([str(row[0]) for row in rows], dtype=object), axis="index")


def _named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return poles of a file with ``utility`` as a code; what carries nothing known stays open."""
    headings = headings_of([str(column) for column in frame.columns if column != frame.geometry.name])
    chosen: dict[str, Any] = {name: frame[headings[name]] for name in ("utility", "voltage_kv") if name in headings}
    if "utility" in chosen:
        chosen["utility"] = [None if value is None else utility_code(str(value)) for value in chosen["utility"]]
    return gpd.GeoDataFrame(chosen, geometry=frame.geometry, index=frame.index)


def _or_none(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    drawn = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    return None if drawn.empty else drawn
