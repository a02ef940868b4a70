"""Draw the fire lanes of a stored district or of a file (消防车道图)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import geopandas as gpd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.district import District
from gisplanner.maps.fire import FireScene, fire_map
from gisplanner.maps.sheet import Sheet
from gisplanner.services.fire.district import plan_fire_district
from gisplanner.services.fire.district_plan import DistrictFirePlan
from gisplanner.services.fire.plan import FirePlan
from gisplanner.services.fire.report import lane_features
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.store.database import Database

_NAMES: Final = {
    "lane_width_m": "车道净宽（米）",
    "clear_height_m": "净高（米）",
    "dead_end_m": "尽头车道须设回车场的长度（米）",
    "turnaround_m": "回车场边长（米）",
    "turnaround_high_m": "回车场边长，高层（米）",
    "turnaround_heavy_m": "回车场边长，重型车（米）",
    "outer_radius_m": "转弯半径（米）",
    "lane_wall_m": "车道边距外墙（米）",
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
    "line_width_m": "标线线宽（米）",
    "hatch_depth_m": "出入口网状线深度（米）",
    "high_rise_m": "高层住宅的建筑高度（米）",
    "tall_m": "超过此高度登高场地加长（米）",
    "operating_near_m": "登高场地距外墙至少（米）",
    "operating_far_m": "登高场地距外墙至多（米）",
    "operating_length_m": "登高场地长度（米）",
    "operating_tall_length_m": "登高场地长度，超高时（米）",
    "operating_depth_m": "登高场地宽度（米）",
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
    return draw_district(db, district, scene_of(found.document(), found.features()), options)


def draw_district(db: Database, district: District, scene: FireScene, options: MapOptions) -> str:
    """Return the page of a scene over the stored surroundings of a district."""
    return fire_map(
        layer_frame(db, district, "estates"),
        scene,
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}老旧小区消防车道图", options),
        context=context_of(db, district),
    )


def map_fire_file(plan: FirePlan, name: str) -> str:
    """Return the same page of the plan of a file, its site standing for the estate.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    spec = layer_spec("estates")
    many = len(plan.ground.site)
    values: dict[str, list[object]] = {column.name: [None] * many for column in spec.columns}
    codes = [str(label) for label in plan.ground.site.index]
    names = [name if many == 1 else f"{name} {code}" for code in codes]
    told = {"code": codes, "name": names, "illustrative": [plan.ground.illustrative] * many}
    site = gpd.GeoDataFrame({**values, **told}, geometry=plan.ground.site.geometry.to_numpy(), crs=plan.ground.crs)
    document = {**plan.document(), "estates": [{"buildings": len(plan.ground.buildings)}]}
    return fire_map(
        site.rename_geometry("geom"),
        scene_of(document, lane_features(plan)),
        layer=spec,
        sheet=Sheet(f"{name}消防车道图", date.today()),  # noqa: DTZ011 - a calendar day at the office
    )


def scene_of(document: Mapping[str, Any], features: gpd.GeoDataFrame, *, notices: Sequence[str] = ()) -> FireScene:
    """Return what the map shows of an answer, planned now or kept.

    Parameters
    ----------
    notices
        What every reader has to know of it, such as when it was made.
    """
    buildings = sum(one["buildings"] for one in document["estates"])
    short = sum(one["short"] or 0 for one in document["extinguishers"])
    unknown = sum(one["short"] is None for one in document["extinguishers"])
    hours = document.get("hours")
    high = Counter(one["answer"] for one in document["operating_areas"])
    figures = [
        ("今天可达", f"{len(document['served_today'])}/{buildings} 栋"),
        *([] if hours is None else [("夜间可达", f"{len(hours['night'])}/{buildings} 栋")]),
        ("打通后可达", f"{len(document['served_after'])}/{buildings} 栋"),
        ("拆移", f"{len(document['removals'])} 处"),
        ("费用" + ("（已证明最省）" if document["proven"] else ""), f"{document['cost']:,.0f} 元"),
        ("需实测", f"{len(document['needs_survey'])} 栋"),
        ("灭火器缺口", "资料不足" if unknown == len(document["extinguishers"]) else f"{short} 具"),
        ("灭火器资料不足", f"{unknown} 栋"),
        *(("登高操作场地" + answer, f"{many} 栋") for answer, many in sorted(high.items())),
    ]
    rules = [
        f"{_NAMES.get(one['name'], one['name'])} {one['value']:g}：{one['origin']}" for one in document["parameters"]
    ]
    return FireScene(features=features, figures=figures, rules=rules, notices=[*notices, *document["remarks"]])
