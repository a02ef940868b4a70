"""Middle lines as they are drawn: smooth from the gate on, each leaving an earlier one in its direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree
from shapely import LineString

from gisplanner.planning.fire.centrelines import ROOM_M, Ridges, Standing
from gisplanner.planning.fire.gates import Gate
from gisplanner.planning.fire.outlines import Floats, Ints
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.smooth import STEP_M, Room, smoothed, spaced

LEAVES_M: Final = 40.0
"""How far before a junction a line may begin to leave the one it comes from."""
DRAWN_M: Final = 0.05
"""How far the lane of a drawn line may lie over what stands: its width is decided elsewhere, to the millimetre."""
APART_M: Final = 0.3
"""Lines nearer than this are one."""
_FIXED: Final = 3
_THROUGH_M: Final = np.arange(-4.0, 4.1, 0.25)[:, None]
"""Places on the straight way through a gate."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A smooth line from the gate to an end.

    Attributes
    ----------
    points
        Points (n, 2) :data:`~gisplanner.planning.fire.smooth.STEP_M` apart, metres from the local origin.
    begins
        The first point that lies on no earlier way.
    parent, same
        The earlier way it leaves, by number, and up to which point both are the same; ``None`` from a gate.
    """

    points: Floats
    begins: int
    parent: int | None
    same: int

    @property
    def own(self) -> Floats:
        """Return the points of the part that is no earlier way's."""
        return _own(self.points, self.begins)


def draw_ways(reach: Reach, standing: Standing, ridges: Ridges, chains: Sequence[Ints], bend_m: float) -> list[Way]:
    """Return the ways of chains, each of which begins at a gate or on an earlier chain.

    Parameters
    ----------
    bend_m
        Radius that bends of the middle line should have.
    """
    radius = reach.width_m / 2.0
    places = np.concatenate([ridges.node, *(gate.middle + _THROUGH_M * _across(gate) for gate in reach.scene.gates)])
    room = Room(places, standing.edges, radius)
    ways: list[Way] = []
    of_node: dict[int, int] = {}
    for chain in chains:
        parent = of_node.get(int(chain[0]))
        ways.append(_way(reach, standing, ridges.node[chain], room, bend_m, parent, ways))
        for node in chain.tolist():
            of_node.setdefault(node, len(ways) - 1)
    return ways


def _own(points: Floats, begins: int) -> Floats:
    return points[min(max(begins - 1, 0), len(points) - 2) :]


def free_line(standing: Standing, points: Floats, radius_m: float) -> bool:
    """Return whether a lane along a line keeps clear of everything."""
    line = LineString(points)
    return (
        not standing.edges.query(line, predicate="dwithin", distance=radius_m).size
        and not standing.narrow.query(line, predicate="intersects").size
    )


def _way(  # noqa: PLR0917 - one call
    reach: Reach, standing: Standing, chain: Floats, room: Room, bend_m: float, parent: int | None, ways: list[Way]
) -> Way:
    if parent is None:
        before, same = _outside(reach, chain), 0
        begin = before[:0]
    else:
        theirs = ways[parent].points
        joins = int(np.hypot(*(theirs - chain[0]).T).argmin())
        same = max(0, joins - round(LEAVES_M / STEP_M))
        begin, before = theirs[:same], theirs[same : max(joins - 4, same + _FIXED)]
    points = np.concatenate([begin, smoothed(np.concatenate([before, chain]), room, fixed=_FIXED, bend_m=bend_m)])
    begins = _leaves(points, ways[parent].points) if parent is not None else _FIXED + 1
    radius = reach.width_m / 2.0
    if not free_line(standing, _own(points, begins), radius - DRAWN_M):
        points = np.concatenate(
            [begin, spaced(_straight(standing, np.concatenate([before, chain]), radius - ROOM_M))]
        )
        begins = _leaves(points, ways[parent].points) if parent is not None else _FIXED + 1
    if parent is None:
        points[_FIXED] = chain[0]  # the gate itself, where points were taken anew a little beside it
    return Way(points, begins, parent, same)


def _outside(reach: Reach, chain: Floats) -> Floats:
    """Return places before a gate, straight across its opening."""
    gate = min(reach.scene.gates, key=lambda gate: float(np.hypot(*(gate.middle - chain[0]))))
    normal = _across(gate)
    inward = normal if normal @ (chain[min(5, len(chain) - 1)] - chain[0]) >= 0.0 else -normal
    return np.asarray(chain[0] - inward * STEP_M * np.arange(_FIXED, 0, -1)[:, None])


def _across(gate: Gate) -> Floats:
    """Return the direction straight through a gate."""
    along = gate.opening[-1] - gate.opening[0]
    return np.asarray(np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9))


def _leaves(points: Floats, other: Floats) -> int:
    """Return the first point from which on a line stays away from another."""
    near = np.flatnonzero(cKDTree(other).query(points)[0] <= APART_M)
    return int(near[-1]) + 1 if near.size else 0


def _straight(standing: Standing, points: Floats, radius_m: float) -> Floats:
    """Pull a line straight where the lane stays free."""
    kept = [0]
    while kept[-1] < len(points) - 1:
        low, step = kept[-1] + 1, 1
        while kept[-1] + 2 * step < len(points) and free_line(
            standing, points[[kept[-1], kept[-1] + 2 * step]], radius_m
        ):
            step *= 2
        for ahead in range(min(kept[-1] + 2 * step, len(points) - 1), low, -1):
            if free_line(standing, points[[kept[-1], ahead]], radius_m):
                low = ahead
                break
        kept.append(low)
    return points[kept]
