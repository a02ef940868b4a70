"""The building programme of an estate: how long, deep and high each block is, and how many households it holds.

Slab blocks (板楼) of the years before 2000 are 10 to 13 m deep and three to seven floors high; their length
follows from the floor area the register gives. Heights above seven floors are used only where a floor area
would otherwise need blocks of more than :data:`LONGEST_M`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gisplanner.planning.sketch.chance import between, draw
from gisplanner.planning.sketch.records import Remark, SketchRow

M2_PER_10K_M2: Final = Decimal(10_000)
FLOOR_HEIGHT_M: Final = 3.0
LONGEST_M: Final = 85.0
SHORTEST_M: Final = 9.0
USUAL_LENGTH_M: Final = 32.0
USUAL_FLOORS: Final = range(3, 8)
HIGHEST_FLOORS: Final = 33
DEFAULT_M2_PER_HOUSEHOLD: Final = 85.0
DEFAULT_M2_PER_BUILDING: Final = 1800.0
DEFAULT_ESTATE_M2: Final = 3000.0
TOLERANCE: Final = Decimal("0.10")
"""Drawn floor area (footprint × floors, summed) may differ by this share from the register's."""


@dataclass(frozen=True, slots=True)
class Block:
    """One building to place: a slab of ``length_m`` × ``depth_m``."""

    length_m: float
    depth_m: float
    floors: int
    households: int | None

    @property
    def floor_area_m2(self) -> float:
        """Footprint times floors."""
        return self.length_m * self.depth_m * self.floors


def assumed_floor_area_m2(row: SketchRow) -> float:
    """Return the floor area of the register, or a plausible one where it has none."""
    if row.floor_area_10k_m2:
        return float(row.floor_area_10k_m2 * M2_PER_10K_M2)
    if row.households:
        return row.households * DEFAULT_M2_PER_HOUSEHOLD
    return (row.buildings or 0) * DEFAULT_M2_PER_BUILDING or DEFAULT_ESTATE_M2


def programme(row: SketchRow) -> tuple[Block, ...]:
    """Return exactly the register's number of buildings; none where that number is unknown.

    Households add up exactly to the register's; floor areas to within :data:`TOLERANCE` wherever the mean
    building is between about 70 ㎡ and 33 floors of the longest slab.

    Examples
    --------
    >>> from decimal import Decimal
    >>> row = SketchRow("A1", 1, "蓉江街道", "东街社区", "一建公司", 118, 6, Decimal("1.5"), "A1")
    >>> blocks = programme(row)
    >>> len(blocks), sum(b.households for b in blocks), round(sum(b.floor_area_m2 for b in blocks), -2)
    (6, 118, 15000.0)
    """
    count = row.buildings or 0
    if not count:
        return ()
    area_m2 = assumed_floor_area_m2(row)
    depth_m = _depth_m(row.code, area_m2 / count)
    floors = _floors(row.code, count, area_m2 / count, depth_m)
    swing = [1.0 + between(-0.05, 0.05, row.code, "length", number) for number in range(count)]
    unit = area_m2 / (depth_m * sum(f * s for f, s in zip(floors, swing, strict=True)))
    lengths = [round(min(max(unit * s, SHORTEST_M), LONGEST_M * 1.05), 2) for s in swing]
    weights = [f * length for f, length in zip(floors, lengths, strict=True)]
    homes = share_out(row.households, weights)
    return tuple(
        Block(length, depth_m, storeys, home) for length, storeys, home in zip(lengths, floors, homes, strict=True)
    )


def _depth_m(code: str, mean_m2: float) -> float:
    if mean_m2 < SHORTEST_M * 10.0:
        return 8.0
    return round(between(10.2, 11.6, code, "depth") + min(mean_m2 / 5000.0, 1.2), 1)


def _floors(code: str, count: int, mean_m2: float, depth_m: float) -> list[int]:
    floors = min(
        USUAL_FLOORS, key=lambda f: abs(math.log(mean_m2 / (f * depth_m) / USUAL_LENGTH_M)) + abs(f - 5.5) * 0.15
    )
    if mean_m2 / (floors * depth_m) > LONGEST_M:
        floors = min(math.ceil(mean_m2 / (LONGEST_M * depth_m)), HIGHEST_FLOORS)
    while floors > 1 and mean_m2 / (floors * depth_m) < SHORTEST_M * 1.15:
        floors -= 1
    low, high = (3, 7) if floors in USUAL_FLOORS else (floors, floors)
    drawn = [draw(code, "floors", number) for number in range(count)]
    mixed = [floors + (d > 0.8) - (d < 0.2) if count > 1 else floors for d in drawn]  # noqa: PLR2004 - shares
    return [min(max(f, low), high) for f in mixed]


def share_out(total: int | None, weights: Sequence[float]) -> list[int | None]:
    """Split a whole number by weights, by largest remainders; the parts add up exactly.

    Examples
    --------
    >>> share_out(10, [1.0, 1.0, 2.0]), share_out(None, [1.0])
    ([3, 2, 5], [None])
    """
    if total is None:
        return [None] * len(weights)
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [math.floor(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return list(parts)


def remarks(row: SketchRow, drawn_m2: float) -> list[Remark]:
    """Return what of the register the drawn buildings could not follow."""
    found: list[Remark] = []
    if not row.floor_area_10k_m2:
        found.append(Remark(row.code, "floor_area_unknown", row.floor_area_10k_m2, None))
    if row.buildings is None:
        return [*found, Remark(row.code, "buildings_unknown", None, Decimal(0))]
    drawn = Decimal(str(round(drawn_m2, 1))) / M2_PER_10K_M2
    wanted = row.floor_area_10k_m2
    if wanted and row.buildings and abs(drawn - wanted) > TOLERANCE * wanted:
        found.append(Remark(row.code, "floor_area_not_reached", wanted, drawn))
    return found
