"""What fire-lane planning works on: the layers of a file or of a stored district, repairs and remarks listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.crs import planning_crs
from gisplanner.domain.district import District
from gisplanner.domain.layers import GeometryKind
from gisplanner.errors import Fault, GeometryError, InputError
from gisplanner.formats.repair import clean_geometry
from gisplanner.formats.vector import VectorFile, layer_names, read_vector
from gisplanner.services.layers import layer_frame
from gisplanner.services.row_ids import row_ids
from gisplanner.store.database import Database
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
_NEEDED: Final = ("site", "buildings", "entrances")
_OVERLAP_M2: Final = 0.5
_NO_OBSTACLES: Final = Text(
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
        ``doors``, ``parking``, ``underground``, ``power_lines``, ``spot_heights``, as far as they are there.
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
    if obstacles is None:
        obstacles = gpd.GeoDataFrame({"removable": []}, geometry=[], crs=system)
        remarks.append(_NO_OBSTACLES)
    return FireGround(
        site=frames["site"],
        buildings=frames["buildings"],
        obstacles=obstacles,
        entrances=frames["entrances"],
        roads=frames.get("roads"),
        hydrants=frames.get("hydrants"),
        crs=system,
        remarks=(*remarks, *_overlaps(frames["buildings"]), *_outside(frames["site"], obstacles)),
        more={name: frames[name] for name in _MORE if name in frames},
    )


def grounds_of_district(db: Database, district: District) -> tuple[dict[str, FireGround], dict[str, Text]]:
    """Fetch the stored layers of a district, one ground for each estate, and why others have none."""
    layers = {name: layer_frame(db, district, name) for name in ("estates", "buildings", "obstacles", "entrances")}
    estates = layers["estates"]
    grounds: dict[str, FireGround] = {}
    left_out: dict[str, Text] = {}
    for row, code in enumerate(estates["code"].astype(str)):
        parts = {name: _of_estate(layers[name], code) for name in ("buildings", "obstacles", "entrances")}
        missing = _missing(estates.geometry.iloc[row] is not None, parts)
        if missing is not None:
            left_out[code] = missing
            continue
        site = estates.iloc[[row]].set_index("code", drop=False)
        obstacles, told = _stored_obstacles(parts["obstacles"])
        if not len(obstacles):
            told.append(_NO_OBSTACLES)
        grounds[code] = FireGround(
            site=site,
            buildings=parts["buildings"],
            obstacles=obstacles,
            entrances=parts["entrances"],
            roads=None,
            hydrants=None,
            crs=district.crs,
            remarks=(*told, *_overlaps(parts["buildings"]), *_outside(site, obstacles)),
            illustrative=any(bool(frame["illustrative"].isin([True]).any()) for frame in (site, *parts.values())),
        )
    return grounds, left_out


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
    wanted = frame["removable"].isin([True])
    usable = wanted & (cost > 0)
    told = []
    unpriced, undecided = frame.index[wanted & ~usable], frame.index[frame["removable"].isna()]
    if len(unpriced):
        who = "、".join(map(str, unpriced))
        told.append(Text(f"障碍物 {who} 没有拆除费用，按保留计", en=f"obstacles {who} have no cost: they stay"))
    if len(undecided):
        who = "、".join(map(str, undecided))
        told.append(Text(f"障碍物 {who} 未注明可否拆除，按保留计", en=f"obstacles {who}: undecided, they stay"))
    return frame.assign(removable=usable.astype(bool), cost=cost), told


def _of_estate(frame: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    chosen = frame[(frame["estate_code"] == code) & frame.geometry.notna()]
    made = chosen.set_index("code", drop=False)
    made.index.name = None
    return made


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


def _overlaps(buildings: gpd.GeoDataFrame) -> list[Text]:
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


def _outside(site: gpd.GeoDataFrame, obstacles: gpd.GeoDataFrame) -> list[Text]:
    whole = shapely.union_all(site.geometry.to_numpy())
    away = obstacles.index[~shapely.intersects(obstacles.geometry.to_numpy(), whole)]
    if not len(away):
        return []
    who = "、".join(map(str, away))
    return [Text(f"障碍物 {who} 在场地之外", en=f"obstacles {who} lie outside of the site")]


def with_file(error: InputError, path: Path) -> InputError:
    """Return the error with the file named in every fault."""
    return type(error)(error.message, [replace(fault, file=path.name) for fault in error.faults])
