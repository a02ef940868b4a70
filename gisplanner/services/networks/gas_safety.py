"""Gas safety (燃气安全): what stands on gas lines, and who watches when something is dug beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.catalog.gas_zones import gas_zones
from gisplanner.catalog.obstacle_kinds import obstacle_kinds
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.gas_zones import ZONE_NAMES
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.domain.point_kinds import POINT_KINDS
from gisplanner.planning.pipes.gas_zones import NearGas, near_gas
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, owners_seen
from gisplanner.services.networks.columns import POINTS
from gisplanner.services.networks.gas_watch import gas_lines, guard_code, told_days
from gisplanner.services.networks.surroundings import stored_trees
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.services.networks.works import estate_at
from gisplanner.store.database import Database
from gisplanner.text import Text

_AT_WALL_M: Final = 0.05
_ENTRY_M: Final = 3.0
"""A service line that ends at a building may lie in its protection zone this long: it enters there."""
_FIXTURES: Final = ("valve", "regulator", "riser", "drip", "vent", "meter")
_RECEIVER: Final = "需人工认定（拆除责任）"
_LISTED: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class GasSafety:
    """What has to be seen to.

    Attributes
    ----------
    encroachments
        Buildings, sheds and walls on gas lines or in their protection zone (占压).
    guards
        Digging, pits and trees in the control zone: a protection plan and somebody who watches are needed.
    fixtures
        How many valves, regulators, risers … each company has handed in.
    without_pressure
        Gas lines whose pressure nobody stated: counted as low or medium.
    """

    encroachments: tuple[NetworkTask, ...]
    guards: tuple[NetworkTask, ...]
    fixtures: dict[str, int]
    gas_lines: int
    without_pressure: int

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        zones = gas_zones()
        return {
            "clause": zones.cited,
            "status": zones.status,
            "gas_lines": self.gas_lines,
            "without_pressure": self.without_pressure,
            "encroachments": [one.record() for one in self.encroachments],
            "guards": [one.record() for one in self.guards],
            "fixtures": self.fixtures,
        }

    def sentences(self) -> Text:
        """Return the list for a person."""
        on, beside = len(self.encroachments), len(self.guards)
        zones = gas_zones()
        zh = [
            f"燃气管线 {self.gas_lines} 段：占压 {on} 处，需保护方案和现场监护 {beside} 处。",
            f"依据 {zones.shown}；未注压力的 {self.without_pressure} 段按低压、中压计。",
        ]
        en = [f"{self.gas_lines} gas lines: {on} built over, {beside} need a protection plan and a watch."]
        for one in (*self.encroachments, *self.guards)[:_LISTED]:
            zh.append(f"  {one.owner}：{one.subject}，{one.cause}，{one.distance_m:g} m（{one.standing}）")
            en.append(f"  {one.owner}: {one.subject}, {one.cause}, {one.distance_m:g} m ({one.standing})")
        return Text("\n".join(zh), en="\n".join(en))


def gas_safety(
    db: Database, district: District, works: gpd.GeoDataFrame | None = None, *, viewer: Viewer = LOCAL
) -> GasSafety:
    """Look at everything on and beside the stored gas lines; an operator sees what concerns its own.

    Parameters
    ----------
    works
        Planned digging, pits and planting; see :func:`gisplanner.services.networks.works.read_works`.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    seen = owners_seen(viewer, district, Text("查看燃气安全", en="see gas safety"))
    gas = gas_lines(db, district)
    gas = gas[gas["owner"].map(seen).astype(bool)]
    estates = layer_frame(db, district, "estates")
    standing = _standing(db, district)
    built = [one for one in near_gas(gas, standing, gas_zones(), control=False) if not _enters(one, gas, standing)]
    dug = _dug(works, district)
    trees = stored_trees(db, district)[["kind", "geom"]].rename_geometry("geometry")
    trees = trees.assign(kind=["乔木" if kind == "tree" else "灌木" for kind in trees["kind"]])
    beside = near_gas(gas, dug, gas_zones(), control=True) + near_gas(gas, trees, gas_zones(), control=True)
    known = {one.code: one for kind in ("encroachment", "gas_guard") for one in stored_tasks(db, district, kind)}
    titles = {**standing["kind"].to_dict(), **trees["kind"].to_dict(), **_titles(works)}
    points = layer_frame(db, district, POINTS)
    points = points[points["owner"].map(seen).astype(bool)]
    fixtures = points[(points["utility"] == "gas") & points["kind"].isin(_FIXTURES)]["kind"].value_counts()
    return GasSafety(
        _tasks("encroachment", built, gas, titles, estates=estates, known=known),
        _tasks("gas_guard", beside, gas, titles, estates=estates, known=known),
        {POINT_KINDS[str(kind)]: int(count) for kind, count in fixtures.items()},
        len(gas),
        int(gas["pressure"].isna().sum()),
    )


def _standing(db: Database, district: District) -> gpd.GeoDataFrame:
    houses = layer_frame(db, district, "buildings")
    things = layer_frame(db, district, "obstacles")
    built = [obstacle_kinds().of(kind).built for kind in things["kind"]]
    things = things[np.array(built, dtype=bool)]
    frame = gpd.GeoDataFrame(
        {"kind": ["建筑物"] * len(houses) + things["kind"].tolist()},
        geometry=[*houses.geometry, *things.geometry],
        crs=district.crs,
    )
    codes = [*houses["code"].astype(str), *things["code"].astype(str)]
    return frame.set_axis(pd.Index(codes, dtype=object), axis="index")


def _dug(works: gpd.GeoDataFrame | None, district: District) -> gpd.GeoDataFrame:
    if works is not None:
        return works[["kind", "geometry"]]
    return gpd.GeoDataFrame({"kind": []}, geometry=[], crs=district.crs)


def _titles(works: gpd.GeoDataFrame | None) -> dict[Any, str]:
    """Return what works are called, with their days."""
    return {} if works is None else {name: f"{work['kind']}{told_days(work)}" for name, work in works.iterrows()}


def _enters(one: NearGas, gas: gpd.GeoDataFrame, standing: gpd.GeoDataFrame) -> bool:
    """Return whether a line is merely the service connection of the building."""
    line, shape = gas.geometry[one.line], standing.geometry[one.thing]
    if standing["kind"][one.thing] != "建筑物":
        return False
    return bool(shapely.distance(shapely.boundary(line), shape) <= _AT_WALL_M and one.length_m <= _ENTRY_M)


def _tasks(
    kind: Any,
    found: Iterable[NearGas],
    gas: gpd.GeoDataFrame,
    titles: dict[Any, str],
    *,
    estates: gpd.GeoDataFrame,
    known: dict[str, NetworkTask],
) -> tuple[NetworkTask, ...]:
    listed = list(found)
    places = shapely.points(np.array([one.at for one in listed])) if listed else np.array([])
    codes = estate_at(estates, places) if listed else []
    names = dict(zip(estates["code"], estates["name"], strict=True))
    made = []
    for one, estate, place in zip(listed, codes, places, strict=True):
        code, line = guard_code(one), gas.loc[one.line]
        cause = f"{titles[one.thing]} {one.thing} 在{ZONE_NAMES[one.zone]}"
        task = NetworkTask(
            kind,
            code,
            str(line["owner"]),
            f"{line['utility']}/{line['code']}",
            cause,
            receiver=_RECEIVER if kind == "encroachment" else None,
            estate_code=estate,
            estate=None if estate is None else names[estate],
            distance_m=one.distance_m,
            length_m=one.length_m,
            illustrative=bool(line["illustrative"]),
            shape=place,
        )
        made.append(replace(known[code], cause=cause) if code in known else task)
    return tuple(made)
