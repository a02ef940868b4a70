"""Where the lines of a stored district begin: connection points, cross-connects of the companies, or assumed ones."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.catalog.profiles import profile
from gisplanner.domain.district import District
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.columns import POINTS
from gisplanner.services.pipes.assumed import NETWORKS, assumed_sources
from gisplanner.store.database import Database
from gisplanner.text import Text

Network = tuple[str, str | None]
"""A utility, and the company that lays it where the profile names one."""

_DRAINS: Final = ("sewage", "storm")
_TELECOM: Final = "telecom"
_CROSS_CONNECT: Final = "cross_connect"
_IN_USE: Final = ("existing", "planned")
_AROUND_M: Final = 300.0
"""As far from an estate as a cross-connect may stand to feed it (本工具参数): the reach of a distribution cable."""


def district_sources(
    db: Database, district: District, estates: gpd.GeoDataFrame, roads: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return a row for each network and place it may begin at (``utility``, ``owner``, point), and notes.

    Networks nobody connects are assumed to begin on the city road nearest to each estate. Telecoms without a
    connection point begin at cross-connects (光交) near the estates: their own, or else those of the others, which
    「四合一」光纤入户 lets them share.
    """
    wanted = _networks(district)
    known = layer_frame(db, district, "connection_points").rename_geometry("geometry")
    known = known[known.geometry.notna()]
    rows = {one: known.loc[known["utility"] == one[0], "geometry"].tolist() for one in wanted}
    crossed = _cross_connects(db, district, estates, [one for one in wanted if one[0] == _TELECOM and not rows[one]])
    rows |= crossed
    missing = [one for one in wanted if not rows[one]]
    frames = [
        gpd.GeoDataFrame({"utility": code, "owner": owner, "geometry": [point]}, crs=estates.crs)
        for (code, owner), points in rows.items()
        for point in points
    ]
    if missing:
        frames.append(assumed_sources(estates, roads, missing))
    notes = (*_crossed_told(crossed), *_missing_told(missing))
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=estates.crs), notes


def _networks(district: District) -> list[Network]:
    if district.profile is None:
        return list(NETWORKS)
    companies: list[Network] = [(one.utility, one.name) for one in profile(district.profile).operators]
    told = {code for code, _ in companies}
    return [*companies, *((code, None) for code in _DRAINS if code not in told)] or list(NETWORKS)


def _cross_connects(
    db: Database, district: District, estates: gpd.GeoDataFrame, wanted: list[Network]
) -> dict[Network, list[shapely.Point]]:
    """Return for each of these telecoms the cross-connects it can begin at, where there are any."""
    points = layer_frame(db, district, POINTS).rename_geometry("geometry")
    near = shapely.buffer(shapely.union_all(estates.geometry.to_numpy()), _AROUND_M)
    fit = (points["kind"] == _CROSS_CONNECT) & (points["utility"] == _TELECOM) & points["status"].isin(_IN_USE)
    points = points[fit & shapely.intersects(points.geometry.to_numpy(), near)]
    own = {one: points.loc[points["owner"] == one[1], "geometry"].tolist() for one in wanted}
    shared = points.geometry.tolist()
    return {one: found or shared for one, found in own.items() if shared}


def _crossed_told(crossed: dict[Network, list[shapely.Point]]) -> tuple[Text, ...]:
    if not crossed:
        return ()
    count = len({point.wkb for points in crossed.values() for point in points})
    zh = f"通信从管线单位报送的 {count} 处光交接入（小区周边 {_AROUND_M:g} 米内）"
    return (Text(zh, en=f"telecoms begin at {count} cross-connects within {_AROUND_M:g} m"),)


def _missing_told(missing: list[Network]) -> tuple[Text, ...]:
    if not missing:
        return ()
    names = "、".join(dict.fromkeys(code for code, _ in missing))
    zh = f"接入点资料不足（{names}）：假定在离小区最近的市政道路接入，须由各管线单位确认"
    return (Text(zh, en=f"connections of {names} are not known: assumed on the city road nearest to each estate"),)
