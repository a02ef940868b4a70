"""What fire-lane planning works on: the layers of a file, repairs and remarks listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.catalog.obstacle_kinds import obstacle_kinds
from gisplanner.crs import planning_crs
from gisplanner.domain.layers import GeometryKind
from gisplanner.errors import Fault, GeometryError, InputError
from gisplanner.formats.repair import clean_geometry
from gisplanner.formats.vector import VectorFile, layer_names, read_vector
from gisplanner.services.row_ids import row_ids
from gisplanner.text import Text

_KINDS: Final[Mapping[str, tuple[GeometryKind, ...]]] = {
    "site": ("polygon",),
    "buildings": ("polygon",),
    "obstacles": ("polygon", "line"),
    "entrances": ("point",),
    "roads": ("polygon", "line"),
    "hydrants": ("point",),
    "doors": ("point",),
    "parking": ("polygon",),
    "underground": ("polygon", "line", "point"),
    "power_lines": ("line",),
    "spot_heights": ("point",),
}
_NAMES: Final = {
    "site": Text("场地", en="site"),
    "buildings": Text("楼栋", en="building"),
    "obstacles": Text("障碍物", en="obstacle"),
    "entrances": Text("出入口", en="entrance"),
    "roads": Text("道路", en="road"),
    "hydrants": Text("消火栓", en="hydrant"),
    "doors": Text("单元入口", en="door"),
    "parking": Text("停车位", en="parking bay"),
    "underground": Text("地下设施", en="underground structure"),
    "power_lines": Text("电力线", en="power line"),
    "spot_heights": Text("高程点", en="spot height"),
}
_MORE: Final = ("doors", "parking", "underground", "power_lines", "spot_heights")
ONLY_SHOWN: Final = ("streets",)
"""Layers that maps show and no answer depends on."""
_NEEDED: Final = ("site", "buildings", "entrances")
_OVERLAP_M2: Final = 0.5
NO_OBSTACLES: Final = Text(
    "没有障碍物（围墙、棚屋、停车）数据：只按场地与楼栋判断，结果偏乐观",
    en="no walls, sheds or parked cars are mapped: site and buildings only, so the answer is too good",
)


@dataclass(frozen=True, slots=True, eq=False)
class FireGround:
    """Layers in one metric CRS, indexed by id.

    Attributes
    ----------
    remarks
        What was mended or looks wrong, for people.
    illustrative
        Whether any of it is a sketch (示意数据).
    more
        ``doors``, ``parking``, ``underground``, ``power_lines``, ``spot_heights``, as far as they are there; of a
        district also the ``streets`` around.
    """

    site: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    obstacles: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame | None
    hydrants: gpd.GeoDataFrame | None
    crs: CRS
    remarks: tuple[Text, ...]
    illustrative: bool = False
    more: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)


def ground_of_file(path: Path, *, crs: str | None = None, encoding: str | None = None) -> FireGround:
    """Read layers ``site``, ``buildings``, ``entrances`` and, where they are, ``obstacles``, ``roads``, ``hydrants``.

    Raises
    ------
    InputError
        A layer is missing, or rows cannot be used: all of them.
    """
    there = layer_names(path)
    files = {
        name: read_vector(path, layer=name, crs=crs, encoding=encoding)
        for name in _KINDS
        if name in _NEEDED or name in there
    }
    system = planning_crs(files["site"].frame)
    faults: list[Fault] = []
    remarks: list[Text] = []
    frames = {name: _clean(name, file, system, faults, remarks) for name, file in files.items()}
    if faults:
        kind = GeometryError if all(fault.column == "geometry" for fault in faults) else InputError
        raise kind(
            Text(
                f"{path.name} 有 {len(faults)} 处不能使用。",
                en=f"{len(faults)} things in {path.name} cannot be used.",
            ),
            faults,
        )
    obstacles = frames.get("obstacles")
    if obstacles is not None and "movable" in obstacles.columns:
        said = obstacles["removable"] if "removable" in obstacles.columns else opened_by(obstacles)
        obstacles = obstacles.assign(removable=said.where(~opened_by(obstacles), other=True))
    if obstacles is not None:
        obstacles, told = without_flat(obstacles)
        remarks += told
    else:
        obstacles = gpd.GeoDataFrame({"removable": []}, geometry=[], crs=system)
        remarks.append(NO_OBSTACLES)
    return FireGround(
        site=frames["site"],
        buildings=frames["buildings"],
        obstacles=obstacles,
        entrances=frames["entrances"],
        roads=frames.get("roads"),
        hydrants=frames.get("hydrants"),
        crs=system,
        remarks=(*remarks, *overlaps(frames["buildings"]), *outside(frames["site"], obstacles)),
        more={name: frames[name] for name in _MORE if name in frames},
    )


def _clean(name: str, file: VectorFile, system: CRS, faults: list[Fault], remarks: list[Text]) -> gpd.GeoDataFrame:
    """Return a layer by id, broken rings mended and told."""
    frame = file.frame.to_crs(system)
    done = clean_geometry(frame.geometry, _KINDS[name], file=file.path.name, layer=file.layer)
    faults += done.faults
    what = _NAMES[name]
    remarks += [
        Text(
            f"{what}第 {one.row} 行图形已修复（面积变化 {one.area_change_m2:.3f} ㎡）",
            en=f"{what.en} row {one.row} mended (area changes by {one.area_change_m2:.3f} m²)",
        )
        for one in done.repaired
    ]
    frame = frame.set_geometry(done.geometry)
    if name == "entrances" and not done.faults:
        frame = frame.set_geometry(gpd.GeoSeries(shapely.centroid(done.geometry.to_numpy()), frame.index, system))
    if "id" in frame.columns:
        try:
            frame.index = row_ids(frame["id"], file, what)
        except InputError as error:
            faults += error.faults
    return frame


def without_flat(obstacles: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Text]]:
    """Return the obstacles that stop an engine; what it drives over (路缘石) is left out, and told."""
    if "kind" not in obstacles.columns:
        return obstacles, []
    stops = np.array([obstacle_kinds().of(kind).stops for kind in obstacles["kind"]], dtype=bool)
    if stops.all():
        return obstacles, []
    count = int((~stops).sum())
    told = Text(f"路缘石等可驶过的 {count} 处不作障碍", en=f"{count} kerbs are driven over and are no obstacle")
    return obstacles[stops], [told]


def opened_by(obstacles: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Return which obstacles can be cleared away: pulled down (可拆除), or moved aside (可移位)."""
    marks = [obstacles[name].isin([True]) for name in ("removable", "movable") if name in obstacles.columns]
    return pd.Series(np.logical_or.reduce(marks) if marks else np.zeros(len(obstacles), bool), obstacles.index)


def overlaps(buildings: gpd.GeoDataFrame) -> list[Text]:
    """Return which buildings overlap, for people."""
    shapes = buildings.geometry.to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(i, j) for i, j in zip(a.tolist(), b.tolist(), strict=True) if i < j]
    told = []
    for i, j in pairs:
        area = shapes[i].intersection(shapes[j]).area
        if area > _OVERLAP_M2:
            one, other = buildings.index[i], buildings.index[j]
            told.append(
                Text(
                    f"楼栋 {one} 与 {other} 重叠 {area:.1f} ㎡",
                    en=f"buildings {one} and {other} overlap: {area:.1f} m²",
                )
            )
    return told


def outside(site: gpd.GeoDataFrame, obstacles: gpd.GeoDataFrame) -> list[Text]:
    """Return which obstacles lie outside of the site, for people."""
    whole = shapely.union_all(site.geometry.to_numpy())
    away = obstacles.index[~shapely.intersects(obstacles.geometry.to_numpy(), whole)]
    if not len(away):
        return []
    who = "、".join(map(str, away))
    return [Text(f"障碍物 {who} 在场地之外", en=f"obstacles {who} lie outside of the site")]


def with_file(error: InputError, path: Path) -> InputError:
    """Return the error with the file named in every fault."""
    return type(error)(error.message, [replace(fault, file=path.name) for fault in error.faults])
