"""Estates on a map: outlines in a look, names, popups, the list that search looks through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.attributes import popup_columns, popup_rows
from gisplanner.maps.outlines import as_degrees, geometry_json, name_points
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet


@dataclass(frozen=True, slots=True)
class EstateLook:
    """How the estates of one class are drawn; colours as ``#rrggbb``.

    ``mark`` is a sign of one to three letters that stands before each name and in the legend, so that classes
    can also be told apart without colours.
    """

    name: str
    fill: str
    line: str
    dashed: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture in a popup (改造前后照片): its caption and the JPEG as base64."""

    caption: str
    base64: str


def drawable(estates: gpd.GeoDataFrame, sheet: Sheet) -> tuple[gpd.GeoDataFrame, gpd.GeoSeries]:
    """Return the estates that have geometry, row numbers from 0, and their outlines in degrees for this sheet.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    """
    has = estates.geometry.notna() & ~estates.geometry.is_empty
    shown = estates[has].reset_index(drop=True)
    return shown, as_degrees(shown.geometry, grid_m=sheet.public_grid_m if sheet.public else None)


def add_estates(
    page: OfflineMap,
    shown: gpd.GeoDataFrame,
    degrees: gpd.GeoSeries,
    *,
    layer: LayerSpec,
    looks: Sequence[EstateLook],
    look_of: Sequence[int],
    first_rows: Sequence[tuple[str, Sequence[str]]],
    register: pd.DataFrame,
    photos: Mapping[str, Sequence[Photo]] | None = None,
) -> list[ScriptedLayer]:
    """Put estates, their names and the search list into the page and return the two layers.

    Parameters
    ----------
    shown, degrees
        As :func:`drawable` returns them.
    look_of
        For each row of ``shown`` the number of its look.
    first_rows
        Popup rows that come before the layer's own: heading and one value for each row of ``shown``.
    register
        All estates there are (``code``, ``name``, ``community``), drawn or not: what search finds.
    photos
        Code of the estate → pictures its popup shows, before the works first.
    """
    public = page.sheet.public
    columns = popup_columns(layer, public=public, without=("name",))
    values = popup_rows(shown, columns)
    names = [estate_name(row.name, row.code) for row in shown[["name", "code"]].itertuples(index=False)]
    leading = list(zip(*(told for _, told in first_rows), strict=True)) or [()] * len(shown)
    features = [
        {
            "type": "Feature",
            "geometry": geometry_json(geometry),
            "properties": {"c": look, "n": name, "v": [*first, *rest]} | _pictures((photos or {}).get(code)),
        }
        for geometry, look, name, first, rest, code in zip(
            degrees, look_of, names, leading, values, shown["code"], strict=True
        )
    ]
    page.embed("estates", {"type": "FeatureCollection", "features": features})
    page.embed("estate-names", _names(shown, [looks[look] for look in look_of], page.sheet))
    page.embed("register", _search_list(register, shown))
    outlines = ScriptedLayer(
        "features", "estates", "小区",
        headings=[*(heading for heading, _ in first_rows), *(column.label for column in columns)],
        looks=[{"name": look.name, "fill": look.fill, "line": look.line, "dashed": look.dashed} for look in looks],
        zIndex=410,
    )  # fmt: skip
    labels = ScriptedLayer("labels", "estate-names", "小区名称", rank=1, style="estate")
    for one in (outlines, labels):
        one.add_to(page)
    return [outlines, labels]


def _pictures(photos: Sequence[Photo] | None) -> dict[str, Any]:
    if not photos:
        return {}
    return {"p": [{"src": f"data:image/jpeg;base64,{one.base64}", "t": one.caption} for one in photos]}


def estate_name(name: Any, code: Any) -> str:
    """Return the name of an estate, or that it has none, with its code.

    Examples
    --------
    >>> estate_name("金赣小区", "NK-21"), estate_name(None, "w8859")
    ('金赣小区', '未命名（w8859）')
    """
    return _text(name) or f"未命名（{code}）"


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _names(shown: gpd.GeoDataFrame, looks: Sequence[EstateLook], sheet: Sheet) -> list[dict[str, Any]]:
    # Larger estates keep their names longer; the area is only an order here.
    order = np.argsort(np.argsort(shown.geometry.area.to_numpy()))
    texts = [_text(name) for name in shown["name"]]
    heights = shown.geometry.bounds["maxy"] - shown.geometry.bounds["miny"]
    points = as_degrees(name_points(shown.geometry), grid_m=sheet.public_grid_m if sheet.public else None)
    return [
        {"x": point.x, "y": point.y, "t": name, "w": int(weight), "h": round(float(height) / 2, 1)}
        | ({"k": look.mark, "f": look.fill} if look.mark else {})
        for point, name, weight, height, look in zip(points, texts, order, heights, looks, strict=True)
        if name or look.mark
    ]


def _search_list(register: pd.DataFrame, shown: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    drawn = {code: row for row, code in enumerate(shown["code"])}
    return [
        {"n": estate_name(row.name, row.code), "m": _text(row.community), "i": drawn.get(row.code)}
        for row in register[["code", "name", "community"]].itertuples(index=False)
    ]
