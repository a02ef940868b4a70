"""Sections of a plan (施工路段), each opened once, and the cut-overs that wait for them."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Final

import numpy as np

from gisplanner.planning.pipes.calendar import CutOver, Section
from gisplanner.planning.pipes.lanes.laying import network_of, used_by_network
from gisplanner.planning.pipes.lanes.records import PlannedLine
from gisplanner.services.pipes.plan import PipesPlan

OUTAGE: Final = {"water": "停水", "gas": "停气", "power": "停电", "heat": "停暖", "telecom": "通信中断"}
"""What a building loses on the day of its cut-over, by utility; drains are joined without an outage."""
LONGEST_M: Final = 120.0
"""A street is opened in stretches no longer than this (本工具参数)."""


def sections_of(result: PipesPlan) -> tuple[list[Section], dict[int, str]]:
    """Return what is opened, a street in stretches that are not too long, and the section of each street edge."""
    name = _names(result)
    cover: dict[str, dict[str, float]] = defaultdict(dict)
    metres: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    used = used_by_network(result.corridors, result.ground.demands, result.lanes.plan.joint)
    for network, mask in used.items():
        for edge in np.flatnonzero(mask & ~result.corridors.blocked).tolist():
            if edge in name:
                metres[name[edge]][network] += float(result.corridors.length_mm[edge]) / 1000.0
    for k, one in enumerate(result.lanes.lines):
        if one.overhead:
            continue
        near = list(one.edges) if one.part == "main" else _edges_at(result, one)
        for section in {name[edge] for edge in near if edge in name}:
            cover[section][one.network] = max(
                cover[section].get(one.network, 0.0), float(result.lanes.depths.cover_m[k])
            )
        if one.part == "service" and near and near[0] in name:
            metres[name[near[0]]][one.network] += float(one.line.length)
    sections = [
        Section(
            section,
            round(max(own.values()), 3),
            tuple((network, cover[section][network]) for network in sorted(own) if network in cover[section]),
        )
        for section, own in sorted(metres.items())
        if cover[section] and max(own.values()) > 0.0
    ]
    known = {one.id for one in sections}
    return sections, {edge: section for edge, section in name.items() if section in known}


def _names(result: PipesPlan) -> dict[int, str]:
    """Return the name of the section of each street edge: the street most of it lies on, numbered."""
    count: dict[str, int] = defaultdict(int)
    name: dict[int, str] = {}
    for street in result.lanes.layout.streets:
        pieces: dict[int, list[int]] = defaultdict(list)
        number = max(math.ceil(street.stroke.line.length / LONGEST_M), 1)
        at = 0.0
        for edge in street.stroke.edges:
            length = _metres(result, edge)
            pieces[min(int((at + length / 2.0) / street.stroke.line.length * number), number - 1)].append(edge)
            at += length
        for edges in pieces.values():
            told = _most_of(result, edges)
            count[told] += 1
            name |= dict.fromkeys(edges, f"{told}·{count[told]}")
    return name


def _most_of(result: PipesPlan, edges: Sequence[int]) -> str:
    metres: dict[str, float] = defaultdict(float)
    for edge in edges:
        metres[result.streets.name_of(edge)] += _metres(result, edge)
    return max(metres, key=metres.__getitem__)


def _metres(result: PipesPlan, edge: int) -> float:
    return float(result.corridors.length_mm[edge]) / 1000.0


def _edges_at(result: PipesPlan, one: PlannedLine) -> list[int]:
    """Return the street edges of its network at which a service line stands."""
    if one.stub < 0:
        return []
    node = int(result.corridors.edges[one.stub, 1])
    route = result.lanes.plan.joint[one.demand].edges
    ends = result.corridors.edges[route]
    return [int(edge) for edge in route[(ends == node).any(axis=1)] if edge != one.stub]


def cut_overs_of(result: PipesPlan, section: dict[int, str]) -> list[CutOver]:
    """Return one cut-over for each building and network whose service stops on that day."""
    corridors, found = result.corridors, []
    for demand, route in zip(result.ground.demands, result.lanes.plan.joint, strict=True):
        if demand.utility not in OUTAGE:
            continue
        neighbours: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for edge in route.edges.tolist():
            a, b = corridors.edges[edge].tolist()
            neighbours[a].append((b, edge))
            neighbours[b].append((a, edge))
        sources = [corridors.buildings + row for row in demand.sources]
        before = _ways_from(sources, neighbours)
        for row in route.served:
            needed: set[str] = set()
            node = row
            while node in before:
                node, edge = before[node]
                if edge in section and not corridors.blocked[edge]:
                    needed.add(section[edge])
            name = str(result.ground.buildings.index[row])
            found.append(CutOver(name, demand.name, tuple(sorted(needed)), network_of(demand)))
    return found


def _ways_from(sources: Sequence[int], neighbours: dict[int, list[tuple[int, int]]]) -> dict[int, tuple[int, int]]:
    before: dict[int, tuple[int, int]] = {}
    queue = deque(sources)
    seen = set(sources)
    while queue:
        node = queue.popleft()
        for other, edge in neighbours[node]:
            if other not in seen:
                seen.add(other)
                before[other] = (node, edge)
                queue.append(other)
    return before
