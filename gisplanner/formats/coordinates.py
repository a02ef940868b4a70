"""The coordinate guard (坐标守卫): what is wrong with the coordinates of a file before anything is stored.

Refused are coordinates that are no numbers, axes in the wrong order, degrees declared as metres, metres declared
as degrees, and rows outside the district (超出区界). A cause that holds for most rows is a fault of the file and
told once; else the rows are told one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer

from gisplanner.crs import WGS84, crs_name
from gisplanner.errors import Fault
from gisplanner.text import Text, in_language

Bounds = tuple[float, float, float, float]
Boxes = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MAX_LISTED_ROWS: Final = 200
"""Rows of one cause that are told one by one; the rest is counted."""

_MOST: Final = 0.5
_SLACK_DEG: Final = 1e-7
"""A centimetre: coordinates written with 7 decimals may round across the edge."""


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why rows are refused; ``of_file`` is said once when it holds for most rows."""

    rows: Mask
    allowed: str | None
    hint: Text


def coordinate_faults(
    frame: gpd.GeoDataFrame, bounds_lonlat: Bounds, *, file: str | None = None, layer: str | None = None
) -> list[Fault]:
    """Return what makes the coordinates of ``frame`` unusable in a district; an empty list when nothing does.

    Parameters
    ----------
    frame
        Rows with a reference system, as read; rows without geometry are passed over.
    bounds_lonlat
        West, south, east, north of the district, degrees.

    Examples
    --------
    >>> swapped = gpd.GeoDataFrame(geometry=[shapely.Point(25.66, 114.765)], crs=4326)
    >>> coordinate_faults(swapped, (114.4, 25.4, 115.0, 26.1))[0].hint
    '经纬度颠倒：请把坐标改为经度在前、纬度在后'
    """
    crs = CRS.from_user_input(frame.crs)
    boxes = shapely.bounds(frame.geometry.to_numpy()).reshape(-1, 4)
    present = ~shapely.is_missing(frame.geometry.to_numpy()) & ~shapely.is_empty(frame.geometry.to_numpy())
    finite = _all_finite(frame.geometry.to_numpy())
    usable = present & finite
    faults = _told(
        _Cause(present & ~finite, None, Text("坐标不是有限的数", en="a coordinate is no finite number")),
        boxes,
        present,
        file,
        layer,
    )
    outside = usable.copy()
    outside[usable] = ~_inside(boxes[usable], crs, bounds_lonlat)
    for cause in _causes(boxes, outside, crs, bounds_lonlat):
        faults += _told(cause, boxes, usable, file, layer)
    return faults


def _causes(boxes: Boxes, outside: Mask, crs: CRS, bounds: Bounds) -> list[_Cause]:
    """Return the causes of rows being outside, each row under one cause, the most telling first."""
    if not outside.any():
        return []
    causes = []
    turned = outside.copy()
    turned[outside] = _inside(boxes[outside][:, [1, 0, 3, 2]], crs, bounds)
    degrees = crs.is_geographic
    causes.append(_Cause(turned, None, _TURNED_DEG if degrees else _TURNED_M))
    left = outside & ~turned
    small = (np.abs(boxes) <= [180.0, 180.0, 180.0, 180.0]).all(axis=1)
    fits_degrees = small & (np.minimum(np.abs(boxes[:, 1]), np.abs(boxes[:, 0])) <= 90.0)  # noqa: PLR2004
    mistaken = left & (~small if degrees else fits_degrees)
    causes.append(_Cause(mistaken, None, _metres_as_degrees(crs) if degrees else _degrees_as_metres(crs)))
    west, south, east, north = bounds
    allowed = f"{west:g}–{east:g}°E, {south:g}–{north:g}°N"
    beyond = left & ~mistaken
    causes.append(_Cause(beyond, allowed, _beyond(boxes[beyond], crs, bounds)))
    return causes


_TURNED_DEG: Final = Text(
    "经纬度颠倒：请把坐标改为经度在前、纬度在后",
    en="latitude and longitude are swapped (经纬度颠倒): longitude has to come first",
)
_TURNED_M: Final = Text(
    "坐标轴颠倒：测量坐标的 X 是北坐标，请把东坐标放在前面",
    en="the axes are swapped (坐标轴颠倒): the easting has to come first",
)


def _beyond(boxes: Boxes, crs: CRS, bounds: Bounds) -> Text:
    """Say what is outside, and in which other system of CGCS2000 all of it would lie inside."""
    fits = (
        []
        if crs.is_geographic or not len(boxes)
        else [
            f"EPSG:{epsg}"
            for epsg in _systems_around((bounds[0] + bounds[2]) / 2.0)
            if epsg != crs.to_epsg() and _inside(boxes, CRS.from_epsg(epsg), bounds).all()
        ]
    )
    if not fits:
        return Text("超出区界", en="outside the district (超出区界)")
    return Text(
        f"超出区界：坐标像是 {'、'.join(fits)} 的",
        en=f"outside the district (超出区界): the coordinates look like {', '.join(fits)}",
    )


_FIRST_EPSG: Final = ((3, 4534), (3, 4513), (6, 4502), (6, 4491))
"""Width of a zone in degrees and code of its first one, on 75° E: without and with the zone before the easting."""


def _systems_around(longitude_deg: float) -> list[int]:
    """Return the Gauss-Krüger systems of CGCS2000 whose zone is that of a longitude or the next to it."""
    found = []
    for width, first in _FIRST_EPSG:
        zones = round((135 - 75) / width)
        middle = round((longitude_deg - 75.0) / width)
        found += [first + zone for zone in range(middle - 1, middle + 2) if 0 <= zone <= zones]
    return found


def _degrees_as_metres(crs: CRS) -> Text:
    name = crs_name(crs)
    return Text(
        f"超出区界：坐标是度，却声明为米制坐标系 {name}；请改用 --crs EPSG:4490 或 EPSG:4326",
        en=f"outside the district (超出区界): degrees declared as the metric {name}; "
        "use --crs EPSG:4490 or EPSG:4326",
    )


def _metres_as_degrees(crs: CRS) -> Text:
    name = crs_name(crs)
    return Text(
        f"超出区界：坐标是米，却声明为经纬度 {name}；请用 --crs 声明所用的投影坐标系，如 EPSG:4547",
        en=f"outside the district (超出区界): metres declared as degrees {name}; "
        "declare the projected system with --crs, e.g. EPSG:4547",
    )


def _told(cause: _Cause, boxes: Boxes, usable: Mask, file: str | None, layer: str | None) -> list[Fault]:
    rows = np.flatnonzero(cause.rows)
    if not len(rows):
        return []
    if len(rows) > MAX_LISTED_ROWS or (len(rows) > 1 and len(rows) > _MOST * usable.sum() and usable.sum() > 1):
        hint = Text(f"{cause.hint}（{len(rows)} 行）", en=f"{cause.hint.en} ({len(rows)} rows)")
        rows = rows[:1]
    else:
        hint = cause.hint
    return [
        Fault(file, layer, int(row), "geometry", _shown(boxes[row]), allowed=cause.allowed, hint=hint) for row in rows
    ]


def _shown(box: npt.NDArray[np.float64]) -> str:
    return "(" + ", ".join(f"{value:.10g}" for value in box[:2]) + ")"


def _all_finite(geometry: npt.NDArray[Any]) -> Mask:
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    bad = owner[~np.isfinite(coordinates).all(axis=1)]
    finite = np.ones(len(geometry), dtype=bool)
    finite[bad] = False
    return finite


@lru_cache(maxsize=128)
def _to_degrees(crs: CRS) -> Transformer:
    return Transformer.from_crs(crs, WGS84, always_xy=True)  # PROJ takes a tenth of a second to look this up


def _inside(boxes: Boxes, crs: CRS, bounds: Bounds) -> Mask:
    """Return which boxes lie wholly within the bounds, their corners taken to degrees."""
    x = boxes[:, [0, 2, 2, 0]]
    y = boxes[:, [1, 1, 3, 3]]
    if not crs.is_geographic:
        x, y = (np.asarray(part).reshape(-1, 4) for part in _to_degrees(crs).transform(x.ravel(), y.ravel()))
    west, south, east, north = bounds
    fits_x = (x >= west - _SLACK_DEG) & (x <= east + _SLACK_DEG)
    fits_y = (y >= south - _SLACK_DEG) & (y <= north + _SLACK_DEG)
    return np.asarray((fits_x & fits_y).all(axis=1), dtype=bool)


def summary_of(faults: Sequence[Fault]) -> Text:
    """Return the sentence an error about these coordinates opens with: their different causes."""
    hints = list(
        dict.fromkeys(str(fault.hint).split("：", maxsplit=1)[0].split("（", maxsplit=1)[0] for fault in faults)
    )
    english = list(
        dict.fromkeys(re.split(r"[:(]", in_language(fault.hint or "", "en"), maxsplit=1)[0] for fault in faults)
    )
    return Text(
        f"坐标被拒绝：{'、'.join(hints)}。", en=f"Coordinates refused: {'; '.join(part.strip() for part in english)}."
    )
