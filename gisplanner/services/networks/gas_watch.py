"""No digging beside a gas line unwatched (燃气设施保护): which days want a protection plan and somebody on site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.gas_zones import gas_zones
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import WATCHED, NetworkTask
from gisplanner.errors import Fault, RefusedError
from gisplanner.planning.pipes.gas_zones import NearGas, near_gas
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import LAYER
from gisplanner.services.networks.conflicts import named_lines
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.store.database import Database
from gisplanner.text import Text

ANY_WORK: Final = "*"
_GONE: Final = frozenset({"abandoned", "connected", "planned"})
_WATCHED: Final = frozenset({WATCHED, "已完成"})


@dataclass(frozen=True, slots=True, eq=False)
class GasWatch:
    """The gas lines in use of a district, and where the guarding of each place stands.

    Attributes
    ----------
    lines
        Gas lines in the ground, indexed by ``owner/utility/code``; ``pressure``, ``diameter_mm``, ``owner``.
    guards
        What was arranged, by code (``work×line``; ``*×line`` for whatever is dug beside a line).
    """

    lines: gpd.GeoDataFrame
    guards: Mapping[str, NetworkTask]

    def guard(self, one: NearGas) -> NetworkTask | None:
        """Return what was arranged for a place, ``None`` where nobody was asked."""
        return self.guards.get(guard_code(one)) or self.guards.get(f"{ANY_WORK}×{one.line}")

    def beside(self, things: gpd.GeoDataFrame) -> list[NearGas]:
        """Return where something dug, set up or planted lies on or beside a gas line."""
        return near_gas(self.lines, things, gas_zones(), control=True)


def gas_watch(db: Database, district: District) -> GasWatch:
    """Return the gas lines of a district with what was arranged beside them."""
    return GasWatch(gas_lines(db, district), {one.code: one for one in stored_tasks(db, district, "gas_guard")})


def gas_lines(db: Database, district: District) -> gpd.GeoDataFrame:
    """Return the gas lines that lie in the ground and carry gas, indexed by ``owner/utility/code``."""
    raw = layer_frame(db, district, LAYER)
    lines = named_lines(raw)
    measured = pd.Series(raw["diameter_mm"].to_numpy(), index=lines.index, dtype=object)
    chosen = (lines["utility"] == "gas") & ~lines["status"].isin(_GONE) & (lines["laying"] != "overhead")
    diameter = [None if pd.isna(value) else float(value) for value in measured[chosen]]
    return lines[chosen].assign(diameter_mm=pd.Series(diameter, index=lines.index[chosen], dtype=object))


def guard_code(one: NearGas) -> str:
    """Return the code of the task that stands for guarding a place."""
    return f"{one.thing}×{one.line}"


def refuse_unwatched(watch: GasWatch, works: gpd.GeoDataFrame) -> int:
    """Refuse works whose days beside a gas line nobody watches; return how many places lie beside one.

    No such day enters a calendar (进场日历) before the protection plan is agreed and somebody is named to watch.

    Parameters
    ----------
    works
        What is dug, set up or planted, indexed by id, with ``kind``, ``first`` and ``last``.

    Raises
    ------
    RefusedError
        The works, the line and the days; and the clause.
    """
    near = watch.beside(works[["kind", "geometry"]])
    faults = list(_unwatched(watch, works, near))
    if faults:
        raise RefusedError(
            Text(
                f"{len(faults)} 处燃气设施旁的施工没有保护方案或现场监护，不能排入日历。",
                en=f"{len(faults)} works beside gas lines have no plan or nobody to watch; not to be scheduled.",
            ),
            faults,
        )
    return len(near)


def _unwatched(watch: GasWatch, works: gpd.GeoDataFrame, near: Iterable[NearGas]) -> Iterable[Fault]:
    for one in near:
        work, guard = works.loc[one.thing], watch.guard(one)
        bare = unwatched_days(guard, work["first"], work["last"])
        if not bare:
            continue
        owner = str(watch.lines.loc[one.line, "owner"])
        days = str(bare[0]) if len(bare) == 1 else f"{bare[0]} – {bare[-1]}"
        standing = "未下达" if guard is None else guard.standing
        yield Fault(
            column=owner,
            value=f"{work['kind']} {one.thing}：{one.line}，{one.distance_m:g} m，{one.length_m:g} m 长",
            allowed=gas_zones().shown,
            hint=Text(f"{days} 没有现场监护（{standing}）", en=f"nobody watches on {days}"),
        )


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


def told_days(work: Any) -> str:
    """Return the days of works for people, nothing where nobody stated any."""
    days = [str(day) for day in (work.get("first"), work.get("last")) if day is not None and not pd.isna(day)]
    return "" if not days else f"（{' – '.join(dict.fromkeys(days))}）"
