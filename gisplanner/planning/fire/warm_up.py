"""Compile what fire-lane planning searches with, for the types it is used with."""

from __future__ import annotations

import numpy as np
import shapely

from gisplanner.planning.fire.cells import make_cells
from gisplanner.planning.fire.drives import CELL_M
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.lanes import make_lanes
from gisplanner.planning.fire.manoeuvre import chassis_of, drive_along, reach_of
from gisplanner.planning.fire.opening import cheapest_opening
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.situation import Situation
from gisplanner.planning.fire.smooth import spaced
from gisplanner.planning.fire.vehicle import Body

_ENGINE = Body(9.0, 2.5, 5.0, 1.5, 9.0)


def warm_up() -> None:
    """Plan a little estate, and drive round a corner that takes going back and forth."""
    box = shapely.box(0.0, 0.0, 30.0, 30.0)
    shed, slab = shapely.box(0.0, 8.0, 30.0, 9.0), shapely.box(5.0, 20.0, 25.0, 25.0)
    ground = Ground(
        site=(box,), domain=box, domain_is_site=True, hard=(slab,), soft=(shed,), soft_labels=(0,), costs=np.ones(1),
        buildings=(slab,), building_labels=(0,), households=np.ones(1), entrances=np.array([[15.0, 0.0]]),
        entrance_widths_m=np.full(1, np.nan), origin=np.zeros(2),
    )  # fmt: skip
    everything = np.ones(1, dtype=bool)
    reach = Reach(ground, 4.0)
    cheapest_opening(reach.maze, ground.costs, reach.served(everything), time_limit_s=1.0)
    after = Situation(reach, everything)
    make_lanes(after, dead_end_m=40.0, turnarounds_m=(12.0, 15.0, 18.0), radius_m=7.0)
    after.footways.longest(np.array([[15.0, 5.0]]), [np.array([[15.0, 25.0]])], 45.0)
    after.footways.reached(np.array([[15.0, 5.0]]), np.array([[15.0, 25.0]]), 45.0)
    _drive()


def _drive() -> None:
    inner, outer = [[-30, 2.8], [27.2, 2.8], [27.2, 40]], [[-30, -2.8], [32.8, -2.8], [32.8, 40]]
    walls = np.array([[*side[k], *side[k + 1]] for side in (inner, outer) for k in range(2)], dtype=float)
    far = reach_of(chassis_of(_ENGINE))
    cells = make_cells(walls, CELL_M, reach_m=far, margin_m=far)
    line = spaced(np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 36.0]]))
    drive_along(line, cells, _ENGINE, reversing=True)
