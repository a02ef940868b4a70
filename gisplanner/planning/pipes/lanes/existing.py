"""Existing lines that stay: lanes beside them, service lines clear of them, levels over or under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.clearance import LineFacts, Requirement
from gisplanner.planning.pipes.clearance.lines import Lines, read_lines
from gisplanner.planning.pipes.corridors.roads import Geometry
from gisplanner.planning.pipes.lanes.design import MAINS, MARGIN_M, Design
from gisplanner.planning.pipes.lanes.entries import Laid
from gisplanner.planning.pipes.lanes.records import PlannedLine
from gisplanner.planning.pipes.lanes.room import HALF_WIDTH_M
from gisplanner.planning.pipes.lanes.site import Fixed
from gisplanner.planning.pipes.lanes.vertical import CLEAR_M, Crossed
from gisplanner.rules.clearances import ClearanceBook

_ALONG: Final = 0.5
_LEAST_M: Final = 2.0
_ASLANT_M: Final = 3.0
_MARGIN_M: Final = 0.01


class ExistingLines:
    """Existing lines, read once."""

    def __init__(self, frame: gpd.GeoDataFrame, book: ClearanceBook, utilities: Sequence[str]) -> None:
        self.frame = frame
        self._book = book
        self.lines: Lines = read_lines(frame, book, utilities=utilities)
        self._tree = shapely.STRtree(self.lines.geometry)

    def beside(self, streets: Geometry, numbers: Sequence[int]) -> Mapping[int, tuple[Fixed, ...]]:
        """Return the existing lines along each of ``streets``, by its number."""
        strips = shapely.buffer(streets, HALF_WIDTH_M, cap_style="flat")
        street, line = self._tree.query(strips, predicate="intersects")
        found: dict[int, list[Fixed]] = defaultdict(list)
        for s, k in zip(street.tolist(), line.tolist(), strict=True):
            one = self._fixed(streets[s], strips[s], k)
            if one is not None:
                found[numbers[s]].append(one)
        return {number: tuple(ones) for number, ones in found.items()}

    def _fixed(self, street: Any, strip: Any, k: int) -> Fixed | None:
        part = shapely.intersection(self.lines.geometry[k], strip)
        points = shapely.points(shapely.get_coordinates(shapely.segmentize(part, 1.0)))
        if not len(points):
            return None
        at = shapely.line_locate_point(street, points)
        beside = _signed(street, points, at)
        if float(at.max() - at.min()) < max(_LEAST_M, _ALONG * street.length) or np.ptp(beside) > _ASLANT_M:
            return None
        spread = float(np.ptp(beside)) / 2.0
        apart = {
            utility: _metres(self._asked("horizontal", design, k))
            + float(self.lines.radius_m[k] + self.lines.tolerance_m[k])
            + design.width_m / 2.0
            + spread
            + MARGIN_M
            for utility, design in MAINS.items()
        }
        return Fixed(f"existing-{self.lines.ids[k]}", round(float(beside.max() + beside.min()) / 2.0, 3), apart)

    def _asked(self, what: str, design: Design, k: int) -> Requirement | None:
        kind = self.lines.kinds[int(self.lines.kind[k])]
        ask = self._book.horizontal if what == "horizontal" else self._book.vertical
        return ask(self._book.profile(design.facts), "courtyard", kind.profile, kind.place)

    def laid(self) -> list[Laid]:
        """Return the lines as service lines keep clear of them."""
        made = []
        for k in range(len(self.lines)):
            width = 2.0 * float(self.lines.radius_m[k] + self.lines.tolerance_m[k])
            diameter = float(self.lines.diameter_mm[k])
            facts = LineFacts(self.lines.utility[k], None, None if np.isnan(diameter) else diameter)
            place = self.lines.kinds[int(self.lines.kind[k])].place
            made.append(
                Laid(
                    self.lines.geometry[k],
                    f"existing-{self.lines.ids[k]}",
                    Design(facts, "", width, float(self.lines.height_m[k])),
                    place,
                )
            )
        return made

    def crossed_by(self, lines: Sequence[PlannedLine]) -> dict[int, list[Crossed]]:
        """Return the existing lines of known depth that planned ones cross."""
        shapes = np.array([one.line for one in lines], dtype=object)
        planned, line = self._tree.query(shapes, predicate="intersects") if len(lines) else ([], [])
        found: dict[int, list[Crossed]] = defaultdict(list)
        for p, k in zip(planned, line, strict=True):
            depth = float(self.lines.depth_m[k])
            if not np.isnan(depth):
                asked = self._asked("vertical", lines[p].design, k)
                clear = (CLEAR_M if asked is None else asked.upper_m) + _MARGIN_M
                found[int(p)].append(Crossed(depth, float(self.lines.height_m[k]), clear))
        return dict(found)


def _signed(street: Any, points: Any, at: Any) -> Any:
    """Return the distance of points from a line, positive on its left."""
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(street, np.minimum(at + 0.05, street.length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(street, np.maximum(at - 0.05, 0.0)))
    foot = shapely.get_coordinates(shapely.line_interpolate_point(street, at))
    way, off = ahead - behind, shapely.get_coordinates(points) - foot
    side = np.where(way[:, 0] * off[:, 1] - way[:, 1] * off[:, 0] >= 0.0, 1.0, -1.0)
    return side * np.hypot(off[:, 0], off[:, 1])


def _metres(requirement: Requirement | None) -> float:
    return 0.5 if requirement is None else requirement.upper_m
