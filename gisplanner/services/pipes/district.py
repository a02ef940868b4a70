"""Plan the pipelines of a stored district: its estates, its streets, its companies."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.profiles import profile
from gisplanner.domain.district import District
from gisplanner.errors import InputError, NotFoundError
from gisplanner.planning.pipes.joint import Demand
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.services.networks.gas_watch import gas_watch
from gisplanner.services.pipes.assumed import NETWORKS, assumed_sources
from gisplanner.services.pipes.hand import NO_HAND, Hand
from gisplanner.services.pipes.plan import PipesPlan, plan_ground
from gisplanner.services.pipes.plan_input import Ground, usable_roads
from gisplanner.store.database import Database
from gisplanner.text import Text

_DRAINS = ("sewage", "storm")
_LINES = ("LineString", "MultiLineString")


def plan_district(
    db: Database,
    district: District,
    hand: Hand = NO_HAND,
    *,
    project: str | None = None,
    time_limit_s: float = 60.0,
    seed: int = 0,
) -> PipesPlan:
    """Plan new lines for the estates with an outline: the networks of the profile's companies, and drains.

    Parameters
    ----------
    project
        Code or name of one project (片区); ``None`` is all estates.

    Raises
    ------
    InputError
        There are no buildings or no streets with geometry.
    NotFoundError
        There is no such project.
    """
    ground = district_ground(db, district, project=project)
    tables = standards_of(db, district)
    return plan_ground(ground, hand, standards=tables, time_limit_s=time_limit_s, seed=seed)


def district_ground(db: Database, district: District, *, project: str | None = None) -> Ground:
    """Return the layers of a district as a plan reads them.

    Raises
    ------
    InputError
        There are no buildings or no streets with geometry.
    NotFoundError
        There is no such project.
    """
    buildings = layer_frame(db, district, "buildings").set_index("code", drop=False).rename_geometry("geometry")
    estates = layer_frame(db, district, "estates").rename_geometry("geometry")
    if project is not None:
        estates = estates[(estates["project_code"] == project) | (estates["project"] == project)]
        if estates.empty:
            raise NotFoundError(Text(f"没有项目「{project}」。", en=f"There is no project {project}."))
        buildings = buildings[buildings["estate_code"].isin(estates["code"])]
    drawn = ~(buildings.geometry.isna() | buildings.geometry.is_empty)
    estates = estates[estates.geometry.notna()]
    roads = layer_frame(db, district, "roads").rename_geometry("geometry")
    roads, notes = usable_roads(roads[roads.geometry.geom_type.isin(_LINES)].reset_index(drop=True))
    if not drawn.any() or roads.empty:
        raise InputError(Text("没有带图形的楼栋或道路。", en="No buildings or streets with geometry."))
    sources, told = _sources(db, district, estates, roads)
    places = sources[["geometry"]].drop_duplicates().reset_index(drop=True)
    where = {point.wkb: k for k, point in enumerate(places.geometry)}
    demands = _demands(sources, where, int(drawn.sum()))
    return Ground(
        buildings=buildings[drawn],
        undrawn=tuple(buildings.index[~drawn]),
        roads=roads,
        sources=gpd.GeoDataFrame(places, crs=estates.crs),
        obstacles=None,
        existing=None,
        demands=demands,
        unfed={},
        crs=estates.crs,
        notes=(*notes, *told),
        file=district.name,
        watch=gas_watch(db, district),
    )


def _sources(
    db: Database, district: District, estates: gpd.GeoDataFrame, roads: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return the district's connection points, or assumed ones; networks nobody connects are assumed too."""
    wanted = _networks(district)
    known = layer_frame(db, district, "connection_points").rename_geometry("geometry")
    known = known[known.geometry.notna()]
    fed = set(known["utility"]) if len(known) else set()
    missing = [one for one in wanted if one[0] not in fed]
    rows = [
        gpd.GeoDataFrame({"utility": code, "owner": owner, "geometry": [point]}, crs=estates.crs)
        for code, owner in wanted
        for point in known.loc[known["utility"] == code, "geometry"]
    ]
    notes = [
        Text(
            "现状管线按改造拆旧建新处理，未作为障碍；割接前须核实",
            en="existing lines are renewed and do not stand in the way; to be verified before cut-overs",
        )
    ]
    if missing:
        rows.append(assumed_sources(estates, roads, missing))
        names = "、".join(dict.fromkeys(code for code, _ in missing))
        notes.append(
            Text(
                f"接入点资料不足（{names}）：假定在离小区最近的市政道路接入，须由各管线单位确认",
                en=f"connections of {names} are not known: assumed on the city road nearest to each estate",
            )
        )
    return gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=estates.crs), tuple(notes)


def _networks(district: District) -> list[tuple[str, str | None]]:
    if district.profile is None:
        return list(NETWORKS)
    companies = [(one.utility, one.name) for one in profile(district.profile).operators]
    told = {code for code, _ in companies}
    return [*companies, *((code, None) for code in _DRAINS if code not in told)] or list(NETWORKS)


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
