"""Plan the pipelines of a stored district: its estates, its streets, its companies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import geopandas as gpd

from gisplanner.domain.district import District
from gisplanner.errors import InputError, NotFoundError
from gisplanner.planning.pipes.joint import Demand
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.conflicts import named_lines
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.services.networks.gas_watch import gas_watch
from gisplanner.services.pipes.assumed import open_ground_told, streets_around, with_open_ground
from gisplanner.services.pipes.closed_ground import closed_by_permit, with_closed
from gisplanner.services.pipes.district_sources import district_sources
from gisplanner.services.pipes.hand import NO_HAND, Hand
from gisplanner.services.pipes.plan import PipesPlan, plan_ground
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.usable_ground import ground_taken, usable_roads
from gisplanner.store.database import Database
from gisplanner.text import Text

_LINES = ("LineString", "MultiLineString")


def plan_district(
    db: Database,
    district: District,
    hand: Hand = NO_HAND,
    *,
    project: str | None = None,
    estate: str | None = None,
    existing: bool = False,
    time_limit_s: float = 60.0,
    seed: int = 0,
) -> PipesPlan:
    """Plan new lines for the estates with an outline: the networks of the profile's companies, and drains.

    Parameters
    ----------
    project, estate
        Code or name of one project (片区), or of one estate; ``None`` is all estates.
    existing
        Whether the stored lines stay where they are; else they are renewed and stand in nobody's way.

    Raises
    ------
    InputError
        There are no buildings or no streets with geometry.
    NotFoundError
        There is no such project or estate.
    """
    ground = district_ground(db, district, project=project, estate=estate, existing=existing)
    tables = standards_of(db, district)
    return plan_ground(ground, hand, standards=tables, time_limit_s=time_limit_s, seed=seed)


def district_ground(
    db: Database, district: District, *, project: str | None = None, estate: str | None = None, existing: bool = False
) -> Ground:
    """Return the layers of a district as a plan reads them.

    Raises
    ------
    InputError
        There are no buildings or no streets with geometry.
    NotFoundError
        There is no such project or estate.
    """
    layers = {name: layer_frame(db, district, name) for name in ("buildings", "estates", "roads", "obstacles")}
    frames = {name: frame.rename_geometry("geometry") for name, frame in layers.items()}
    estates = _chosen(frames["estates"], project, estate)
    buildings = frames["buildings"].set_index("code", drop=False)
    if project is not None or estate is not None:
        buildings = buildings[buildings["estate_code"].isin(estates["code"])]
    drawn = ~(buildings.geometry.isna() | buildings.geometry.is_empty)
    estates = estates[estates.geometry.notna()]
    mapped, notes = _streets(frames["roads"], estates)
    if not drawn.any() or mapped.empty:
        raise InputError(Text("没有带图形的楼栋或道路。", en="No buildings or streets with geometry."))
    sources, told = district_sources(db, district, estates, mapped)
    walls = frames["buildings"]
    roads, made = with_open_ground(estates, walls[walls.geometry.notna()], mapped)
    places = sources[["geometry"]].drop_duplicates().reset_index(drop=True)
    where = {point.wkb: k for k, point in enumerate(places.geometry)}
    demands = _demands(sources, where, int(drawn.sum()))
    obstacles, removed = _obstacles(frames["obstacles"])
    obstacles, closed = with_closed(obstacles, closed_by_permit(db, district, estates))
    return Ground(
        buildings=buildings[drawn],
        undrawn=tuple(buildings.index[~drawn]),
        roads=roads,
        sources=gpd.GeoDataFrame(places, crs=estates.crs),
        obstacles=obstacles,
        existing=_stored_lines(db, district) if existing else None,
        demands=demands,
        unfed={},
        crs=estates.crs,
        notes=(*notes, *told, *open_ground_told(made), *removed, *closed, _STAY if existing else _RENEWED),
        file=district.name,
        watch=gas_watch(db, district),
    )


_RENEWED: Final = Text(
    "现状管线按改造拆旧建新处理，未作为障碍；割接前须核实",
    en="existing lines are renewed and do not stand in the way; to be verified before cut-overs",
)
_STAY: Final = Text("现状管线保留，新管线按净距避让", en="existing lines stay and are kept clear of")


def _chosen(estates: gpd.GeoDataFrame, project: str | None, estate: str | None) -> gpd.GeoDataFrame:
    for what, name, columns in (
        (Text("项目", en="project"), project, ("project_code", "project")),
        (Text("小区", en="estate"), estate, ("code", "name")),
    ):
        if name is not None:
            estates = estates[(estates[columns[0]] == name) | (estates[columns[1]] == name)]
            if estates.empty:
                raise NotFoundError(Text(f"没有{what}「{name}」。", en=f"There is no {what.en} {name}."))
    return estates


def _streets(roads: gpd.GeoDataFrame, estates: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    lines = roads[roads.geometry.geom_type.isin(_LINES)]
    near = streets_around(estates, lines) if len(estates) else lines
    return usable_roads(near.reset_index(drop=True))


def _obstacles(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame | None, tuple[Text, ...]]:
    """Return what cannot be dug: things that are taken away or moved aside do not hinder."""
    frame = frame[frame.geometry.notna()]
    gone = frame["removable"].isin([True]) | frame["movable"].isin([True])
    kept = ground_taken(frame[~gone])
    notes = []
    if gone.any():
        count = int(gone.sum())
        notes.append(
            Text(f"{count} 处可拆、可移的障碍按先行清除处理", en=f"{count} obstacles are cleared beforehand")
        )
    return (kept if kept is not None and len(kept) else None), tuple(notes)


def _stored_lines(db: Database, district: District) -> gpd.GeoDataFrame:
    lines = named_lines(layer_frame(db, district, "pipe_segments")).rename_geometry("geometry")
    return lines[lines.geometry.notna()]


def _demands(sources: gpd.GeoDataFrame, where: dict[bytes, int], buildings: int) -> tuple[Demand, ...]:
    found = []
    for (code, owner), rows in sources.fillna({"owner": ""}).groupby(["utility", "owner"], sort=True):
        places = tuple(sorted({where[point.wkb] for point in rows.geometry}))
        name = f"{code}:{owner}" if code == "telecom" and owner else str(code)
        found.append(Demand(name, str(code), str(owner) or None, places, tuple(range(buildings))))
    return tuple(found)


def project_of_size(db: Database, district: District, most_buildings: int) -> str | None:
    """Return the code of the project with most buildings up to a number of them, ``None`` where none is so small."""
    estates = layer_frame(db, district, "estates")
    buildings = layer_frame(db, district, "buildings")
    project = dict(zip(estates["code"], estates["project_code"], strict=True))
    count = buildings["estate_code"].map(project).value_counts()
    fitting = count[count <= most_buildings].sort_index().sort_values(ascending=False, kind="stable")
    return None if fitting.empty else str(fitting.index[0])


def estates_of(db: Database, district: District, *, existing: bool = False) -> list[tuple[str, Callable[[], Ground]]]:
    """Return the estates of a district by name, each with how to read its ground."""
    estates = layer_frame(db, district, "estates")

    def reading(code: str) -> Callable[[], Ground]:
        return lambda: district_ground(db, district, estate=code, existing=existing)

    return [
        (str(name or code), reading(str(code))) for code, name in zip(estates["code"], estates["name"], strict=True)
    ]
