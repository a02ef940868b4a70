"""Which estate a feature belongs to (归属): by the larger part of its area or length, or by nearness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.crs import require_metric
from gisplanner.text import Text

MAJORITY: Final = 0.5
"""A feature belongs to an estate that holds more than this share of it; so it never belongs to two."""

NEAR_M: Final = 5.0
"""A gate stands on the outline or a little off it: this far at the most (本工具参数)."""

_NOTEWORTHY_SHARE: Final = 0.01
_NOTEWORTHY_M2: Final = 1.0

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assignment:
    """The estate of each feature.

    Attributes
    ----------
    estate
        Position of the estate in the frame given, −1 for none; as long as the features.
    shared
        Positions of features that lie in more than one estate by more than 1 % and 1 m² (or 1 m).
    """

    estate: Positions
    shared: Positions


def assign_by_share(features: gpd.GeoSeries, estates: gpd.GeoSeries) -> Assignment:
    """Return the estate that holds more than half of each feature: of its area, or its length; or the point.

    Parameters
    ----------
    features, estates
        In one metric CRS, valid; features without geometry get none.

    Examples
    --------
    >>> estates = gpd.GeoSeries([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], crs=4547)
    >>> houses = gpd.GeoSeries([shapely.box(1, 1, 3, 3), shapely.box(8, 1, 13, 3), shapely.box(30, 0, 31, 1)])
    >>> found = assign_by_share(houses.set_crs(4547), estates)
    >>> found.estate.tolist(), found.shared.tolist()
    ([0, 1, -1], [1])
    """
    require_metric(features, Text("要素", en="the features"))
    values, outlines = features.to_numpy(), estates.to_numpy()
    feature, estate = shapely.STRtree(outlines).query(values, predicate="intersects")
    share = np.ones(len(feature))
    shapely.prepare(outlines)
    cut = ~shapely.covers(outlines[estate], values[feature])
    size = _size(values)
    held = _size(shapely.intersection(values[feature[cut]], outlines[estate[cut]]), like=values[feature[cut]])
    share[cut] = held / size[feature[cut]]
    found: Positions = np.full(len(values), -1, dtype=np.int64)
    major = share > MAJORITY
    # Where outlines overlap, two may hold the larger part: the larger share decides, then the order of the estates.
    order = np.lexsort((estate[major], -share[major]))[::-1]
    found[feature[major][order]] = estate[major][order]
    noteworthy = (share > _NOTEWORTHY_SHARE) & (share * size[feature] > _NOTEWORTHY_M2)
    times = np.bincount(feature[noteworthy], minlength=len(values))
    return Assignment(found, np.flatnonzero(times > 1))


def assign_by_nearness(points: gpd.GeoSeries, estates: gpd.GeoSeries, *, near_m: float = NEAR_M) -> Assignment:
    """Return the estate nearest to each point, if it is within ``near_m`` metres of it; inside counts as 0.

    Examples
    --------
    >>> estates = gpd.GeoSeries([shapely.box(0, 0, 10, 10)], crs=4547)
    >>> gates = gpd.GeoSeries([shapely.Point(5, 5), shapely.Point(5, 14.9), shapely.Point(5, 15.1)], crs=4547)
    >>> assign_by_nearness(gates, estates).estate.tolist()
    [0, 0, -1]
    """
    require_metric(points, Text("点", en="the points"))
    found: Positions = np.full(len(points), -1, dtype=np.int64)
    if len(estates) and len(points):
        point, estate = shapely.STRtree(estates.to_numpy()).query_nearest(
            points.to_numpy(), max_distance=near_m, all_matches=True
        )
        order = np.argsort(-estate, kind="stable")  # of several equally near the first stays
        found[point[order]] = estate[order]
    return Assignment(found, np.array([], dtype=np.int64))


def overlaps(estates: gpd.GeoSeries, *, min_area_m2: float = 0.01) -> list[tuple[int, int, float]]:
    """Return each pair of outlines that overlap, by position, with the common area in square metres.

    Examples
    --------
    >>> overlaps(gpd.GeoSeries([shapely.box(0, 0, 10, 10), shapely.box(9, 0, 20, 10)], crs=4547))
    [(0, 1, 10.0)]
    """
    require_metric(estates, Text("小区", en="the estates"))
    values = estates.to_numpy()
    a, b = shapely.STRtree(values).query(values, predicate="intersects")
    a, b = a[a < b], b[a < b]
    areas = shapely.area(shapely.intersection(values[a], values[b]))
    found = [(int(i), int(j), float(m2)) for i, j, m2 in zip(a, b, areas, strict=True) if m2 > min_area_m2]
    return sorted(found)


def _size(values: npt.NDArray[Any], *, like: npt.NDArray[Any] | None = None) -> npt.NDArray[np.float64]:
    """Return area, length or 1, by the dimension of each feature (of ``like``, for what was cut from it)."""
    dimension = shapely.get_dimensions(values if like is None else like)
    measures = [shapely.area(values), shapely.length(values), np.where(shapely.is_empty(values), 0.0, 1.0)]
    return np.asarray(np.select([dimension == 2, dimension == 1, dimension == 0], measures, 1.0))  # noqa: PLR2004
