"""Boxes and shapes of a request in the metric system a district is stored in."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
import shapely
from pyproj import Transformer
from shapely.errors import ShapelyError

from gisplanner.domain.district import District
from gisplanner.errors import Fault, UsageError
from gisplanner.services.ogc.crs import Reference
from gisplanner.text import Text

_MARGIN_DEG: Final = 0.05
_STEP_DEG: Final = 0.02
_WORLD: Final = shapely.box(-180.0, -90.0, 180.0, 90.0)
_CLIPPED: Final = frozenset({"s_intersects", "s_disjoint", "s_within"})
"""Operators whose answer is the same for the part of a shape inside the district, where all features are."""

_WGS84: Final = 4326


def box_in_storage(district: District, numbers: tuple[float, ...], given: Reference) -> Any:
    """Return the box ``west, south, east, north`` (in the axis order of ``given``) in the stored system.

    A box in degrees that crosses the antimeridian has its west east of its east. ``None`` stands for a box that
    holds the whole district.

    Raises
    ------
    UsageError
        South above north, west above east in metres, or no place of that system.
    """
    west, south, east, north = (numbers[1], numbers[0], numbers[3], numbers[2]) if given.swapped else numbers
    degrees = given.decimals > 3  # noqa: PLR2004
    if south > north or (west > east and not degrees):
        raise _no_box(numbers, Text("次序应为西、南、东、北", en="the order is west, south, east, north"))
    if not degrees and given.srid == district.srid:
        return shapely.set_srid(shapely.box(west, south, east, north), district.srid)
    if not degrees:
        west, south, east, north = _mercator_box(west, south, east, north)
    elif not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004
        raise _no_box(numbers, Text("超出经纬度的范围", en="outside the range of degrees"))
    boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    area = shapely.union_all([shapely.box(left, south, right, north) for left, right in boxes])
    around = _around(district)
    if shapely.covers(area, around):
        return None
    return _to_metric(district, shapely.intersection(area, around))


@lru_cache(maxsize=256)
def area_m2(district: District) -> float:
    """Return the area within the bounds of a district."""
    return float(_to_metric(district, shapely.box(*district.bounds_lonlat)).area)


def shape_in_storage(district: District, geometry: Any, operator: str, given: Reference) -> Any:
    """Return a shape of a filter in the stored system.

    Raises
    ------
    UsageError
        It lies where that system has no places.
    """
    if given.swapped:
        geometry = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    if given.srid == district.srid:
        return shapely.set_srid(shapely.force_2d(geometry), district.srid)
    try:
        geometry = shapely.force_2d(geometry)
        if given.srid != _WGS84:
            geometry = _moved(geometry, given.srid, _WGS84)
        if not shapely.covers(_WORLD, geometry):
            raise _no_shape(Text("超出经纬度的范围", en="outside the range of degrees"))
        if operator in _CLIPPED:
            geometry = shapely.intersection(geometry, _around(district))
        return _to_metric(district, geometry)
    except ShapelyError as error:
        raise _no_shape(str(error)) from error


def _around(district: District) -> Any:
    west, south, east, north = district.bounds_lonlat
    return shapely.box(west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)


def _to_metric(district: District, degrees: Any) -> Any:
    # An edge along a parallel is a curve in metres: points in between keep it within a few metres of the truth.
    dense = shapely.segmentize(degrees, _STEP_DEG) if not shapely.is_empty(degrees) else degrees
    return shapely.set_srid(_moved(dense, _WGS84, district.srid), district.srid)


def _moved(geometry: Any, source: int, target: int) -> Any:
    transformer = _transformer(source, target)
    moved = shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise _no_shape(Text("坐标超出坐标系的范围", en="the coordinates are outside the range of the system"))
    return moved


def _mercator_box(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    limit = 20037508.342789244
    xs, ys = _transformer(3857, _WGS84).transform(
        np.clip([west, east], -limit, limit), np.clip([south, north], -limit, limit)
    )
    return float(xs[0]), float(ys[0]), float(xs[1]), float(ys[1])


@cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _no_box(numbers: tuple[float, ...], hint: str) -> UsageError:
    return UsageError(
        Text("参数 bbox 有误。", en="The parameter bbox is wrong."),
        [Fault(column="bbox", value=",".join(f"{number:g}" for number in numbers), hint=hint)],
    )


def _no_shape(hint: str) -> UsageError:
    return UsageError(
        Text("参数 filter 中的图形有误。", en="A shape in the parameter filter is wrong."),
        [Fault(column="filter", hint=hint)],
    )
