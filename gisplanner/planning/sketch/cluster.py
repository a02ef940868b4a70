"""The estates of one project, side by side along lanes: every one touches a neighbour or faces it across a lane.

Rows of estates share their side edges. Two rows face each other across a lane (巷) of 8 to 12 m; the next pair of
rows stands back to back with them, deepest estates first, so that their backs share an edge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import Polygon

from gisplanner.planning.sketch.chance import between, draw
from gisplanner.planning.sketch.records import Floats, SketchRow
from gisplanner.planning.sketch.site import Gate, Lane, PlacedBlock, SitePlan, site_plan

SINGLE_ROW_M: Final = 170.0
"""Up to this front length the estates of a project stand in one row along a street."""
SAME_LINE_M: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Cluster:
    """A project as drawn, in its own frame: lower left corner at the origin, x east, y north, metres."""

    project: str
    sites: tuple[SitePlan, ...]
    width_m: float
    height_m: float
    lanes: tuple[tuple[float, float], ...]
    """The lanes between rows: height of the centre line and width; they run on to the streets at both ends."""
    street_below: bool
    """Whether a single row faces the street below the cluster (else the one above)."""

    @property
    def key(self) -> str:
        """Code that the draws of this cluster hang on."""
        return self.sites[0].row.code


def cluster(project: str, rows: Sequence[SketchRow]) -> Cluster:
    """Lay out the estates of one project; ``rows`` may come in any order."""
    ordered = sorted(rows, key=lambda row: (row.subdistrict, row.community, row.code))
    sites = [site_plan(row, alone=len(ordered) == 1) for row in ordered]
    key = min(row.code for row in ordered)
    rows_of_sites = _rows(sites)
    if len(rows_of_sites) == 1:
        placed, width_m, height_m = _street_row(rows_of_sites[0])
        lanes: tuple[tuple[float, float], ...] = ()
    else:
        placed, width_m, height_m, lanes = _lane_rows(key, rows_of_sites)
    mirror_x = draw(key, "mirror x") < 0.5  # noqa: PLR2004
    mirror_y = not lanes and draw(key, "mirror y") < 0.35  # noqa: PLR2004
    if mirror_x or mirror_y:
        placed = [
            _moved(site, _mirror(width_m if mirror_x else None, height_m if mirror_y else None)) for site in placed
        ]
    noded = _with_shared_vertices(placed)
    noded.sort(key=lambda site: site.row.code)
    return Cluster(project, tuple(noded), width_m, height_m, lanes, street_below=not mirror_y)


def _rows(sites: Sequence[SitePlan]) -> list[list[SitePlan]]:
    """Cut the estates, community by community, into rows of about equal length; deepest first in each."""
    front_m = sum(site.width_m for site in sites)
    count = 1
    if len(sites) > 1 and front_m > SINGLE_ROW_M:
        height_m = sum(site.width_m * site.height_m for site in sites) / front_m
        count = min(max(2, round((front_m / (1.6 * height_m)) ** 0.5)), len(sites))
    rows: list[list[SitePlan]] = [[] for _ in range(count)]
    before = 0.0
    for site in sites:
        middle = before + site.width_m / 2.0
        rows[min(int(middle / front_m * count), count - 1)].append(site)
        before += site.width_m
    return [sorted(row, key=lambda site: (-site.height_m, site.row.code)) for row in rows if row]


def _street_row(row: Sequence[SitePlan]) -> tuple[list[SitePlan], float, float]:
    placed, width_m = _side_by_side(row, lambda site, x: _moved(site, _shift(x, 0.0)))
    return placed, width_m, max(site.outline.bounds[3] for site in placed)


def _lane_rows(
    key: str, rows: Sequence[Sequence[SitePlan]]
) -> tuple[list[SitePlan], float, float, tuple[tuple[float, float], ...]]:
    """Stack rows: one below each lane with its front up, one above it with its front down."""
    placed: list[SitePlan] = []
    lanes: list[tuple[float, float]] = []
    width_m = base_m = 0.0
    for pair in range(0, len(rows), 2):
        lane_m = round(between(8.0, 12.0, key, "lane", pair), 1)
        below_m = round(base_m + max(site.height_m for site in rows[pair]), 3)
        above_m = round(below_m + lane_m, 3)
        turned = [_turn_front_up(below_m), _shift_up(above_m)]
        for row, turn in zip(rows[pair : pair + 2], turned, strict=False):
            sites, row_m = _side_by_side(row, turn)
            placed += sites
            width_m = max(width_m, row_m)
        lanes.append((round(below_m + lane_m / 2.0, 3), lane_m))
        base_m = max(above_m, *(site.outline.bounds[3] for site in placed))
    return placed, width_m, round(base_m, 3), tuple(lanes)


def _side_by_side(
    row: Sequence[SitePlan], place: Callable[[SitePlan, float], SitePlan]
) -> tuple[list[SitePlan], float]:
    x, placed = 0.0, []
    for site in row:
        placed.append(place(site, x))
        x = round(x + site.width_m, 3)
    return placed, x


def _turn_front_up(front_m: float) -> Callable[[SitePlan, float], SitePlan]:
    def place(site: SitePlan, x: float) -> SitePlan:
        return _moved(site, lambda at: np.column_stack([at[:, 0] + x, front_m - at[:, 1]]))

    return place


def _shift_up(front_m: float) -> Callable[[SitePlan, float], SitePlan]:
    def place(site: SitePlan, x: float) -> SitePlan:
        return _moved(site, _shift(x, front_m))

    return place


def _shift(x: float, y: float) -> Callable[[Floats], Floats]:
    return lambda at: at + np.array([x, y])


def _mirror(width_m: float | None, height_m: float | None) -> Callable[[Floats], Floats]:
    def mirrored(at: Floats) -> Floats:
        x = at[:, 0] if width_m is None else width_m - at[:, 0]
        y = at[:, 1] if height_m is None else height_m - at[:, 1]
        return np.column_stack([x, y])

    return mirrored


def _moved(site: SitePlan, move: Callable[[Floats], Floats]) -> SitePlan:
    """Return the site with every coordinate moved and put on whole millimetres."""

    def on_mm(shape: Any) -> Any:
        return shapely.transform(shape, lambda at: np.round(move(at), 3))

    return replace(
        site,
        outline=on_mm(site.outline),
        blocks=tuple(PlacedBlock(on_mm(placed.shape), placed.block) for placed in site.blocks),
        lanes=tuple(Lane(on_mm(lane.line), lane.width_m) for lane in site.lanes),
        gates=tuple(Gate(on_mm(gate.point), gate.width_m, gate.back) for gate in site.gates),
        obstacles=tuple(replace(obstacle, shape=on_mm(obstacle.shape)) for obstacle in site.obstacles),
    )


def _with_shared_vertices(sites: Sequence[SitePlan]) -> list[SitePlan]:
    """Give neighbours each other's corners on their common edges, so that moving both keeps the edge common."""
    outlines = [site.outline for site in sites]
    tree = shapely.STRtree(outlines)
    noded = []
    for site in sites:
        near = tree.query(site.outline.buffer(SAME_LINE_M * 10))
        corners = np.unique(np.vstack([shapely.get_coordinates(outlines[i]) for i in near]), axis=0)
        noded.append(replace(site, outline=_with_vertices(site.outline, corners)))
    return noded


def _with_vertices(outline: Polygon, corners: Floats) -> Polygon:
    ring = shapely.get_coordinates(outline)
    made = []
    for start, end in pairwise(ring):
        along = end - start
        length = float(np.hypot(*along))
        offset = corners - start
        share = offset @ along / length**2
        aside = np.abs(offset[:, 0] * along[1] - offset[:, 1] * along[0]) / length
        on_edge = (aside < SAME_LINE_M) & (share * length > SAME_LINE_M) & ((1.0 - share) * length > SAME_LINE_M)
        order = np.argsort(share[on_edge])
        made += [start, *corners[on_edge][order]]
    return Polygon(made)
