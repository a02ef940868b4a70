"""From a file to rows that may be stored: attributes typed, codes given, coordinates guarded, geometry mended."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.district import District
from gisplanner.domain.layers import GeometryKind
from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import CrsError, Fault, GeometryError, InputError
from gisplanner.formats.attributes import Attributes, match_headings, read_attributes
from gisplanner.formats.coordinates import coordinate_faults, summary_of
from gisplanner.formats.networks import NETWORK_READERS
from gisplanner.formats.osm import osm_codes
from gisplanner.formats.repair import Repair, clean_geometry, unusable_rows
from gisplanner.formats.vector import READERS, VectorFile, read_vector
from gisplanner.services.ingest.report import Finding
from gisplanner.services.networks.columns import utility_codes
from gisplanner.text import Text

Mask = npt.NDArray[np.bool_]

_OF_NETWORKS: Final = frozenset({"connection_points"})
"""Kinds that name a pipeline and come as tables of points too."""
_LINES_AND_SURFACES: Final[tuple[GeometryKind, ...]] = ("line", "polygon")


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose attributes were read; geometry is still as it stands in the file.

    ``codes`` are those the file gives, ``None`` where it gives none. ``faults`` are to be raised together with
    those of the geometry.
    """

    kind: str
    file: VectorFile
    attributes: Attributes
    codes: pd.Series[Any]
    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows in the district's metric CRS, index = row number: ``code``, the attributes, ``geom``."""

    frame: gpd.GeoDataFrame
    repaired: tuple[Repair, ...]
    findings: tuple[Finding, ...]


def read_table(
    kind: str,
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    local: tuple[LocalGrid, CRS] | None = None,
) -> Table:
    """Return a file's rows with typed attributes and the codes they bring along.

    Raises
    ------
    NotFoundError, FileFormatError, CrsError
        See :func:`gisplanner.formats.vector.read_vector`.
    """
    readers = NETWORK_READERS if kind in _OF_NETWORKS else READERS
    file = read_vector(path, prefer=kind, layer=layer, crs=crs, encoding=encoding, readers=readers, local=local)
    columns = pd.DataFrame(file.frame.drop(columns=file.frame.geometry.name))
    if kind in _OF_NETWORKS:
        columns = _with_utilities(columns, kind)
    attributes = read_attributes(
        columns, layer_spec(kind), file=file.path.name, layer=file.layer, cut_names=file.cut_names
    )
    findings = [Finding("reading", note) for note in file.notes]
    faults = attributes.faults
    if file.tolerant and faults:
        findings.append(_left_out(faults))
        faults = ()
    codes = _codes(columns, attributes)
    if kind in _OF_NETWORKS:
        faults = (*faults, *_without_utility(columns, attributes, file))
    return Table(kind, file, attributes, codes, (*faults, *_duplicates(codes, file)), tuple(findings))


def _codes(columns: pd.DataFrame, attributes: Attributes) -> pd.Series[Any]:
    codes = pd.Series(None, index=columns.index, dtype=object)
    if {"osm_type", "osm_id"} <= set(columns.columns):
        codes = osm_codes(columns).where(lambda made: made.notna(), None)
    if "code" in attributes.values:
        stated = attributes.values["code"]
        codes = stated.where(stated.notna(), codes)
    return codes


def _duplicates(codes: pd.Series[Any], file: VectorFile) -> list[Fault]:
    given = codes[codes.notna()]
    first = dict(reversed(list(zip(given, given.index, strict=True))))
    again = given[given.duplicated()]
    return [
        Fault(
            file.path.name,
            file.layer,
            cast("int", row),
            "code",
            str(code),
            hint=Text(f"编码与第 {first[code]} 行重复", en=f"the code is that of row {first[code]}"),
        )
        for row, code in again.items()
    ]


def _with_utilities(columns: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return columns with the kind of pipeline as its code, however the file writes it."""
    heading = match_headings([str(name) for name in columns.columns], layer_spec(kind)).get("utility")
    if heading is None:
        return columns
    return columns.assign(**{heading: utility_codes(columns[heading])})


def _without_utility(columns: pd.DataFrame, attributes: Attributes, file: VectorFile) -> list[Fault]:
    """Return the rows that do not say which pipeline they are of; what could not be read was told before."""
    missing = pd.Series(True, index=columns.index)  # noqa: FBT003 - a value
    if "utility" in attributes.headings:
        written = columns[attributes.headings["utility"]]
        blank = written.isna() | written.astype(str).str.strip().eq("")
        missing = attributes.values["utility"].isna() & (blank | file.tolerant)
    hint = Text("写明管线种类", en="say which kind of pipeline")
    return [
        Fault(file.path.name, file.layer, cast("int", row), "utility", hint=hint) for row in missing.index[missing]
    ]


def _left_out(faults: Sequence[Fault]) -> Finding:
    items = tuple({"row": fault.row, "column": fault.column, "value": fault.value} for fault in faults)
    return Finding(
        "value_left_out",
        Text(
            f"{len(items)} 个属性值不是应有的类型，按未知处理。",
            en=f"{len(items)} values are not of the right type and are taken as unknown.",
        ),
        items,
    )


def place_rows(table: Table, district: District, *, may_be_missing: Mask | None = None) -> Placed:
    """Return the rows in the district's metric CRS.

    Parameters
    ----------
    may_be_missing
        Rows that are allowed to have no geometry.

    Raises
    ------
    CrsError, GeometryError, InputError
        Everything that is wrong with the file's rows, together; coordinates weigh most, then geometry.
    """
    file, spec = table.file, layer_spec(table.kind)
    kinds: tuple[GeometryKind, ...] = _LINES_AND_SURFACES if table.kind == "roads" else (spec.geometry,)
    where = {"file": file.path.name, "layer": file.layer}
    misplaced = coordinate_faults(file.frame, district.bounds_lonlat, **where)
    if misplaced:
        unusable = unusable_rows(file.frame.geometry.to_numpy(), kinds, may_be_missing=may_be_missing, **where)
        raise CrsError(summary_of(misplaced), [*misplaced, *unusable, *table.faults])
    metric = file.frame.geometry.to_crs(district.crs)
    clean = clean_geometry(metric, kinds, may_be_missing=may_be_missing, **where)
    if clean.faults:
        raise GeometryError(
            Text(
                f"{file.path.name} 有 {len(clean.faults)} 行图形不能用，未写入任何内容。",
                en=f"{file.path.name}: {len(clean.faults)} rows hold unusable geometry; nothing was written.",
            ),
            [*clean.faults, *table.faults],
        )
    if table.faults:
        raise InputError(
            Text(
                f"{file.path.name} 有 {len(table.faults)} 处属性不对，未写入任何内容。",
                en=f"{file.path.name}: {len(table.faults)} values are wrong; nothing was written.",
            ),
            table.faults,
        )
    codes, findings = _all_codes(table, clean.geometry)
    values = table.attributes.values.drop(columns="code", errors="ignore")
    frame = gpd.GeoDataFrame(values.assign(code=codes), geometry=clean.geometry.rename("geom"))
    if clean.dropped_heights:
        findings.append(
            Finding(
                "heights_dropped",
                Text(
                    f"{clean.dropped_heights} 行的高程（Z）未入库。",
                    en=f"{clean.dropped_heights} rows lost their heights (Z).",
                ),
            )
        )
    return Placed(frame.rename_geometry("geom"), clean.repaired, tuple(findings))


def _all_codes(table: Table, geometry: gpd.GeoSeries) -> tuple[pd.Series[Any], list[Finding]]:
    """Return a code for every row; rows that bring none are named after their geometry.

    The name is a digest of the coordinates on millimetres: the same outline gets the same code in every file and
    in every order of rows, so importing a file again finds its rows.
    """
    codes = table.codes.copy()
    nameless = np.flatnonzero(codes.isna().to_numpy())
    if not len(nameless):
        return codes, []
    millimetres = shapely.transform(geometry.to_numpy()[nameless], lambda points: np.round(points, 3) + 0.0)
    prefix = table.kind[0].upper()
    made = [_digest(prefix, wkb) for wkb in shapely.to_wkb(millimetres)]
    counted = pd.Series(made).groupby(made).cumcount()
    codes.iloc[nameless] = [
        code if times == 0 else f"{code}-{times + 1}" for code, times in zip(made, counted, strict=True)
    ]
    twice = nameless[(counted > 0).to_numpy()]
    if not len(twice):
        return codes, []
    items = tuple({"row": int(row), "code": codes.iloc[row]} for row in twice)
    message = Text(f"{len(items)} 行与前面的行图形完全相同。", en=f"{len(items)} rows repeat an earlier geometry.")
    return codes, [Finding("same_geometry", message, items)]


def _digest(prefix: str, wkb: bytes | None) -> str:
    return f"{prefix}{hashlib.blake2b(wkb or b'', digest_size=6).hexdigest()}"
