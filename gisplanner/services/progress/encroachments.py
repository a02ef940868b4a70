"""Structures on roads and green (侵占道路、绿地): the ground they take, in square metres, and who removes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import shapely

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import UNSTATED
from gisplanner.domain.works import REMOVED_STEP
from gisplanner.formats.vector import read_vector
from gisplanner.services.layers import layer_frame
from gisplanner.services.progress.paper_rows import removers
from gisplanner.services.progress.projects import today
from gisplanner.store.database import Database
from gisplanner.store.queries import queries

Ground = Literal["道路", "绿地"]
LEAST_M2: Final = 0.05
"""Less than this is two outlines drawn along one line, not a structure on the ground (本工具参数)."""


@dataclass(frozen=True, slots=True)
class Encroachment:
    """A structure and the ground it takes; ``area_m2`` is only what lies on that ground."""

    code: str
    kind: str
    estate: str | None
    ground: Ground
    name: str | None
    area_m2: float
    units: tuple[str, ...]
    """Every unit the text makes responsible; several are for a person to decide, none means 文件未规定."""
    source: str

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "units": list(self.units) or [UNSTATED]}


@dataclass(frozen=True, slots=True)
class Encroached:
    """What was found, and what could not be looked at."""

    found: tuple[Encroachment, ...]
    structures: int
    without_shape: int
    """Structures that are points or lines: how much ground they take is not known (资料不足)."""
    roads_without_width: int


def encroachments(
    db: Database, district: District, *, green: Path | None = None, layer: str | None = None, crs: str | None = None
) -> Encroached:
    """Return which stored obstacles and demolitions not yet done stand on roads or green, and on how much of it.

    Parameters
    ----------
    green
        File with the outlines of green (绿地); the district stores none.

    Raises
    ------
    InputError
        The file cannot be used.
    """
    structures = _structures(db, district)
    shaped = structures[structures.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    roads, unknown = _road_surfaces(layer_frame(db, district, "roads"))
    grounds: list[tuple[Ground, gpd.GeoDataFrame]] = [("道路", roads)]
    if green is not None:
        frame = read_vector(green, prefer="green", layer=layer, crs=crs).frame.to_crs(district.srid)
        grounds.append(("绿地", frame.assign(name=frame.get("name"))[["name", frame.geometry.name]]))
    profile = None if district.profile is None else load_profile(district.profile)
    found = [
        Encroachment(
            row.code, row.kind, row.estate, ground, name, area,
            () if profile is None else tuple(removers(profile, row.kind)), row.source,
        )
        for ground, surfaces in grounds
        for row, name, area in _overlaps(shaped, surfaces)
    ]  # fmt: skip
    found.sort(key=lambda one: (-one.area_m2, one.code, one.ground))
    return Encroached(tuple(found), len(structures), len(structures) - len(shaped), unknown)


def _structures(db: Database, district: District) -> gpd.GeoDataFrame:
    """Return obstacles that somebody may remove and demolitions that are not done, each case once."""
    stored = layer_frame(db, district, "obstacles").rename_geometry("geometry")
    stored = stored[stored["removable"].isin([True])]
    rows = [
        {
            "code": row.code,
            "kind": row.kind or "未注明",
            "estate": row.estate,
            "source": "障碍物",
            "geometry": row.geometry,
        }
        for row in stored.itertuples()
    ]
    with db.transaction() as connection:
        cases = list(
            queries().demolition_shapes(connection, district_id=district.id, as_of=today(), removed_step=REMOVED_STEP)
        )
    known = {row["code"] for row in rows}
    rows += [
        {
            "code": one.code, "kind": one.kind, "estate": one.estate, "source": "拆违事项",
            "geometry": shapely.from_wkb(bytes(one.geom)),
        }
        for one in cases
        if one.code not in known
    ]  # fmt: skip
    columns = ["code", "kind", "estate", "source", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=district.srid)


def _road_surfaces(roads: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Return the surfaces of roads, lines by their width, and how many lines have none."""
    shapes = roads.geometry
    lines = shapes.geom_type.isin(["LineString", "MultiLineString"])
    known = ~lines | roads["width_m"].notna()
    kept = roads[known]
    half = kept["width_m"].astype(float).fillna(0.0) / 2
    surfaces = kept.geometry.where(~lines[known], shapely.buffer(kept.geometry.to_numpy(), half, cap_style="flat"))
    return gpd.GeoDataFrame({"name": kept["name"]}, geometry=surfaces, crs=roads.crs), int((~known).sum())


def _overlaps(structures: gpd.GeoDataFrame, surfaces: gpd.GeoDataFrame) -> Iterable[tuple[Any, str | None, float]]:
    """Yield each structure with the names of the surfaces it stands on and the square metres, counted once."""
    rows = list(structures.itertuples())
    index = surfaces.sindex
    shapes, names = surfaces.geometry.to_numpy(), surfaces["name"].tolist()
    for row in rows:
        near = index.query(row.geometry, predicate="intersects")
        area = float(shapely.intersection(row.geometry, shapely.union_all(shapes[near])).area) if len(near) else 0.0
        if area >= LEAST_M2:
            called = dict.fromkeys(str(names[one]) for one in near if isinstance(names[one], str) and names[one])
            yield row, "、".join(called) or None, round(area, 2)
