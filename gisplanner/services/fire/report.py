"""A fire-lane plan as GeoJSON: lanes, narrowest places, removals, hydrants, turnarounds, unreached buildings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from gisplanner.domain.layers import ColumnSpec
from gisplanner.formats.geojson import GeoJson, require_geojson, write_geojson
from gisplanner.services.fire.plan import FirePlan

_COLUMNS: Final = (
    ColumnSpec(name="role", label="类别"),
    ColumnSpec(name="estate", label="小区编码"),
    ColumnSpec(name="label", label="编号"),
    ColumnSpec(name="pinch_mm", label="最小净宽（毫米）", type="integer"),
    ColumnSpec(name="survey", label="需实测", type="boolean"),
    ColumnSpec(name="radius_m", label="最小半径（米）", type="number"),
    ColumnSpec(name="dead_end_m", label="尽头长度（米）", type="number"),
    ColumnSpec(name="cost", label="费用", type="number"),
    ColumnSpec(name="owner", label="权属"),
    ColumnSpec(name="opens", label="打通楼栋", type="text_list"),
    ColumnSpec(name="reason", label="原因"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
)


def write_lanes(plan: FirePlan, path: Path) -> GeoJson:
    """Write the plan, one feature for each thing in it (RFC 7946).

    Raises
    ------
    UsageError
        ``path`` does not end in ``.geojson`` or ``.json``.
    """
    width = next(one for one in plan.sources() if one["name"] == "lane_width_m")
    members = {"名称": "消防车道", "净宽（米）": plan.width_m, "净宽依据": str(width["origin"])}
    return write_features(lane_features(plan), path, members=members)


def write_features(frame: gpd.GeoDataFrame, path: Path, *, members: Mapping[str, Any]) -> GeoJson:
    """Write rows of :func:`lane_features`, of one plan or of many.

    Raises
    ------
    UsageError
        As :func:`write_lanes`.
    """
    require_geojson(path)
    columns = [column for column in _COLUMNS if column.name in frame.columns]
    return write_geojson(path, frame, columns, id_column="id", members=members)


def lane_features(plan: FirePlan) -> gpd.GeoDataFrame:
    """Return everything a plan shows as rows with a role (类别), in the planning CRS."""
    rows = [{"id": number, **row} for number, row in enumerate(_rows(plan), start=1)]
    names = ["id", *(column.name for column in _COLUMNS if column.name != "estate"), "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=names, geometry="geometry", crs=plan.ground.crs)
    frame["illustrative"] = plan.ground.illustrative
    return frame


def _rows(plan: FirePlan) -> Iterator[dict[str, Any]]:
    yield from _lane_rows(plan)
    yield from _driven_rows(plan)
    for removal in plan.removals:
        yield {
            "role": "拆移",
            "label": str(removal.obstacle),
            "cost": removal.cost,
            "owner": removal.owner,
            "opens": [str(one) for one in removal.opens],
            "geometry": plan.ground.obstacles.geometry.loc[removal.obstacle],
        }
    today, after = set(plan.served_today), set(plan.served_after)
    reasons = plan.reasons()
    for label, shape in plan.ground.buildings.geometry.items():
        role = "今天可达楼栋" if label in today else "打通后可达楼栋" if label in after else "不可达楼栋"
        survey = label in plan.needs_survey
        yield {"role": role, "label": str(label), "survey": survey, "reason": reasons.get(label), "geometry": shape}
    for ground in plan.details.operating:
        if ground.outline is not None:
            yield {
                "role": "登高操作场地",
                "label": str(ground.building),
                "geometry": shapely.from_wkt(ground.outline),
            }
    for number, place in enumerate(plan.details.hydrants.by_route, start=1):
        yield {"role": "建议消火栓（水带路线）", "label": str(number), "geometry": shapely.Point(place)}
    for number, hydrant in enumerate(plan.hydrants, start=1):
        role = "现有消火栓" if hydrant.existing else "建议消火栓"
        yield {"role": role, "label": str(number), "geometry": shapely.Point(hydrant.at)}


def _lane_rows(plan: FirePlan) -> Iterator[dict[str, Any]]:
    for lane, drawn in zip(plan.lanes, plan.lines, strict=True):
        common = {"label": str(lane.id), "pinch_mm": lane.pinch_mm, "survey": lane.within_survey_tolerance}
        yield {
            "role": "车道中线",
            **common,
            "radius_m": lane.min_radius_m,
            "dead_end_m": lane.dead_end_m,
            "geometry": drawn.line,
        }
        area = shapely.buffer(drawn.line, plan.width_m / 2.0, cap_style="flat", quad_segs=8)
        yield {"role": "车道范围", **common, "geometry": area}
        yield {"role": "最窄处", **common, "geometry": shapely.Point(lane.pinch_at)}
        for bend in lane.tight_bends:
            reason = f"弯道半径 {bend.radius_m:g} m，小于 {lane.legal_radius_m:g} m"
            yield {
                "role": "急弯",
                "label": str(lane.id),
                "radius_m": bend.radius_m,
                "reason": reason,
                "geometry": shapely.Point(bend.at),
            }
        if drawn.turnaround is not None and drawn.turnaround.outline is not None:
            yield {"role": "回车场", "label": str(lane.id), "geometry": drawn.turnaround.outline}


def _driven_rows(plan: FirePlan) -> Iterator[dict[str, Any]]:
    for one in plan.swept:
        yield {"role": "扫掠范围", "label": f"{one.lane} {one.vehicle}", "geometry": one.area}
    for way in plan.details.driven:
        if way.stuck_at is not None:
            place = shapely.Point(way.stuck_at)
            yield {"role": "转不过", "label": f"{way.lane} {way.vehicle}", "reason": way.reason, "geometry": place}
