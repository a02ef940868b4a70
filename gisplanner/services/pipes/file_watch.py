"""The gas lines of a planner's file (``existing``) and who watches beside them, as columns of the lines say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.gas_zones import gas_zones
from gisplanner.domain.network_tasks import STATES, NetworkTask
from gisplanner.domain.pipe_values import read_section, read_word
from gisplanner.errors import Fault
from gisplanner.services.networks.columns import check_frame
from gisplanner.services.networks.gas_watch import ANY_WORK, GasWatch
from gisplanner.text import Text

GUARD: Final = ("guard", "监护状态")
FIRST: Final = ("guard_from", "监护开始")
LAST: Final = ("guard_until", "监护结束")
_GONE: Final = frozenset({"abandoned", "connected", "planned"})
_UNKNOWN_OWNER: Final = "权属不明的燃气管线"


def watch_of_file(existing: gpd.GeoDataFrame | None, faults: list[Fault], layer: Fault) -> GasWatch | None:
    """Return the gas lines of the layer with what was arranged beside each; ``None`` where there are none in use.

    Parameters
    ----------
    existing
        Lines in a metric CRS, columns as the conflict check reads them. ``guard`` (监护状态), ``guard_from`` and
        ``guard_until`` say how far the protection plan is and on which days somebody watches.
    faults
        Gets what cannot be read.
    layer
        File and layer as faults name them.
    """
    if existing is None or existing.empty:
        return None
    told = check_frame(existing)
    gas = _in_use(told)
    if not any(gas):
        return None
    rows = [row for row, chosen in enumerate(gas) if chosen]
    names = [_name(existing.iloc[row], row) for row in rows]
    lines = gpd.GeoDataFrame(
        {
            "owner": pd.Series([_text(told, "owner", row) or _UNKNOWN_OWNER for row in rows], dtype=object),
            "pressure": pd.Series([_read("pressure", _text(told, "pressure", row)) for row in rows], dtype=object),
            "diameter_mm": pd.Series([_diameter(_text(told, "diameter_mm", row)) for row in rows], dtype=object),
        },
        geometry=existing.geometry.iloc[rows].tolist(),
        crs=existing.crs,
    ).set_axis(pd.Index(names, dtype=object), axis="index")
    guards = [
        _guard(existing.iloc[row], name, str(owner), faults, replace(layer, row=row))
        for row, name, owner in zip(rows, names, lines["owner"], strict=True)
    ]
    return GasWatch(lines, {one.code: one for one in guards if one is not None})


def _in_use(told: gpd.GeoDataFrame) -> list[bool]:
    return [
        _text(told, "utility", row) == "gas"
        and _read("status", _text(told, "status", row)) not in _GONE
        and _read("laying", _text(told, "laying", row)) != "overhead"
        for row in range(len(told))
    ]


def _guard(row: pd.Series[Any], line: str, owner: str, faults: list[Fault], where: Fault) -> NetworkTask | None:
    state, *days = (_said(row, names) for names in (GUARD, FIRST, LAST))
    if state is None:
        return None
    first, last = (None if day is None else _day(day) for day in days)
    if str(state) not in STATES["gas_guard"]:
        faults.append(replace(where, column=GUARD[0], value=str(state), allowed="、".join(STATES["gas_guard"])))
    for name, said, read in ((FIRST[0], days[0], first), (LAST[0], days[1], last)):
        if said is not None and read is None:
            faults.append(replace(where, column=name, value=str(said), allowed="YYYY-MM-DD"))
    return NetworkTask(
        "gas_guard",
        f"{ANY_WORK}×{line}",
        owner,
        subject=line,
        cause="沿线开挖",
        state=str(state),
        on=first,
        valid_until=last,
    )


def gas_beside_told(watch: GasWatch | None, planned: gpd.GeoDataFrame) -> tuple[Text, ...]:
    """Return the note on planned lines beside gas lines, none where nothing is dug there."""
    near = [] if watch is None else watch.beside(planned[planned["laying"] != "overhead"])
    if not near:
        return ()
    length = sum(one.length_m for one in near)
    lines, clause = len({one.line for one in near}), gas_zones().shown
    return (
        Text(
            f"规划管线 {len(near)} 处在 {lines} 段燃气管线的保护或控制范围内（{length:.0f} m，{clause}）："
            "排入日历前须有保护方案和现场监护",
            en=f"{len(near)} planned lines lie beside {lines} gas lines ({length:.0f} m): a protection plan and "
            "somebody on site before they enter a calendar",
        ),
    )


def _name(row: pd.Series[Any], number: int) -> str:
    named = _said(row, ("id", "code", "编号", "编码"))
    return f"existing-{number}" if named is None else f"{named}#{number}"


def _text(frame: gpd.GeoDataFrame, column: str, row: int) -> str | None:
    value = frame[column].iloc[row] if column in frame.columns else None
    return None if value is None or pd.isna(value) or not str(value).strip() else str(value).strip()


def _read(column: str, value: str | None) -> str | None:
    return None if value is None else read_word(column, value)


def _diameter(value: str | None) -> float | None:
    section = None if value is None else read_section(value)
    return None if section is None else section.diameter_mm


def _said(row: pd.Series[Any], names: tuple[str, ...]) -> Any:
    found = [row[name] for name in names if name in row.index]
    said = [one for one in found if one is not None and not pd.isna(one) and str(one).strip()]
    return said[0] if said else None


def _day(value: Any) -> date | None:
    read = pd.to_datetime(value, errors="coerce")
    return None if pd.isna(read) else read.date()
