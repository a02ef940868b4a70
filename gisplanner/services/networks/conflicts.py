"""Clearance conflicts (净距冲突) of the lines of a file or of a district."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.catalog.layers import utilities
from gisplanner.crs import crs_name, planning_crs
from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import CHECK_NAMES, LAYER, check_frame
from gisplanner.services.networks.conflict_files import conflict_frame, write_conflict_sheets, write_conflicts
from gisplanner.services.networks.conflict_result import ConflictResult
from gisplanner.services.networks.exception_records import stored_exceptions
from gisplanner.services.row_ids import row_ids
from gisplanner.store.database import Database
from gisplanner.text import Text

__all__ = [
    "ConflictResult",
    "check_lines",
    "conflict_frame",
    "conflicts_of_district",
    "conflicts_of_file",
    "named_lines",
    "stored_trees",
    "tree_kind",
    "write_conflict_sheets",
    "write_conflicts",
]


def conflicts_of_file(
    path: Path,
    *,
    layer: str | None = None,
    buildings_layer: str | None = None,
    trees_layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> ConflictResult:
    """Check the lines of a file.

    Raises
    ------
    InputError
        The file, a layer, ids, geometry or values cannot be used; all bad rows at once.
    """
    file = read_vector(path, prefer=LAYER, layer=layer, crs=crs, encoding=encoding)
    system = planning_crs(file.frame)
    lines = _indexed(file, Text("管线", en="line")).to_crs(system)
    buildings, trees = (
        None
        if name is None
        else _indexed(read_vector(path, layer=name, crs=crs, encoding=encoding), what).to_crs(system)
        for name, what in (
            (buildings_layer, Text("楼栋", en="building")),
            (trees_layer, Text("树木", en="tree")),
        )
    )
    if trees is not None and "kind" in trees:
        trees["kind"] = [tree_kind(str(one).casefold()) or "tree" for one in trees["kind"]]
    try:
        return _check(check_frame(lines), buildings, trees)
    except InputError as error:
        faults = [replace(fault, file=file.path.name, layer=file.layer) for fault in error.faults]
        raise type(error)(error.message, faults) from error


def conflicts_of_district(db: Database, district: District, *, on: date | None = None) -> ConflictResult:
    """Check the stored lines of a district, all owners together, against each other, buildings and trees.

    Ids are ``owner/utility/code``: codes are the owner's own.

    Parameters
    ----------
    on
        Day on which an accepted exception has to hold; ``None`` is today.
    """
    result = check_lines(
        layer_frame(db, district, LAYER), layer_frame(db, district, "buildings"), trees=stored_trees(db, district)
    )
    day = on or date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant
    return replace(result, exceptions={one.key: one for one in stored_exceptions(db, district)}, on=day)


def check_lines(
    lines: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame | None = None, *, trees: gpd.GeoDataFrame | None = None
) -> ConflictResult:
    """Check rows of the stored layers ``pipe_segments`` and ``buildings``; lines get the ids of a district."""
    return _check(
        named_lines(lines),
        None if buildings is None or buildings.empty else buildings.set_index("code"),
        None if trees is None or trees.empty else trees,
    )


def named_lines(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows of the layer ``pipe_segments`` as the check takes them, indexed by ``owner/utility/code``."""
    names = [f"{row.owner}/{row.utility}/{row.code}" for row in lines.itertuples()]
    return (
        lines.set_axis(pd.Index(names, dtype=object), axis="index")
        .drop(columns="diameter_mm")
        .rename(columns=CHECK_NAMES)
    )


def stored_trees(db: Database, district: District) -> gpd.GeoDataFrame:
    """Return the trees and shrubs among the stored obstacles, indexed by code."""
    things = layer_frame(db, district, "obstacles")
    words = things["kind"].fillna("").astype(str).str.casefold()
    kinds = words.map(tree_kind)
    return things[kinds.notna()].assign(kind=kinds[kinds.notna()]).set_index("code")


def tree_kind(written: str) -> str | None:
    """Return whether an obstacle is a tree or a shrub, ``None`` where it is neither.

    Examples
    --------
    >>> tree_kind("独立树"), tree_kind("灌木"), tree_kind("围墙")
    ('tree', 'shrub', None)
    """
    if any(word in written for word in ("灌木", "绿篱", "shrub", "hedge")):
        return "shrub"
    return "tree" if any(word in written for word in ("树", "乔木", "tree")) else None


def _check(
    lines: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame | None, trees: gpd.GeoDataFrame | None
) -> ConflictResult:
    begun = time.perf_counter()
    report = check_clearances(
        lines, clearance_standards(), buildings=buildings, trees=trees, utilities=tuple(utilities())
    )
    return ConflictResult(report, lines, crs_name(lines.crs), time.perf_counter() - begun)


def _indexed(file: VectorFile, what: Text) -> gpd.GeoDataFrame:
    frame = file.frame.copy()
    if "id" in frame.columns:
        frame.index = row_ids(frame["id"], file, what)
    else:
        frame.index = pd.RangeIndex(len(frame))
    return frame
