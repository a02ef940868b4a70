"""Reference systems of the OGC API: their URIs, the order of their axes, their digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pyproj import CRS

from gisplanner.domain.district import District
from gisplanner.errors import Fault, UsageError
from gisplanner.text import Text

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
_FIXED: Final = (4326, 4490, 3857)
_SHORT: Final = re.compile(r"(?:EPSG:|urn:ogc:def:crs:EPSG::)(\d{4,6})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference system as the API names it; ``swapped`` where the authority puts north before east."""

    uri: str
    srid: int
    swapped: bool
    decimals: int


@lru_cache(maxsize=256)
def references(district: District) -> tuple[Reference, ...]:
    """Return the systems a district's collections are given in: CRS84 first, its own metric zone among them."""
    return (Reference(CRS84, 4326, swapped=False, decimals=7), *(_of(code) for code in (*_FIXED, district.srid)))


def storage(district: District) -> Reference:
    """Return the system a district is stored in."""
    return _of(district.srid)


def reference(district: District, uri: str | None, parameter: str) -> Reference:
    """Return the system of a request parameter; CRS84 if it says nothing.

    Raises
    ------
    UsageError
        It is none of the district's.
    """
    known = references(district)
    if uri is None:
        return known[0]
    short = _SHORT.fullmatch(uri)
    wanted = uri.strip("[]") if short is None else f"{_EPSG}{short[1]}"
    for one in known:
        if one.uri == wanted:
            return one
    raise UsageError(
        Text(f"参数 {parameter} 不是可用的坐标系。", en=f"The parameter {parameter} names no system on offer."),
        [Fault(column=parameter, value=uri, allowed=" ".join(one.uri for one in known))],
    )


@cache
def _of(code: int) -> Reference:
    crs = CRS.from_epsg(code)
    swapped = crs.axis_info[0].direction == "north"
    return Reference(f"{_EPSG}{code}", code, swapped=swapped, decimals=3 if crs.is_projected else 7)
