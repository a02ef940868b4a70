"""All checks of a set of lines in one pass."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import geopandas as gpd
import numpy as np

from gisplanner.crs import require_metric
from gisplanner.domain.clearance import ClearanceConflict, ClearanceReport, LineId, UnknownClearance
from gisplanner.domain.clearance_tables import Standards
from gisplanner.errors import CrsError
from gisplanner.planning.pipes.clearance.between_lines import crossings, pairs_to_compare, side_by_side
from gisplanner.planning.pipes.clearance.cover import too_shallow
from gisplanner.planning.pipes.clearance.lines import read_lines
from gisplanner.planning.pipes.clearance.objects import near_buildings, near_kerbs, near_poles, near_trees
from gisplanner.rules.clearances import ClearanceBook
from gisplanner.text import Text

UTILITIES: Final = (
    "water",
    "sewage",
    "storm",
    "drain",
    "gas",
    "heat",
    "power",
    "telecom",
    "lighting",
    "reclaimed",
)
_KINDS: Final = ("horizontal", "vertical", "building", "tree", "pole", "kerb", "cover")
_BETWEEN_LINES: Final = frozenset({"horizontal", "vertical"})


def check_clearances(
    lines: gpd.GeoDataFrame,
    standards: Standards,
    *,
    buildings: gpd.GeoDataFrame | None = None,
    trees: gpd.GeoDataFrame | None = None,
    poles: gpd.GeoDataFrame | None = None,
    kerbs: gpd.GeoDataFrame | None = None,
    utilities: Collection[str] = UTILITIES,
) -> ClearanceReport:
    """Find every pair of lines that keeps less than its clause asks (净距冲突).

    The answer does not depend on the order of rows, the direction of drawing or the metric CRS (to the millimetre).

    Parameters
    ----------
    lines
        Lines in a metric CRS, indexed by id, with ``utility`` and, where known, ``diameter_mm``, ``pressure``,
        ``material``, ``voltage_kv``, ``laying``, ``depth_m``, ``accuracy``, ``where``, ``surface``, ``status`` and
        ``common_trench`` (lines of one utility in one shared trench keep no distance from each other).
    standards
        The tables.
    buildings
        Footprints in the same CRS, indexed by id.
    trees
        Trees and shrubs in the same CRS, indexed by id; see
        :func:`gisplanner.planning.pipes.clearance.objects.near_trees`.
    poles
        Poles in the same CRS, indexed by id; see :func:`gisplanner.planning.pipes.clearance.objects.near_poles`.
    kerbs
        Edges of carriageways (路缘石) as lines in the same CRS, indexed by id.

    Raises
    ------
    CrsError
        No metric CRS, or two different ones.
    GeometryError, InputError
        Rows that cannot be used, all of them.

    Examples
    --------
    >>> from gisplanner.catalog.clearances import clearance_standards
    >>> import shapely
    >>> frame = gpd.GeoDataFrame(
    ...     {"utility": ["gas", "water"], "pressure": ["low", None], "laying": ["buried"] * 2},
    ...     geometry=[shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 0.4), (60, 0.4), (100, 3)])],
    ...     crs=4547,
    ... )
    >>> [found] = check_clearances(frame, clearance_standards()).conflicts
    >>> found.kind, found.verdict, found.measured_m, found.required_m, found.rule.cited
    ('horizontal', '确定', 0.4, 0.5, 'GB 50015-2019 appendix E')
    """
    book = ClearanceBook(standards)
    read = read_lines(lines, book, utilities=utilities)
    pairs = pairs_to_compare(read, book)
    found = [side_by_side(read, pairs, book), crossings(read, pairs, book)]
    if buildings is not None:
        _require_same(lines, buildings, Text("建筑", en="buildings"))
        found.append(near_buildings(read, buildings, book))
    for things, look, what in (
        (trees, near_trees, Text("树木", en="trees")),
        (poles, near_poles, Text("电杆", en="poles")),
        (kerbs, near_kerbs, Text("路缘石", en="kerbs")),
    ):
        if things is not None:
            _require_same(lines, things, what)
            found.append(look(read, things, book))
    place = {name: number for number, name in enumerate(read.ids)}
    conflicts = [one for part in found for one in part.conflicts] + too_shallow(read, book)

    def order(one: ClearanceConflict | UnknownClearance) -> tuple[int, int, bool, int, str]:
        kind = _KINDS.index(one.kind)
        if one.kind not in _BETWEEN_LINES or one.b is None:
            return place[one.a], kind, *_natural(one.b)
        return place[one.a], kind, False, place[one.b], ""

    return ClearanceReport(
        conflicts=tuple(sorted(conflicts, key=order)),
        unknown=tuple(sorted((one for part in found for one in part.unknown), key=order)),
        advice=tuple(one for part in found for one in part.advice),
        checked_pairs=sum(part.compared for part in found),
        without_depth=int(np.isnan(read.depth_m).sum()),
        overhead=read.overhead,
        abandoned=read.abandoned,
    )


def _require_same(lines: gpd.GeoDataFrame, others: gpd.GeoDataFrame, what: Text) -> None:
    if require_metric(others, what) != lines.crs:
        raise CrsError(Text(f"{what}与管线的坐标系不同。", en=f"{what.en} and lines are in different systems."))


def _natural(name: LineId | None) -> tuple[bool, int, str]:
    return (True, 0, name) if isinstance(name, str) else (False, name or 0, "")
