"""Small random estates, and a second way to tell who is served that shares no code with the first."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, Point, affinity, box

CRS = "EPSG:4547"
ORIGIN = (576811.0, 2839390.0)
STEP_M = 0.05
THIN_M = 5e-5
"""What the second way forgives: half the distance between 4.000 m and the next smaller gap on a 5 cm grid."""


@dataclass
class Estate:
    site: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    obstacles: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame

    @property
    def layers(self) -> tuple[gpd.GeoDataFrame, ...]:
        return self.site, self.buildings, self.obstacles, self.entrances

    def turned(self, degrees: float, about: tuple[float, float] = ORIGIN) -> Estate:
        return Estate(*(frame.set_geometry(frame.rotate(degrees, origin=about)) for frame in self.layers))


def frame(shapes, **columns) -> gpd.GeoDataFrame:
    shapes = [affinity.translate(shape, *ORIGIN) for shape in shapes]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def estate(site, buildings, obstacles, entrances, *, removable=True, cost=None, widths=None) -> Estate:
    many = len(obstacles)
    given = [removable] * many if isinstance(removable, bool) else removable
    gates = {} if widths is None else {"width_m": widths}
    return Estate(
        frame([site]),
        frame(buildings),
        frame(obstacles, removable=given, cost=cost or [float(k + 1) for k in range(many)]),
        frame(entrances, **gates),
    )


def random_estate(rng: np.random.Generator, *, columns: int, rows: int, obstacles: int, fixed: float = 0.1) -> Estate:
    """Rows of slabs with yards of 4 to 11 m between, and things in the yards and lanes."""

    def grid(low: float, high: float) -> float:
        return round(rng.uniform(low, high) / STEP_M) * STEP_M

    slabs, lanes, y = [], [], grid(4.0, 9.0)
    left = grid(4.0, 7.0)
    widths = [grid(14.0, 40.0) for _ in range(columns)]
    gaps = [grid(2.5, 6.5) for _ in range(columns)]
    width = left + sum(widths) + sum(gaps[:-1]) + grid(2.0, 7.0)
    for _ in range(rows):
        depth, yard, x = grid(9.0, 13.0), grid(4.0, 11.0), left
        for length, gap in zip(widths, gaps, strict=True):
            slabs.append(box(x, y, x + length, y + depth))
            lanes.append(box(x + length, y, x + length + gap, y + depth))
            lanes.append(box(x, y + depth, x + length, y + depth + yard))
            x += length + gap
        y += depth + yard
    site = box(0.0, 0.0, width, y + grid(0.0, 5.0))
    things = []
    for _ in range(obstacles):
        west, south, east, north = lanes[rng.integers(len(lanes))].bounds
        if rng.random() < 0.6:  # a wall or shed across the lane that leaves little or nothing
            left_over, deep = grid(0.0, 4.2), grid(0.2, 3.0)
            if east - west > north - south:
                x = grid(west, east - deep)
                shape = box(x, south + left_over, x + deep, north)
            else:
                y_ = grid(south, north - deep)
                shape = box(west + left_over, y_, max(east, west + left_over + 0.5), y_ + deep)
        else:
            w, h = grid(1.0, 6.0), grid(1.0, 4.0)
            x, low = grid(max(west - 2, 0.0), max(east - 1.0, west)), grid(south - 1.0, max(north - 1.0, south))
            shape = box(x, low, x + w, low + h)
        if shape.bounds[3] - shape.bounds[1] < STEP_M:
            shape = box(west, south, west + 1.0, south + 1.0)
        if rng.random() < 0.2:
            shape = affinity.rotate(shape, rng.uniform(0, 90), origin=shape.centroid)
        things.append(shape)
    gates = [Point(grid(3.0, width - 3.0), 0.0)]
    if rng.random() < 0.5:
        gates.append(Point(0.0, grid(3.0, y - 3.0)))
    removable = (rng.random(obstacles) >= fixed).tolist()
    cost = np.round(rng.uniform(1.0, 9.0, obstacles), 2).tolist()
    return estate(site, slabs, things, gates, removable=removable, cost=cost)


def rebuilt(estate_: Estate, removed=(), width_m: float = 4.0) -> set:
    """Tell who is served from the area the middle of the disc may be in, drawn edge by edge with fine arcs."""
    radius = width_m / 2.0 - THIN_M
    site = estate_.site.geometry.iloc[0]
    standing = [shape for label, shape in estate_.obstacles.geometry.items() if label not in set(removed)]
    walls = shapely.boundary(site)
    for gate in estate_.entrances.geometry:
        opening = _along(walls, walls.project(gate), width_m)
        walls = walls.difference(shapely.buffer(opening, 1e-7, cap_style="square"))
    edges = [walls, *standing, *estate_.buildings.geometry]
    blocked = shapely.union_all([piece for shape in edges for piece in _dilated(shape, radius)])
    solid = shapely.union_all([*standing, *estate_.buildings.geometry])
    free = site.buffer(1e-6, join_style="mitre").difference(shapely.union_all([blocked, solid]))
    parts = shapely.get_parts(free)
    starts = [part for part in parts if any(part.distance(gate) <= 2e-4 for gate in estate_.entrances.geometry)]
    if not starts:
        return set()
    swept = shapely.union_all(starts)
    served = set()
    for label, building in estate_.buildings.geometry.items():
        for points in _sides(building):
            if (shapely.distance(points, swept) <= 10.0 + width_m / 2.0 + 2e-4).all():
                served.add(label)
    return served


def _along(ring, at: float, width_m: float) -> LineString:
    ends = [ring.interpolate((at + shift) % ring.length) for shift in (-width_m / 2, 0.0, width_m / 2)]
    return LineString(ends)


def _dilated(shape, radius: float):
    points, index = shapely.get_coordinates(
        shapely.get_parts(shape if shapely.get_dimensions(shape) == 1 else shapely.boundary(shape)), return_index=True
    )
    for (a, i), (b, j) in itertools.pairwise(zip(points, index, strict=True)):
        if i == j and (a != b).any():
            yield LineString([a, b]).buffer(radius, quad_segs=128)


def _sides(building):
    corners = shapely.get_coordinates(shapely.oriented_envelope(building))
    sides = [LineString(pair) for pair in itertools.pairwise(corners)]
    longest = max(side.length for side in sides)
    for side in sides:
        if side.length > longest - 1e-3:
            steps = int(np.ceil(side.length / 2.0 - 1e-9))
            yield shapely.line_interpolate_point(side, np.linspace(0.0, 1.0, max(steps, 1) + 1), normalized=True)
