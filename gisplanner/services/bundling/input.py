"""What bundling works on: estates in a metric CRS and canonical order, and barrier layers beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.crs import planning_crs
from gisplanner.domain.bundling import EstateId
from gisplanner.domain.district import District
from gisplanner.errors import Fault, GeometryError, NotFoundError, UsageError
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.planning.bundling.outlines import check_estates
from gisplanner.services.layers import layer_frame
from gisplanner.services.row_ids import row_ids
from gisplanner.store.database import Database
from gisplanner.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """Estates and barriers, ready to be bundled.

    Attributes
    ----------
    estates
        Estates with an outline, indexed by id, in canonical order: by id; without ids by the representative point.
    without_outline
        Ids of estates that have none (未上图).
    barriers
        Barrier layers by name, in the CRS of ``estates``.
    names
        Names of estates by id, of those that have one.
    labels
        What a person may call a column instead of its name.
    """

    estates: gpd.GeoDataFrame
    without_outline: tuple[EstateId, ...]
    barriers: dict[str, gpd.GeoDataFrame]
    crs: CRS
    names: dict[EstateId, str]
    labels: dict[str, str]

    def column(self, name: str | None) -> str | None:
        """Return the name of a column that may have been called by its Chinese label."""
        return self.labels.get(name, name) if name is not None and name not in self.estates.columns else name

    def estate(self, called: str) -> EstateId:
        """Return the id of the estate of that id or, where it is the only one, of that name.

        Raises
        ------
        NotFoundError
            There is none, or more than one of that name.
        """
        by_id = {str(estate): cast("EstateId", estate) for estate in self.estates.index.tolist()}
        if called in by_id:
            return by_id[called]
        found = [estate for estate in by_id.values() if self.names.get(estate) == called]
        if len(found) == 1:
            return found[0]
        raise NotFoundError(
            Text(
                f"没有编号或名称为 {called} 的小区（有轮廓的）。", en=f"No estate with an outline is called {called}."
            ),
            [Fault(column="--together/--keep-apart", value=called)],
        )


def pair_of(text: str, option: str) -> tuple[str, str]:
    """Return the two estates of ``a,b`` as they were called.

    Raises
    ------
    UsageError
        There are not exactly two.

    Examples
    --------
    >>> pair_of("金赣小区,芙蓉花苑", "--together")
    ('金赣小区', '芙蓉花苑')
    """
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    if len(parts) != 2 or not all(parts):  # noqa: PLR2004
        raise UsageError(
            Text(f"{option} 要写成 a,b 两个小区。", en=f"{option} takes two estates: a,b."),
            [Fault(column=option, value=text, allowed="a,b")],
        )
    return parts[0], parts[1]


def stock_of_file(
    path: Path,
    *,
    estates_layer: str | None = None,
    barriers_layers: Sequence[str] = (),
    crs: str | None = None,
    encoding: str | None = None,
) -> Stock:
    """Read estates and barriers from layers of one file.

    Raises
    ------
    InputError
        The file, a layer, ids or geometry cannot be used; all bad rows at once.
    """
    file = read_vector(path, prefer="estates", layer=estates_layer, crs=crs, encoding=encoding)
    system = planning_crs(file.frame)
    frame = file.frame.to_crs(system)
    given = "id" in frame.columns
    frame.index = row_ids(frame["id"], file, Text("小区", en="estate")) if given else pd.RangeIndex(len(frame))
    try:
        check_estates(frame)
    except GeometryError as error:
        raise GeometryError(error.message, _at(error.faults, file)) from error
    barriers = {}
    for name in barriers_layers:
        read = read_vector(path, layer=name, crs=crs, encoding=encoding)
        barriers[name] = read.frame.to_crs(system)
    return Stock(_canonical(frame, by_id=given), (), barriers, system, _names(frame), {})


def stock_of_district(db: Database, district: District, *, barriers_layers: Sequence[str] = ()) -> Stock:
    """Fetch the stored estates of a district, by code, and stored layers as barriers.

    Raises
    ------
    NotFoundError
        There is no such layer.
    """
    frame = layer_frame(db, district, "estates").set_index("code", drop=False)
    frame.index.name = None
    frame["needs"] = frame["needs"].astype(object)
    drawn = frame.geometry.notna().to_numpy(dtype=bool)
    return Stock(
        estates=_canonical(frame[drawn], by_id=True),
        without_outline=tuple(frame.index[~drawn]),
        barriers={name: layer_frame(db, district, name) for name in barriers_layers},
        crs=district.crs,
        names=_names(frame),
        labels={column.label: column.name for column in layer_spec("estates").columns},
    )


def _names(frame: gpd.GeoDataFrame) -> dict[EstateId, str]:
    if "name" not in frame.columns:
        return {}
    named = frame["name"].dropna()
    return {estate: str(name) for estate, name in zip(named.index.tolist(), named, strict=True)}


def _at(faults: Iterable[Fault], file: VectorFile) -> list[Fault]:
    return [replace(fault, file=file.path.name, layer=file.layer) for fault in faults]


def _canonical(frame: gpd.GeoDataFrame, *, by_id: bool) -> gpd.GeoDataFrame:
    if by_id:
        order = sorted(range(len(frame)), key=lambda row: _natural(frame.index[row]))
    else:
        points = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy()))
        order = np.lexsort(np.round(points * 1000.0).astype(np.int64).T[::-1]).tolist()
    return frame.iloc[order]


def _natural(estate: EstateId) -> tuple[bool, int, str]:
    return (False, estate, "") if isinstance(estate, int) else (True, 0, estate)
