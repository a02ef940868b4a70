"""The site plan of one estate in its own frame: outline, blocks, lanes and entrances.

The frame counts metres; the street front runs along y = 0 and the estate lies above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shapely.geometry import LineString, Point, Polygon, box

from gisplanner.planning.sketch.chance import between, draw, pick
from gisplanner.planning.sketch.clutter import Obstacle, clutter
from gisplanner.planning.sketch.grid import BACK_M, SIDE_M, WING_M, Grid, choose_grid
from gisplanner.planning.sketch.programme import Block, assumed_floor_area_m2, programme
from gisplanner.planning.sketch.records import SketchRow

LANE_WIDTHS_M: Final = (3.0, 3.5, 3.5, 4.0)
AVENUE_LANE_M: Final = 6.0
SPINE_WIDTHS_M: Final = (3.5, 4.0, 4.5, 5.0)
GATE_WIDTHS_M: Final = (3.2, 3.6, 4.0, 4.2, 4.5, 5.0, 6.0)
BACK_GATE_FROM: Final = 30
EMPTY_PLOT_RATIO: Final = 1.6


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A building on its site."""

    shape: Polygon
    block: Block


@dataclass(frozen=True, slots=True)
class Lane:
    """Centre line of an inner lane (小区道路)."""

    line: LineString
    width_m: float


@dataclass(frozen=True, slots=True)
class Gate:
    """An entrance (出入口): a vertex of the outline. ``back`` gates stand on the far side."""

    point: Point
    width_m: float
    back: bool


@dataclass(frozen=True, slots=True)
class SitePlan:
    """One estate as drawn."""

    row: SketchRow
    outline: Polygon
    blocks: tuple[PlacedBlock, ...]
    lanes: tuple[Lane, ...]
    gates: tuple[Gate, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def width_m(self) -> float:
        """Length of the street front."""
        return float(self.outline.bounds[2])

    @property
    def height_m(self) -> float:
        """Depth away from the street."""
        return float(self.outline.bounds[3])


def site_plan(row: SketchRow, *, alone: bool) -> SitePlan:
    """Return the site plan of an estate.

    Parameters
    ----------
    alone
        The estate is the only one of its project: its back is free, so it may have a gate there, and it need
        not be a rectangle.
    """
    blocks = programme(row)
    if not blocks:
        return _empty_site(row)
    wing = _winged(row.code, blocks)
    grid = choose_grid(row.code, blocks, wing=wing)
    slots = grid.slots(len(blocks))
    placed = tuple(
        _place(row.code, number, block, grid, slot)
        for number, (block, slot) in enumerate(zip(blocks, slots, strict=True))
    )
    if wing:
        corner = max(range(len(slots)), key=lambda i: (slots[i][1], -slots[i][0]))
        placed = (*placed[:corner], _with_wing(placed[corner]), *placed[corner + 1 :])
    gates = _gates(row.code, grid, len(blocks), alone=alone)
    lanes = _lanes(row.code, grid, slots, gates)
    return SitePlan(
        row=row,
        outline=_outline(row.code, grid, slots, gates, alone=alone),
        blocks=placed,
        lanes=lanes,
        gates=gates,
        obstacles=clutter(row.code, grid, slots, [lane.line for lane in lanes]),
    )


def _empty_site(row: SketchRow) -> SitePlan:
    """Draw an estate whose number of buildings is unknown, or none: an outline and an entrance."""
    width_m = round((assumed_floor_area_m2(row) / EMPTY_PLOT_RATIO * 1.2) ** 0.5, 1)
    height_m = round(width_m / 1.2, 1)
    middle = round(width_m / 2.0, 2)
    outline = Polygon([(0, 0), (middle, 0), (width_m, 0), (width_m, height_m), (0, height_m)])
    gate = Gate(Point(middle, 0.0), pick(GATE_WIDTHS_M, row.code, "gate", 0), back=False)
    lane = Lane(
        LineString([(middle, 0.0), (middle, round(height_m * 0.6, 2))]), pick(LANE_WIDTHS_M, row.code, "lane")
    )
    return SitePlan(row, outline, (), (lane,), (gate,), ())


def _winged(code: str, blocks: Sequence[Block]) -> bool:
    """Whether the far corner block is L-shaped (拐角楼)."""
    shortest = min(block.length_m for block in blocks)
    return shortest > 2.6 * blocks[0].depth_m - WING_M and draw(code, "wing") < 0.45  # noqa: PLR2004


def _place(code: str, number: int, block: Block, grid: Grid, slot: tuple[int, int]) -> PlacedBlock:
    column, row = slot
    play = grid.slot_m - block.length_m
    west = round(grid.west(column) + play * draw(code, "shift", number), 2)
    south = round(grid.south(row), 2)
    return PlacedBlock(box(west, south, west + block.length_m, south + block.depth_m), block)


def _with_wing(placed: PlacedBlock) -> PlacedBlock:
    """Bend the west end of a slab back by a wing; the slab gets shorter, the footprint stays."""
    west, south, _, north = placed.shape.bounds
    wing_w = min(placed.block.depth_m, 11.0)
    length_m = round(placed.block.length_m - wing_w * WING_M / placed.block.depth_m, 2)
    east, inner, far = west + length_m, west + wing_w, north + WING_M
    bent = [(west, south), (east, south), (east, north), (inner, north), (inner, far), (west, far)]
    return replace(placed, shape=Polygon(bent))


def _gates(code: str, grid: Grid, count: int, *, alone: bool) -> tuple[Gate, ...]:
    at = grid.spines or (round(grid.width_m * between(0.25, 0.75, code, "gate x"), 1),)
    front = [
        Gate(Point(round(x, 2), 0.0), pick(GATE_WIDTHS_M, code, "gate", i), back=False) for i, x in enumerate(at)
    ]
    if alone and count >= BACK_GATE_FROM and grid.rows > 1:
        x = round(grid.spines[-1], 2)
        front.append(Gate(Point(x, round(grid.height_m, 2)), pick(GATE_WIDTHS_M, code, "back gate"), back=True))
    return tuple(front)


def _outline(
    code: str, grid: Grid, slots: Sequence[tuple[int, int]], gates: Sequence[Gate], *, alone: bool
) -> Polygon:
    width_m, height_m = round(grid.width_m, 2), round(grid.height_m, 2)
    front = [(gate.point.x, 0.0) for gate in gates if not gate.back]
    back = [(gate.point.x, gate.point.y) for gate in gates if gate.back]
    corner = [(width_m, height_m)]
    notch = _notch(grid, slots)
    if notch is not None:
        corner = [(width_m, notch[1]), notch, (notch[0], height_m)]
    elif alone and not back:
        corner = [(width_m, round(height_m + between(0.0, 0.06, code, "back") * min(width_m, 80.0), 2))]
    return Polygon([(0.0, 0.0), *front, (width_m, 0.0), *corner, *back, (0.0, height_m)])


def _notch(grid: Grid, slots: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """Where the last row ends early its rest does not belong to the estate: the inner corner of the notch."""
    last = max(row for _, row in slots)
    filled = [column for column, row in slots if row == last]
    if grid.rows == 1 or len(slots) < grid.columns * (grid.rows - 1) or filled != list(range(len(filled))):
        return None
    if len(filled) == grid.columns or len(filled) <= max(grid.corridors) + 1:
        return None
    east = grid.west(len(filled) - 1) + grid.slot_m + SIDE_M
    return round(east, 2), round(grid.south(last - 1) + grid.depth_m + BACK_M, 2)


def _lanes(code: str, grid: Grid, slots: Sequence[tuple[int, int]], gates: Sequence[Gate]) -> tuple[Lane, ...]:
    lanes = []
    last_branch = round(grid.branch(grid.rows - 1), 2)
    for number, gate in enumerate(gates):
        ends = [(gate.point.x, gate.point.y), (gate.point.x, last_branch)]
        lanes.append(Lane(LineString(ends), pick(SPINE_WIDTHS_M, code, "spine", number)))
    for row in range(grid.rows):
        columns = [column for column, r in slots if r == row]
        y = round(grid.branch(row), 2)
        reach = [gate.point.x for gate in gates if not gate.back]
        west = min(grid.west(columns[0]) + 1.0, *reach, grid.width_m) if columns else min(reach)
        east = max(grid.west(columns[-1]) + grid.slot_m - 1.0, *reach, 0.0) if columns else max(reach)
        width_m = AVENUE_LANE_M if row == grid.avenue else pick(LANE_WIDTHS_M, code, "lane", row)
        lanes.append(Lane(LineString([(round(west, 2), y), (round(east, 2), y)]), width_m))
    return tuple(lanes)
