"""Questions about removals, answered on the graph of regions. Compiled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit

from gisplanner.planning.fire.outlines import Bools, Ints
from gisplanner.planning.fire.regions import ROOT, Regions


class Maze(NamedTuple):
    """The question in arrays: lists of lists as ``…_start`` and rows.

    Regions with the obstacles each needs gone and the regions beside it; for each building its sides, for each side
    its wall points, for each wall point the regions it can be served from. Region 0 is where the engine comes from.
    """

    need_start: Ints
    need: Ints
    beside_start: Ints
    beside: Ints
    building_start: Ints
    side_start: Ints
    point_start: Ints
    place: Ints


def make_maze(regions: Regions, sides: Sequence[Sequence[range]]) -> Maze:
    """Return the arrays of a graph; sides with a wall point that can never be served from are left out."""
    order = sorted(regions.beside)
    number = {region: k for k, region in enumerate(order)}
    distinct = [[_distinct(regions, side) for side in building] for building in sides]
    usable = [[side for side in building if side is not None] for building in distinct]
    points = [point for building in usable for side in building for point in side]
    return Maze(
        *_lists([sorted(regions.needs[region]) for region in order]),
        *_lists([sorted(number[one] for one in regions.beside[region]) for region in order]),
        building_start=starts_of([len(building) for building in usable]),
        side_start=starts_of([len(side) for building in usable for side in building]),
        point_start=starts_of([len(point) for point in points]),
        place=np.array([number[region] for point in points for region in sorted(point)], dtype=np.int64),
    )


def _distinct(regions: Regions, side: range) -> list[frozenset[int]] | None:
    """Return the wall points of a side that are not served today; ``None`` where one of them never can be."""
    distinct = {regions.points[point] if point < len(regions.points) else frozenset() for point in side}
    if frozenset() in distinct:
        return None
    return sorted((point for point in distinct if ROOT not in point), key=sorted)


def _lists(lists: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    return starts_of([len(one) for one in lists]), np.array([item for one in lists for item in one], dtype=np.int64)


def starts_of(counts: Sequence[int] | Ints) -> Ints:
    """Return where each list begins among the rows of all, and at last their number."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def join_mazes(mazes: Sequence[Maze], removables: Sequence[int]) -> Maze:
    """Return one question of several that share nothing but where the engine comes from.

    Parameters
    ----------
    removables
        How many obstacles each question is about; those of the next are counted on from there.
    """
    regions = starts_of([maze.need_start.size - 2 for maze in mazes])
    obstacles = starts_of(removables)
    moved = [
        np.where(maze.beside == 0, 0, maze.beside + shift)
        for maze, shift in zip(mazes, regions.tolist(), strict=False)
    ]
    root = [beside[: maze.beside_start[1]] for maze, beside in zip(mazes, moved, strict=True)]
    rest = [beside[maze.beside_start[1] :] for maze, beside in zip(mazes, moved, strict=True)]
    needs = [maze.need + shift for maze, shift in zip(mazes, obstacles.tolist(), strict=False)]
    places = [
        np.where(maze.place == 0, 0, maze.place + shift) for maze, shift in zip(mazes, regions.tolist(), strict=False)
    ]
    return Maze(
        need_start=starts_of(np.concatenate([[0], *(np.diff(maze.need_start)[1:] for maze in mazes)])),
        need=np.concatenate(needs),
        beside_start=starts_of(
            np.concatenate([[sum(map(len, root))], *(np.diff(maze.beside_start)[1:] for maze in mazes)])
        ),
        beside=np.concatenate([*root, *rest]),
        building_start=starts_of(np.concatenate([np.diff(maze.building_start) for maze in mazes])),
        side_start=starts_of(np.concatenate([np.diff(maze.side_start) for maze in mazes])),
        point_start=starts_of(np.concatenate([np.diff(maze.point_start) for maze in mazes])),
        place=np.concatenate(places),
    )


def sides_of(maze: Maze, building: int) -> list[list[Ints]]:
    """Return for each side of a building its wall points as arrays of regions."""
    return [
        [
            maze.place[a:b]
            for a, b in pairwise(maze.point_start[maze.side_start[side] : maze.side_start[side + 1] + 1])
        ]
        for side in range(maze.building_start[building], maze.building_start[building + 1])
    ]


@njit(cache=True)
def reached_regions(maze: Maze, removed: Bools) -> Bools:
    """Return which regions the engine can enter once the marked obstacles are gone."""
    many = maze.need_start.size - 1
    met = np.ones(many, dtype=np.bool_)
    for k in range(many):
        for i in range(maze.need_start[k], maze.need_start[k + 1]):
            if not removed[maze.need[i]]:
                met[k] = False
                break
    reached = np.zeros(many, dtype=np.bool_)
    queue = np.empty(many, dtype=np.int64)
    reached[0] = True
    queue[0] = 0
    head, tail = 0, 1
    while head < tail:
        region = queue[head]
        head += 1
        for i in range(maze.beside_start[region], maze.beside_start[region + 1]):
            other = maze.beside[i]
            if met[other] and not reached[other]:
                reached[other] = True
                queue[tail] = other
                tail += 1
    return reached


@njit(cache=True)
def building_served(maze: Maze, building: int, reached: Bools) -> bool:
    """Return whether all wall points of one side can be served from regions that are reached."""
    for side in range(maze.building_start[building], maze.building_start[building + 1]):
        whole = True
        for point in range(maze.side_start[side], maze.side_start[side + 1]):
            some = False
            for i in range(maze.point_start[point], maze.point_start[point + 1]):
                if reached[maze.place[i]]:
                    some = True
                    break
            if not some:
                whole = False
                break
        if whole:
            return True
    return False


@njit(cache=True)
def served(maze: Maze, removed: Bools) -> Bools:
    """Return which buildings are served once the marked obstacles are gone."""
    reached = reached_regions(maze, removed)
    many = maze.building_start.size - 1
    found = np.zeros(many, dtype=np.bool_)
    for building in range(many):
        found[building] = building_served(maze, building, reached)
    return found


@njit(cache=True)
def put_back(maze: Maze, removed: Bools, order: Ints, wanted: Bools) -> Bools:
    """Put obstacles back in ``order`` as long as the wanted buildings stay served."""
    left = removed.copy()
    for k in order:
        if not left[k]:
            continue
        left[k] = False
        reached = reached_regions(maze, left)
        for building in range(wanted.size):
            if wanted[building] and not building_served(maze, building, reached):
                left[k] = True
                break
    return left
