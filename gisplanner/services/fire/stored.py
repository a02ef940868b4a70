"""What is stored of a district as the ground of fire-lane planning, one for each estate: 台账里的门、障碍和管线."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner.domain.district import District
from gisplanner.domain.point_kinds import POINT_KINDS
from gisplanner.domain.works import REMOVED_STEP
from gisplanner.services.fire.input import NO_OBSTACLES, FireGround, opened_by, outside, overlaps, without_flat
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_LAYERS: Final = ("estates", "buildings", "obstacles", "entrances")
_NETWORKS: Final = ("pipe_segments", "network_points")
_STANDING: Final = ("existing", "temporary")
_NEAR_M: Final = 30.0
"""How far around an estate lines and manholes may matter to its lanes."""
_HYDRANT_M: Final = 150.0
POST_M: Final = 0.1
"""Radius of what is stored as a point, such as a bollard (本工具参数)."""
STREET_M: Final = 16.0
"""How far around an estate its streets are shown."""
_TANK: Final = "化粪池"
_COVERS: Final = ("manhole", "inlet", "valve", "meter")
_LAID: Final = {"duct": "管块、套管", "trench": "管沟"}
_NO_NETWORKS: Final = Text(
    "没有可用的地下管线资料：车道下的化粪池、检查井、管沟和旁边的高压线未核对（资料不足）",
    en="no networks are known here: tanks, manholes and ducts below lanes and power lines beside them are unchecked",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Networks:
    """What lies in the ground or hangs above it, in the shape flags and hydrants are read from."""

    underground: gpd.GeoDataFrame
    power_lines: gpd.GeoDataFrame
    hydrants: gpd.GeoDataFrame
    known: shapely.STRtree

    def near(self, site: Any) -> tuple[dict[str, gpd.GeoDataFrame], gpd.GeoDataFrame | None, bool]:
        """Return structures and lines near an estate, its hydrants, and whether anything is known there at all."""
        around = shapely.buffer(site, _NEAR_M)
        more = {
            name: frame[frame.intersects(around)]
            for name, frame in (("underground", self.underground), ("power_lines", self.power_lines))
        }
        hydrants = self.hydrants[self.hydrants.dwithin(site, _HYDRANT_M)]
        return (
            {name: frame for name, frame in more.items() if len(frame)},
            hydrants if len(hydrants) else None,
            bool(self.known.query(around, predicate="intersects").size),
        )


def grounds_of_district(
    db: Database, district: District, estate: str | None = None
) -> tuple[dict[str, FireGround], dict[str, Text]]:
    """Fetch the stored layers of a district, one ground for each estate, and why others have none.

    Parameters
    ----------
    estate
        Code or name of one estate; ``None`` is all of them.
    """
    layers = {name: layer_frame(db, district, name) for name in _LAYERS}
    estates = layers["estates"]
    if estate is not None:
        estates = estates[(estates["code"] == estate) | (estates["name"] == estate)]
    networks = _networks(db, district)
    streets = _streets(db, district)
    gone = _gone(db, district)
    grounds: dict[str, FireGround] = {}
    left_out: dict[str, Text] = {}
    for row, code in enumerate(estates["code"].astype(str)):
        parts = {name: _of_estate(layers[name], code) for name in _LAYERS[1:]}
        missing = _missing(estates.geometry.iloc[row] is not None, parts)
        if missing is None:
            site = estates.iloc[[row]].set_index("code", drop=False)
            pulled_down = parts["obstacles"].index.intersection(gone)
            parts["obstacles"] = parts["obstacles"].drop(index=pulled_down)
            ground = _ground(district, site, parts, networks)
            grounds[code] = replace(
                ground,
                more={**ground.more, "streets": _around(site, streets)},
                remarks=(*_told_gone(pulled_down), *ground.remarks),
            )
        else:
            left_out[code] = missing
    return grounds, left_out


def _ground(
    district: District, site: gpd.GeoDataFrame, parts: Mapping[str, gpd.GeoDataFrame], networks: _Networks
) -> FireGround:
    standing, flat = without_flat(parts["obstacles"])
    obstacles, told = _stored_obstacles(standing)
    told += flat
    if not len(obstacles):
        told.append(NO_OBSTACLES)
    more, hydrants, known = networks.near(site.geometry.iloc[0])
    if not known:
        told.append(_NO_NETWORKS)
    return FireGround(
        site=site,
        buildings=parts["buildings"],
        obstacles=obstacles,
        entrances=parts["entrances"],
        roads=None,
        hydrants=hydrants,
        crs=district.crs,
        remarks=(*told, *overlaps(parts["buildings"]), *outside(site, obstacles)),
        illustrative=any(bool(frame["illustrative"].isin([True]).any()) for frame in (site, *parts.values())),
        more=more,
    )


def _gone(db: Database, district: District) -> list[str]:
    with db.transaction() as connection:
        rows = queries().obstacles_gone(connection, district_id=district.id, removed_step=REMOVED_STEP)
        return [row.code for row in rows]


def _told_gone(codes: pd.Index[str]) -> list[Text]:
    if not len(codes):
        return []
    who = "、".join(map(str, codes))
    return [Text(f"障碍物 {who} 拆违台账记为已拆除，不计入", en=f"obstacles {who} are recorded as pulled down")]


def _streets(db: Database, district: District) -> gpd.GeoDataFrame:
    roads = layer_frame(db, district, "roads").rename_geometry("geometry")
    return roads.loc[roads.geometry.notna(), ["name", "width_m", "geometry"]]


def _around(site: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the streets in a window around an estate: where the engine comes from."""
    window = shapely.box(*shapely.buffer(site.geometry.iloc[0], STREET_M).bounds)
    near = streets[streets.intersects(window)]
    return near.set_geometry(near.intersection(window))


def _missing(has_outline: bool, parts: Mapping[str, gpd.GeoDataFrame]) -> Text | None:  # noqa: FBT001 - one fact
    if not has_outline:
        return Text("没有轮廓（未上图）", en="no outline")
    if not len(parts["buildings"]):
        return Text("没有楼栋图形", en="no buildings drawn")
    if not len(parts["entrances"]):
        return Text("没有出入口", en="no entrance")
    return None


def _stored_obstacles(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Text]]:
    """Return obstacles with ``removable`` and ``cost``; what nobody priced or decided stays, and is told."""
    cost = pd.to_numeric(frame["cost_cny"], errors="coerce")
    wanted = opened_by(frame)
    usable = wanted & (cost > 0)
    undecided = frame["removable"].isna() & ~wanted
    told = []
    if (wanted & ~usable).any():
        who = "、".join(map(str, frame.index[wanted & ~usable]))
        told.append(Text(f"障碍物 {who} 没有拆移费用，按保留计", en=f"obstacles {who} have no cost: they stay"))
    if undecided.any():
        who = "、".join(map(str, frame.index[undecided]))
        told.append(Text(f"障碍物 {who} 未注明可否拆移，按保留计", en=f"obstacles {who}: undecided, they stay"))
    posts = frame.geometry.geom_type.isin(("Point", "MultiPoint"))
    shapes = frame.geometry.where(~posts, frame.geometry.buffer(POST_M))
    return frame.set_geometry(shapes).assign(removable=usable.astype(bool), cost=cost), told


def _of_estate(frame: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    chosen = frame[(frame["estate_code"] == code) & frame.geometry.notna()]
    made = chosen.set_index("code", drop=False)
    made.index.name = None
    return made


def _networks(db: Database, district: District) -> _Networks:
    lines, points = (
        _standing(layer_frame(db, district, name)).rename_geometry("geometry").set_index("code", drop=False)
        for name in _NETWORKS
    )
    points = points.assign(tank=points["feature_text"].astype(str).str.contains(_TANK))
    laid = lines["laying"].map(_LAID)
    covers = points[points["kind"].isin(_COVERS) | points["tank"]]
    in_ground = [
        lines[laid.notna()].assign(kind=laid.dropna()),
        covers.assign(kind=covers["kind"].map(POINT_KINDS).where(~covers["tank"], _TANK)),
    ]
    power = lines[(lines["utility"] == "power") & (lines["laying"] == "overhead")]
    columns = ["kind", "owner", "geometry"]
    return _Networks(
        underground=_stacked([frame[columns] for frame in in_ground], district),
        power_lines=_stacked([power.assign(kind=power["voltage_kv"].map(_voltage))[columns]], district),
        hydrants=points.loc[points["kind"] == "hydrant", ["owner", "geometry"]],
        known=shapely.STRtree([*lines.geometry, *points.geometry]),
    )


def _stacked(frames: list[gpd.GeoDataFrame], district: District) -> gpd.GeoDataFrame:
    some = [frame for frame in frames if len(frame)]
    if not some:
        return gpd.GeoDataFrame({"kind": [], "owner": []}, geometry=[], crs=district.crs)
    made = gpd.GeoDataFrame(pd.concat(some), crs=district.crs)
    made.index.name = None
    return made


def _voltage(kilovolts: Any) -> str:
    return "架空电力线（电压不明）" if pd.isna(kilovolts) else f"{kilovolts:g} kV 架空电力线"


def _standing(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[frame["status"].isin(_STANDING) & frame.geometry.notna()]
