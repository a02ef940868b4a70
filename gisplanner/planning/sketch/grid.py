"""The grid of an estate: columns and rows of slabs, yards between them, and the corridors that let a lane through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from gisplanner.planning.sketch.chance import between
from gisplanner.planning.sketch.programme import FLOOR_HEIGHT_M, Block

SIDE_M: Final = 3.0
CORRIDOR_M: Final = 8.0
FRONT_M: Final = 8.5
BACK_M: Final = 3.5
WING_M: Final = 7.0
COLUMNS_PER_SPINE: Final = 4
MAX_COLUMNS: Final = 16
LEAST_YARD_M: Final = 8.0
AVENUE_FROM: Final = 8
AVENUE_M: Final = 7.0
GARDEN_FROM: Final = 24
LEAST_GARDEN: Final = 2
"""From this number of buildings on, the spare slots of the grid lie in its middle, as a garden (中心花园)."""


@dataclass(frozen=True, slots=True)
class Yard:
    """Open ground in front of one slot: x range, and y from what stands before to the face of the slot."""

    west_m: float
    east_m: float
    low_m: float
    high_m: float


@dataclass(frozen=True)
class Grid:
    """Columns and rows of slots; metres, street front along y = 0, first row nearest to the street."""

    columns: int
    rows: int
    slot_m: float
    depth_m: float
    gap_m: float
    front_m: float
    yard_m: float
    back_m: float

    @cached_property
    def corridors(self) -> tuple[int, ...]:
        """Columns with a corridor on their east side; none where one row stands at the street."""
        if self.rows == 1:
            return ()
        spines = math.ceil(self.columns / COLUMNS_PER_SPINE)
        bounds = [round(self.columns * i / spines) for i in range(spines + 1)]
        return tuple((low + high - 1) // 2 for low, high in pairwise(bounds))

    def west(self, column: int) -> float:
        """West end of a column's slots."""
        before = sum(CORRIDOR_M if c in self.corridors else self.gap_m for c in range(column))
        return SIDE_M + column * self.slot_m + before

    def south(self, row: int) -> float:
        """Street-side face of a row's slots."""
        avenue = AVENUE_M if self.avenue is not None and row >= self.avenue else 0.0
        return self.front_m + row * (self.depth_m + self.yard_m) + avenue

    @property
    def avenue(self) -> int | None:
        """Row with the widest yard before it: a large estate has a main lane across its middle."""
        return self.rows // 2 if self.rows >= AVENUE_FROM else None

    def open_m(self, row: int) -> float:
        """Depth of the yard before a row."""
        if row == 0:
            return self.front_m
        return self.yard_m + (AVENUE_M if row == self.avenue else 0.0)

    @cached_property
    def width_m(self) -> float:
        """Length of the street front."""
        last = self.columns - 1
        return self.west(last) + self.slot_m + (CORRIDOR_M if last in self.corridors else SIDE_M)

    @cached_property
    def height_m(self) -> float:
        """Depth of the estate, away from the street."""
        return self.south(self.rows - 1) + self.depth_m + self.back_m

    @cached_property
    def spines(self) -> tuple[float, ...]:
        """Where the lanes through the corridors run."""
        return tuple(self.west(c) + self.slot_m + CORRIDOR_M / 2.0 for c in self.corridors)

    def branch(self, row: int) -> float:
        """Where the lane along the street-side face of a row runs."""
        return self.south(row) - min(self.open_m(row) / 2.0, 4.5)

    def yard(self, column: int, row: int) -> Yard:
        """Open ground in front of a slot."""
        west, south = self.west(column), self.south(row)
        return Yard(west, west + self.slot_m, south - self.open_m(row), south)

    def slots(self, count: int) -> list[tuple[int, int]]:
        """Return the (column, row) of ``count`` buildings, row by row; the rest stays open."""
        every = [(column, row) for row in range(self.rows) for column in range(self.columns)]
        spare = len(every) - count
        if count < GARDEN_FROM or not spare:
            return every[:count]
        middle = ((self.columns - 1) / 2.0, (self.rows - 1) / 2.0)
        nearest = sorted(every, key=lambda s: ((s[0] - middle[0]) ** 2 + 1.3 * (s[1] - middle[1]) ** 2, s))
        return [slot for slot in every if slot not in set(nearest[:spare])]


def choose_grid(code: str, blocks: Sequence[Block], *, wing: bool) -> Grid:
    """Return the grid for a building programme: near a drawn proportion, few spare slots, plot ratio 1.2 to 2.2.

    The depth of the yards comes from the plot ratio (容积率), within what light and lanes of the time allow.
    """
    area_m2 = sum(block.floor_area_m2 for block in blocks)
    plot_ratio = between(1.5, 1.95, code, "plot ratio")
    proportion = between(0.85, 1.5, code, "proportion")
    slot_m = max(block.length_m for block in blocks)
    storeys = sum(block.floors for block in blocks) / len(blocks)
    gap_m = between(4.0, 6.0, code, "gap")
    back_m = BACK_M + (WING_M if wing else 0.0)
    grids = []
    for columns in range(1, min(len(blocks), MAX_COLUMNS) + 1):
        rows = math.ceil(len(blocks) / columns)
        bare = Grid(columns, rows, slot_m, blocks[0].depth_m, gap_m, FRONT_M, 0.0, back_m)
        wanted_m = (area_m2 / plot_ratio / bare.width_m - bare.height_m) / max(rows - 1, 1)
        front_m = FRONT_M + (min(max(wanted_m, -2.0), 3.0) if rows == 1 else 0.0)
        height_m = storeys * FLOOR_HEIGHT_M
        yard_m = min(max(wanted_m, LEAST_YARD_M, 0.5 * height_m), max(1.1 * height_m, LEAST_YARD_M))
        grid = Grid(
            columns, rows, slot_m, blocks[0].depth_m, round(gap_m, 1), round(front_m, 1), round(yard_m, 1), back_m
        )
        spare = columns * rows - len(blocks)
        if len(blocks) >= GARDEN_FROM and rows > 1:
            spare = len(blocks) // 5 if spare < LEAST_GARDEN else spare  # a garden is worth much
        cost = abs(math.log(grid.width_m / grid.height_m / proportion)) + 1.5 * spare / len(blocks)
        grids.append((cost, columns, grid))
    return min(grids, key=lambda candidate: candidate[:2])[2]
