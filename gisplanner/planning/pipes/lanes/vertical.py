"""Cover of every line (竖向): deep enough for its surface, clear of what it crosses, in the order of the standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.planning.pipes.corridors.graph import Ints
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.design import DOWNWARD, GRAVITY
from gisplanner.planning.pipes.lanes.gravity import drain_levels
from gisplanner.planning.pipes.lanes.records import Depths, Manhole, PlannedLine
from gisplanner.rules.clearances import ClearanceBook

CLEAR_M: Final = 0.15
"""Kept in height where no row of the tables speaks of a pair (本工具参数)."""
_MARGIN_M: Final = 0.01
_LEAST_COVER_M: Final = 0.6
_ROUND: Final = 3

Height = Callable[[Floats], Floats]
"""Ground height of points (n, 2)."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """An existing line that a planned one crosses: its cover, its height, and the distance asked in height."""

    cover_m: float
    height_m: float
    clear_m: float


def flat_ground(points: Floats) -> Floats:
    """Return height 0 everywhere: levels count from the ground."""
    return np.zeros(len(points))


def solve_depths(
    lines: Sequence[PlannedLine],
    book: ClearanceBook,
    outlets: Mapping[int, Floats],
    *,
    ground: Height = flat_ground,
    crossed: Mapping[int, Sequence[Crossed]] | None = None,
) -> Depths:
    """Return the least covers that keep every clause.

    Parameters
    ----------
    outlets
        Where each drain flows to, by demand.
    crossed
        Existing lines of known depth that each line crosses.
    """
    below = _crossings(lines)
    least = np.array([_least_cover(one, book) for one in lines])
    cover, deepest = np.full(len(lines), np.nan), np.full(len(lines), np.nan)
    manholes: dict[int, tuple[Manhole, ...]] = {}
    for utility in DOWNWARD:
        rows = [k for k, one in enumerate(lines) if one.utility == utility and not one.overhead]
        for k in sorted(rows, key=lambda k: (lines[k].network, k)):
            for upper in below.get(k, ()):
                if not np.isnan(cover[upper]):
                    needed = deepest[upper] + lines[upper].design.height_m + _clear(lines[upper], lines[k], book)
                    least[k] = max(least[k], needed)
            least[k] = _past(least[k], lines[k].design.height_m, (crossed or {}).get(k, ()))
            cover[k] = deepest[k] = round(least[k], _ROUND)
        if utility in GRAVITY:
            for demand in sorted({lines[k].demand for k in rows}):
                own = [k for k in rows if lines[k].demand == demand]
                levels = drain_levels([lines[k] for k in own], least[own], outlets[demand], ground)
                cover[own], deepest[own] = levels.cover_m, levels.deepest_m
                manholes[demand] = tuple(levels.manholes_of(own))
    return Depths(np.round(cover, _ROUND), np.round(deepest, _ROUND), manholes)


def _least_cover(one: PlannedLine, book: ClearanceBook) -> float:
    found = book.cover(book.profile(one.design.facts), one.place, None)
    return _LEAST_COVER_M if found is None else found.upper_m


def _crossings(lines: Sequence[PlannedLine]) -> dict[int, list[int]]:
    """Return for each line those it crosses that lie above it."""
    shapes = np.array([one.line for one in lines], dtype=object)
    rank = {k: (DOWNWARD.index(one.utility), one.network) for k, one in enumerate(lines)}
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects") if len(shapes) else (_NO, _NO)
    above: dict[int, list[int]] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if rank[a] < rank[b] and not lines[a].overhead and not lines[b].overhead:
            above.setdefault(b, []).append(a)
    return above


_NO: Final[Ints] = np.zeros(0, dtype=np.int64)


def _clear(upper: PlannedLine, lower: PlannedLine, book: ClearanceBook) -> float:
    found = book.vertical(
        book.profile(upper.design.facts), upper.place, book.profile(lower.design.facts), lower.place
    )
    return (CLEAR_M if found is None else found.upper_m) + _MARGIN_M


def _past(cover_m: float, height_m: float, crossed: Sequence[Crossed]) -> float:
    """Return the least cover from ``cover_m`` on at which the line passes over or under every existing one."""
    for one in sorted(crossed, key=lambda one: one.cover_m):
        over = cover_m + height_m + one.clear_m <= one.cover_m
        if not over:
            cover_m = max(cover_m, one.cover_m + one.height_m + one.clear_m)
    return cover_m
