"""Maps to be bundled: two of libpysal, relaxed Voronoi maps, towns of estates 30 m apart, and spoilt maps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from libpysal import examples
from shapely import LineString, Polygon, STRtree, affinity

from gisplanner.planning.bundling import contiguity
from gisplanner.planning.bundling.exact import MOST_PRICED

SHARED = Path(__file__).parents[2] / "shared" / "benchmarks" / "bundling"
GAP_M = 45.0


@dataclass(frozen=True)
class Instance:
    """A map, who borders on whom, sizes, attributes used as given, the minimum, and the seconds given to ours.

    ``thorough`` tells whether a peer gets more than its default where that takes a minute at most.
    """

    name: str
    frame: gpd.GeoDataFrame
    pairs: np.ndarray
    size: np.ndarray
    attributes: np.ndarray
    minimum: float
    seconds: float
    thorough: bool = True


def instances(names: Sequence[str]) -> Iterator[Instance]:
    """Return the maps of these names; ``vor200-3`` is another of the family of ``vor200``, drawn with seed 3."""
    for name in names:
        family, _, seed = name.partition("-")
        yield _drawn(name, family.rstrip("0123456789"), int(seed)) if seed else MAPS[name]()


def _mexico() -> Instance:
    frame = gpd.read_file(examples.get_path("mexicojoin.shp"))
    attributes = _standardised(frame, [f"PCGDP{year}" for year in range(1950, 2001, 10)])
    return Instance("mexico", frame, _queen(frame), np.ones(len(frame)), attributes, 4, 10)


def _columbus() -> Instance:
    frame = gpd.read_file(examples.get_path("columbus.shp"))
    attributes = _standardised(frame, ["CRIME", "INC"])
    return Instance("columbus", frame, _queen(frame), frame["HOVAL"].to_numpy(), attributes, 200, 30)


def _voronoi(name: str, seconds: float) -> Instance:
    frame = gpd.read_file(SHARED / f"{name}.gpkg")
    pairs = contiguity(frame, max_gap_m=0)[["a", "b"]].to_numpy()
    size, attributes = frame["hh"].to_numpy(dtype=float), frame[["year", "dens"]].to_numpy()
    return Instance(name, frame, pairs, size, attributes, 3000, seconds)


def _town(name: str, side: int, seed: int, seconds: float) -> Instance:
    frame, _ = town(side, seed)
    pairs = contiguity(frame, max_gap_m=GAP_M)[["a", "b"]].to_numpy()
    attributes = np.random.default_rng(seed + 1).normal(size=(len(frame), 2))
    return Instance(name, frame, pairs, households(len(frame), seed), attributes, 3000, seconds)


def _drawn(name: str, family: str, seed: int) -> Instance:
    """Return a map drawn with a seed."""
    count = int(name.partition("-")[0].removeprefix(family))
    if family == "town":
        return replace(_town(name, math.isqrt(count), seed, 10), thorough=False)
    frame = relaxed_voronoi(count, seed)
    pairs = contiguity(frame, max_gap_m=0)[["a", "b"]].to_numpy()
    attributes = frame[["year", "dens"]].to_numpy()
    seconds = 20 if count <= MOST_PRICED else 10
    return Instance(name, frame, pairs, frame["hh"].to_numpy(), attributes, 3000, seconds, thorough=False)


def relaxed_voronoi(estates: int, seed: int) -> gpd.GeoDataFrame:
    """Return a map like those that are shared: cells of 16 ha, lognormal households, attributes alike near by."""
    rng, side = np.random.default_rng(seed), 400.0 * math.sqrt(estates)
    ground, points = shapely.box(0, 0, side, side), rng.uniform(0, side, (estates, 2))
    for _ in range(3):
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), ordered=True))
        cells = shapely.intersection(cells, ground)
        points = shapely.get_coordinates(shapely.centroid(cells))
    near = np.exp(-(((points[:, None] - points[None, :]) / 1_200.0) ** 2).sum(axis=2))
    values = near @ rng.normal(size=(estates, 2)) / np.sqrt((near**2).sum(axis=1))[:, None]
    values += 0.5 * rng.normal(size=(estates, 2))
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    columns = {"hh": households(estates, seed), "year": values[:, 0], "dens": values[:, 1]}
    return gpd.GeoDataFrame(columns, geometry=cells, crs="EPSG:32650")


MAPS: dict[str, Callable[[], Instance]] = {
    "mexico": _mexico,
    "columbus": _columbus,
    "vor28": lambda: _voronoi("vor28", 10),
    "vor200": lambda: _voronoi("vor200", 20),
    "vor1000": lambda: _voronoi("vor1000", 15),
    "town5000": lambda: _town("town5000", 71, 0, 30),
}


def _standardised(frame: gpd.GeoDataFrame, columns: list[str]) -> np.ndarray:
    values = frame[columns].to_numpy(dtype=float)
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _queen(frame: gpd.GeoDataFrame) -> np.ndarray:
    shapes = frame.geometry.to_numpy()
    a, b = STRtree(shapes).query(shapes, predicate="intersects")
    return np.column_stack([a[a < b], b[a < b]])


def households(estates: int, seed: int = 0) -> np.ndarray:
    """Return households a size: lognormal around 420, at most 2,900."""
    return np.minimum(np.exp(np.random.default_rng(seed).normal(np.log(420), 0.8, estates)).round(), 2900)


def town(side: int, seed: int = 0) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return ``side`` × ``side`` estates 20 to 40 m apart, and a main road after every tenth row."""
    rng = np.random.default_rng(seed)
    x, y = (axis.ravel() * 430.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    jitter = rng.uniform(0, 10, (4, x.size))
    shapes = shapely.box(x + jitter[0], y + jitter[1], x + 410 - jitter[2], y + 410 - jitter[3])
    every = np.arange(10, side, 10) * 430.0 - 10.0
    lines = [LineString([(a, level), (a + 430.0, level)]) for level in every for a in np.arange(side) * 430.0]
    roads = gpd.GeoDataFrame({"highway": ["primary"] * len(lines)}, geometry=lines, crs="EPSG:4547")
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4547"), roads


FAULTS = (
    "two islands", "two components", "infeasible minimum", "missing numbers", "bow-tie", "null geometry",
    "30 m apart", "2 m overlaps", "negative size",
)  # fmt: skip


def spoilt(frame: gpd.GeoDataFrame, how: str) -> gpd.GeoDataFrame:
    """Return a map with one of :data:`FAULTS`."""
    frame, shapes = frame.copy(), frame.geometry.to_numpy().copy()
    if how == "two islands":
        shapes[:2] = [affinity.translate(shape, 1e5 * (k + 1), 0) for k, shape in enumerate(shapes[:2])]
    if how == "two components":
        x = shapely.get_x(shapely.centroid(shapes))
        shapes[x > np.median(x)] = [affinity.translate(shape, 5e4, 0) for shape in shapes[x > np.median(x)]]
    if how == "bow-tie":
        x, y = shapely.get_coordinates(shapely.centroid(shapes[0]))[0]
        shapes[0] = Polygon([(x, y), (x + 50, y + 50), (x + 50, y), (x, y + 50)])
    if how == "null geometry":
        shapes[0] = None
    if how == "30 m apart":
        shapes = shapely.buffer(shapes, -15, join_style="mitre")
    if how == "2 m overlaps":
        shapes = shapely.buffer(shapes, 1, join_style="mitre")
    if how == "missing numbers":
        frame.loc[3, ["hh", "year"]] = np.nan
    if how == "negative size":
        frame.loc[3, "hh"] = -5.0
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
