"""The works of a plan on one calendar (一次开挖、先地下后地上): sections, cut-overs, ways kept, notices."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from gisplanner.errors import InfeasibleError
from gisplanner.planning.pipes.calendar import (
    Calendar,
    CutOver,
    Pace,
    Section,
    Shut,
    Ways,
    always_replaced,
    calendar_faults,
    plan_calendar,
    shut_in,
    working_days,
)
from gisplanner.planning.pipes.lanes.laying import network_of, used_by_network
from gisplanner.planning.pipes.lanes.records import PlannedLine
from gisplanner.services.pipes.plan import PipesPlan

OUTAGE: Final = {"water": "停水", "gas": "停气", "power": "停电", "heat": "停暖", "telecom": "通信中断"}
"""What a building loses on the day of its cut-over, by utility; drains are joined without an outage."""
MOST_CREWS: Final = 12
LONGEST_M: Final = 120.0
"""A street is opened in stretches no longer than this (本工具参数)."""
_TRIES: Final = 12
_WINDOW_USED: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Works:
    """Works of a plan.

    Attributes
    ----------
    sections
        Stretches of street, each opened once.
    calendar
        Works and outages; held to the pace, which says how many crews it takes.
    replaced
        Buildings a section cuts off from the town while it is open, by section: they need a way of their own
        (半幅施工、钢板便道).
    shut
        Days on which sections open together shut somebody in; none in a plan that holds.
    faults
        What the separate checker finds; none in a plan that holds.
    """

    sections: tuple[Section, ...]
    cut_overs: tuple[CutOver, ...]
    pace: Pace
    start: date
    deadline: date
    calendar: Calendar
    replaced: dict[str, set[str]]
    shut: tuple[Shut, ...]
    faults: tuple[str, ...]


def plan_works(
    result: PipesPlan, start: date, deadline: date, pace: Pace | None = None, *, time_limit_s: float = 10.0
) -> Works:
    """Return the works of a plan on a calendar, with as many crews as the deadline takes.

    Raises
    ------
    InfeasibleError
        It does not fit before the deadline, whatever the crews.
    InputError
        The deadline is before the start, or in a year without known holidays.
    """
    sections, street = _sections(result)
    cut_overs = _cut_overs(result, street)
    ways = _ways(result, street)
    chosen = pace or _pace(cut_overs, start, deadline)
    while True:
        try:
            calendar = _scheduled(
                sections, cut_overs, ways, span=(start, deadline), pace=chosen, time_limit_s=time_limit_s
            )
            break
        except InfeasibleError:
            if pace is not None or chosen.crews >= MOST_CREWS:
                raise
            chosen = replace(chosen, crews=chosen.crews + 1)
    return Works(
        tuple(sections),
        tuple(cut_overs),
        chosen,
        start,
        deadline,
        calendar,
        always_replaced(ways, [section.id for section in sections]),
        tuple(shut_in(calendar, ways)),
        tuple(calendar_faults(calendar, sections, cut_overs, chosen, deadline)),
    )


def _pace(cut_overs: Sequence[CutOver], start: date, deadline: date) -> Pace:
    """Return the pace at which all cut-overs fit their window; how many a day stands in the result."""
    plain = Pace()
    days = max(min(len(working_days(start, deadline)), plain.cut_over_window_days), 1) if start <= deadline else 1
    needed = math.ceil(len(cut_overs) / (days * _WINDOW_USED))
    return replace(plain, cut_overs_a_day=max(plain.cut_overs_a_day, needed))


def _scheduled(
    sections: Sequence[Section],
    cut_overs: Sequence[CutOver],
    ways: Ways,
    *,
    span: tuple[date, date],
    pace: Pace,
    time_limit_s: float,
) -> Calendar:
    """Return a calendar in which no sections open together shut anybody in; pairs that do are kept apart."""
    apart: set[tuple[str, str]] = set()
    for _ in range(_TRIES):
        calendar = plan_calendar(
            sections,
            cut_overs,
            start=span[0],
            deadline=span[1],
            pace=pace,
            apart=sorted(apart),
            time_limit_s=time_limit_s,
        )
        fresh = {_worst_pair(ways, one) for one in shut_in(calendar, ways)} - apart
        if not fresh:
            break
        apart |= fresh
    return calendar


def _worst_pair(ways: Ways, shut: Shut) -> tuple[str, str]:
    """Return two of the sections without which the others shut nobody in."""
    needed = list(shut.sections)
    for name in shut.sections:
        rest = [other for other in needed if other != name]
        if ways.cut_off(rest) & set(shut.buildings):
            needed = rest
    return needed[0], needed[-1]


def _sections(result: PipesPlan) -> tuple[list[Section], dict[int, str]]:
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
    """Return the name of the section of each street edge: the street, numbered by stretches."""
    count: dict[str, int] = defaultdict(int)
    name: dict[int, str] = {}
    for street in result.lanes.layout.streets:
        told = result.streets.name_of(street.stroke.edges[0])
        pieces = max(math.ceil(street.stroke.line.length / LONGEST_M), 1)
        at = 0.0
        for edge in street.stroke.edges:
            length = float(result.corridors.length_mm[edge]) / 1000.0
            piece = min(int((at + length / 2.0) / street.stroke.line.length * pieces), pieces - 1)
            name[edge] = f"{told}·{count[told] + piece + 1}"
            at += length
        count[told] += pieces
    return name


def _edges_at(result: PipesPlan, one: PlannedLine) -> list[int]:
    """Return the street edges of its network at which a service line stands."""
    if one.stub < 0:
        return []
    node = int(result.corridors.edges[one.stub, 1])
    route = result.lanes.plan.joint[one.demand].edges
    ends = result.corridors.edges[route]
    return [int(edge) for edge in route[(ends == node).any(axis=1)] if edge != one.stub]


def _cut_overs(result: PipesPlan, section: dict[int, str]) -> list[CutOver]:
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


def _ways(result: PipesPlan, section: dict[int, str]) -> Ways:
    """Return the streets people and engines use; the town begins at city roads, else where streets end."""
    corridors, streets = result.corridors, result.streets
    chosen = np.flatnonzero(streets.road >= 0)
    ends = corridors.edges[chosen]
    city = np.array([streets.place[edge] == "municipal_road" for edge in chosen.tolist()], dtype=bool)
    degree = np.bincount(ends.ravel(), minlength=corridors.nodes)
    outside = set(ends[city].ravel().tolist()) or set(np.flatnonzero(degree == 1).tolist())
    if not outside:
        feeds = (corridors.edges[:, 0] >= corridors.buildings) & (streets.road < 0)
        outside = set(corridors.edges[feeds, 1].tolist())
    doors: dict[str, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(corridors.building >= 0).tolist():
        name = str(result.ground.buildings.index[int(corridors.building[edge])])
        doors[name].append(int(corridors.edges[edge, 1]))
    return Ways(
        ends,
        tuple(section.get(edge, "") for edge in chosen.tolist()),
        tuple(sorted(outside)),
        {name: tuple(nodes) for name, nodes in doors.items()},
    )
