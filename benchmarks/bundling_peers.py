"""Two published solvers on the same links, and a judge that shares nothing with any solver."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pygeoda
from libpysal.weights import W
from spopt.region import MaxPHeuristic

from benchmarks.bundling_instances import Instance

DEFAULTS_UP_TO = 1_000
"""Beyond this many units the peers with their defaults give no answer within minutes."""


_SPOPT_ROUNDS = ((50, 999, 10), (DEFAULTS_UP_TO, 99, 10), (10**9, 10, 1))
"""Constructions and annealings by number of units: ten times its default on small maps, less on large ones."""


def spopt(one: Instance) -> np.ndarray:
    """Return regions of spopt's max-p heuristic."""
    near = _neighbours(one)
    names = [f"x{k}" for k in range(one.attributes.shape[1])]
    frame = one.frame[["geometry"]].assign(size=one.size, **dict(zip(names, one.attributes.T, strict=True)))
    rounds = _SPOPT_ROUNDS if one.thorough else _SPOPT_ROUNDS[1:]
    constructions, coolings = next(given for most, *given in rounds if len(frame) <= most)
    with warnings.catch_warnings(action="ignore"):
        np.random.seed(0)  # noqa: NPY002 - what the peer draws from
        model = MaxPHeuristic(frame, W(dict(enumerate(near))), names, "size", one.minimum, 2, constructions, coolings)
        model.solve()
    return np.asarray(model.labels_)


def geoda(one: Instance) -> np.ndarray:
    """Return the best regions of pygeoda's greedy, tabu and annealing max-p; greedy alone on a large map."""
    links, data = _links(one), [column.tolist() for column in one.attributes.T]
    rounds = 999 if len(one.frame) <= DEFAULTS_UP_TO else 9
    shared = {"scale_method": "raw", "distance_method": "manhattan"}
    size, minimum = one.size.tolist(), one.minimum
    found = [pygeoda.maxp_greedy(links, data, size, minimum, iterations=rounds, **shared)]
    if len(one.frame) <= DEFAULTS_UP_TO:
        found.append(pygeoda.maxp_tabu(links, data, size, minimum, iterations=99, **shared))
        found.append(pygeoda.maxp_sa(links, data, size, minimum, 0.85, sa_maxit=1, iterations=99, **shared))
    labels = [np.asarray(answer["Clusters"]) for answer in found]
    return min(labels, key=lambda answer: (-len(np.unique(answer)), heterogeneity(one, answer)))


PEERS: dict[str, Callable[[Instance], np.ndarray]] = {"spopt": spopt, "pygeoda": geoda}


def _neighbours(one: Instance) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in range(len(one.frame))]
    for a, b in one.pairs.tolist():
        near[a].append(b)
        near[b].append(a)
    return near


def _links(one: Instance) -> object:
    near = _neighbours(one)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "links.gal"
        lines = [f"{k} {len(others)}\n{' '.join(map(str, others))}" for k, others in enumerate(near)]
        path.write_text("\n".join([f"0 {len(near)} links id", *lines]) + "\n", encoding="ascii")
        return pygeoda.read_gal(str(path), [str(k) for k in range(len(near))])


def heterogeneity(one: Instance, labels: np.ndarray) -> float:
    """Return the L1 distance between the attributes of each unordered pair within a region."""
    order = np.argsort(labels, kind="stable")
    regions = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    return sum(
        float(np.abs(rows[:, None] - rows[None, :]).sum()) / 2 for rows in (one.attributes[r] for r in regions)
    )


def broken(one: Instance, labels: np.ndarray) -> int:
    """Return how many regions of an answer do not hang together or lie below the minimum, by networkx."""
    graph = nx.Graph(one.pairs.tolist())
    graph.add_nodes_from(range(len(one.frame)))
    regions = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return sum(
        one.size[rows].sum() < one.minimum or not nx.is_connected(graph.subgraph(rows.tolist())) for rows in regions
    )
