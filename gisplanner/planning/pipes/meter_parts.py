"""Which part of a network lies before its meters and which after (表前、表后), read from where the meters stand."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
import shapely.ops
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Part = Literal["main", "service", "after_meter"]

AT_METER_M: Final = 0.5
"""A meter this near to a line stands in it (本工具参数)."""
AT_WALL_M: Final = 1.0
"""A line that ends this near to a wall or a meter leads into the building (本工具参数)."""
_JOINED_M: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A stretch of a line within one part; ``line`` is its position among the lines."""

    line: int
    shape: Any
    part: Part


def parts_at_meters(lines: Any, meters: Any, walls: Any) -> list[Piece]:
    """Return the lines of one network cut where meters stand in them, each piece with its part.

    Of what hangs together, the longest part left when all meters are taken out carries what is not metered yet; all
    other parts lie after a meter. Before the meters, what ends at a wall or a meter is a service line, else a main.

    Parameters
    ----------
    lines, meters, walls
        Lines, points and polygons in one metric system.

    Examples
    --------
    >>> street, branch = shapely.LineString([(0, 0), (90, 0)]), shapely.LineString([(40, 0), (40, 20)])
    >>> found = parts_at_meters([street, branch], [shapely.Point(40, 12)], [shapely.box(30, 20, 50, 30)])
    >>> [(one.line, one.part, one.shape.length) for one in found]
    [(0, 'main', 90.0), (1, 'service', 12.0), (1, 'after_meter', 8.0)]
    """
    meter_tree, wall_tree = shapely.STRtree(meters), shapely.STRtree(walls)
    owner, shapes = _cut(lines, meters, meter_tree)
    if not len(shapes):
        return []
    after = _after(shapes, meter_tree)
    made = []
    for number, shape, beyond in zip(owner, shapes, after, strict=True):
        ends = shapely.points(shapely.get_coordinates(shape)[[0, -1]])
        enters = _near(wall_tree, ends, AT_WALL_M) or _near(meter_tree, ends, AT_METER_M)
        made.append(Piece(number, shape, "after_meter" if beyond else "service" if enters else "main"))
    return made


def _near(tree: shapely.STRtree, points: Any, reach_m: float) -> bool:
    return bool(tree.query(points, predicate="dwithin", distance=reach_m).size)


def _cut(lines: Any, meters: Any, tree: shapely.STRtree) -> tuple[list[int], Any]:
    owner, shapes = [], []
    for number, line in enumerate(lines):
        for single in shapely.get_parts(line):
            near = tree.query(single, predicate="dwithin", distance=AT_METER_M)
            at = shapely.line_locate_point(single, [meters[k] for k in near])
            stations = [float(one) for one in np.unique(at) if _JOINED_M < one < single.length - _JOINED_M]
            steps = [0.0, *stations, float(single.length)]
            for begin, end in itertools.pairwise(steps):
                owner.append(number)
                shapes.append(single if not stations else shapely.ops.substring(single, begin, end))
    return owner, np.array(shapes, dtype=object)


def _after(shapes: Any, meters: shapely.STRtree) -> np.ndarray:
    """Return which pieces lie beyond a meter."""
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_JOINED_M)
    a, b = a[a < b], b[a < b]
    joints = shapely.line_interpolate_point(shapely.shortest_line(shapes[a], shapes[b]), 0.5, normalized=True)
    joints = np.where(shapely.is_empty(joints), shapely.get_point(shapes[a], 0), joints)
    metered = np.zeros(len(a), dtype=bool)
    metered[meters.query(joints, predicate="dwithin", distance=AT_METER_M)[0]] = True
    whole = _groups(len(shapes), a, b)
    apart = _groups(len(shapes), a[~metered], b[~metered])
    length = np.bincount(apart, shapely.length(shapes))
    longest: dict[int, int] = {}
    for group, piece in zip(whole.tolist(), apart.tolist(), strict=True):
        if group not in longest or length[piece] > length[longest[group]]:
            longest[group] = piece
    return np.array([apart[k] != longest[whole[k]] for k in range(len(shapes))], dtype=bool)


def _groups(count: int, a: Any, b: Any) -> np.ndarray:
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
