"""Map, figures and drawing of a plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.catalog.layers import utilities
from gisplanner.formats.dxf_writer import write_dxf
from gisplanner.formats.layer_table import LayerTable
from gisplanner.maps.context import Context
from gisplanner.maps.pipe_plan import PlanSheet, pipe_plan_map
from gisplanner.maps.plan_figures import Bar, ProfilePoint, draw_calendar, draw_cross_sections, draw_profiles
from gisplanner.maps.sheet import Sheet
from gisplanner.planning.pipes.calendar.records import SURFACE
from gisplanner.planning.pipes.lanes.gravity import drop_into
from gisplanner.services.pipes.plan import COLUMNS, PipesPlan, users_of_edges
from gisplanner.services.pipes.plan_document import cross_sections, lost_networks, network_document
from gisplanner.services.pipes.plan_sentences import misfits_told
from gisplanner.services.pipes.works import Works
from gisplanner.services.pipes.works_document import network_name

_CONTEXT = {
    "roads": ("name", "highway", "width_m", "tunnel", "bridge", "illustrative"),
    "buildings": ("name", "illustrative"),
}


def plan_map(result: PipesPlan, works: Works | None, *, title: str, sources: tuple[str, ...] = ()) -> str:
    """Return the map of a plan as one HTML page that opens without a network.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    names = [demand.name for demand in result.ground.demands]
    documents = [network_document(result, k) for k in range(len(names))]
    unserved = [
        (f"{name} · {one['building']}", str(one["reason"]))
        for name, told in zip(names, documents, strict=True)
        for one in told["unserved"]
    ]
    unserved += [
        (f"{network} · {building}", str(reason))
        for network, (buildings, reason) in lost_networks(result.ground).items()
        for building in buildings
    ]
    sheet = PlanSheet(
        lines=result.lines,
        trenches=_trenches(result),
        served={name: len(told["served"]) for name, told in zip(names, documents, strict=True)},
        rates=_rates(result, works),
        misfits=[str(text) for text in misfits_told(result)],
        unserved=unserved,
        sections=None if works is None else _sections(result, works),
    )
    return pipe_plan_map(
        sheet,
        utilities=utilities(),
        sheet=Sheet(title=title, drawn_on=date.today(), sources=sources),  # noqa: DTZ011 - a calendar day at the office
        context=context_of(result.ground.roads, result.ground.buildings),
    )


def context_of(roads: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> Context:
    """Return streets and buildings as maps draw them under a plan."""
    return Context(
        roads=_with_columns(roads, _CONTEXT["roads"]), buildings=_with_columns(buildings, _CONTEXT["buildings"])
    )


def _with_columns(frame: gpd.GeoDataFrame, names: tuple[str, ...]) -> gpd.GeoDataFrame:
    values: dict[str, Any] = {name: frame[name] if name in frame.columns else None for name in names}
    if "width_m" in values:
        values["width_m"] = pd.to_numeric(values["width_m"], errors="coerce")
    made = gpd.GeoDataFrame(values, index=frame.index, geometry=frame.geometry.to_numpy(), crs=frame.crs)
    return made.reset_index(drop=True)


def _trenches(result: PipesPlan) -> gpd.GeoDataFrame:
    users = users_of_edges(result.lanes, len(result.corridors.edges))
    dug = (users > 0) & ~result.corridors.blocked & (result.corridors.length_mm > 0)
    return gpd.GeoDataFrame(
        {"networks": users[dug], "length_m": result.corridors.length_mm[dug] / 1000.0},
        geometry=result.corridors.geometry[dug],
        crs=result.ground.crs,
    )


def _sections(result: PipesPlan, works: Works) -> gpd.GeoDataFrame:
    """Return where each section of the works lies, and when it is open."""
    edges: dict[str, list[int]] = defaultdict(list)
    for edge, name in works.edges.items():
        edges[name].append(edge)
    rows = []
    for section in works.sections:
        own = [work for work in works.calendar.works if work.section == section.id]
        rows.append(
            {
                "name": section.id,
                "length_m": section.length_m,
                "first": min(work.first for work in own).isoformat(),
                "last": max(work.last for work in own).isoformat(),
                "networks": len(section.lines),
                "geometry": shapely.union_all(result.corridors.geometry[edges[section.id]]),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=result.ground.crs)


def _rates(result: PipesPlan, works: Works | None) -> list[tuple[str, str, str]]:
    plan = result.lanes.plan
    saved = 1.0 - plan.joint_m / plan.separate_m if plan.separate_m else 0.0
    rates = [
        ("管沟（一次开挖）", f"{plan.joint_m:,.0f} m", f"各家分别 {plan.separate_m:,.0f} m，少 {saved:.0%}"),
        ("独立路由叠合", f"{plan.union_m:,.0f} m", ""),
        ("下地率", f"{plan.underground_share:.1%}", ""),
        ("净距冲突", f"{len(result.lanes.report.conflicts)} 处", f"资料不足 {len(result.lanes.report.unknown)} 对"),
    ]
    if works is not None:
        calendar = works.calendar
        told = f"≥ {calendar.working_days_at_least}，{works.pace.crews} 队"
        rates.append(("工期", f"{calendar.working_days} 个工作日", told))
    return rates


def write_plan_figures(result: PipesPlan, works: Works | None, folder: Path) -> list[str]:
    """Write the pictures of a plan and return their names."""
    known = utilities()
    draw_cross_sections(folder / "cross_sections.png", cross_sections(result), known)
    names = {k: result.ground.demands[k] for k in result.lanes.depths.manholes}
    profiles = {
        f"{known[one.utility].name}" if ":" not in one.name else one.name: _longest(result, k)
        for k, one in names.items()
        if result.lanes.depths.manholes[k]
    }
    colours = {
        f"{known[one.utility].name}" if ":" not in one.name else one.name: known[one.utility].colour
        for one in names.values()
    }
    draw_profiles(folder / "drain_profiles.png", profiles, colours, relative=not result.level_known)
    written = ["cross_sections.png", "drain_profiles.png"]
    if works is not None:
        bars = [
            Bar(one.section, None if one.kind == SURFACE else one.kind.split(":")[0], one.first, one.last)
            for one in works.calendar.works
        ]
        outages = dict(sorted(Counter(one.day for one in works.calendar.outages).items()))
        draw_calendar(folder / "calendar.png", bars, outages, known)
        written.append("calendar.png")
    return written


def _longest(result: PipesPlan, k: int) -> list[ProfilePoint]:
    """Return the manholes on the longest way to the outlet of drain ``k``."""
    manholes = result.lanes.depths.manholes[k]
    way = [max(manholes, key=lambda one: one.station_m)]
    while way[-1].towards >= 0:
        way.append(manholes[way[-1].towards])
    drops = [0.0, *(drop_into(result.lanes.lines, above, below) for above, below in pairwise(way))]
    return [
        ProfilePoint(one.station_m, one.ground_m, one.invert_m, drop, result.lanes.lines[one.line].design.section)
        for one, drop in zip(way, drops, strict=True)
    ]


def write_plan_dxf(result: PipesPlan, path: Path) -> None:
    """Write the lines as DXF, one drawing layer a utility, each main with its name, section and cover.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    frame = result.lines.reset_index(drop=True)
    frame["name"] = _labels(frame)
    frame["utility"] = frame["utility"].map(network_name)
    name = COLUMNS[0].model_copy(update={"name": "name", "label": "名称"})
    notes = {"名称": "管线综合方案", "说明": "管径为设计假定；净距条文未核对原文"}
    write_dxf(path, LayerTable("pipe_plan", "管线方案", "line", "line", (*COLUMNS, name), frame, notes))


def _labels(frame: gpd.GeoDataFrame) -> list[str | None]:
    """Return what is written at each line: mains say what they are, lines that lie in one duct say it once."""
    shape = frame.geometry.to_wkb()
    together = shape.map(shape.value_counts())
    said = (frame["part"] != "main") | shape.duplicated()
    return [
        None
        if silent
        else network_name(network if lines == 1 else network.split(":", maxsplit=1)[0])
        + f" {section}"
        + ("" if pd.isna(depth) else f" 覆土{depth:.2f}")
        + (f"（{lines} 家同管）" if lines > 1 else "")
        for silent, network, section, depth, lines in zip(
            said, frame["network"], frame["diameter_mm"], frame["depth_m"], together, strict=True
        )
    ]
