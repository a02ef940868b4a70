"""Bundling: adjacency, number of regions, heterogeneity, proof; beside spopt where it is installed."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from libpysal import examples
from libpysal.weights import W
from shapely import LineString, STRtree
from spopt.region import MaxPHeuristic

from benchmarks.table import Table
from gisplanner.planning.bundling import Regions, adjacency, contiguity, max_p_regions
from gisplanner.planning.bundling.search import warm_up

SHARED = Path(__file__).parents[2] / "shared" / "benchmarks" / "bundling"
SPOPT_LIMIT = 300
"""Beyond this many units the peer takes minutes."""


@dataclass
class Instance:
    name: str
    frame: gpd.GeoDataFrame
    pairs: np.ndarray
    size: np.ndarray
    attributes: np.ndarray
    minimum: float
    seconds: float


def run() -> list[Table]:
    warm_up()
    return [_against_peers(list(_instances())), _scale()]


def _standardised(frame: gpd.GeoDataFrame, columns: list[str]) -> np.ndarray:
    values = frame[columns].to_numpy(dtype=float)
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _queen(frame: gpd.GeoDataFrame) -> np.ndarray:
    shapes = frame.geometry.to_numpy()
    a, b = STRtree(shapes).query(shapes, predicate="intersects")
    return np.column_stack([a[a < b], b[a < b]])


def _instances() -> Iterator[Instance]:
    mexico = gpd.read_file(examples.get_path("mexicojoin.shp"))
    attributes = _standardised(mexico, [f"PCGDP{year}" for year in range(1950, 2001, 10)])
    yield Instance("mexico", mexico, _queen(mexico), np.ones(len(mexico)), attributes, 4, 10)
    columbus = gpd.read_file(examples.get_path("columbus.shp"))
    attributes = _standardised(columbus, ["CRIME", "INC"])
    yield Instance("columbus", columbus, _queen(columbus), columbus["HOVAL"].to_numpy(), attributes, 200, 10)
    for name, limit in (("vor28", 10), ("vor200", 10), ("vor1000", 15)):
        path = SHARED / f"{name}.gpkg"
        if path.exists():
            frame = gpd.read_file(path)
            pairs = contiguity(frame, max_gap_m=0)[["a", "b"]].to_numpy()
            size, attributes = frame["hh"].to_numpy(dtype=float), frame[["year", "dens"]].to_numpy()
            yield Instance(name, frame, pairs, size, attributes, 3000, limit)


def _solve(one: Instance, **more) -> tuple[Regions, float]:
    begun = time.perf_counter()
    limit = more.pop("time_limit_s", one.seconds)
    found = max_p_regions(
        one.pairs, one.size, min_size=one.minimum, attributes=one.attributes, time_limit_s=limit, **more
    )
    return found, time.perf_counter() - begun


def _spopt(one: Instance) -> tuple[int, float, float] | None:
    if len(one.frame) > SPOPT_LIMIT:
        return None
    near: dict[int, list[int]] = {k: [] for k in range(len(one.frame))}
    for a, b in one.pairs.tolist():
        near[a].append(b)
        near[b].append(a)
    names = [f"x{k}" for k in range(one.attributes.shape[1])]
    frame = one.frame[["geometry"]].assign(size=one.size, **dict(zip(names, one.attributes.T, strict=True)))
    begun = time.perf_counter()
    with warnings.catch_warnings(action="ignore"):
        np.random.seed(0)  # noqa: NPY002 - what the peer draws from
        model = MaxPHeuristic(frame, W(near), names, "size", one.minimum, 2)
        model.solve()
    labels = np.asarray(model.labels_)
    value = sum(
        float(np.abs(rows[:, None] - rows[None, :]).sum()) / 2
        for rows in (one.attributes[labels == label] for label in np.unique(labels))
    )
    return int(model.p), value, time.perf_counter() - begun


def _against_peers(instances: list[Instance]) -> Table:
    table = Table(
        "Regions of a minimum size: as many as possible, then homogeneous",
        [
            *("instance", "units", "bound", "regions", "heterogeneity", "lower bound", "proven", "s"),
            *("spopt regions", "spopt heterogeneity", "spopt s", "ours at spopt's number"),
        ],
        notes=["One seed, 2 cores shared, compilation apart. Heterogeneity: L1, each pair within a region once."],
    )
    for one in instances:
        found, took = _solve(one)
        least = "–" if found.heterogeneity_lower_bound is None else f"{found.heterogeneity_lower_bound:.3f}"
        row = [one.name, str(len(one.frame)), str(found.p_upper_bound), str(found.p), f"{found.heterogeneity:.3f}"]
        row += [least, "yes" if found.proven else "no", f"{took:.1f}"]
        peer = _spopt(one)
        if peer is None:
            row += ["–"] * 4
        else:
            same, _ = _solve(one, at_most=peer[0])
            row += [str(peer[0]), f"{peer[1]:.3f}", f"{peer[2]:.1f}", f"{same.heterogeneity / peer[1]:.3f}"]
        table.rows.append(row)
    return table


def _scale() -> Table:
    table = Table(
        "Estates 30 m apart, main roads between some: time by size",
        ["estates", "links", "cut by roads", "adjacency s", "regions", "of the bound", "search s"],
    )
    for side in (32, 100, 316, 412):
        frame, roads = _town(side)
        begun = time.perf_counter()
        found = adjacency(frame, max_gap_m=45, barriers=roads)
        near = time.perf_counter() - begun
        rng = np.random.default_rng(0)
        size = np.minimum(np.exp(rng.normal(np.log(420), 0.8, len(frame))).round(), 2900)
        begun = time.perf_counter()
        regions = max_p_regions(
            found.links[["a", "b"]].to_numpy(), size, min_size=3000, allow_leftovers=True,
            time_limit_s=max(2.0, len(frame) / 2000),
        )  # fmt: skip
        search = time.perf_counter() - begun
        share = regions.p / max(regions.p_upper_bound, 1)
        row = [
            len(frame),
            len(found.links),
            len(found.cut),
            round(near, 1),
            regions.p,
            round(share, 4),
            round(search, 1),
        ]
        table.rows.append([str(value) for value in row])
    return table


def _town(side: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    rng = np.random.default_rng(0)
    x, y = (axis.ravel() * 430.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    jitter = rng.uniform(0, 10, (4, x.size))
    shapes = shapely.box(x + jitter[0], y + jitter[1], x + 400 - jitter[2], y + 400 - jitter[3])
    every = np.arange(10, side, 10) * 430.0 - 15.0
    lines = [LineString([(a, level), (a + 430.0, level)]) for level in every for a in np.arange(side) * 430.0]
    roads = gpd.GeoDataFrame({"highway": ["primary"] * len(lines)}, geometry=lines, crs="EPSG:4547")
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4547"), roads
