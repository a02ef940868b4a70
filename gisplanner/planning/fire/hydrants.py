"""Hydrants (消火栓): the least number so that every wall point is within the protection radius and spacing holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import highspy
import numpy as np
import shapely
from scipy.sparse import csc_array
from shapely import Geometry

from gisplanner.planning.fire.hose import Footways
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.smooth import along

CANDIDATE_STEP_M: Final = 8.0
LANE_STEP_M: Final = 5.0
KERB_M: Final = 0.5
"""Hydrants stand this far beside the edge of the lane."""
WALL_STEP_M: Final = 5.0
_WHOLE: Final = 1e-6


class Cover(NamedTuple):
    """Places chosen for hydrants.

    Attributes
    ----------
    chosen
        Rows of the places looked at.
    uncovered
        Wall and lane points that no place reaches.
    bound
        Fewer of the places looked at cannot do.
    """

    chosen: list[int]
    uncovered: int
    bound: int

    @property
    def proven(self) -> bool:
        """Return whether fewer are impossible."""
        return len(self.chosen) == self.bound


def hydrant_places(
    lanes: Sequence[Geometry],
    standing: Sequence[Geometry],
    site: Geometry,
    *,
    width_m: float,
    wall_m: float,
    step_m: float = CANDIDATE_STEP_M,
) -> Floats:
    """Return free places (n, 2) beside lanes, ``wall_m`` or more from what stands where there are such."""
    sides = [
        along(shapely.get_coordinates(side), np.arange(0.0, side.length, step_m))
        for lane in lanes
        for offset in (-1.0, 1.0)
        for side in shapely.get_parts(shapely.offset_curve(lane, offset * (width_m / 2.0 + KERB_M)))
        if side.length > 0.0
    ]
    if not sides:
        return np.zeros((0, 2))
    points = shapely.points(np.concatenate(sides))
    shapely.prepare(site)
    points = points[shapely.contains(site, points)]
    tree = shapely.STRtree(list(standing))
    away = np.full(len(points), np.inf)
    if len(standing) and len(points):
        (who, _), distance = tree.query_nearest(points, return_distance=True, all_matches=False)
        away[who] = distance
    kept = points[away >= wall_m] if (away >= wall_m).any() else points[away >= KERB_M]
    return np.asarray(shapely.get_coordinates(kept))


def least_hydrants(
    places: Floats,
    existing: Floats,
    buildings: Sequence[Geometry],
    lanes: Sequence[Geometry],
    *,
    radius_m: float,
    spacing_m: float,
    footways: Footways | None = None,
    time_limit_s: float = 10.0,
) -> Cover:
    """Return the fewest of ``places`` that complete the ``existing`` ones, and how many are needed at least.

    A wall point needs a hydrant within ``radius_m``; a lane point one within half of ``spacing_m``.

    Parameters
    ----------
    footways
        Ways of a hose: with them the radius is the length of its route, else it is straight.
    time_limit_s
        Afterwards the best cover found is returned with the bound reached.

    Examples
    --------
    >>> row = np.array([[x, 0.0] for x in range(0, 301, 50)], dtype=float)
    >>> houses = [shapely.box(x, 5, x + 20, 15) for x in (0, 140, 280)]
    >>> cover = least_hydrants(row, np.zeros((0, 2)), houses, [], radius_m=160, spacing_m=120)
    >>> len(cover.chosen), cover.uncovered, cover.bound, cover.proven
    (1, 0, 1, True)
    """
    walls = _points([shapely.boundary(shape) for shape in buildings], WALL_STEP_M)
    along = _points(lanes, LANE_STEP_M)
    if footways is None:
        near, known = _within(walls, places, radius_m), _within(walls, existing, radius_m)
    else:
        # Between two points of a wall a hose goes on along it: half their distance more.
        reach_m = radius_m - WALL_STEP_M / 2.0
        both = footways.reached(np.concatenate([places, existing]), walls, reach_m)
        near, known = both[:, : len(places)], both[:, len(places) :]
    covers = np.concatenate([near, _within(along, places, spacing_m / 2.0)])
    done = np.concatenate([known.any(axis=1), _within(along, existing, spacing_m / 2.0).any(axis=1)])
    hopeless = ~done & ~covers.any(axis=1)
    rows = np.unique(covers[~done & ~hopeless], axis=0)
    if not len(rows):
        return Cover([], int(hopeless.sum()), 0)
    chosen, bound = _fewest(rows, time_limit_s)
    return Cover(_one_by_one(rows) if chosen is None else chosen, int(hopeless.sum()), bound)


def _fewest(rows: Bools, time_limit_s: float) -> tuple[list[int] | None, int]:
    """Return the fewest columns found that reach each row, ``None`` if time was up, and how few may do."""
    columns, programme = csc_array(rows.astype(float)), highspy.HighsLp()
    programme.num_row_, programme.num_col_ = rows.shape
    programme.col_cost_ = programme.col_upper_ = np.ones(rows.shape[1])
    programme.col_lower_ = np.zeros(rows.shape[1])
    programme.row_lower_, programme.row_upper_ = np.ones(len(rows)), np.full(len(rows), highspy.kHighsInf)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_, programme.a_matrix_.index_ = columns.indptr, columns.indices
    programme.a_matrix_.value_ = columns.data
    programme.integrality_ = [highspy.HighsVarType.kInteger] * rows.shape[1]
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("time_limit", time_limit_s)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(programme)
    solver.run()
    info = solver.getInfo()
    dual = float(info.mip_dual_bound)
    bound = max(1, math.ceil(dual - _WHOLE)) if math.isfinite(dual) else 1
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, bound
    return np.flatnonzero(np.asarray(solver.getSolution().col_value) > 0.5).tolist(), bound  # noqa: PLR2004


def _one_by_one(rows: Bools) -> list[int]:
    """Choose the place that reaches most of what is left, until nothing is.

    Examples
    --------
    >>> _one_by_one(np.array([[True, False, True], [True, False, False], [False, True, False]]))
    [0, 1]
    """
    left, chosen = rows.copy(), []
    while len(left):
        chosen.append(int(left.sum(axis=0).argmax()))
        left = left[~left[:, chosen[-1]]]
    return chosen


def _points(lines: Sequence[Geometry], step_m: float) -> Floats:
    if not len(lines):
        return np.zeros((0, 2))
    return np.asarray(shapely.get_coordinates(shapely.segmentize(list(lines), step_m)))


def _within(points: Floats, places: Floats, reach_m: float) -> Bools:
    if not len(points) or not len(places):
        return np.zeros((len(points), len(places)), dtype=bool)
    away = np.hypot(points[:, None, 0] - places[None, :, 0], points[:, None, 1] - places[None, :, 1])
    return np.asarray(away <= reach_m)
