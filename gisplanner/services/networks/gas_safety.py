"""Gas safety (燃气安全): what stands on gas lines, and who watches when something is dug beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.catalog.gas_zones import gas_zones
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.gas_zones import ZONE_NAMES
from gisplanner.domain.network_tasks import WATCHED, NetworkTask
from gisplanner.domain.point_kinds import POINT_KINDS
from gisplanner.errors import Fault, RefusedError
from gisplanner.planning.pipes.gas_zones import NearGas, near_gas
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, owners_seen
from gisplanner.services.networks.columns import LAYER, POINTS
from gisplanner.services.networks.conflicts import named_lines
from gisplanner.services.networks.surroundings import stored_trees, thing_kind
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.services.networks.works import estate_at
from gisplanner.store.database import Database
from gisplanner.text import Text

_GONE: Final = frozenset({"abandoned", "connected"})
_AT_WALL_M: Final = 0.05
_ENTRY_M: Final = 3.0
"""A service line that ends at a building may lie in its protection zone this long: it enters there."""
_WATCHED: Final = frozenset({WATCHED, "已完成"})
_FIXTURES: Final = ("valve", "regulator", "riser", "drip", "vent", "meter")
_RECEIVER: Final = "需人工认定（拆除责任）"
_LISTED: Final = 30
_NOT_STANDING: Final = frozenset({"tree", "shrub", "kerb"})
"""Trees are a matter of planting, kerbs stand in the surface: neither is built over a line (占压)."""


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
            f"依据 {zones.cited}，{zones.status}；未注压力的 {self.without_pressure} 段按低压、中压计。",
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
    lines = named_lines(layer_frame(db, district, LAYER))
    lines = lines[lines["owner"].map(seen).astype(bool)]
    gas = lines[(lines["utility"] == "gas") & ~lines["status"].isin(_GONE) & (lines["laying"] != "overhead")]
    gas = gas.assign(diameter_mm=_diameters(db, district, gas))
    estates = layer_frame(db, district, "estates")
    standing = _standing(db, district)
    built = [one for one in near_gas(gas, standing, gas_zones(), control=False) if not _enters(one, gas, standing)]
    dug = _dug(works, district)
    trees = stored_trees(db, district)[["kind", "geom"]].rename_geometry("geometry")
    trees = trees.assign(kind=["乔木" if kind == "tree" else "灌木" for kind in trees["kind"]])
    beside = near_gas(gas, dug, gas_zones(), control=True) + near_gas(gas, trees, gas_zones(), control=True)
    known = {one.code: one for kind in ("encroachment", "gas_guard") for one in stored_tasks(db, district, kind)}
    titles = {**standing["kind"].to_dict(), **trees["kind"].to_dict(), **dug["kind"].to_dict()}
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


def refuse_unwatched(db: Database, district: District, works: gpd.GeoDataFrame) -> int:
    """Refuse works whose days beside a gas line nobody watches; return how many lie beside one.

    No such day enters a calendar (进场日历) before the protection plan is agreed and somebody is named to watch.

    Raises
    ------
    RefusedError
        The works, the line and the days; and the clause.
    """
    gas = gas_safety(db, district, works)
    known = {one.code: one for one in stored_tasks(db, district, "gas_guard")}
    mine = [one for one in gas.guards if one.code.split("×", maxsplit=1)[0] in set(works.index)]
    faults = []
    for guard in mine:
        work = works.loc[guard.code.split("×", maxsplit=1)[0]]
        bare = unwatched_days(known.get(guard.code), work["first"], work["last"])
        if bare:
            days = str(bare[0]) if len(bare) == 1 else f"{bare[0]} – {bare[-1]}"
            faults.append(
                Fault(
                    column=guard.owner,
                    value=f"{guard.cause}：{guard.subject}",
                    allowed=gas_zones().cited,
                    hint=Text(f"{days} 没有现场监护（{guard.standing}）", en=f"nobody watches on {days}"),
                )
            )
    if faults:
        raise RefusedError(
            Text(
                f"{len(faults)} 处燃气设施旁的施工没有保护方案或现场监护，不能排入日历。",
                en=f"{len(faults)} works beside gas lines have no plan or nobody to watch; not to be scheduled.",
            ),
            faults,
        )
    return len(mine)


def unwatched_days(guard: NetworkTask | None, first: date | None, last: date | None) -> list[date]:
    """Return the days of works on which nobody watches; works without a day are asked for today.

    Examples
    --------
    >>> unwatched_days(None, date(2024, 9, 2), date(2024, 9, 3))
    [datetime.date(2024, 9, 2), datetime.date(2024, 9, 3)]
    """
    begin = first or last or date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant
    span = [begin + timedelta(days=more) for more in range(((last or begin) - begin).days + 1)]
    if guard is None or guard.standing not in _WATCHED or guard.on is None:
        return span
    until = guard.valid_until or guard.on
    return [day for day in span if not guard.on <= day <= until]


def _diameters(db: Database, district: District, gas: gpd.GeoDataFrame) -> list[float | None]:
    raw = layer_frame(db, district, LAYER)
    known = {f"{row.owner}/{row.utility}/{row.code}": row.diameter_mm for row in raw.itertuples()}
    return [None if pd.isna(known[name]) else float(known[name]) for name in gas.index]


def _standing(db: Database, district: District) -> gpd.GeoDataFrame:
    houses = layer_frame(db, district, "buildings")
    things = layer_frame(db, district, "obstacles")
    kinds = things["kind"].fillna("").astype(str)
    things = things[~kinds.str.casefold().map(thing_kind).isin(_NOT_STANDING)]
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
        code = f"{one.thing}×{one.line}"
        line = gas.loc[one.line]
        task = NetworkTask(
            kind,
            code,
            str(line["owner"]),
            f"{line['utility']}/{line['code']}",
            f"{titles[one.thing]} {one.thing} 在{ZONE_NAMES[one.zone]}",
            receiver=_RECEIVER if kind == "encroachment" else None,
            estate_code=estate,
            estate=None if estate is None else names[estate],
            distance_m=one.distance_m,
            length_m=one.length_m,
            illustrative=bool(line["illustrative"]),
            shape=place,
        )
        made.append(known.get(code, task))
    return tuple(made)
