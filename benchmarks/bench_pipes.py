"""Joint plans in lanes: trench against the union and separate digs, against the MIP, time, conflicts, calendar."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from benchmarks.bench_steiner import estate
from benchmarks.table import Table
from gisplanner.catalog.clearances import clearance_standards
from gisplanner.catalog.layers import utilities
from gisplanner.planning.pipes.calendar import CutOver, Section, calendar_faults, plan_calendar
from gisplanner.planning.pipes.calendar.records import Pace
from gisplanner.planning.pipes.corridors import Corridors, build_corridors
from gisplanner.planning.pipes.joint import Demand, Route, plan_jointly
from gisplanner.planning.pipes.joint.cost import SHARED_FACTOR
from gisplanner.planning.pipes.lanes import Given, plan_lanes
from gisplanner.planning.pipes.steiner.search import warm_up

MIP_SECONDS = 60.0


def in_lanes() -> Table:
    warm_up()
    table = Table(
        "Seven utilities in lanes, bar buildings between lanes, three of four needed",
        [
            "buildings",
            "separate m",
            "union m",
            "joint m",
            "less than the union",
            "lines",
            "conflicts",
            "unserved",
            "s",
        ],
    )
    for rows, columns, limit in ((4, 3, 5.0), (8, 6, 6.0), (10, 10, 6.0), (20, 25, 60.0)):
        buildings, roads, sources, demands = estate(rows, columns, seed=3)
        begun = time.perf_counter()
        corridors = build_corridors(buildings, roads, sources)
        count = len(corridors.edges)
        given = Given(buildings, sources, corridors, tuple(demands), ("courtyard",) * count, np.full(count, np.nan))
        found = plan_lanes(given, clearance_standards(), utilities=tuple(utilities()), time_limit_s=limit)
        took = time.perf_counter() - begun
        plan = found.plan
        metres = [f"{value:.0f}" for value in (plan.separate_m, plan.union_m, plan.joint_m)]
        unserved = sum(len(route.unserved) for route in plan.joint)
        counts = [str(len(found.lines)), str(len(found.report.conflicts)), str(unserved), f"{took:.1f}"]
        table.rows.append([str(rows * columns), *metres, f"{1.0 - plan.joint_m / plan.union_m:.1%}", *counts])
    table.notes.append("Conflicts by the conflict checker with buildings; seconds with its runs.")
    return table


def against_mip() -> Table:
    warm_up()
    table = Table(
        f"Best response against the MIP (HiGHS, {MIP_SECONDS:g} s): weighted cost in mm",
        [
            "buildings",
            "utilities",
            "ours",
            "MIP",
            "MIP bound",
            "ours above the MIP",
            "closed",
            "own bound below ours",
            "s ours",
            "s MIP",
        ],
    )
    for rows, columns in ((2, 2), (2, 3), (3, 3)):
        buildings, roads, sources, demands = estate(rows, columns, seed=1)
        demands = [one for one in demands if one.utility in {"water", "gas", "sewage", "heat"}]
        corridors = build_corridors(buildings, roads, sources)
        begun = time.perf_counter()
        plan = plan_jointly(corridors, demands, time_limit_s=10.0)
        took = time.perf_counter() - begun
        begun = time.perf_counter()
        value, bound = exact(corridors, demands, plan.joint)
        exact_s = time.perf_counter() - begun
        ours = plan.joint_cost_m * 1000.0
        above = f"{100.0 * (ours / value - 1.0):.3f} %" if value < np.inf else "none found"
        below = f"{100.0 * (1.0 - plan.cost_lower_bound_m / plan.joint_cost_m):.3f} %"
        closed = "yes" if value - bound <= 1e-4 * value else f"{100.0 * (value / bound - 1.0):.1f} % open"
        numbers = [
            f"{ours:.0f}",
            f"{value:.0f}",
            f"{bound:.0f}",
            above,
            closed,
            below,
            f"{took:.2f}",
            f"{exact_s:.1f}",
        ]
        table.rows.append([str(rows * columns), str(len(demands)), *numbers])
    return table


def exact(corridors: Corridors, demands: list[Demand], ours: tuple[Route, ...]) -> tuple[float, float]:
    """Return value and bound of the joint trench as directed flows of every building, the trench paid once."""
    weight = corridors.length_mm.astype(float)
    edges, m = corridors.edges, len(corridors.edges)
    columns, integral = m, [1] * m
    cost = [(1.0 - SHARED_FACTOR) * w for w in weight]
    rows: list[tuple[list[int], list[float], float, float]] = []
    for demand, route in zip(demands, ours, strict=True):
        used = columns
        allowed = (corridors.building < 0) | np.isin(corridors.building, route.served)
        columns += m
        cost += (SHARED_FACTOR * weight).tolist()
        integral += [1] * m
        rows += [([used + e, e], [1.0, -1.0], -np.inf, 0.0) for e in range(m)]
        rows += [([used + e], [1.0], 0.0, 0.0) for e in np.flatnonzero(~allowed)]
        source = corridors.buildings + demand.sources[0]
        for building in route.served:
            flow = columns
            columns += 2 * m
            cost += [0.0] * (2 * m)
            integral += [0] * (2 * m)
            rows += [([flow + 2 * e, flow + 2 * e + 1, used + e], [1.0, 1.0, -1.0], -np.inf, 0.0) for e in range(m)]
            own = corridors.building == building
            stubs = np.flatnonzero((corridors.building >= 0) & ~own)
            rows += [([flow + 2 * e, flow + 2 * e + 1], [1.0, 1.0], 0.0, 0.0) for e in stubs]
            for node in range(corridors.nodes):
                out = np.flatnonzero(edges[:, 0] == node)
                into = np.flatnonzero(edges[:, 1] == node)
                index = [flow + 2 * e for e in out] + [flow + 2 * e + 1 for e in into]
                index += [flow + 2 * e + 1 for e in out] + [flow + 2 * e for e in into]
                if index:
                    sign = [1.0] * (len(out) + len(into)) + [-1.0] * (len(out) + len(into))
                    net = float(node == source) - float(node == building)
                    rows.append((index, sign, net, net))
    size = [len(index) for index, *_ in rows]
    matrix = coo_matrix(
        (
            [one for _, sign, *_ in rows for one in sign],
            (np.repeat(np.arange(len(rows)), size), [one for index, *_ in rows for one in index]),
        ),
        shape=(len(rows), columns),
    ).tocsr()
    found = milp(
        np.array(cost),
        integrality=np.array(integral),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(matrix, [row[2] for row in rows], [row[3] for row in rows]),
        options={"time_limit": MIP_SECONDS},
    )
    return (np.inf if found.x is None else float(found.fun)), float(found.mip_dual_bound or 0.0)


def calendars() -> Table:
    table = Table(
        "Calendars by the separate checker",
        ["sections", "cut-overs", "crews", "working days", "at least", "proven", "broken rules", "s"],
    )
    dice = np.random.default_rng(2)
    for count, crews in ((6, 2), (20, 3), (80, 8)):
        networks = [("sewage", 2.4), ("water", 1.4), ("gas", 1.0), ("telecom", 0.9)]
        sections = [
            Section(f"s{k}", float(dice.integers(20, 120)), tuple(networks[int(dice.integers(0, 3)) :]))
            for k in range(count)
        ]
        cuts = [CutOver(f"b{k}", "telecom", (section.id,)) for k, section in enumerate(sections)]
        pace = Pace(crews=crews, cut_overs_a_day=max(4, count // 10))
        first, last = date(2024, 6, 3), date(2024, 12, 31)
        begun = time.perf_counter()
        found = plan_calendar(sections, cuts, start=first, deadline=last, pace=pace)
        took = time.perf_counter() - begun
        faults = calendar_faults(found, sections, cuts, pace, last)
        days = [str(found.working_days), str(found.working_days_at_least), "yes" if found.proven else "no"]
        table.rows.append([str(count), str(len(cuts)), str(crews), *days, str(len(faults)), f"{took:.2f}"])
    return table


PIECES: dict[str, Callable[[], list[Table]]] = {
    "lanes": lambda: [in_lanes()],
    "mip": lambda: [against_mip()],
    "calendar": lambda: [calendars()],
}


def run() -> list[Table]:
    return [table for piece in PIECES.values() for table in piece()]
