"""Boxes and shapes of a request in the metric system a district is stored in."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, Self

import numpy as np
import shapely
from pyproj import Transformer
from shapely.errors import ShapelyError

from gisplanner.domain.district import District
from gisplanner.errors import Fault, UsageError
from gisplanner.maps.sheet import PUBLIC_GRID_M
from gisplanner.services.ogc.crs import Reference
from gisplanner.store.layer_sql import Part
from gisplanner.text import Text

_MARGIN_DEG: Final = 0.05
_STEP_DEG: Final = 0.02
_SMALL_SHARE: Final = 0.01
"""Of the area of a district: up to here its index finds the features of a box fastest, whatever the box."""
_WORLD: Final = shapely.box(-180.0, -90.0, 180.0, 90.0)
_CLIPPED: Final = frozenset({"s_intersects", "s_disjoint", "s_within"})
"""Operators whose answer is the same for the part of a shape inside the district, where all features are."""

_WGS84: Final = 4326
_INDEX_STEP: Final = 2.0**-22
"""Boxes are compared as the index keeps them, in numbers of 24 bits: twice the step between two of them."""
_INNER: Final = ("bbox_west", "bbox_south", "bbox_east", "bbox_north")

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class StoredBox:
    """A box of a request in the metric system of a district.

    Attributes
    ----------
    wkb
        Its outline as hexadecimal EWKB.
    area_m2
        What it covers.
    inner
        West, south, east, north of an upright box all of which it covers, if there is one: what lies in that needs no
        closer look.
    """

    wkb: str
    area_m2: float
    inner: Bounds | None

    @classmethod
    def of_shape(cls, shape: Any) -> Self:
        """Return any shape as a box, without the upright one."""
        return cls(shapely.to_wkb(shape, hex=True, include_srid=True), float(shape.area), None)


def box_in_storage(district: District, numbers: tuple[float, ...], given: Reference) -> StoredBox | None:
    """Return the box ``west, south, east, north`` (in the axis order of ``given``) in the stored system.

    A box in degrees that crosses the antimeridian has its west east of its east. One without width or height is a
    place as it is told, to the last digit, so that it finds what lies there. ``None`` stands for a box that holds the
    whole district.

    Raises
    ------
    UsageError
        South above north, west above east in metres, or no place of that system.
    """
    west, south, east, north = (numbers[1], numbers[0], numbers[3], numbers[2]) if given.swapped else numbers
    degrees = given.decimals > 3  # noqa: PLR2004
    if south > north or (west > east and not degrees):
        raise _no_box(numbers, Text("次序应为西、南、东、北", en="the order is west, south, east, north"))
    if degrees and not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004
        raise _no_box(numbers, Text("超出经纬度的范围", en="outside the range of degrees"))
    digit = 10.0**-given.decimals
    if west == east:
        west, east = west - digit, east + digit
    if south == north:
        south, north = south - digit, north + digit
    if not degrees and given.srid == district.srid:
        return StoredBox.of_shape(shapely.set_srid(shapely.box(west, south, east, north), district.srid))
    if not degrees:
        west, south, east, north = _mercator_box(west, south, east, north)
    around = _around(district)
    if west <= around[0] and south <= around[1] and around[2] <= east and around[3] <= north:
        return None
    left, low, right, high = max(west, around[0]), max(south, around[1]), min(east, around[2]), min(north, around[3])
    if left < right and low < high:
        return _box_in_metres(district, (left, low, right, high))
    # It only touches the district, lies away from it or crosses the antimeridian.
    boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    area = shapely.union_all([shapely.box(left, south, right, north) for left, right in boxes])
    if shapely.covers(area, shapely.box(*around)):
        return None
    return StoredBox.of_shape(_to_metric(district, shapely.intersection(area, shapely.box(*around))))


def _box_in_metres(district: District, degrees: Bounds) -> StoredBox:
    """Return a box of degrees in metres: plain numbers, for it is what a map asks at every move."""
    west, south, east, north = degrees
    corners = ((west, south), (east, south), (east, north), (west, north))
    xs: list[float] = []
    ys: list[float] = []
    sides = []
    for place, (x, y) in enumerate(corners):
        to_x, to_y = corners[(place + 1) % 4]
        # An edge along a parallel is a curve in metres: points in between keep it within a few metres of the truth.
        steps = math.ceil(max(abs(to_x - x), abs(to_y - y)) / _STEP_DEG)
        sides.append(len(xs))
        xs += [x + (to_x - x) * step / steps for step in range(steps)]
        ys += [y + (to_y - y) * step / steps for step in range(steps)]
    xs.append(west)
    ys.append(south)
    xs, ys = _transformer(_WGS84, district.srid).transform(xs, ys)
    if not all(map(math.isfinite, (*xs, *ys))):
        raise _outside()
    head = struct.pack("<BIIII", 1, 0x20000003, district.srid, 1, len(xs))
    wkb = head + struct.pack(f"<{2 * len(xs)}d", *(number for point in zip(xs, ys, strict=True) for number in point))
    _, to_east, to_north, to_west = sides
    margin = max(map(abs, (*xs, *ys))) * _INDEX_STEP
    inner = (
        max(xs[to_west:]) + margin,
        max(ys[: to_east + 1]) + margin,
        min(xs[to_east : to_north + 1]) - margin,
        min(ys[to_north : to_west + 1]) - margin,
    )
    upright = inner[0] < inner[2] and inner[1] < inner[3]
    twice = sum(xs[k] * (ys[k + 1] - ys[k - 1]) for k in range(len(xs) - 1) if k) + xs[0] * (ys[1] - ys[-2])
    return StoredBox(wkb.hex(), abs(twice) / 2, inner if upright else None)


def meets(box: StoredBox, geometry: str, *, exact: bool, srid: int) -> Part:
    """Return the condition that a feature meets a box; ``geometry`` is the SQL of what its viewer sees of it."""
    params: dict[str, Any] = {"bbox": box.wkb}
    closely = f"ST_Intersects({geometry}, %(bbox)s::geometry)"
    if not exact:
        # The index knows the stored geometry; what the public sees of it lies at most a cell of the grid away.
        return Part(f"layer.geom && ST_Expand(%(bbox)s::geometry, {PUBLIC_GRID_M:g}) AND {closely}", params)
    if box.inner is not None:
        params |= zip(_INNER, box.inner, strict=True)
        sides = ", ".join(f"%({name})s" for name in _INNER)
        closely = f"(layer.geom @ ST_MakeEnvelope({sides}, {srid}) OR {closely})"
    return Part(f"layer.geom && %(bbox)s::geometry AND {closely}", params)


def is_small_part(district: District, covered_m2: float) -> bool:
    """Return whether an area is so small a part of a district that its index is the way to what lies there."""
    return covered_m2 < _SMALL_SHARE * _area_m2(district)


@lru_cache(maxsize=256)
def _area_m2(district: District) -> float:
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
            geometry = shapely.intersection(geometry, shapely.box(*_around(district)))
        return _to_metric(district, geometry)
    except ShapelyError as error:
        raise _no_shape(str(error)) from error


def _around(district: District) -> Bounds:
    west, south, east, north = district.bounds_lonlat
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def _to_metric(district: District, degrees: Any) -> Any:
    dense = shapely.segmentize(degrees, _STEP_DEG) if not shapely.is_empty(degrees) else degrees
    return shapely.set_srid(_moved(dense, _WGS84, district.srid), district.srid)


def _moved(geometry: Any, source: int, target: int) -> Any:
    transformer = _transformer(source, target)
    moved = shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise _outside()
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


def _outside() -> UsageError:
    return _no_shape(Text("坐标超出坐标系的范围", en="the coordinates are outside the range of the system"))


def _no_shape(hint: str) -> UsageError:
    return UsageError(
        Text("参数 filter 中的图形有误。", en="A shape in the parameter filter is wrong."),
        [Fault(column="filter", hint=hint)],
    )
