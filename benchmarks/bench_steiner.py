"""Steiner trees beside networkx, rustworkx and the exact steinerpy; joint trenches beside the union of routes."""

from __future__ import annotations

import csv
import logging
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import rustworkx as rx
import shapely
from steinerpy import SteinerProblem

from benchmarks.table import Table
from gisplanner.planning.pipes import steiner_tree
from gisplanner.planning.pipes.corridors import build_corridors
from gisplanner.planning.pipes.joint import Demand, plan_jointly
from gisplanner.planning.pipes.steiner.search import warm_up

SHARED = Path(__file__).parents[2] / "shared" / "benchmarks" / "steiner"
EXACT_NODES = 4_000
EXACT_TERMINALS = 60
EXACT_SECONDS = 30.0
GEO_SECONDS = 20.0
OTHER_SECONDS = 10.0
PROOF_SECONDS = 5.0


@dataclass
class Instance:
    name: str
    edges: np.ndarray
    weights: np.ndarray
    terminals: list[int]
    optimum: float

    def graph(self) -> nx.Graph:
        graph = nx.Graph()
        for (a, b), weight in zip(self.edges.tolist(), self.weights.tolist(), strict=True):
            if not graph.has_edge(a, b) or weight < graph[a][b]["weight"]:
                graph.add_edge(a, b, weight=weight)
        return graph


def vienna() -> list[Table]:
    return [against_peers("VIENNA-I street graphs", [one for one in instances() if one.name.startswith("I0")])]


def geo() -> list[Table]:
    return [against_peers("VIENNA-GEO street graphs", [one for one in instances() if one.name.startswith("G")])]


def families() -> list[Table]:
    rest = [one for one in instances() if not one.name.startswith(("I0", "G"))]
    return [against_peers("Other SteinLib families", rest)]


def few() -> list[Table]:
    return [small_ones("", seed=0), small_ones(", other draws", seed=1)]


def estates() -> list[Table]:
    return [joint_trenches()]


def instances() -> list[Instance]:
    with (SHARED / "optima.csv").open(encoding="utf-8") as file:
        return [read(SHARED / row["file"], row["name"], float(row["opt"])) for row in csv.DictReader(file)]


def read(path: Path, name: str, optimum: float) -> Instance:
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [row for row in rows if len(row) == 4 and row[0] == "E"]
    return Instance(
        name,
        np.array([[int(row[1]) - 1, int(row[2]) - 1] for row in lines]),
        np.array([float(row[3]) for row in lines]),
        [int(row[1]) - 1 for row in rows if len(row) == 2 and row[0] == "T"],
        optimum,
    )


def against_peers(title: str, chosen: list[Instance]) -> Table:
    warm_up()
    logging.getLogger().setLevel(logging.WARNING)  # the exact peer tells every cut
    table = Table(
        f"{title}: gap to the published optimum in %, seconds",
        ["instance", "n", "m", "t", "networkx", "rustworkx", "steinerpy", "ours", "own bound below ours"],
    )
    gaps, bounds = [], []
    for one in sorted(chosen, key=lambda one: len(one.edges)):
        limit = GEO_SECONDS if one.name.startswith("G") else OTHER_SECONDS
        begun = time.perf_counter()
        found = steiner_tree(one.edges, one.weights, one.terminals, time_limit_s=limit)
        took = time.perf_counter() - begun
        gaps.append(100.0 * (found.weight / one.optimum - 1.0))
        bounds.append(100.0 * (1.0 - found.lower_bound / found.weight))
        ours = f"{gaps[-1]:.4f} / {took:.2f}"
        sizes = [str(int(one.edges.max()) + 1), str(len(one.edges)), str(len(one.terminals))]
        table.rows.append([one.name, *sizes, *peers(one), ours, f"{bounds[-1]:.4f} %"])
    table.notes.append(
        f"Mean gap {statistics.mean(gaps):.4f} %, worst {max(gaps):.4f} %; worst own bound {max(bounds):.4f} %."
    )
    table.notes.append(
        f"steinerpy (HiGHS) up to {EXACT_NODES} nodes and {EXACT_TERMINALS} terminals, {EXACT_SECONDS:g} s."
    )
    return table


def peers(one: Instance) -> list[str]:
    graph = one.graph()
    begun = time.perf_counter()
    tree = nx.algorithms.approximation.steiner_tree(graph, one.terminals, weight="weight", method="mehlhorn")
    cells = [cell(one, tree.size(weight="weight"), begun)]
    fast = rx.networkx_converter(graph)
    place = {node: index for index, node in enumerate(graph.nodes)}
    begun = time.perf_counter()
    found = rx.steiner_tree(fast, [place[node] for node in one.terminals], lambda edge: edge["weight"])
    cells.append(cell(one, sum(edge["weight"] for edge in found.edges()), begun))
    if graph.number_of_nodes() > EXACT_NODES or len(one.terminals) > EXACT_TERMINALS:
        return [*cells, "–"]
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = SteinerProblem(graph, [one.terminals]).get_solution(time_limit=EXACT_SECONDS).objective
        except RuntimeError:  # its word for having found no tree in time
            return [*cells, "none in time"]
    return [*cells, cell(one, value, begun)]


def cell(one: Instance, weight: float, begun: float) -> str:
    return f"{100.0 * (weight / one.optimum - 1.0):.3f} / {time.perf_counter() - begun:.2f}"


def small_ones(which: str, *, seed: int) -> Table:
    """Draw up to 100 service points on the street graphs and count what is proven in five seconds."""
    table = Table(
        f"Up to 100 service points on street graphs, {PROOF_SECONDS:g} s{which}",
        ["graph", "drawn", "proven", "median s", "worst bound gap"],
    )
    warm_up()
    dice = np.random.default_rng(seed)
    drawn, all_proven = 0, 0
    for one in instances():
        if one.name not in {"I052", "I053", "I054", "I004", "I039", "G207"}:
            continue
        times, gaps = [], []
        for count in (10, 25, 50, 75, 100):
            terminals = dice.choice(np.unique(one.edges), count, replace=False)
            begun = time.perf_counter()
            found = steiner_tree(one.edges, one.weights, terminals, time_limit_s=PROOF_SECONDS)
            times.append(time.perf_counter() - begun)
            gaps.append(1.0 - found.lower_bound / found.weight)
        proven = sum(gap <= 0.0 for gap in gaps)
        drawn, all_proven = drawn + len(gaps), all_proven + proven
        worst = f"{100.0 * max(gaps):.4f} %"
        table.rows.append([one.name, str(len(gaps)), str(proven), f"{statistics.median(times):.2f}", worst])
    table.notes.append(f"Proven: {all_proven} of {drawn} ({all_proven / drawn:.0%}).")
    return table


def joint_trenches() -> Table:
    table = Table(
        "Seven utilities, bar buildings between lanes, three of four needed: metres of trench",
        [
            "buildings",
            "edges",
            "separate",
            "union",
            "joint",
            "less than the union",
            "own bound below cost",
            "seconds",
        ],
    )
    warm_up()
    for rows, columns, limit in ((4, 3, 10.0), (8, 6, 10.0), (12, 8, 9.0), (20, 25, 95.0)):
        buildings, roads, sources, demands = estate(rows, columns, seed=3)
        begun = time.perf_counter()
        corridors = build_corridors(buildings, roads, sources)
        plan = plan_jointly(corridors, demands, time_limit_s=limit)
        took = time.perf_counter() - begun
        less = 1.0 - plan.joint_m / plan.union_m
        metres = [f"{value:.0f}" for value in (plan.separate_m, plan.union_m, plan.joint_m)]
        below = f"{1.0 - plan.cost_lower_bound_m / plan.joint_cost_m:.2%}"
        counts = [str(rows * columns), str(len(corridors.edges))]
        table.rows.append([*counts, *metres, f"{less:.1%}", below, f"{took:.1f}"])
    return table


def estate(
    rows: int, columns: int, *, seed: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame, list[Demand]]:
    dice = np.random.default_rng(seed)
    bars = [
        shapely.box(60 * c + 5, 30 * r + 9, 60 * c + 55, 30 * r + 21) for r in range(rows) for c in range(columns)
    ]
    lanes = [shapely.LineString([(0, 30 * r), (60 * columns, 30 * r)]) for r in range(rows + 1)]
    lanes += [shapely.LineString([(60 * c, 0), (60 * c, 30 * rows)]) for c in range(columns + 1)]
    ends = [shapely.Point(60 * columns * dice.integers(0, 2), 30 * dice.integers(0, rows + 1)) for _ in range(7)]
    codes = ["water", "gas", "power", "telecom", "sewage", "storm", "heat"]
    demands = [
        Demand(code, code, None, (k,), tuple(np.flatnonzero(dice.random(len(bars)) < 0.75).tolist()))
        for k, code in enumerate(codes)
    ]
    layers = [gpd.GeoDataFrame(geometry=shapes, crs=4547) for shapes in (bars, lanes, ends)]
    return layers[0], layers[1], layers[2], demands


PIECES: dict[str, Callable[[], list[Table]]] = {
    "vienna": vienna,
    "geo": geo,
    "families": families,
    "few": few,
    "estates": estates,
}


def run() -> list[Table]:
    return [table for piece in PIECES.values() for table in piece()]
