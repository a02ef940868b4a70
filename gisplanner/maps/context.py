"""The quiet base under the plan (底图要素), from our own data: roads, water, railways, walls, buildings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.maps.imagery import Imagery, add_imagery
from gisplanner.maps.outlines import as_degrees, geometry_json
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_AROUND_SHARE: Final = 0.6
_AROUND_M: Final = 400.0
MAX_BUILDING_VERTICES: Final = 200_000
"""More would make the page heavy; the buildings are then left out, and the page says so (本工具参数)."""

_WIDTHS_M: Final = {
    "motorway": 28.0, "trunk": 26.0, "primary": 22.0, "secondary": 18.0, "tertiary": 13.0,
    "unclassified": 9.0, "residential": 8.0, "living_street": 6.0, "service": 4.0,
    "pedestrian": 4.0, "track": 3.0, "footway": 1.5, "path": 1.5, "steps": 1.5, "cycleway": 2.5,
}  # fmt: skip
"""Drawn widths of roads whose width is unknown, by class; a picture, not a measurement."""

_PATH_BELOW_M: Final = 2.0
_WATER: Final = (
    "river",
    "stream",
    "canal",
    "water",
    "drain",
    "lake",
    "ditch",
    "河",
    "水",
    "湖",
    "渠",
    "沟",
    "江",
    "塘",
)
_RAIL: Final = ("rail", "subway", "tram", "铁路", "铁道", "轨道")
_ROAD: Final = ("road", "motorway", "trunk", "primary", "secondary", "道路", "干道", "公路", "高速", "大道")


_LAYERS: Final = {
    "base-barriers": ("水系、铁路、围墙", 210),
    "base-roads": ("道路", 220),
    "base-buildings": ("楼栋", 430),
    "base-entrances": ("出入口", 440),
}
_SIGNS: Final = {
    "road": "道路", "tunnel": "隧道", "path": "步行道", "water": "水系", "rail": "铁路", "wall": "围墙",
    "building": "楼栋", "entrance": "出入口",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """Frames of the surroundings in one metric CRS, columns as in ``layers/``; ``None`` where there is nothing.

    ``imagery`` is the part of an orthophoto that lies under them.
    """

    roads: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    barriers: gpd.GeoDataFrame | None = None
    entrances: gpd.GeoDataFrame | None = None
    imagery: Imagery | None = None

    def frames(self) -> Iterator[gpd.GeoDataFrame]:
        """Yield the frames there are."""
        for frame in (self.roads, self.buildings, self.barriers, self.entrances):
            if frame is not None and len(frame):
                yield frame

    @property
    def illustrative(self) -> bool:
        """Return whether any of it is illustrative (示意数据)."""
        return any(
            bool(frame["illustrative"].isin([True]).any()) for frame in self.frames() if "illustrative" in frame
        )


@dataclass(frozen=True, slots=True)
class Base:
    """The base as it stands in a page: layers, lowest first, the signs a legend explains, notes for the margin."""

    layers: list[ScriptedLayer]
    signs: list[tuple[str, str]]
    notes: list[str]


def add_context(page: OfflineMap, context: Context, around: gpd.GeoSeries) -> Base:
    """Draw the surroundings of ``around``: roads in their width on the ground, the others in signs of their own."""
    sheet, notes = page.sheet, []
    window = _window(around, context)
    roads = _near(context.roads, window)
    parts = {
        "base-barriers": _barrier_parts(_near(context.barriers, window), sheet),
        "base-roads": _road_parts(roads, sheet),
    }
    buildings = None if sheet.public else _near(context.buildings, window)
    if (
        buildings is not None
        and shapely.get_num_coordinates(buildings.geometry.to_numpy()).sum() > MAX_BUILDING_VERTICES
    ):
        notes.append(f"楼栋 {len(buildings)} 栋过密，本图未绘")
        buildings = None
    parts["base-buildings"] = _plain_parts(buildings, sheet, "building")
    parts["base-entrances"] = _plain_parts(
        None if sheet.public else _near(context.entrances, window), sheet, "entrance"
    )
    layers = []
    for data_id, (name, z_index) in _LAYERS.items():
        if parts[data_id]:
            page.embed(data_id, parts[data_id])
            layers.append(ScriptedLayer("context", data_id, name, zIndex=z_index))
    names = _road_names(roads, sheet)
    if names:
        page.embed("base-road-names", names)
        layers.append(ScriptedLayer("labels", "base-road-names", "道路名称", rank=3, style="road"))
    for layer in layers:
        layer.add_to(page)
    if context.imagery is not None:
        # Pictures from the air are published by others than us, and only after a review of their own.
        notes.append("公众版不含影像底图" if sheet.public else context.imagery.note())
        if not sheet.public:
            layers.append(add_imagery(page, context.imagery))
    met = {part["sign"] for drawn in parts.values() for part in drawn}
    return Base(layers, [(sign, name) for sign, name in _SIGNS.items() if sign in met], notes)


def _window(around: gpd.GeoSeries, context: Context) -> Any:
    boxes = [around.total_bounds] if len(around) else [frame.total_bounds for frame in context.frames()]
    boxes = [box for box in boxes if np.isfinite(box).all()]
    if not boxes:
        return None
    low, high = np.min([box[:2] for box in boxes], axis=0), np.max([box[2:] for box in boxes], axis=0)
    margin = max(_AROUND_M, _AROUND_SHARE * float(max(high - low)))
    return shapely.box(low[0] - margin, low[1] - margin, high[0] + margin, high[1] + margin)


def _near(frame: gpd.GeoDataFrame | None, window: Any) -> gpd.GeoDataFrame | None:
    if frame is None or window is None or frame.empty:
        return None
    near = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    near = near[near.intersects(window)]
    return None if near.empty else near


def _parts(frame: gpd.GeoDataFrame, sheet: Sheet, keys: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield one part for each different key, its geometry as points, lines or areas taken together."""
    degrees = as_degrees(frame.geometry, grid_m=sheet.public_grid_m if sheet.public else None)
    kinds = shapely.get_dimensions(degrees.to_numpy())
    for key, rows in keys.assign(_dimension=kinds).groupby([*keys.columns, "_dimension"], sort=True, dropna=False):
        values = shapely.get_parts(degrees.loc[rows.index].to_numpy())
        values = values[~shapely.is_empty(values)]
        if not len(values):
            continue
        collect = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[
            cast("tuple[Any, ...]", key)[-1]
        ]
        yield {
            **dict(zip(keys.columns, cast("tuple[Any, ...]", key), strict=False)),
            "geometry": geometry_json(collect(values)),
        }


def _road_parts(frame: gpd.GeoDataFrame | None, sheet: Sheet) -> list[dict[str, Any]]:
    if frame is None:
        return []
    kind = frame["highway"].map(lambda value: str(value or "").removesuffix("_link"))
    width = frame["width_m"].astype(float).where(frame["width_m"].notna(), kind.map(_WIDTHS_M).fillna(6.0))
    sign = (
        pd.Series("road", index=frame.index)
        .mask(width < _PATH_BELOW_M, "path")
        .mask(frame["tunnel"].isin([True]), "tunnel")
    )
    keys = pd.DataFrame({"sign": sign, "width_m": width.clip(upper=60.0).round(0)}, index=frame.index)
    return sorted(_parts(frame, sheet, keys), key=lambda part: part["width_m"])


def _barrier_parts(frame: gpd.GeoDataFrame | None, sheet: Sheet) -> list[dict[str, Any]]:
    if frame is None:
        return []
    keys = pd.DataFrame({"sign": frame["kind"].map(barrier_sign)}, index=frame.index)
    order = ["water", "road", "wall", "rail"]
    return sorted(_parts(frame, sheet, keys), key=lambda part: order.index(part["sign"]))


def _plain_parts(frame: gpd.GeoDataFrame | None, sheet: Sheet, sign: str) -> list[dict[str, Any]]:
    if frame is None:
        return []
    return list(_parts(frame, sheet, pd.DataFrame({"sign": sign}, index=frame.index)))


def barrier_sign(kind: object) -> str:
    """Return the sign a barrier is drawn in: ``water``, ``rail``, ``road`` or ``wall``.

    Examples
    --------
    >>> barrier_sign("river"), barrier_sign("铁路"), barrier_sign("围墙")
    ('water', 'rail', 'wall')
    """
    text = str(kind or "").lower()
    signs = (("rail", _RAIL), ("water", _WATER), ("road", _ROAD))
    return next((sign for sign, words in signs if any(word in text for word in words)), "wall")


def _road_names(frame: gpd.GeoDataFrame | None, sheet: Sheet) -> list[dict[str, Any]]:
    """Return one name for each named road: at the middle of its longest piece, along it."""
    if frame is None or "name" not in frame:
        return []
    named = frame[frame["name"].notna() & (frame["name"].fillna("").str.strip() != "")]
    lines = named.geometry.explode(index_parts=False)
    lines = lines[shapely.get_type_id(lines.to_numpy()) == 1]
    if lines.empty:
        return []
    longest = lines.to_frame("line").assign(name=named["name"].reindex(lines.index), length_m=lines.length)
    longest = longest.sort_values("length_m", ascending=False).drop_duplicates("name")
    places = gpd.GeoSeries(
        shapely.line_interpolate_point(longest["line"].to_numpy(), 0.5, normalized=True), crs=frame.crs
    )
    degrees = as_degrees(places, grid_m=sheet.public_grid_m if sheet.public else None)
    return [
        {
            "x": point.x,
            "y": point.y,
            "t": str(name).strip(),
            "w": round(float(length), 1),
            "a": _tilt(line),
            "room": round(float(length)),
        }
        for point, name, length, line in zip(
            degrees, longest["name"], longest["length_m"], longest["line"], strict=True
        )
    ]


def _tilt(line: Any) -> float:
    """Return the direction of a line at its middle as degrees clockwise on a screen, −90…90."""
    before, after = shapely.line_interpolate_point(line, [0.45, 0.55], normalized=True)
    degrees = -float(np.degrees(np.arctan2(after.y - before.y, after.x - before.x)))
    return round((degrees + 90.0) % 180.0 - 90.0, 1)
