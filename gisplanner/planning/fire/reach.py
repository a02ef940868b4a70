"""What a fire engine reaches once given obstacles are gone, answered for thousands of choices. Compiled."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numba import njit
from scipy.spatial import cKDTree

from gisplanner.planning.fire.clearance import make_grid
from gisplanner.planning.fire.faces import Faces, cut_plane
from gisplanner.planning.fire.intake import Ground
from gisplanner.planning.fire.outlines import Bools, Floats, Ints
from gisplanner.planning.fire.plugs import make_plugs
from gisplanner.planning.fire.scene import Scene, make_scene
from gisplanner.planning.fire.service import REACH_M, all_sides
from gisplanner.planning.fire.stands import SLACK_M, Standing, corners_of_room, gate_stands, nearest_stands


class Maze(NamedTuple):
    """The question in arrays: lists of lists as ``…_start`` and rows.

    Faces with doors (``door_to``, and the clauses of the door), starts (face, set), blocker sets, and for each
    building its sides, for each side its wall points, for each wall point the (face, set) it can be served from.
    """

    faces: int
    door_start: Ints
    door_to: Ints
    door_number: Ints
    clause_start: Ints
    clause: Ints
    start: Ints
    set_start: Ints
    set_member: Ints
    building_start: Ints
    side_start: Ints
    point_start: Ints
    place: Ints


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
        self.maze = _maze(self.faces, starts, self._standing.sets, places, sides)

    def served(self, removed: Bools) -> Bools:
        """Return which buildings are served once the marked obstacles are gone."""
        return np.asarray(_served(self.maze, removed))

    def grow(self, removed: Bools, order: Ints, building: int) -> Bools:
        """Return removals grown in ``order`` as far as the building stays unserved."""
        return np.asarray(_grow(self.maze, removed, order, building))

    def reached(self, removed: Bools) -> Bools:
        """Return which faces the engine can enter once the marked obstacles are gone."""
        return np.asarray(_flood(self.maze, removed))

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

    def _places(self, points: Floats, radius: float) -> list[Ints]:
        """Return for each wall point the distinct (face, set) from which the lane is within reach of it."""
        reach = REACH_M + radius
        bends = corners_of_room(self.scene, radius)
        rows, bend_face, bend_needs = self._standing.stand(bends)
        bends = bends[rows]
        who, place = nearest_stands(self.scene, points, reach, radius)
        rows, face, needs = self._standing.stand(place)
        whose = [who[rows]]
        states = [np.stack([face, needs], axis=1)]
        if len(bends) and len(points):
            lists = cKDTree(bends).query_ball_point(points, reach + SLACK_M)
            many = [len(one) for one in lists]
            flat = np.concatenate([np.asarray(one, dtype=np.int64) for one in lists])
            whose.append(np.repeat(np.arange(len(points)), many))
            states.append(np.stack([bend_face[flat], bend_needs[flat]], axis=1))
        faces, sets = len(self.faces.shapes) + 1, len(self._standing.sets)
        state = np.concatenate(states)
        code = np.unique((np.concatenate(whose) * faces + state[:, 0]) * sets + state[:, 1])
        cuts = np.searchsorted(code // (faces * sets), np.arange(len(points) + 1))
        table = np.stack([code // sets % faces, code % sets], axis=1)
        return [table[a:b] for a, b in pairwise(cuts.tolist())]


def _maze(
    faces: Faces, starts: Ints, sets: list[tuple[int, ...]], places: list[Ints], sides: list[list[range]]
) -> Maze:
    both = np.concatenate([faces.door, faces.door[:, ::-1]])
    number = np.tile(np.arange(len(faces.door)), 2)
    order = np.argsort(both[:, 0], kind="stable")
    count = len(faces.shapes) + 1
    return Maze(
        faces=count,
        door_start=np.searchsorted(both[order, 0], np.arange(count + 1)),
        door_to=both[order, 1].copy(),
        door_number=number[order],
        clause_start=faces.clause_start,
        clause=faces.clause,
        start=starts,
        set_start=_starts_of([len(one) for one in sets]),
        set_member=np.array([member for one in sets for member in one], dtype=np.int64),
        building_start=_starts_of([len(one) for one in sides]),
        side_start=np.array([0, *(side.stop for one in sides for side in one)], dtype=np.int64),
        point_start=_starts_of([len(one) for one in places]),
        place=np.concatenate([np.zeros((0, 2), dtype=np.int64), *places]),
    )


def _starts_of(counts: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def warm_up() -> None:
    """Compile everything for the types it is used with."""
    box = shapely.box(0.0, 0.0, 30.0, 30.0)
    ground = Ground(
        site=(box,), domain=box, domain_is_site=True, hard=(), soft=(shapely.box(1.0, 1.0, 2.0, 2.0),),
        soft_labels=(0,), costs=np.ones(1), buildings=(shapely.box(5.0, 20.0, 25.0, 25.0),), building_labels=(0,),
        households=np.ones(1), entrances=np.array([[15.0, 0.0]]), entrance_widths_m=np.full(1, np.nan),
        origin=np.zeros(2),
    )  # fmt: skip
    reach = Reach(ground, 4.0)
    nothing = np.zeros(1, dtype=bool)
    reach.served(nothing)
    reach.reached(nothing)
    reach.grow(nothing, np.zeros(1, dtype=np.int64), 0)


@njit(cache=True)
def _free(maze: Maze, removed: Bools) -> Bools:
    """Return which blocker sets are gone."""
    many = maze.set_start.size - 1
    free = np.ones(many, dtype=np.bool_)
    for k in range(many):
        for i in range(maze.set_start[k], maze.set_start[k + 1]):
            if not removed[maze.set_member[i]]:
                free[k] = False
                break
    return free


@njit(cache=True)
def _open(maze: Maze, door: int, removed: Bools) -> bool:
    for i in range(maze.clause_start[door], maze.clause_start[door + 1]):
        one, other = maze.clause[i]
        if not removed[one] and (other < 0 or not removed[other]):
            return False
    return True


@njit(cache=True)
def _flood(maze: Maze, removed: Bools) -> Bools:
    """Return which faces are reached from a start."""
    free = _free(maze, removed)
    reached = np.zeros(maze.faces, dtype=np.bool_)
    queue = np.empty(maze.faces, dtype=np.int64)
    many = 0
    for k in range(maze.start.shape[0]):
        face = maze.start[k, 0]
        if free[maze.start[k, 1]] and not reached[face]:
            reached[face] = True
            queue[many] = face
            many += 1
    head = 0
    while head < many:
        face = queue[head]
        head += 1
        for i in range(maze.door_start[face], maze.door_start[face + 1]):
            to = maze.door_to[i]
            if not reached[to] and _open(maze, maze.door_number[i], removed):
                reached[to] = True
                queue[many] = to
                many += 1
    return reached


@njit(cache=True)
def _side_served(maze: Maze, side: int, free: Bools, reached: Bools) -> bool:
    for point in range(maze.side_start[side], maze.side_start[side + 1]):
        found = False
        for i in range(maze.point_start[point], maze.point_start[point + 1]):
            if free[maze.place[i, 1]] and reached[maze.place[i, 0]]:
                found = True
                break
        if not found:
            return False
    return True


@njit(cache=True)
def _served(maze: Maze, removed: Bools) -> Bools:
    free = _free(maze, removed)
    reached = _flood(maze, removed)
    many = maze.building_start.size - 1
    served = np.zeros(many, dtype=np.bool_)
    for building in range(many):
        for side in range(maze.building_start[building], maze.building_start[building + 1]):
            if _side_served(maze, side, free, reached):
                served[building] = True
                break
    return served


@njit(cache=True)
def _building_served(maze: Maze, building: int, removed: Bools) -> bool:
    free = _free(maze, removed)
    reached = _flood(maze, removed)
    for side in range(maze.building_start[building], maze.building_start[building + 1]):
        if _side_served(maze, side, free, reached):
            return True
    return False


@njit(cache=True)
def _grow(maze: Maze, removed: Bools, order: Ints, building: int) -> Bools:
    """Add runs of ``order``, halved until they leave the building unserved."""
    grown = removed.copy()
    waiting = [(0, order.size)]
    while len(waiting) > 0:
        low, high = waiting.pop()
        if low >= high:
            continue
        trial = grown.copy()
        for k in range(low, high):
            trial[order[k]] = True
        if not _building_served(maze, building, trial):
            grown = trial
        elif high - low > 1:
            half = (low + high) // 2
            waiting.append((half, high))
            waiting.append((low, half))
    return grown
