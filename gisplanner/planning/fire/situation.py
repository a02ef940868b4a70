"""An estate once given obstacles are gone (现状、拆后): what stands, and where engine and hose get to."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely import Geometry

from gisplanner.planning.fire.centrelines import ROOM_M, Ridges, Standing, make_ridges, what_stands
from gisplanner.planning.fire.hose import Footways
from gisplanner.planning.fire.once import once
from gisplanner.planning.fire.outlines import Bools, Floats
from gisplanner.planning.fire.reach import Reach

_SPARSE_M: Final = 3.0


class Situation:
    """Each part is worked out when it is first asked for, and once.

    Parameters
    ----------
    reach
        The estate at a lane width.
    gone
        Which obstacles are gone.
    """

    def __init__(self, reach: Reach, gone: Bools) -> None:
        self.reach, self.gone = reach, gone

    @once
    def served(self) -> Bools:
        """Return which buildings are served."""
        return self.reach.served(self.gone)

    @once
    def standing(self) -> Standing:
        """Return what stands, as edges and connectors."""
        return what_stands(self.reach, self.gone)

    @once
    def ridges(self) -> Ridges:
        """Return middle lines of the room there is."""
        return make_ridges(self.reach, self.standing)

    @once
    def shapes(self) -> list[Geometry]:
        """Return buildings and obstacles that stand, in the planning CRS."""
        left = zip(self.reach.ground.soft, self.gone.tolist(), strict=True)
        return [*self.reach.ground.hard, *(shape for shape, away in left if not away)]

    @once
    def engine_places(self) -> Floats:
        """Return some of the places (n, 2) the middle of the engine gets to, in the planning CRS."""
        ridges = self.ridges
        usable = np.isfinite(ridges.from_gate_m) & (ridges.room_m >= self.reach.width_m / 2.0 - ROOM_M)
        places = ridges.node[usable]
        if not len(places):
            return places
        _, first = np.unique(np.floor(places / _SPARSE_M), axis=0, return_index=True)
        return np.asarray(places[first] + self.reach.scene.origin)

    @once
    def footways(self) -> Footways:
        """Return ways of a hose: round what stands and the walls of the site where no road leads past them."""
        ground = self.reach.ground
        walls = [shapely.boundary(shape) for shape in ground.site] if ground.domain_is_site else []
        return Footways([*self.shapes, *walls])
