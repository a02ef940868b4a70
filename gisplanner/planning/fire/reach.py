"""What a fire engine reaches once given obstacles are gone, answered for thousands of choices."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np

from gisplanner.planning.fire.clearance import make_grid
from gisplanner.planning.fire.faces import Faces, cut_plane
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.maze import make_maze, served
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.plugs import Plugs, make_plugs
from gisplanner.planning.fire.regions import make_regions
from gisplanner.planning.fire.scene import Scene, make_scene
from gisplanner.planning.fire.service import REACH_M, all_sides
from gisplanner.planning.fire.stands import (
    SLACK_M,
    Standing,
    corners_of_room,
    gate_stands,
    nearest_stands,
    states_near,
)
from gisplanner.planning.fire.thinning import thinned

WIDE_M: Final = 12.0
"""Beyond this width nobody asks where the narrowest place is."""


class Reach:
    """Which buildings are served after removals, at one lane width.

    Parameters
    ----------
    ground
        Checked layers.
    width_m
        Lane width.
    """

    def __init__(self, ground: Ground, width_m: float) -> None:
        self.ground = ground
        self.width_m = width_m
        self.scene: Scene = make_scene(ground, width_m)
        self.plugs = make_plugs(self.scene, width_m)
        self.faces: Faces = cut_plane(self.scene, self.plugs)
        radius = width_m / 2.0
        self._standing = Standing(self.scene, self.faces, make_grid(self.scene.edges, radius))
        starts = self._starts(radius)
        points, sides = all_sides(ground.buildings, ground.origin)
        places = self._places(points, radius)
        regions = make_regions(self.faces, starts, self._standing.sets, *places)
        self.maze = thinned(make_maze(regions, sides))

    def served(self, removed: Bools) -> Bools:
        """Return which buildings are served once the marked obstacles are gone."""
        return np.asarray(served(self.maze, removed))

    @cached_property
    def gaps(self) -> Plugs:
        """All connectors up to :data:`WIDE_M`, those that a lane passes too."""
        return make_plugs(self.scene, max(WIDE_M, self.width_m), shortest=False)

    def _starts(self, radius: float) -> Ints:
        gates = [
            gate_stands(gate, self.scene, radius)
            for gate in self.scene.gates
            if round(gate.width_m * 1000.0) >= round(self.width_m * 1000.0)
        ]
        if not gates:
            return np.zeros((0, 2), dtype=np.int64)
        _, face, needs = self._standing.stand(np.concatenate(gates))
        return np.unique(np.stack([face, needs], axis=1), axis=0)

    def _places(self, points: Floats, radius: float) -> tuple[Ints, Ints]:
        """Return wall points and, for each, the distinct (face, set) from which the lane is within reach of it."""
        reach = REACH_M + radius
        bends = corners_of_room(self.scene, radius)
        rows, face, needs = self._standing.stand(bends)
        who, place = nearest_stands(self.scene, points, reach, radius)
        near, near_face, near_needs = self._standing.stand(place)
        many = len(self._standing.sets)
        bent, state = states_near(points, bends[rows], face * many + needs, reach + SLACK_M)
        point = np.concatenate([who[near], bent])
        state = np.concatenate([near_face * many + near_needs, state])
        code = np.unique(point * (self.faces.count * many) + state)
        point, state = code // (self.faces.count * many), code % (self.faces.count * many)
        return point, np.stack([state // many, state % many], axis=1)
