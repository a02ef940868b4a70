"""Plan the routes of all utilities together (管线综合路由): one trench for several owners, and how good it is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.catalog.layers import utilities
from gisplanner.crs import crs_name
from gisplanner.domain.clearance import ClearanceReport
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.geojson import GeoJson, write_geojson
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.planning.pipes.corridors import Corridors, build_corridors
from gisplanner.planning.pipes.joint import Demand, JointPlan, Route, plan_jointly
from gisplanner.services.networks.conflict_texts import conflict_document
from gisplanner.services.pipes.plan_input import Ground, PlaceId, ground_of_file
from gisplanner.text import Language, Text, in_language

COVER_M: Final = {
    "telecom": 0.9,
    "power": 1.0,
    "lighting": 1.0,
    "gas": 1.2,
    "heat": 1.4,
    "water": 1.6,
    "reclaimed": 1.9,
    "storm": 2.2,
    "drain": 2.2,
    "sewage": 2.7,
}
"""Cover that is planned with (本工具参数): crossings in the order of GB 50289, above every cover asked for."""

_COLUMNS: Final = (
    ColumnSpec(name="line", label="管段编码"),
    ColumnSpec(name="network", label="管网"),
    ColumnSpec(name="utility", label="管线种类"),
    ColumnSpec(name="owner", label="权属单位"),
    ColumnSpec(name="laying", label="埋设方式"),
    ColumnSpec(name="depth_m", label="埋深", type="number"),
    ColumnSpec(name="length_m", label="长度（米）", type="number"),
    ColumnSpec(name="networks_in_trench", label="同沟管网数", type="integer"),
    ColumnSpec(name="common_trench", label="同沟编号"),
)
_SUFFIXES: Final = (".geojson", ".json")
_NO_LANES: Final = Text(
    "各管线按走廊中线绘出，尚未排到横断面位置；不同管线之间的净距按此检查，列在冲突里",
    en="lines are drawn on the corridor's centre line, not yet in lanes; clearances between them are checked so",
)


@dataclass(frozen=True, slots=True, eq=False)
class PipesPlan:
    """Routes of all networks and everything that explains them.

    Attributes
    ----------
    ground, corridors, plan
        What was asked for, where lines may lie, the routes.
    lines
        Planned lines in the metric system, columns as the conflict check reads them.
    report
        What the conflict check finds in the planned lines, existing ones beside them.
    seconds
        Time from the data at hand to the checked answer.
    """

    ground: Ground
    corridors: Corridors
    plan: JointPlan
    lines: gpd.GeoDataFrame
    report: ClearanceReport
    seconds: float

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract; independent lengths, notes and the CRS stand beside it."""
        plan = self.plan
        return {
            "crs": crs_name(self.ground.crs),
            "utilities": {
                **{demand.name: self._network(k, language) for k, demand in enumerate(plan.demands)},
                **{code: self._unfed(rows, language) for code, rows in self.ground.unfed.items()},
            },
            "trench_m": {
                "separate": round(plan.separate_m, 3),
                "union": round(plan.union_m, 3),
                "joint": round(plan.joint_m, 3),
            },
            "underground_share": round(plan.underground_share, 6),
            "violations": [conflict_document(one, language) for one in self.report.conflicts],
            "exceptions": [],
            "notes": [in_language(note, language) for note in self.notes()],
            "seconds": round(self.seconds, 3),
        }

    def notes(self) -> list[Text]:
        """Return what a reader must know about the plan."""
        several = len({demand.utility for demand in self.plan.demands}) > 1
        return [*self.ground.notes, *([_NO_LANES] if several else [])]

    def _network(self, k: int, language: Language) -> dict[str, Any]:
        joint, alone = self.plan.joint[k], self.plan.independent[k]
        names = self.ground.buildings.index
        unserved = [(names[row], reason) for row, reason in sorted(joint.unserved.items())]
        unserved += [(name, _UNDRAWN) for name in self.ground.undrawn]
        return {
            "length_m": _metres(self.corridors, joint),
            "independent_length_m": _metres(self.corridors, alone),
            "lower_bound_m": lower_bound_m(self.corridors, alone),
            "served": [names[row] for row in joint.served],
            "unserved": [{"building": name, "reason": in_language(reason, language)} for name, reason in unserved],
        }

    def _unfed(self, names: tuple[PlaceId, ...], language: Language) -> dict[str, Any]:
        reason = in_language(Text("没有该管线的接入点", en="no source of this utility"), language)
        unserved = [{"building": name, "reason": reason} for name in names]
        return {"length_m": 0.0, "lower_bound_m": 0.0, "served": [], "unserved": unserved}

    def sentences(self) -> Text:
        """Return the plan for a person."""
        plan = self.plan
        saved = 1.0 - plan.joint_m / plan.separate_m if plan.separate_m else 0.0
        zh = [
            (
                f"管沟：各家分别开挖 {plan.separate_m:.1f} m，独立路由叠合 {plan.union_m:.1f} m，"
                f"一次开挖 {plan.joint_m:.1f} m（比分别开挖少 {saved:.1%}）；下地率 {plan.underground_share:.1%}。"
            )
        ]
        en = [
            (
                f"Trench: each owner alone {plan.separate_m:.1f} m, routes overlaid {plan.union_m:.1f} m, "
                f"joint {plan.joint_m:.1f} m ({saved:.1%} less than alone); underground {plan.underground_share:.1%}."
            )
        ]
        for k, demand in enumerate(plan.demands):
            one = self._network(k, "zh")
            served, left = len(one["served"]), len(one["unserved"])
            numbers = f"{one['length_m']:.1f} m (≥ {one['lower_bound_m']:.1f} m)"
            zh.append(f"  {demand.name}：{numbers}，接入 {served} 栋，未接入 {left} 栋")
            en.append(f"  {demand.name}: {numbers}, {served} buildings served, {left} not")
        zh.append(f"净距冲突 {len(self.report.conflicts)} 处。")
        en.append(f"{len(self.report.conflicts)} clearance conflicts.")
        for note in self.notes():
            zh.append(f"  {note}")
            en.append(f"  {note.en}")
        return Text("\n".join(zh), en="\n".join(en))


_UNDRAWN: Final = Text("没有轮廓（未上图）", en="no outline")


def plan_pipes(
    path: Path,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    time_limit_s: float = 60.0,
    seed: int = 0,
) -> PipesPlan:
    """Plan the pipelines of a file.

    Parameters
    ----------
    path, crs, encoding
        The file (layers ``buildings``, ``roads``, ``sources``; ``obstacles``, ``existing`` where they are) and what
        it does not say itself.
    time_limit_s
        Seconds to search, compilation apart.

    Raises
    ------
    InputError
        What was handed in cannot be used; all bad rows at once.
    """
    ground = ground_of_file(path, crs=crs, encoding=encoding)
    begun = time.perf_counter()
    corridors = build_corridors(ground.buildings, ground.roads, ground.sources, obstacles=ground.obstacles)
    plan = plan_jointly(corridors, ground.demands, time_limit_s=time_limit_s, seed=seed)
    lines = _lines(ground, corridors, plan)
    report = check_clearances(_with_existing(lines, ground), clearance_standards(), utilities=tuple(utilities()))
    return PipesPlan(ground, corridors, plan, lines, report, time.perf_counter() - begun)


def write_plan(result: PipesPlan, path: Path) -> GeoJson:
    """Write one feature a planned line (RFC 7946).

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(
            Text("管线方案写成 GeoJSON。", en="The plan is written as GeoJSON."),
            [Fault(column="--out", value=str(path), allowed="*.geojson")],
        )
    return write_geojson(path, result.lines, _COLUMNS, id_column="line", members={"名称": "管线综合方案"})


def lower_bound_m(corridors: Corridors, route: Route) -> float:
    """Return the metres below which no route gets that hangs as little overhead as this one."""
    length = float(corridors.length_mm[route.edges].sum())
    return round(max(route.lower_bound_mm - (route.cost_mm - length), 0.0) / 1000.0, 3)


def _metres(corridors: Corridors, route: Route) -> float:
    return round(float(corridors.length_mm[route.edges].sum()) / 1000.0, 3)


def _lines(ground: Ground, corridors: Corridors, plan: JointPlan) -> gpd.GeoDataFrame:
    """Return the planned lines: edges of a network that lie alike and meet without a branch are one line."""
    users = np.zeros(len(corridors.edges), dtype=np.int64)
    for route in plan.joint:
        users[route.edges] += 1
    rows: list[dict[str, Any]] = []
    for demand, route in zip(plan.demands, plan.joint, strict=True):
        edges = route.edges[corridors.length_mm[route.edges] > 0]
        kinds = {(bool(corridors.blocked[e]), int(users[e])) for e in edges.tolist()}
        for overhead, together in sorted(kinds):
            alike = edges[(corridors.blocked[edges] == overhead) & (users[edges] == together)]
            merged = shapely.line_merge(shapely.multilinestrings(list(corridors.geometry[alike])))
            rows += [_row(demand, part, overhead, together) for part in shapely.get_parts(merged)]
    names = ["network", "utility", "owner", "laying", "depth_m", "length_m", "networks_in_trench", "common_trench"]
    frame = gpd.GeoDataFrame(rows, columns=[*names, "geometry"], geometry="geometry", crs=ground.crs)
    frame.insert(0, "line", [f"plan-{number}" for number in range(len(frame))])
    return frame.set_index("line", drop=False)


def _row(demand: Demand, part: Any, overhead: bool, together: int) -> dict[str, Any]:  # noqa: FBT001
    duct = demand.utility == "telecom" and not overhead
    return {
        "network": demand.name,
        "utility": demand.utility,
        "owner": demand.owner,
        "laying": "overhead" if overhead else "duct" if duct else "buried",
        "depth_m": None if overhead else COVER_M[demand.utility],
        "length_m": round(float(part.length), 3),
        "networks_in_trench": together,
        "common_trench": "弱电同沟" if duct else None,
        "geometry": part,
    }


def _with_existing(lines: gpd.GeoDataFrame, ground: Ground) -> gpd.GeoDataFrame:
    if ground.existing is None or not len(ground.existing):
        return lines
    existing = ground.existing.copy()
    existing.index = pd.Index([f"existing-{row}" for row in existing.index], dtype=object)
    return gpd.GeoDataFrame(pd.concat([lines, existing]), crs=lines.crs)
