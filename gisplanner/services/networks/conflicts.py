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
from gisplanner.domain.clearance_tables import Standards
from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.formats.vector import read_vector
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import CHECK_NAMES, LAYER, check_frame
from gisplanner.services.networks.conflict_files import conflict_frame, write_conflict_sheets, write_conflicts
from gisplanner.services.networks.conflict_result import ConflictResult
from gisplanner.services.networks.district_tables import standards_from, standards_of
from gisplanner.services.networks.exception_records import stored_exceptions
from gisplanner.services.networks.surroundings import NOTHING, Surroundings, file_surroundings, stored_surroundings
from gisplanner.services.row_ids import indexed_rows
from gisplanner.store.database import Database
from gisplanner.text import Text

__all__ = [
    "ConflictResult",
    "check_lines",
    "conflict_frame",
    "conflicts_of_district",
    "conflicts_of_file",
    "named_lines",
    "write_conflict_sheets",
    "write_conflicts",
]


def conflicts_of_file(
    path: Path,
    *,
    layer: str | None = None,
    buildings_layer: str | None = None,
    trees_layer: str | None = None,
    poles_layer: str | None = None,
    kerbs_layer: str | None = None,
    tables: Path | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> ConflictResult:
    """Check the lines of a file.

    Parameters
    ----------
    tables
        A district's own rows of the clearance tables; see
        :func:`gisplanner.services.networks.district_tables.import_rows`.

    Raises
    ------
    InputError
        The file, a layer, ids, geometry or values cannot be used; all bad rows at once.
    """
    file = read_vector(path, prefer=LAYER, layer=layer, crs=crs, encoding=encoding)
    system = planning_crs(file.frame)
    lines = indexed_rows(file, Text("管线", en="line")).to_crs(system)
    layers = {"buildings": buildings_layer, "trees": trees_layer, "poles": poles_layer, "kerbs": kerbs_layer}
    beside = file_surroundings(path, layers, crs=crs, encoding=encoding, system=system)
    standards = clearance_standards() if tables is None else standards_from(tables)
    try:
        return _check(check_frame(lines), beside, standards)
    except InputError as error:
        faults = [replace(fault, file=file.path.name, layer=file.layer) for fault in error.faults]
        raise type(error)(error.message, faults) from error


def conflicts_of_district(db: Database, district: District, *, on: date | None = None) -> ConflictResult:
    """Check the stored lines of a district, all owners together, against each other and what is beside them.

    Ids are ``owner/utility/code``: codes are the owner's own.

    Parameters
    ----------
    on
        Day on which an accepted exception has to hold; ``None`` is today.
    """
    lines, beside = layer_frame(db, district, LAYER), stored_surroundings(db, district)
    result = check_lines(lines, beside, standards=standards_of(db, district))
    day = on or date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant
    return replace(result, exceptions={one.key: one for one in stored_exceptions(db, district)}, on=day)


def check_lines(
    lines: gpd.GeoDataFrame, beside: Surroundings = NOTHING, *, standards: Standards | None = None
) -> ConflictResult:
    """Check rows of the stored layer ``pipe_segments``; they get the ids of a district.

    Parameters
    ----------
    beside
        What they have to keep clear of besides each other.
    standards
        The tables; ``None`` are the national ones.
    """
    return _check(named_lines(lines), beside, standards or clearance_standards())


def named_lines(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows of the layer ``pipe_segments`` as the check takes them, indexed by ``owner/utility/code``."""
    names = [f"{row.owner}/{row.utility}/{row.code}" for row in lines.itertuples()]
    return (
        lines.set_axis(pd.Index(names, dtype=object), axis="index")
        .drop(columns="diameter_mm")
        .rename(columns=CHECK_NAMES)
    )


def _check(lines: gpd.GeoDataFrame, beside: Surroundings, standards: Standards) -> ConflictResult:
    begun = time.perf_counter()
    report = check_clearances(
        lines,
        standards,
        buildings=beside.buildings,
        trees=beside.trees,
        poles=beside.poles,
        kerbs=beside.kerbs,
        utilities=tuple(utilities()),
    )
    return ConflictResult(report, lines, crs_name(lines.crs), time.perf_counter() - begun)
