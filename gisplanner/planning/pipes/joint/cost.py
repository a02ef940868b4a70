"""What routes cost together: a shared trench (同沟) is dug once, each further line in it pays a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gisplanner.planning.pipes.corridors import Corridors
from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.joint.route import Route, dug, weights_of

SHARED_FACTOR: Final = 0.25
"""What a further line in a trench costs, as a part of the trench (本工具参数; 文献中同沟节省 10–20 % 造价)."""


def users_of(corridors: Corridors, routes: Sequence[Route | None]) -> Floats:
    """Return how many of the routes use each edge (m,)."""
    users = np.zeros(len(corridors.edges))
    for route in routes:
        if route is not None:
            users[route.edges] += 1.0
    return users


def cost_m(corridors: Corridors, routes: Sequence[Route]) -> float:
    """Return what the routes cost together, in metres of trench with one line (当量米)."""
    users = users_of(corridors, routes)
    shared = np.where(users > 0, 1.0 + SHARED_FACTOR * (users - 1.0), 0.0)
    return float((weights_of(corridors) * shared).sum()) / 1000.0


def trench_m(corridors: Corridors, routes: Sequence[Route]) -> float:
    """Return the metres dug once for all routes."""
    edges: Ints = np.concatenate([np.zeros(0, dtype=np.int64), *(route.edges for route in routes)])
    return float(corridors.length_mm[dug(corridors, edges)].sum()) / 1000.0
