"""Planned works of a district (拟施工内容) from a file: what is dug, set up or planted, where and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.district import District
from gisplanner.errors import CrsError, Fault, InputError
from gisplanner.formats.coordinates import coordinate_faults, summary_of
from gisplanner.formats.vector import read_vector
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from gisplanner.text import Text

_HEADINGS: Final = {
    "id": ("id", "编码", "编号", "code"),
    "kind": ("kind", "类别", "内容", "工程"),
    "name": ("name", "名称"),
    "first": ("first", "start", "开始", "开工日期", "开始日期"),
    "last": ("last", "end", "结束", "完工日期", "结束日期"),
    "width_m": ("width_m", "宽度", "沟宽"),
}
_TRENCH_M: Final = 1.0
"""A trench drawn as a line is this wide where nobody says (本工具参数)."""
_DAYS: Final = ("first", "last")


def read_works(
    path: Path, district: District, *, layer: str | None = None, crs: str | None = None, encoding: str | None = None
) -> gpd.GeoDataFrame:
    """Return planned works in the district's metric CRS, indexed by id, with ``kind``, ``name``, ``first``, ``last``.

    Trenches drawn as lines become strips of their width.

    Raises
    ------
    CrsError
        They lie elsewhere.
    InputError
        Rows without a place, without a kind, or with days that are none; all of them.
    """
    file = read_vector(path, prefer="works", layer=layer, crs=crs, encoding=encoding)
    misplaced = coordinate_faults(file.frame, district.bounds_lonlat, file=path.name, layer=file.layer)
    if misplaced:
        raise CrsError(summary_of(misplaced), misplaced)
    by_key = {str(name).strip().casefold(): name for name in file.frame.columns}
    found = {
        name: next((by_key[word] for word in words if word in by_key), None) for name, words in _HEADINGS.items()
    }
    shapes = file.frame.geometry.to_crs(district.crs)
    columns: dict[str, list[Any]] = {
        name: [None] * len(shapes) if heading is None else file.frame[heading].tolist()
        for name, heading in found.items()
    }
    faults: list[Fault] = []
    for row in range(len(shapes)):
        where = Fault(path.name, file.layer, row)
        if shapes.iloc[row] is None or shapes.iloc[row].is_empty:
            faults.append(replace(where, column="geometry", hint=Text("没有位置", en="no place")))
        if _blank(columns["kind"][row]):
            faults.append(replace(where, column="kind", hint=Text("写明是什么工程", en="say what it is")))
        for name in _DAYS:
            value = columns[name][row]
            columns[name][row] = None if _blank(value) else _day(value)
            if not _blank(value) and columns[name][row] is None:
                faults.append(replace(where, column=name, value=str(value), allowed="YYYY-MM-DD"))
    if faults:
        raise InputError(Text(f"{path.name} 有 {len(faults)} 处不能用。", en=f"{path.name} cannot be used."), faults)
    ids = [str(row) if _blank(value) else str(value) for row, value in enumerate(columns["id"])]
    twins = [row for row, name in enumerate(ids) if name in ids[:row]]
    if twins:
        told = [
            Fault(path.name, file.layer, row, "id", ids[row], hint=Text("编号重复", en="repeated")) for row in twins
        ]
        raise InputError(Text(f"{path.name} 的编号有重复。", en=f"{path.name} has ids twice."), told)
    frame = gpd.GeoDataFrame(
        {name: pd.Series(columns[name], dtype=object) for name in ("kind", "name", *_DAYS)},
        geometry=_grounds(shapes, columns["width_m"]),
        crs=district.crs,
    )
    return frame.set_axis(pd.Index(ids, dtype=object), axis="index")


def demolitions(db: Database, district: District) -> gpd.GeoDataFrame:
    """Return the stored obstacles that are to go (拟拆除), as works."""
    things = layer_frame(db, district, "obstacles")
    gone = things[things["removable"].isin([True])]
    frame = gpd.GeoDataFrame(
        {
            "kind": [f"拆除{kind}" for kind in gone["kind"]],
            "name": None,
            "first": None,
            "last": None,
        },
        geometry=gone.geometry.to_numpy(),
        crs=district.crs,
    )
    return frame.set_axis(pd.Index(gone["code"].astype(str), dtype=object), axis="index")


def estate_at(estates: gpd.GeoDataFrame, shapes: Any) -> list[str | None]:
    """Return the code of the estate each shape lies in, or touches most nearly; ``None`` beyond 50 m."""
    drawn = estates[estates.geometry.notna()]
    if drawn.empty:
        return [None] * len(shapes)
    places = shapely.point_on_surface(np.asarray(shapes, dtype=object))
    near = np.full(len(places), -1)
    row, estate = drawn.sindex.nearest(places, return_all=False, max_distance=_BESIDE_M)
    near[row] = estate
    codes = drawn["code"].tolist()
    return [None if position < 0 else codes[position] for position in near.tolist()]


_BESIDE_M: Final = 50.0


def _grounds(shapes: gpd.GeoSeries, widths: list[Any]) -> Any:
    values = shapely.force_2d(shapes.to_numpy())
    half = np.array([_TRENCH_M if _blank(width) else float(width) for width in widths]) / 2.0
    lines = shapely.get_dimensions(values) == 1
    return np.where(lines, shapely.buffer(values, half, cap_style="flat"), values)


def _day(value: Any) -> date | None:
    read = pd.to_datetime(value, errors="coerce")
    return None if pd.isna(read) else read.date()


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN is not itself
