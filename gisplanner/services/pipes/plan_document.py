"""A pipeline plan as JSON document."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from gisplanner.crs import crs_name
from gisplanner.planning.pipes.joint import Route
from gisplanner.planning.pipes.lanes.design import MAINS
from gisplanner.planning.pipes.lanes.laying import used_by_network
from gisplanner.planning.pipes.lanes.layout import Misfit
from gisplanner.planning.pipes.lanes.plan import misfit_text
from gisplanner.planning.pipes.lanes.room import HALF_WIDTH_M
from gisplanner.services.networks.conflict_texts import conflict_document
from gisplanner.services.pipes.exceptions import exceptions_document, violations
from gisplanner.services.pipes.file_watch import gas_beside_told
from gisplanner.services.pipes.hand import hand_document
from gisplanner.services.pipes.plan import PipesPlan, lower_bound_m
from gisplanner.services.pipes.plan_input import Ground, PlaceId
from gisplanner.services.pipes.wide_roads_told import both_sides_document, both_sides_told
from gisplanner.text import Language, Text, in_language

DEEP_M: Final = 5.0
"""Cover of a drain beyond which lifting is to be thought of (本工具参数)."""
_TOLERANCE_M: Final = 0.01
_UNDRAWN: Final = Text("没有轮廓（未上图）", en="no outline")
_SIZES: Final = Text(
    "管径、材质、压力按设计假定（本工具参数），文件未给出",
    en="sizes and materials are assumed: the file does not say",
)
_LEVEL: Final = Text(
    "地面高程资料不足：排水标高按地面水平推算，相对地面表示",
    en="heights of the ground are not known: levels of drains count from level ground",
)


def plan_document(result: PipesPlan, language: Language = "zh") -> dict[str, Any]:
    """Return the JSON document of the contract; lanes, levels, notes and provenance stand beside it."""
    plan = result.lanes.plan
    ground = result.ground
    return {
        "crs": crs_name(ground.crs),
        "utilities": {
            **{demand.name: network_document(result, k, language) for k, demand in enumerate(plan.demands)},
            **{name: _refused(names, reason, language) for name, (names, reason) in lost_networks(ground).items()},
        },
        "trench_m": {
            "separate": round(plan.separate_m, 3),
            "union": round(plan.union_m, 3),
            "joint": round(plan.joint_m, 3),
        },
        "trench_cost_m": {
            "union": round(plan.union_cost_m, 3),
            "joint": round(plan.joint_cost_m, 3),
            "at_least": round(plan.cost_lower_bound_m, 3),
        },
        "underground_share": round(plan.underground_share, 6),
        "violations": [conflict_document(one, language) for one in violations(result)],
        "unknown": len(result.lanes.report.unknown),
        "exceptions": exceptions_document(result),
        "does_not_fit": [_misfit(result, one, language) for one in result.lanes.misfits],
        "both_sides": both_sides_document(result),
        "cross_sections": cross_sections(result),
        "drains": {ground.demands[k].name: one for k, one in _drains(result).items()},
        "notes": [in_language(note, language) for note in notes_of(result)],
        "hand": hand_document(result.hand),
        "rules": {"clearances": "GB 50289-2016、GB 50015-2019 等，未核对原文"},
        "seconds": round(result.seconds, 3),
    }


_UNFED: Final = Text("没有该管线的接入点", en="no source of this utility")


def lost_networks(ground: Ground) -> dict[str, tuple[tuple[PlaceId, ...], Text]]:
    """Return the networks that are not planned at all: whom they leave out, and why."""
    return {**ground.refused, **{code: (names, _UNFED) for code, names in ground.unfed.items()}}


def unserved_of(result: PipesPlan, k: int) -> list[tuple[PlaceId, Text]]:
    """Return the buildings that network ``k`` leaves out, and why."""
    names = result.ground.buildings.index
    found = [(names[row], reason) for row, reason in sorted(result.lanes.plan.joint[k].unserved.items())]
    return [*found, *((name, _UNDRAWN) for name in result.ground.undrawn)]


def notes_of(result: PipesPlan) -> list[Text]:
    """Return what a reader must know about the plan."""
    notes = list(result.ground.notes)
    if result.lanes.lines:
        notes.append(_SIZES)
    if result.lanes.depths.manholes and not result.level_known:
        notes.append(_LEVEL)
    notes += _outlet_notes(result)
    notes += both_sides_told(result)
    notes += gas_beside_told(result.ground.watch, result.lines)
    if result.lanes.report.unknown:
        count = len(result.lanes.report.unknown)
        notes.append(Text(f"{count} 对管线资料不足，无法判定净距", en=f"{count} pairs cannot be judged"))
    return notes


def _outlet_notes(result: PipesPlan) -> list[Text]:
    notes = []
    for k, manholes in result.lanes.depths.manholes.items():
        outlet = result.ground.outlets.get(k)
        name = result.ground.demands[k].name
        last = manholes[0] if manholes else None
        if outlet is not None and outlet.invert_m is not None and last is not None:
            if not result.level_known:
                told = Text(f"{name}：给出了接入井底标高，但没有地面高程，资料不足", en=f"{name}: no ground heights")
                notes.append(told)
            elif last.invert_m < outlet.invert_m - _TOLERANCE_M:
                low, have = last.invert_m, outlet.invert_m
                notes.append(
                    Text(
                        f"{name}：到接入点的管底 {low:.2f} m 低于接入井底 {have:.2f} m，不能自流，须提升",
                        en=f"{name}: arrives at {low:.2f} m, below the outlet at {have:.2f} m: needs lifting",
                    )
                )
        deepest = max((one.depth_m for one in manholes), default=0.0)
        if deepest > DEEP_M:
            told = Text(f"{name}：最深检查井 {deepest:.2f} m", en=f"{name}: deepest manhole {deepest:.2f} m")
            notes.append(told)
    return notes


def network_document(result: PipesPlan, k: int, language: Language = "zh") -> dict[str, Any]:
    """Return what is told of one network."""
    joint, alone = result.lanes.plan.joint[k], result.lanes.plan.independent[k]
    names = result.ground.buildings.index
    drawn = sum(float(one.line.length) for one in result.lanes.lines if one.demand == k)
    return {
        "length_m": metres(result, joint),
        "independent_length_m": metres(result, alone),
        "lower_bound_m": lower_bound_m(result.corridors, alone),
        "drawn_m": round(drawn, 3),
        "served": [names[row] for row in joint.served],
        "unserved": [
            {"building": name, "reason": in_language(reason, language)} for name, reason in unserved_of(result, k)
        ],
    }


def metres(result: PipesPlan, route: Route) -> float:
    """Return the length of a route along the corridors."""
    return round(float(result.corridors.length_mm[route.edges].sum()) / 1000.0, 3)


def _refused(names: tuple[PlaceId, ...], reason: Text, language: Language) -> dict[str, Any]:
    unserved = [{"building": name, "reason": in_language(reason, language)} for name in names]
    return {"length_m": 0.0, "lower_bound_m": 0.0, "served": [], "unserved": unserved}


def _misfit(result: PipesPlan, one: Misfit, language: Language) -> dict[str, Any]:
    streets = sorted({result.streets.name_of(edge) for edge in one.edges})
    return {
        "streets": streets,
        "length_m": round(float(result.corridors.length_mm[list(one.edges)].sum()) / 1000.0, 3),
        "width_m": one.width_m,
        "cannot_coexist": list(one.together),
        "leaves": one.leaves,
        "because": [
            {"a": why.a, "b": why.b, "required_m": why.required_m, "clause": why.clause} for why in one.because
        ],
        "text": in_language(misfit_text(one), language),
    }


def cross_sections(result: PipesPlan) -> list[dict[str, Any]]:
    """Return the lanes of every street at its fullest edge: offset (left positive), cover, width, free ground."""
    depth: dict[tuple[int, str], float] = {}
    for k, one in enumerate(result.lanes.lines):
        if one.street >= 0 and not one.overhead:
            key = (one.street, one.network)
            depth[key] = min(depth.get(key, 99.0), float(result.lanes.depths.cover_m[k]))
    used = used_by_network(result.corridors, result.ground.demands, result.lanes.plan.joint)
    found = []
    for number, street in enumerate(result.lanes.layout.streets):
        edges = street.stroke.edges
        lanes = {
            edge: [name for name in street.offset_m if used[name][edge] and (number, name) in depth] for edge in edges
        }
        position = max(range(len(edges)), key=lambda k: (len(lanes[edges[k]]), -k))
        edge = edges[position]
        sides = (float(result.lanes.room.left[edge]), float(result.lanes.room.right[edge]))
        left, right = sides[::-1] if street.stroke.reverse[position] else sides
        ends = (_end(result, edge, 0), _end(result, edge, 1))
        left_end, right_end = ends[::-1] if street.stroke.reverse[position] else ends
        if lanes[edge]:
            found.append(
                {
                    "street": result.streets.name_of(edge),
                    "number": number,
                    "length_m": round(float(street.stroke.line.length), 3),
                    "left_m": round(left, 2),
                    "right_m": round(right, 2),
                    "left_end": left_end,
                    "right_end": right_end,
                    "where": street.place,
                    "legal_order": street.legal_order,
                    "lanes": [
                        _lane(name, street.offset_m[name], depth[number, name])
                        for name in sorted(lanes[edge], key=street.offset_m.__getitem__)
                    ],
                }
            )
    return found


def _end(result: PipesPlan, edge: int, side: int) -> str:
    """Return what ends the free ground beside an edge, on its left (0) or right (1) as it is drawn."""
    room, red_line = result.lanes.room, float(result.streets.red_line_m[edge]) / 2.0
    if room.walled[edge, side]:
        return "wall"
    if (room.left, room.right)[side][edge] < np.fmin(red_line, HALF_WIDTH_M) - _TOLERANCE_M:
        return "obstacle"
    inner = result.streets.red_line.get(edge) == (-1, 1)[side]  # towards the middle of a wide road
    return "red_line" if red_line <= HALF_WIDTH_M and not inner else "limit"


def _lane(name: str, offset_m: float, cover_m: float) -> dict[str, Any]:
    utility = name.split(":", maxsplit=1)[0]
    design = MAINS[utility]
    return {
        "network": name,
        "utility": utility,
        "offset_m": offset_m,
        "cover_m": cover_m,
        "width_m": design.width_m,
        "section": design.section,
    }


def _drains(result: PipesPlan) -> dict[int, dict[str, Any]]:
    found = {}
    for k, manholes in result.lanes.depths.manholes.items():
        if manholes:
            found[k] = {
                "manholes": len(manholes),
                "outlet_invert_m": manholes[0].invert_m,
                "deepest_m": round(max(one.depth_m for one in manholes), 3),
                "longest_way_m": max(one.station_m for one in manholes),
                "levels": "known" if result.level_known else "relative",
            }
    return found
