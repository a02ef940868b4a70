"""Barriers that open (开启时段与钥匙): who is served by day and by night, and what has to be known of each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.domain.fire import FireId
from gisplanner.domain.fire_details import FireGate, FireHours
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.reach import Reach
from gisplanner.services.fire.input import FireGround
from gisplanner.text import Text

DAY: Final = 12 * 60
NIGHT: Final = 0
_WORDS: Final = {"全天": (0, 24 * 60), "24小时": (0, 24 * 60), "白天": (6 * 60, 22 * 60), "不开放": (0, 0)}
_HOURS: Final = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})")
OVERHEAD: Final = ("限高杆", "限高架", "电缆", "线缆", "电线", "管架", "门洞", "雨棚", "过街管")
"""Kinds of which ``height_m`` is the clear height below, not their own height."""


def open_at(hours: str | None, minute: int) -> bool | None:
    """Return whether something stands open at a minute of the day; ``None`` where the words say nothing usable.

    Examples
    --------
    >>> open_at("06:00-22:00", 12 * 60), open_at("22:00-06:00", 0), open_at("白天", 0), open_at("看情况", 0)
    (True, True, False, None)
    """
    if hours is None:
        return None
    met = _HOURS.search(hours)
    if met is None and hours.strip() not in _WORDS:
        return None
    a, b, c, d = (int(one) for one in met.groups()) if met else (0, 0, 0, 0)
    start, end = (60 * a + b, 60 * c + d) if met else _WORDS[hours.strip()]
    return start <= minute < end if start <= end else minute >= start or minute < end


def passable(ground: FireGround, clear_height_m: float) -> tuple[FireGround, tuple[FireGate, ...]]:
    """Return the ground without what an engine passes under, without gates it cannot pass, and every such barrier."""
    gates = [
        *_gates(ground.entrances, "entrances", clear_height_m),
        *_gates(ground.obstacles, "obstacles", clear_height_m),
    ]
    over = [gate.id for gate in gates if gate.layer == "obstacles" and _overhead(gate) and gate.answer == "符合"]
    low = [gate.id for gate in gates if gate.layer == "entrances" and gate.answer == "不符合"]
    left = ground.entrances[~ground.entrances.index.isin(low)]
    remarks = list(ground.remarks)
    if low and not len(left):
        # Every gate is too low: nobody is served, which a lane of no gate cannot tell.
        left = ground.entrances.assign(width_m=0.001)
    if low:
        who = "、".join(map(str, low))
        remarks.append(Text(f"出入口 {who} 净高不足，不计入", en=f"gates {who} are too low and left out"))
    obstacles = ground.obstacles[~ground.obstacles.index.isin(over)]
    return replace(ground, entrances=left, obstacles=obstacles, remarks=tuple(remarks)), tuple(gates)


def _gates(frame: gpd.GeoDataFrame, layer: str, clear_height_m: float) -> list[FireGate]:
    """Return rows that state hours, a key or a height, or that hang over the lane."""
    made = []
    for label, row in zip(
        frame.index.tolist(), frame.drop(columns=[frame.geometry.name]).to_dict("records"), strict=True
    ):
        kind, hours, holder = (_text(row.get(name)) for name in ("kind", "hours", "key_holder"))
        overhead = layer == "entrances" or (kind is not None and any(word in kind for word in OVERHEAD))
        height = _number(row.get("height_m")) if overhead else None
        if hours is None and holder is None and height is None and (layer == "entrances" or not overhead):
            continue
        gate = FireGate(layer, label, kind, hours, holder, height, "资料不足", Text("", en=""))
        made.append(_judged(gate, clear_height_m))
    return made


def _judged(gate: FireGate, clear_height_m: float) -> FireGate:
    known = gate.hours is None or open_at(gate.hours, DAY) is not None
    if gate.height_m is not None and gate.height_m < clear_height_m:
        text = Text(
            f"净高 {gate.height_m:g} m，小于 {clear_height_m:g} m",
            en=f"clear height {gate.height_m:g} m, less than {clear_height_m:g} m",
        )
        return replace(gate, answer="不符合", reason=text)
    if gate.height_m is None and _overhead(gate):
        return replace(gate, reason=Text("净高未知，按不可通行计", en="clear height unknown: taken as closed"))
    if not known:
        return replace(gate, reason=Text("开放时段看不懂，按关闭计", en="hours not understood: taken as closed"))
    closed = gate.hours is not None and not open_at(gate.hours, NIGHT)
    if closed and gate.key_holder is None:
        return replace(gate, answer="不符合", reason=Text("夜间关闭且无钥匙保管人", en="closed at night, no key"))
    told = Text("常开", en="open") if not closed else Text(f"夜间由{gate.key_holder}开启", en="opened by its keeper")
    return replace(gate, answer="符合", reason=told)


def _overhead(gate: FireGate) -> bool:
    return gate.layer == "obstacles" and gate.kind is not None and any(word in gate.kind for word in OVERHEAD)


def served_by_hour(ground: FireGround, width_m: float) -> FireHours | None:
    """Return who is served by day and by night with nothing removed; ``None`` where nobody stated hours."""
    columns = [frame["hours"] for frame in (ground.obstacles, ground.entrances) if "hours" in frame.columns]
    if not any(column.notna().any() for column in columns):
        return None
    return FireHours(day=_served(ground, DAY, width_m), night=_served(ground, NIGHT, width_m))


def _served(ground: FireGround, minute: int, width_m: float) -> tuple[FireId, ...]:
    """Return who is served at a minute of the day; a closed gate opens only where somebody keeps the key."""
    obstacles = ground.obstacles[[not _opens(row, minute) for row in ground.obstacles.to_dict("records")]]
    rows = ground.entrances.to_dict("records")
    closed = [_text(row.get("hours")) is not None and not _opens(row, minute) for row in rows]
    entrances = ground.entrances[[not one for one in closed]]
    if not len(entrances):
        return ()
    checked = read_ground(ground.site, ground.buildings, obstacles, entrances, ground.roads)
    reach = Reach(checked.after(np.zeros(len(checked.soft), dtype=bool)), width_m)
    marks = reach.served(np.zeros(0, dtype=bool))
    return tuple(label for label, yes in zip(ground.buildings.index.tolist(), marks.tolist(), strict=True) if yes)


def _opens(row: dict[Any, Any], minute: int) -> bool:
    hours = _text(row.get("hours"))
    return hours is not None and bool(open_at(hours, minute) or _text(row.get("key_holder")) is not None)


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) or not str(value).strip() else str(value).strip()


def _number(value: Any) -> float | None:
    number = pd.to_numeric(value, errors="coerce")
    return None if value is None or pd.isna(number) else float(number)
