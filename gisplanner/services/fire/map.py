"""Draw the fire lanes of a stored district (消防车道图)."""

from __future__ import annotations

from typing import Final

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.district import District
from gisplanner.maps.fire import FireScene, fire_map
from gisplanner.services.fire.district import DistrictFirePlan, plan_fire_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.store.database import Database

_NAMES: Final = {
    "lane_width_m": "车道净宽（米）",
    "clear_height_m": "净高（米）",
    "dead_end_m": "尽头车道须设回车场的长度（米）",
    "turnaround_m": "回车场边长（米）",
    "outer_radius_m": "转弯半径（米）",
    "slope_percent": "纵坡（%）",
    "hydrant_radius_m": "消火栓保护半径（米）",
    "hydrant_spacing_m": "消火栓间距（米）",
    "hydrant_wall_m": "消火栓距外墙（米）",
    "hydrant_kerb_m": "消火栓距路边（米）",
    "box_spacing_m": "“禁止占用”标注间隔（米）",
    "reach_m": "车道到长边墙面（米）",
    "wall_step_m": "墙面取点间隔（米）",
    "hose_route_m": "水带路线（米）",
    "survey_tolerance_m": "测量误差（米）",
    "extinguishers_per_floor": "每层灭火器（具，每具 4 kg）",
}


def map_fire(
    db: Database,
    district: District,
    plan: DistrictFirePlan | None = None,
    *,
    options: MapOptions = DEFAULT_OPTIONS,
) -> str:
    """Return the fire map of a district as one HTML page that opens without a network.

    Parameters
    ----------
    plan
        What planning the stored estates gave; ``None`` plans them now.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    found = plan_fire_district(db, district) if plan is None else plan
    document = found.document()
    buildings = sum(len(one.ground.buildings) for one in found.plans.values())
    short = sum(one["short"] or 0 for one in document["extinguishers"])
    unknown = sum(one["short"] is None for one in document["extinguishers"])
    figures = [
        ("今天可达", f"{len(document['served_today'])}/{buildings} 栋"),
        ("打通后可达", f"{len(document['served_after'])}/{buildings} 栋"),
        ("拆移", f"{len(document['removals'])} 处"),
        ("费用" + ("（已证明最省）" if document["proven"] else ""), f"{document['cost']:,.0f}"),
        ("需实测", f"{len(document['needs_survey'])} 栋"),
        ("灭火器缺口", f"{short} 具"),
        ("灭火器资料不足", f"{unknown} 栋"),
    ]
    rules = [
        f"{_NAMES.get(one['name'], one['name'])} {one['value']:g}：{one['origin']}" for one in document["parameters"]
    ]
    return fire_map(
        layer_frame(db, district, "estates"),
        FireScene(features=found.features(), figures=figures, rules=rules),
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}老旧小区消防车道图", options),
        context=context_of(db, district),
    )
