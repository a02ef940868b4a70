"""Quantities of a plan (工程量): trench by ground, pipe, duct, manholes, excavation; what needs a permit to dig."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from gisplanner.planning.pipes.lanes.gravity import drop_into
from gisplanner.planning.pipes.lanes.laying import used_by_network
from gisplanner.planning.pipes.lanes.trenches import SHARED_GAP_M, Trench, trenches_of
from gisplanner.services.pipes.plan import PARTS, PipesPlan

MANHOLE_SPACING_M: Final = 40.0
"""Farthest from manhole to manhole (GB 50014-2021, DN200–400, 未核对原文)."""
DROP_M: Final = 1.0
"""Drops from this height on need a drop manhole (GB 50014-2021 5.5.1, 未核对原文)."""
PLACES: Final = {"municipal_road": "市政道路", "courtyard": "小区庭院"}
NO_SURFACE: Final = "路面类型不详"
_ONCE: Final = "有管线的走廊只计一次，即方案、地图所称管沟（一次开挖）"
_EACH: Final = (
    f"同一走廊内净距大于 {SHARED_GAP_M:g} m 的管线各开一槽，入户管按各管网实长分别计；与管沟走廊口径不同，两数不等"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One row: what, of which network, where, how much."""

    kind: str
    network: str
    detail: str
    amount: float
    unit: str


def trenches(result: PipesPlan) -> list[Trench]:
    """Return the excavations of a plan."""
    plan = result.lanes.plan
    used = used_by_network(result.corridors, plan.demands, plan.joint)
    return trenches_of(result.lanes, result.corridors, used)


def quantities(result: PipesPlan) -> list[Quantity]:
    """Return all quantities."""
    dug = trenches(result)
    return [*_trench_rows(result, dug), *_pipe_rows(result), *_manhole_rows(result)]


def _trench_rows(result: PipesPlan, dug: list[Trench]) -> list[Quantity]:
    length: dict[tuple[str, str], float] = defaultdict(float)
    volume = 0.0
    for one in dug:
        volume += one.volume_m3
        together = f"同沟 {len(one.networks)} 种" if len(one.networks) > 1 else "单独"
        for edge in one.edges:
            share = one.length_m / len(one.edges) if one.street < 0 else _metres(result, edge)
            ground = "入户" if one.street < 0 else ground_of(result, edge)
            length[ground, together] += share
    rows = [Quantity("沟槽", "全部", f"{ground}，{how}", m, "m") for (ground, how), m in sorted(length.items())]
    return [
        Quantity("管沟走廊", "全部", _ONCE, result.lanes.plan.joint_m, "m"),
        *rows,
        Quantity("沟槽合计", "全部", _EACH, sum(length.values()), "m"),
        Quantity("挖方", "全部", "按沟宽、沟深计", volume, "m³"),
    ]


def _metres(result: PipesPlan, edge: int) -> float:
    return float(result.corridors.length_mm[edge]) / 1000.0


def ground_of(result: PipesPlan, edge: int) -> str:
    """Return whose ground is broken, and its surface where the file tells it."""
    row = int(result.streets.road[edge])
    roads = result.ground.roads
    surface = roads["surface"].iloc[row] if row >= 0 and "surface" in roads.columns else None
    told = NO_SURFACE if surface is None or surface != surface or not str(surface).strip() else str(surface)  # noqa: PLR0124 - NaN is not itself
    across = "，横穿宽路" if result.streets.side[edge] == "across" else ""
    return f"{PLACES[result.streets.place[edge]]}（{told}）{across}"


def _pipe_rows(result: PipesPlan) -> list[Quantity]:
    length: dict[tuple[str, str], float] = defaultdict(float)
    for one in result.lines.to_dict("records"):
        how = "架空" if one["laying"] == "overhead" else "埋地"
        length[one["network"], f"{PARTS[one['part']]} {one['diameter_mm']} {how}"] += one["length_m"]
    ducts = {"telecom", "power", "lighting"}
    return [
        Quantity("管道" if network.split(":")[0] not in ducts else "管道（排管、子管）", network, detail, m, "m")
        for (network, detail), m in sorted(length.items())
    ]


def _manhole_rows(result: PipesPlan) -> list[Quantity]:
    rows = []
    for k, manholes in sorted(result.lanes.depths.manholes.items()):
        between = sum(
            max(math.ceil((one.station_m - manholes[one.towards].station_m) / MANHOLE_SPACING_M) - 1, 0)
            for one in manholes
            if one.towards >= 0
        )
        name = result.ground.demands[k].name
        rows.append(Quantity("检查井", name, "汇入、转折处与最大间距处", float(len(manholes) + between), "座"))
        drops = [drop_into(result.lanes.lines, one, manholes[one.towards]) for one in manholes if one.towards >= 0]
        falling = sum(drop >= DROP_M for drop in drops)
        if falling:
            rows.append(Quantity("其中跌水", name, f"落差 ≥ {DROP_M:g} m 的接入", float(falling), "处"))
    handholes = Counter(
        (one.network, tuple(np.round(point, 2).tolist()))
        for one in result.lanes.lines
        if one.utility in {"telecom", "power"} and one.part == "main" and not one.overhead
        for point in one.joints
    )
    for network, count in sorted(Counter(network for network, _ in handholes).items()):
        rows.append(Quantity("人（手）孔、电缆井", network, "接入、转折处", float(count), "座"))
    return rows


def permits(result: PipesPlan) -> list[dict[str, Any]]:
    """Return the city roads that are dug, each with its metres: works there need a permit (道路开挖审批)."""
    length: dict[str, float] = defaultdict(float)
    edges = {edge for one in trenches(result) if one.street >= 0 for edge in one.edges}
    for edge in edges:
        if result.streets.place[edge] == "municipal_road":
            length[result.streets.road_name(edge)] += _metres(result, edge)
    return [{"street": name, "dug_m": round(metres, 3)} for name, metres in sorted(length.items())]


def quantities_document(rows: list[Quantity]) -> list[dict[str, Any]]:
    """Return the JSON form."""
    return [{**asdict(one), "amount": round(one.amount, 3)} for one in rows]
