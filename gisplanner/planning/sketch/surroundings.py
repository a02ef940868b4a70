"""What a sketch has outside the estates: streets, lanes to them, river or railway, municipal connection points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from gisplanner.planning.sketch.bend import Bend, Rigid
from gisplanner.planning.sketch.chance import pick
from gisplanner.planning.sketch.cluster import Cluster
from gisplanner.planning.sketch.frames import Drawing, add_road
from gisplanner.planning.sketch.ground import Box, PlacedCluster, Street, Strip, Town, points_along, run_out
from gisplanner.planning.sketch.records import Floats
from gisplanner.planning.sketch.site import Gate

HIGHWAYS: Final = ("primary", "secondary", "tertiary")
STREET_WIDTHS_M: Final = (28.0, 18.0, 12.0)
LANE_WIDTHS_M: Final = (6.0, 6.5, 7.0)
STEP_M: Final = 40.0
LEAST_SPUR_M: Final = 4.0
RUN_OUT_M: Final = 150.0
"""A river or railway goes on beyond the town by this."""
RIVER_HALF_M: Final = 20.0
MEANDER_M: Final = 5.0
UTILITIES: Final = {
    "water": "给水",
    "sewage": "污水",
    "storm": "雨水",
    "gas": "燃气",
    "power": "电力",
    "telecom": "通信",
}


def draw_streets(drawing: Drawing, town: Town, bend: Bend, feet: Sequence[tuple[float, float]]) -> None:
    """Draw the streets, with a vertex wherever another one or a lane (``feet``) ends: the network hangs together."""
    ends = np.array([*(end for street in town.streets for end in (street.start, street.end)), *feet])
    for number, street in enumerate(town.streets, start=1):
        line = LineString(bend.points(_with_junctions(run_out(street, town.extent), ends)))
        add_road(
            drawing,
            f"SK-R{number:04d}",
            line,
            HIGHWAYS[street.level],
            STREET_WIDTHS_M[street.level],
            name=f"{street.name.removesuffix('大道')}桥" if street.bridge else street.name,
            bridge=street.bridge,
        )


def _with_junctions(street: Street, ends: Floats) -> Floats:
    upright = street.start[0] == street.end[0]
    across, along = (0, 1) if upright else (1, 0)
    low, high = sorted((street.start[along], street.end[along]))
    on_it = (ends[:, across] == street.start[across]) & (ends[:, along] > low) & (ends[:, along] < high)
    regular = points_along(street.start, street.end, STEP_M)[:, along]
    at = np.unique(np.concatenate([regular, ends[on_it, along]]))
    other = np.full_like(at, street.start[across])
    return np.column_stack([other, at] if upright else [at, other])


def draw_strip(drawing: Drawing, town: Town, strip: Strip, number: int, bend: Bend) -> None:
    """Draw a river (polygon) or a railway (line) between two parts of the town."""
    line = _centre_line(strip, town.extent, STEP_M / 2.0)
    if strip.kind == "railway":
        geometry = LineString(bend.points(line))
    else:
        swing = MEANDER_M * np.sin(np.arange(len(line)) * (STEP_M / 2.0) * 2.0 * math.pi / 420.0)
        aside = np.array([1.0, 0.0] if strip.upright else [0.0, 1.0])
        middle = line + swing[:, None] * aside
        banks = np.vstack([middle - RIVER_HALF_M * aside, (middle + RIVER_HALF_M * aside)[::-1]])
        geometry = shapely.orient_polygons(Polygon(bend.points(banks)))
    name = "示意河" if strip.kind == "river" else "示意铁路"
    drawing.add("barriers", f"SK-Z{number:02d}", geometry, name=name, kind=strip.kind, tunnel=False)


def _centre_line(strip: Strip, extent: Box, step_m: float) -> Floats:
    """Middle of a strip; it runs on beyond the town, but ends where it meets another strip."""
    box = strip.box
    if strip.upright:
        x = (box.west + box.east) / 2.0
        low = box.south - (RUN_OUT_M if box.south == extent.south else 0.0)
        high = box.north + (RUN_OUT_M if box.north == extent.north else 0.0)
        return points_along((x, low), (x, high), step_m)
    y = (box.south + box.north) / 2.0
    low = box.west - (RUN_OUT_M if box.west == extent.west else 0.0)
    high = box.east + (RUN_OUT_M if box.east == extent.east else 0.0)
    return points_along((low, y), (high, y), step_m)


def draw_lanes(drawing: Drawing, placed: PlacedCluster, bend: Bend) -> list[tuple[float, float]]:
    """Draw the lanes between rows out to the streets on both sides, and from every gate to its lane or street.

    Returns
    -------
    list
        Where they meet streets, on flat ground.
    """
    cluster, cell, move = placed.cluster, placed.cell, bend.rigid(placed)
    feet: list[tuple[float, float]] = []
    for number, (height_m, _) in enumerate(cluster.lanes, start=1):
        across = [
            _foot(bend, move, x=x, own=complex(own_x, height_m))
            for x, own_x in ((cell.west, 0.0), (cell.east, cluster.width_m))
        ]
        outer = bend.points(np.array(across))
        facing = (
            gate.point.x for site in cluster.sites for gate in site.gates if _lane_of(cluster, gate) == height_m
        )
        inner = move(np.array([(x, height_m) for x in sorted({0.0, cluster.width_m, *facing})]))
        width_m = pick(LANE_WIDTHS_M, cluster.key, "lane width", number)
        name = f"{cluster.sites[0].row.name}{'' if number == 1 else number}巷"
        line = LineString([outer[0], *inner, outer[1]])
        add_road(drawing, f"{cluster.key}-X{number}", line, "residential", width_m, name=name)
        feet += across
    for site in cluster.sites:
        for number, gate in enumerate(site.gates, start=1):
            own = complex(gate.point.x, gate.point.y)
            if cluster.lanes:
                end = move(np.array([[own.real, _lane_of(cluster, gate)]]))
            else:
                street_y = cell.south if cluster.street_below != gate.back else cell.north
                feet.append(_foot(bend, move, y=street_y, own=own))
                end = bend.points(np.array(feet[-1:]))
            line = LineString(np.vstack([move(np.array([[own.real, own.imag]])), end]))
            width_m = max(gate.width_m, LEAST_SPUR_M)
            add_road(drawing, f"{site.row.code}-S{number}", line, "service", width_m, estate=site.row.code)
    return feet


def _lane_of(cluster: Cluster, gate: Gate) -> float:
    """Height of the lane a gate faces: the nearest one."""
    return min((abs(height_m - gate.point.y), height_m) for height_m, _ in cluster.lanes)[1]


def _foot(
    bend: Bend, move: Rigid, *, own: complex, x: float | None = None, y: float | None = None
) -> tuple[float, float]:
    """Where a straight line from ``own``, along an axis of the project, meets the bent street at flat x or y.

    Found by fixed-point iteration: the bend is so slight that each step gains more than one digit.
    """
    flat = complex(own.real if x is None else x, own.imag if y is None else y)
    for _ in range(12):
        aside = own - move.own(bend.point(flat))
        flat += complex(0.0, aside.imag) if x is not None else complex(aside.real, 0.0)
    return (flat.real, flat.imag)


def draw_connection_points(drawing: Drawing, town: Town, bend: Bend) -> None:
    """Draw one point for each utility at a street corner of every community (市政接口)."""
    taken: dict[tuple[float, float], int] = {}
    seen: set[tuple[str, str]] = set()
    for placed in sorted(town.projects, key=lambda p: p.cluster.key):
        for site in placed.cluster.sites:
            community = (site.row.subdistrict, site.row.community)
            if community in seen:
                continue
            seen.add(community)
            corner = (placed.cell.west, placed.cell.south)
            turn = taken.get(corner, 0)
            taken[corner] = turn + 1
            for number, (utility, name) in enumerate(UTILITIES.items()):
                flat = np.array([[corner[0] + 4.0 + 2.5 * number, corner[1] + 2.0 + 2.0 * turn]])
                drawing.add(
                    "connection_points",
                    f"{site.row.code}-C-{utility}",
                    Point(bend.points(flat)[0]),
                    utility=utility,
                    name=f"{site.row.community}{name}接口",
                    community=site.row.community,
                )
