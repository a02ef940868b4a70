"""Each row of an uploaded network judged by itself (逐行预检): a line or a point, accepted or rejected and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.domain.district import District
from gisplanner.errors import CrsError
from gisplanner.formats.coordinates import coordinate_faults, summary_of
from gisplanner.formats.survey_book import POINT
from gisplanner.formats.vector import VectorFile
from gisplanner.services.networks.row_readers import COLUMNS, POINT_COLUMNS, PointReader, Rejected, RowReader
from gisplanner.text import Text

_POINT: Final = 0
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Accepted rows in the district's metric CRS, and the others with their reasons.

    Attributes
    ----------
    lines, points
        Accepted lines, and accepted points: valves, manholes, hydrants, regulators.
    has_lines, has_points
        Whether the file speaks of such rows at all: only then it replaces what was handed in before.
    repeated
        Rows without a code that repeat the geometry of an earlier one: supply and return, several ducts.
    passed_over
        Blocks of a drawing on layers of no utility: title frames, north arrows.
    """

    lines: gpd.GeoDataFrame
    points: gpd.GeoDataFrame
    rejected: tuple[Rejected, ...]
    has_lines: bool
    has_points: bool
    repeated: int
    passed_over: int


def judge_rows(
    file: VectorFile, district: District, headings: Mapping[str, str], *, owner: str, utility: str | None
) -> Judged:
    """Read every row of a file as a line or a point of ``owner``.

    Raises
    ------
    CrsError
        Most rows lie elsewhere: the declared reference system is wrong, not the rows.
    """
    misplaced = _misplaced(file, district)
    metric = file.frame.geometry.to_crs(district.crs)
    table = {name: file.frame[heading].tolist() for name, heading in headings.items() if heading in file.frame}
    points = _points(file.frame)
    sorts: tuple[_Sort, _Sort] = _Sort({}, []), _Sort({}, [])
    rejected: list[Rejected] = []
    repeated = passed_over = 0
    for row in range(len(file.frame)):
        met = {name: values[row] for name, values in table.items()}
        reader = (PointReader if points[row] else RowReader)(file, row, met)
        if reader.is_decoration(utility):
            passed_over += 1
            continue
        shape = reader.geometry(metric.iloc[row], misplaced.get(row))
        values = reader.values(owner, utility)
        sort = sorts[int(points[row])]
        code = reader.code(values, shape, sort.seen)
        repeated += reader.repeats
        if reader.faults:
            rejected += reader.faults
        else:
            sort.seen[code] = reader.number
            sort.rows.append({**values, "code": code, "geom": shape})
    lines, made = (
        gpd.GeoDataFrame(sort.rows, columns=[*columns, "geom"], geometry="geom", crs=district.crs)
        for sort, columns in zip(sorts, (COLUMNS, POINT_COLUMNS), strict=True)
    )
    spoken = int(points.sum()) - passed_over
    return Judged(lines, made, tuple(rejected), bool((~points).any()), spoken > 0, repeated, passed_over)


@dataclass(frozen=True, slots=True)
class _Sort:
    seen: dict[str, int]
    rows: list[dict[str, Any]]


def _points(frame: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows are points of a network: drawn as such, or told so by their table."""
    drawn = np.asarray(shapely.get_type_id(frame.geometry.to_numpy()) == _POINT)
    return drawn | frame[POINT].to_numpy(dtype=bool) if POINT in frame else drawn


def _misplaced(file: VectorFile, district: District) -> dict[int, Text]:
    found = coordinate_faults(file.frame, district.bounds_lonlat, file=file.path.name, layer=file.layer)
    rows = {fault.row: fault.hint for fault in found if fault.row is not None}
    drawn = int(file.frame.geometry.notna().sum())
    whole = any("行）" in str(fault.hint) for fault in found)
    if whole or (drawn and len(rows) > _MOST * drawn):
        raise CrsError(summary_of(found), found)
    return {row: hint for row, hint in rows.items() if isinstance(hint, Text)}
