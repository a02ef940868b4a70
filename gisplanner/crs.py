"""Coordinate reference systems (坐标系): CGCS2000 zones, metric checks, and the shifted Chinese datums.

Planning happens in metres. A district stores its geometry in the CGCS2000 3-degree zone it lies in; degrees
appear only at the edges (GeoJSON, web maps). GCJ-02 and BD-09 are the encrypted datums of Chinese phone maps:
they are off by some 500 m, never declared in a file, and converted only on request.
"""

from __future__ import annotations

from typing import Final, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from gisplanner.errors import CrsError
from gisplanner.text import Text

WGS84: Final = CRS.from_epsg(4326)

FIRST_CGCS2000_CM_EPSG: Final = 4534
"""EPSG of «CGCS2000 / 3-degree Gauss-Kruger CM 75E»; the codes go up by one every 3 degrees."""
CGCS2000_WEST_DEG: Final = 73.5
CGCS2000_EAST_DEG: Final = 136.5

Floats = npt.NDArray[np.float64]


def parse_crs(code: str) -> CRS:
    """Return the reference system of a code such as ``EPSG:4547``.

    Raises
    ------
    CrsError
        The code is unknown to PROJ.

    Examples
    --------
    >>> parse_crs("EPSG:4547").to_epsg()
    4547
    """
    try:
        return CRS.from_user_input(code)
    except ProjCrsError as error:
        raise CrsError(
            Text(
                f"未知的坐标系代码 {code}，请写成 EPSG:4547 的形式。",
                en=f"Unknown CRS {code}; write it like EPSG:4547.",
            )
        ) from error


def crs_name(crs: CRS) -> str:
    """Return ``EPSG:n`` where the system has a code, else its name.

    Examples
    --------
    >>> crs_name(CRS.from_epsg(4544))
    'EPSG:4544'
    """
    epsg = crs.to_epsg()
    return f"EPSG:{epsg}" if epsg else str(crs.name)


def metric_zone(longitude_deg: float, latitude_deg: float = 30.0) -> CRS:
    """Return the planning system for a place: its CGCS2000 3-degree zone, outside China its UTM zone.

    Parameters
    ----------
    longitude_deg, latitude_deg
        Middle of the extent, degrees WGS84 (CGCS2000 agrees within a metre).

    Examples
    --------
    >>> crs_name(metric_zone(114.765)), crs_name(metric_zone(104.06)), crs_name(metric_zone(8.0, 48.4))
    ('EPSG:4547', 'EPSG:4544', 'EPSG:32632')
    """
    if CGCS2000_WEST_DEG <= longitude_deg <= CGCS2000_EAST_DEG:
        zone = round((longitude_deg - 75.0) / 3.0)
        return CRS.from_epsg(FIRST_CGCS2000_CM_EPSG + min(max(zone, 0), 20))
    utm = int((longitude_deg + 180.0) // 6.0) % 60 + 1
    return CRS.from_epsg((32600 if latitude_deg >= 0 else 32700) + utm)


def is_metric(crs: CRS | None) -> bool:
    """Return whether ``crs`` is projected with metres on both axes.

    Examples
    --------
    >>> is_metric(CRS.from_epsg(4547)), is_metric(CRS.from_epsg(4326)), is_metric(None)
    (True, False, False)
    """
    return crs is not None and crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)


def require_metric(frame: gpd.GeoDataFrame | gpd.GeoSeries, what: str) -> CRS:
    """Return the metric CRS of ``frame``; planning never reprojects silently.

    Raises
    ------
    CrsError
        No CRS, or one that does not count in metres. Web Mercator (EPSG:3857) is refused too: its metre is
        1/cos(latitude) too long, 11 % at 26° N.
    """
    crs = frame.crs
    if crs is None:
        raise CrsError(Text(f"{what}没有坐标系。", en=f"{what}: no coordinate reference system."))
    crs = CRS.from_user_input(crs)
    if not is_metric(crs) or crs.to_epsg() == 3857:  # noqa: PLR2004
        raise CrsError(
            Text(
                f"{what}的坐标系 {crs_name(crs)} 不是可量距的米制坐标系。",
                en=f"{what}: {crs_name(crs)} is not a metric planning CRS.",
            )
        )
    return crs


def planning_crs(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> CRS:
    """Return the metric CRS in which ``frame`` is planned: its own if metric, else the zone of its middle.

    Raises
    ------
    CrsError
        ``frame`` has no CRS.
    """
    if frame.crs is None:
        raise CrsError(Text("数据没有坐标系。", en="The data has no coordinate reference system."))
    crs = CRS.from_user_input(frame.crs)
    if is_metric(crs) and crs.to_epsg() != 3857:  # noqa: PLR2004
        return crs
    bounds = frame.to_crs(WGS84).total_bounds
    if not np.isfinite(bounds).all():
        return crs if is_metric(crs) else metric_zone(114.0)
    return metric_zone(float(bounds[0] + bounds[2]) / 2.0, float(bounds[1] + bounds[3]) / 2.0)


# GCJ-02 and BD-09. The formulas are public since the open «EvilTransform» reading of 2010; prcoords and gcoord
# agree with them to 15 digits.
_A: Final = 6378245.0
_EE: Final = 0.00669342162296594323
_BD_PI: Final = np.pi * 3000.0 / 180.0


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS84 degrees to GCJ-02 (火星坐标); arrays of equal shape in, the same out.

    Examples
    --------
    >>> x, y = wgs84_to_gcj02(np.array([114.765]), np.array([25.66]))
    >>> round(float(x[0]), 5), round(float(y[0]), 5)
    (114.76987, 25.65707)
    """
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    d_lat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    d_lon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    rad = np.deg2rad(lat)
    magic = 1.0 - _EE * np.sin(rad) ** 2
    d_lat = d_lat * 180.0 / (_A * (1.0 - _EE) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = d_lon * 180.0 / (_A / np.sqrt(magic) * np.cos(rad) * np.pi)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Undo :func:`wgs84_to_gcj02` to better than a millimetre by fixed-point iteration.

    Examples
    --------
    >>> x, y = gcj02_to_wgs84(*wgs84_to_gcj02(np.array([114.765]), np.array([25.66])))
    >>> bool(abs(x[0] - 114.765) < 1e-9 and abs(y[0] - 25.66) < 1e-9)
    True
    """
    guess_lon, guess_lat = np.array(lon, dtype=float), np.array(lat, dtype=float)
    for _ in range(30):
        there_lon, there_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        step_lon, step_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if not step_lon.size or max(np.abs(step_lon).max(), np.abs(step_lat).max()) < 1e-12:  # noqa: PLR2004
            break
    return guess_lon, guess_lat


def gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift GCJ-02 degrees to BD-09 (百度坐标)."""
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def bd09_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Undo :func:`gcj02_to_bd09` to better than a millimetre by fixed-point iteration."""
    guess_lon, guess_lat = lon - 0.0065, lat - 0.006
    for _ in range(30):
        there_lon, there_lat = gcj02_to_bd09(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - there_lon), guess_lat + (lat - there_lat)
    return guess_lon, guess_lat


def unshift(geometry: gpd.GeoSeries, datum: str) -> gpd.GeoSeries:
    """Return degrees declared as ``gcj02`` or ``bd09`` as WGS84 geometry, index kept.

    Examples
    --------
    >>> shifted = gpd.GeoSeries([shapely.Point(114.769870, 25.657070)])
    >>> unshift(shifted, "gcj02").iloc[0].distance(shapely.Point(114.765, 25.66)) < 1e-5
    True
    """

    def convert(points: Floats) -> Floats:
        lon, lat = points[:, 0], points[:, 1]
        if datum == "bd09":
            lon, lat = bd09_to_gcj02(lon, lat)
        return np.column_stack(gcj02_to_wgs84(lon, lat))

    moved = shapely.transform(geometry.to_numpy(), convert)
    return cast("gpd.GeoSeries", gpd.GeoSeries(moved, index=geometry.index, crs=WGS84))


def shift(geometry: gpd.GeoSeries, datum: str) -> gpd.GeoSeries:
    """Return WGS84 geometry in the degrees of ``gcj02`` or ``bd09``: undoes :func:`unshift`, index kept.

    Examples
    --------
    >>> true = gpd.GeoSeries([shapely.Point(114.765, 25.66)], crs=4326)
    >>> unshift(shift(true, "bd09"), "bd09").iloc[0].distance(true.iloc[0]) < 1e-9
    True
    """

    def convert(points: Floats) -> Floats:
        lon, lat = wgs84_to_gcj02(points[:, 0], points[:, 1])
        if datum == "bd09":
            lon, lat = gcj02_to_bd09(lon, lat)
        return np.column_stack((lon, lat))

    moved = shapely.transform(geometry.to_numpy(), convert)
    return cast("gpd.GeoSeries", gpd.GeoSeries(moved, index=geometry.index, crs=WGS84))
