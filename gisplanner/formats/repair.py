"""Geometry made fit for a layer: what cannot be used is refused by row, what can be mended is mended and listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from gisplanner.domain.layers import GeometryKind
from gisplanner.errors import Fault
from gisplanner.text import Text

Geometries = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

MAX_LISTED_ROWS: Final = 200
"""Rows of one kind of fault that are told one by one; the rest is counted."""

_TYPES: Final[dict[str, tuple[GeometryType, ...]]] = {
    "point": (GeometryType.POINT, GeometryType.MULTIPOINT),
    "line": (GeometryType.LINESTRING, GeometryType.LINEARRING, GeometryType.MULTILINESTRING),
    "polygon": (GeometryType.POLYGON, GeometryType.MULTIPOLYGON),
}


@dataclass(frozen=True, slots=True)
class Repair:
    """A ring that was mended: why it was invalid, and by how much the area changed (square metres)."""

    row: int
    reason: str
    area_change_m2: float

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"row": self.row, "reason": self.reason, "area_change_m2": round(self.area_change_m2, 3)}


@dataclass(frozen=True, slots=True)
class CleanGeometry:
    """Usable geometry of the same length as the input, with what was done to it.

    Attributes
    ----------
    geometry
        Two-dimensional, valid, of an allowed type; ``None`` where the input had none and that was allowed.
    faults
        Rows that cannot be used.
    repaired
        Rows that were mended.
    dropped_heights
        Number of rows that lost their Z.
    """

    geometry: gpd.GeoSeries
    faults: tuple[Fault, ...]
    repaired: tuple[Repair, ...]
    dropped_heights: int


def clean_geometry(
    geometry: gpd.GeoSeries,
    kinds: tuple[GeometryKind, ...],
    *,
    may_be_missing: Mask | None = None,
    file: str | None = None,
    layer: str | None = None,
) -> CleanGeometry:
    """Return geometry a layer can hold.

    Parameters
    ----------
    geometry
        Finite coordinates in a metric reference system; index = row number.
    kinds
        What the layer holds: ``point``, ``line``, ``polygon``, or ``any`` of these.
    may_be_missing
        Rows that are allowed to have none.

    Examples
    --------
    >>> bow_tie = gpd.GeoSeries([shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])], crs=4547)
    >>> clean = clean_geometry(bow_tie, ("polygon",))
    >>> clean.repaired[0].reason, clean.geometry.iloc[0].area
    ('Self-intersection', 2.0)
    """
    values: Geometries = geometry.to_numpy().copy()
    heights = int(shapely.has_z(values).sum())
    values = shapely.force_2d(values)
    faults = unusable_rows(values, kinds, may_be_missing=may_be_missing, file=file, layer=layer)
    broken = np.flatnonzero(~shapely.is_valid(values) & ~shapely.is_missing(values))
    repaired = []
    for row in broken:
        whole, mended = values[row], _mended(values[row])
        reason = str(shapely.is_valid_reason(whole)).split("[", maxsplit=1)[0].strip()
        if mended is None:
            hint = Text("无法修复：没有面积或长度", en="it cannot be repaired: it has no area or length")
            faults.append(Fault(file, layer, int(row), "geometry", reason, hint=hint))
            continue
        values[row] = mended
        repaired.append(Repair(int(row), reason, float(mended.area - whole.area)))
    values = _single_points(values)
    series = gpd.GeoSeries(values, index=geometry.index, crs=geometry.crs)
    return CleanGeometry(series, tuple(faults), tuple(repaired), heights)


def _allowed(kinds: tuple[GeometryKind, ...]) -> tuple[GeometryType, ...]:
    if "any" in kinds:
        return tuple(kind for group in _TYPES.values() for kind in group)
    return tuple(kind for name in kinds for kind in _TYPES[name])


def unusable_rows(
    values: Geometries,
    kinds: tuple[GeometryKind, ...],
    *,
    may_be_missing: Mask | None = None,
    file: str | None = None,
    layer: str | None = None,
) -> list[Fault]:
    """Return the rows without geometry, with empty geometry or with a type the layer does not hold."""
    allowed = _allowed(kinds)
    missing = shapely.is_missing(values)
    empty = shapely.is_empty(values) & ~missing
    strange = ~missing & ~empty & ~np.isin(shapely.get_type_id(values), [int(kind) for kind in allowed])
    if may_be_missing is not None:
        missing = missing & ~may_be_missing
    crowds = (
        ~strange & (shapely.get_type_id(values) == GeometryType.MULTIPOINT) & (shapely.get_num_geometries(values) > 1)
    )
    names = "/".join(dict.fromkeys(kind.name.title() for kind in allowed if kind != GeometryType.LINEARRING))
    told = (
        (missing, Text("没有图形（空值）", en="no geometry (null)")),
        (empty, Text("图形为空", en="the geometry is empty")),
        (strange, Text("图形类型不对", en="wrong type of geometry")),
        (crowds, Text("一行多个点，请拆成多行", en="several points in one row: split them")),
    )
    faults = []
    for mask, hint in told:
        rows = np.flatnonzero(mask)
        faults += [
            Fault(file, layer, int(row), "geometry", _type_name(values[row]), allowed=names, hint=hint)
            for row in rows[:MAX_LISTED_ROWS]
        ]
        if len(rows) > MAX_LISTED_ROWS:
            more = len(rows) - MAX_LISTED_ROWS
            rest = Text(f"{hint}：另有 {more} 行", en=f"{hint.en}: {more} more rows")
            faults.append(Fault(file, layer, None, "geometry", allowed=names, hint=rest))
    return faults


def _type_name(geometry: Any) -> str | None:
    return None if geometry is None else str(geometry.geom_type)


def _mended(geometry: Any) -> Any:
    """Return what is valid of an invalid geometry in its own dimension; ``None`` if nothing is left.

    Each ring is mended by itself, then shells are united and holes cut out (``structure``): parts of a
    multipolygon that overlap keep their area, which the older ``linework`` rule would turn into a hole.
    """
    made = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    if made.is_empty or shapely.get_dimensions(made) != shapely.get_dimensions(geometry):
        return None
    return made


def _single_points(values: Geometries) -> Geometries:
    lone = (shapely.get_type_id(values) == GeometryType.MULTIPOINT) & (shapely.get_num_geometries(values) == 1)
    values[lone] = shapely.get_geometry(values[lone], 0)
    return values
