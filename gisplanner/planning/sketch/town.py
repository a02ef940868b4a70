"""From the slicing tree to a town on flat ground: cells, streets along the cuts, a river or railway, bridges.

Coordinates are metres with the town's lower left corner at the origin; bending and placing come later.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

from gisplanner.planning.sketch.bridges import bridge_positions
from gisplanner.planning.sketch.chance import draw
from gisplanner.planning.sketch.cluster import Cluster
from gisplanner.planning.sketch.ground import PRIMARY, TERTIARY, Box, Pads, PlacedCluster, Street, Strip, Town
from gisplanner.planning.sketch.names import StreetNames
from gisplanner.planning.sketch.slicing import HALF_STREET_M, STRIP_M, Cut, Leaf, Node, Padded, Shape

SPARE_BLOCK_M: Final = 64.0
"""Ground left over beside a project that is deep enough becomes a block of its own behind a street."""
LARGEST_BLOCK_M: Final = 190.0


def lay_out(node: Node, shape: int) -> Town:
    """Return the town of a slicing tree in one of its shapes."""
    chosen = node.shapes[shape]
    town = Town(Box(0.0, 0.0, chosen.width_m, chosen.height_m))
    _Layout(town).part(node, chosen, town.extent)
    return town


class _Layout:
    def __init__(self, town: Town) -> None:
        self.town = town
        self.names = StreetNames()

    def part(self, node: Node, shape: Shape, box: Box) -> None:
        """Lay out what one ring of streets encloses; a barrier separates two such parts."""
        if isinstance(node, Cut) and node.barrier is not None:
            strip_m = STRIP_M[node.barrier]
            first, second = node.first.shapes[shape.first], node.second.shapes[shape.second]
            before, after = _halves(
                box, shape, _share(box, Pads(), first, second, strip_m, upright=shape.upright), strip_m
            )
            self.part(node.first, first, before)
            self.part(node.second, second, after)
            between = (
                replace(box, west=before.east, east=after.west)
                if shape.upright
                else replace(box, south=before.north, north=after.south)
            )
            strip = Strip(node.barrier, between, shape.upright)
            self.town.strips.append(strip)
            self._bridges(strip)
            return
        corners = [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
        for start, end in pairwise([*corners, corners[0]]):
            self._street(start, end, PRIMARY)
        self.cell(node, shape, box, Pads())

    def cell(self, node: Node, shape: Shape, box: Box, pads: Pads) -> None:
        """Lay out a node in a cell that is large enough for it."""
        if isinstance(node, Padded):
            more = Pads(*(getattr(pads, side) + node.pad_m for side in ("west", "south", "east", "north")))
            self.cell(node.inside, node.inside.shapes[shape.first], box, more)
        elif isinstance(node, Leaf):
            self._project(node.cluster, box, pads)
        else:
            first, second = node.first.shapes[shape.first], node.second.shapes[shape.second]
            at = _share(box, pads, first, second, 0.0, upright=shape.upright)
            before, after = _halves(box, shape, at, 0.0)
            if shape.upright:
                self._street((at, box.south), (at, box.north), node.level)
                sides = replace(pads, east=0.0), replace(pads, west=0.0)
            else:
                self._street((box.west, at), (box.east, at), node.level)
                sides = replace(pads, north=0.0), replace(pads, south=0.0)
            self.cell(node.first, first, before, sides[0])
            self.cell(node.second, second, after, sides[1])

    def _project(self, cluster: Cluster, box: Box, pads: Pads) -> None:
        key = cluster.key
        room = 2.0 * HALF_STREET_M
        spare_m = box.width_m - pads.west - pads.east - cluster.width_m - room
        if spare_m > SPARE_BLOCK_M:
            keep_west = draw(key, "keep west") < 0.5  # noqa: PLR2004
            at = box.east - spare_m - pads.east if keep_west else box.west + spare_m + pads.west
            self._street((at, box.south), (at, box.north), TERTIARY)
            box, pads = self._take(box, pads, at, upright=True, first=keep_west)
        spare_m = box.height_m - pads.south - pads.north - cluster.height_m - room
        if spare_m > SPARE_BLOCK_M:
            keep_south = draw(key, "keep south") < 0.5  # noqa: PLR2004
            at = box.north - spare_m - pads.north if keep_south else box.south + spare_m + pads.south
            self._street((box.west, at), (box.east, at), TERTIARY)
            box, pads = self._take(box, pads, at, upright=False, first=keep_south)
        west = box.west + pads.west + HALF_STREET_M
        east = box.east - pads.east - HALF_STREET_M - cluster.width_m
        south = box.south + pads.south + HALF_STREET_M
        north = box.north - pads.north - HALF_STREET_M - cluster.height_m
        x = west + (east - west) * draw(key, "place x")
        if cluster.lanes:
            y = south + (north - south) * draw(key, "place y")
        else:
            y = south if cluster.street_below else north
        self.town.projects.append(PlacedCluster(cluster, box, round(x, 2), round(y, 2)))

    def _take(self, box: Box, pads: Pads, at: float, *, upright: bool, first: bool) -> tuple[Box, Pads]:
        """Split a cell at a street; keep one side for the project, cut the other up as town fabric."""
        if upright:
            halves = replace(box, east=at), replace(box, west=at)
            sides = replace(pads, east=0.0), replace(pads, west=0.0)
        else:
            halves = replace(box, north=at), replace(box, south=at)
            sides = replace(pads, north=0.0), replace(pads, south=0.0)
        self._fabric(halves[1] if first else halves[0])
        return (halves[0], sides[0]) if first else (halves[1], sides[1])

    def _fabric(self, box: Box) -> None:
        if max(box.width_m, box.height_m) <= LARGEST_BLOCK_M:
            return
        if box.width_m > box.height_m:
            at = box.west + box.width_m / 2.0
            self._street((at, box.south), (at, box.north), TERTIARY)
            halves = replace(box, east=at), replace(box, west=at)
        else:
            at = box.south + box.height_m / 2.0
            self._street((box.west, at), (box.east, at), TERTIARY)
            halves = replace(box, north=at), replace(box, south=at)
        for half in halves:
            self._fabric(half)

    def _street(
        self, start: tuple[float, float], end: tuple[float, float], level: int, *, bridge: bool = False
    ) -> None:
        name = self.names.next(level)
        self.town.streets.append(Street(start, end, level, name, bridge))

    def _bridges(self, strip: Strip) -> None:
        for at in bridge_positions(self.town.streets, strip):
            box = strip.box
            if strip.upright:
                self._street((box.west, at), (box.east, at), PRIMARY, bridge=True)
            else:
                self._street((at, box.south), (at, box.north), PRIMARY, bridge=True)


def _share(box: Box, pads: Pads, first: Shape, second: Shape, strip_m: float, *, upright: bool) -> float:
    """Where to cut: each part gets what it needs and its share of the rest."""
    if upright:
        low, size, need = box.west + pads.west, box.width_m - pads.west - pads.east, (first.width_m, second.width_m)
    else:
        low, size, need = (
            box.south + pads.south,
            box.height_m - pads.south - pads.north,
            (first.height_m, second.height_m),
        )
    spare = size - strip_m - sum(need)
    return low + need[0] + spare * need[0] / sum(need)


def _halves(box: Box, shape: Shape, at: float, strip_m: float) -> tuple[Box, Box]:
    if shape.upright:
        return replace(box, east=at), replace(box, west=at + strip_m)
    return replace(box, north=at), replace(box, south=at + strip_m)
