"""Tables for the brigade (消防救援大队表): who is reached, lanes, gates, removals by unit, equipment, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from gisplanner.domain.fire import FireId
from gisplanner.domain.fire_details import BudgetStep
from gisplanner.formats.tables_book import Table
from gisplanner.services.fire.plan import FirePlan


def basis_of(plan: FirePlan) -> str:
    """Return the lane width with its origin."""
    width = next(one for one in plan.sources() if one["name"] == "lane_width_m")
    return f"车道净宽 {plan.width_m:.3f} m：{width['origin']}"


def brigade_tables(plans: Mapping[str, FirePlan], curve: Sequence[BudgetStep] = ()) -> list[Table]:
    """Return the sheets of the workbook; where there are several estates, their names stand in the first column.

    Parameters
    ----------
    plans
        Plans by the name of their estate.
    curve
        What further money buys, of all estates together.
    """
    some = next(iter(plans.values()), None)
    head = [] if some is None else [basis_of(some)]
    head += [str(plan.details.sentence()) for plan in plans.values()] if len(plans) == 1 else []
    notes = [*(["示意数据"] if any(plan.ground.illustrative for plan in plans.values()) else []), *head]
    tables = []
    for name, (headings, rows_of) in _SHEETS.items():
        rows = [[estate, *row] for estate, plan in plans.items() for row in rows_of(plan)]
        columns = ["小区", *headings.split()]
        alone = len(plans) == 1
        tables.append(Table(name, [name, *notes], columns[alone:], [row[alone:] for row in rows]))
    if curve:
        told = [[one.budget, one.cost, one.served, one.households, "是" if one.proven else "否"] for one in curve]
        steps = ["预算（元）", "费用（元）", "可达楼栋", "可达户数", "已证明"]
        tables.append(Table("预算曲线", ["预算曲线", *notes], steps, told))
    used = [] if some is None else some.sources()
    sources = [[one["name"], one["value"], str(one["origin"]), one["note"]] for one in used]
    return [*tables, Table("参数与来源", ["参数与来源", *notes], ["参数", "数值", "来源", "说明"], sources)]


def _building_rows(plan: FirePlan) -> list[list[Any]]:
    hose, reasons = plan.details.side_by_side, plan.reasons()
    groups = (plan.served_today, plan.served_after, hose.today, hose.after, plan.needs_survey)
    sets = [set(group) for group in groups]
    return [
        [str(label), *(_yes(label in group) for group in sets), str(reasons.get(label, ""))]
        for label in plan.ground.buildings.index.tolist()
    ]


def _lane_rows(plan: FirePlan) -> list[list[Any]]:
    return [
        [
            one.id,
            one.length_m,
            one.pinch_mm,
            *one.pinch_at,
            one.min_radius_m,
            one.legal_radius_m,
            len(one.tight_bends),
            one.wall_m,
            one.near_wall_m,
            one.dead_end_m,
            turnaround_text(one.turnaround),
            _yes(one.within_survey_tolerance),
        ]
        for one in plan.lanes
    ]


def _driven_rows(plan: FirePlan) -> list[list[Any]]:
    return [
        [one.lane, one.vehicle, one.answer, str(one.reason), _known(one.slope_percent), _known(one.clear_height_m)]
        for one in plan.details.driven
    ]


def _gate_rows(plan: FirePlan) -> list[list[Any]]:
    return [
        [
            _GATES[one.layer],
            str(one.id),
            one.kind,
            one.hours,
            one.key_holder,
            one.height_m,
            one.answer,
            str(one.reason),
        ]
        for one in plan.details.gates
    ]


def _unit_rows(plan: FirePlan) -> list[list[Any]]:
    return [
        [one.units, one.answer, "、".join(map(str, one.removals)), one.cost, "\n".join(one.quotes)]
        for one in plan.details.units
    ]


def _removal_rows(plan: FirePlan) -> list[list[Any]]:
    return [
        [
            str(one.obstacle),
            one.kind,
            one.owner,
            "移位" if one.moved else "拆除",
            one.cost,
            "、".join(map(str, one.opens)),
            one.households,
            one.width_before_mm,
            one.width_after_mm,
        ]
        for one in plan.removals
    ]


def quantity_rows(plan: FirePlan) -> list[list[Any]]:
    """Return what is painted and installed."""
    marks, reach = plan.details.markings, plan.details.hydrants
    added = sum(not one.existing for one in plan.hydrants)
    there = len(plan.hydrants) - added if plan.ground.hydrants is not None else "资料不足"
    rows: list[list[Any]] = [
        ["黄色边线（米）", marks.line_m, ""],
        ["黄色边线（平方米）", marks.line_m2, ""],
        ["“消防车道 禁止占用”标注（处）", marks.boxes, ""],
        ["出入口网状线（平方米）", marks.hatch_m2, "深度为本工具参数"],
        ["现有消火栓（个）", there, ""],
        ["建议增设消火栓（个）", added, f"按直线距离；{_least(added, plan.hydrant_cover.bound)}"],
        [
            "建议增设消火栓，按水带路线（个）",
            len(reach.by_route),
            f"更严，供选；{_least(len(reach.by_route), reach.by_route_bound)}",
        ],
    ]
    straight, by_route = reach.beyond_straight, reach.beyond_by_route
    rows += [
        [f"消火栓 {reach.radius_m:g} m 直线之外的楼栋", len(straight), _names(straight)],
        [f"消火栓 {reach.radius_m:g} m 水带路线之外的楼栋", len(by_route), _names(by_route)],
        [f"距外墙不足 {reach.nearer_wall_than_m:g} m 的消火栓", reach.near_walls, "宜"],
        [f"距车道边超过 {reach.kerb_m:g} m 的消火栓", reach.off_kerb, "应"],
    ]
    return rows


def _least(many: int, bound: int) -> str:
    return "候选位置中已证明最少" if many == bound else f"候选位置中至少要 {bound} 个"


def _names(labels: Sequence[FireId]) -> str:
    return "、".join(map(str, labels))


def turnaround_text(turnaround: dict[str, float | bool] | None) -> str:
    """Return what is said of a turnaround (回车场)."""
    if turnaround is None:
        return "不需要"
    size, largest = turnaround["size_m"], turnaround["largest_m"]
    told = f"{size:g}×{size:g} m " + ("可设" if turnaround["fits"] else "放不下")
    return told + (f"，至 {largest:g}×{largest:g} m" if largest > size else "")


def _yes(value: bool) -> str:  # noqa: FBT001 - one fact
    return "是" if value else "否"


def _known(value: float | None) -> float | str:
    return "资料不足" if value is None else value


def _extinguisher_rows(plan: FirePlan) -> list[list[Any]]:
    return [[str(one.building), one.required, one.present, one.short, one.answer] for one in plan.extinguishers]


def _flag_rows(plan: FirePlan) -> list[list[Any]]:
    return [
        [_LAYERS[one.layer], one.kind, str(one.id), one.lane, one.overlap_m2, str(one.reason)]
        for one in plan.details.flags
    ]


def _operating_rows(plan: FirePlan) -> list[list[Any]]:
    return [[str(one.building), _known(one.height_m), one.answer, str(one.reason)] for one in plan.details.operating]


_GATES: Final = {"entrances": "出入口", "obstacles": "障碍物"}
_LAYERS: Final = {"underground": "地下设施", "power_lines": "架空电力线", "parking": "停车位"}
_LANE_HEADINGS: Final = (
    "车道 长度（米） 最小净宽（毫米） 最窄处东坐标 最窄处北坐标 最小半径（米） 应有半径（米） 急弯（处） "
    "车道边距外墙最近（米） 距外墙过近的长度（米） 尽头（米） 回车场 需实测"
)
_SHEETS: Final[Mapping[str, tuple[str, Callable[[FirePlan], list[list[Any]]]]]] = {
    "楼栋": ("楼栋 今天可达 拆移后可达 水带今天 水带拆移后 需实测 原因", _building_rows),
    "车道": (_LANE_HEADINGS, _lane_rows),
    "车辆通行": ("车道 车型 答复 说明 最大纵坡（%） 净高（米）", _driven_rows),
    "出入口与钥匙": ("图层 编号 类别 开放时段 钥匙 净高（米） 答复 说明", _gate_rows),
    "拆移清单（按责任单位）": ("责任单位 认定 障碍物 费用 原文", _unit_rows),
    "拆移效果": ("障碍物 类别 权属 处置 费用 打通楼栋 户数 拆前净宽（毫米） 拆后净宽（毫米）", _removal_rows),
    "标线与设施": ("项目 数量 说明", quantity_rows),
    "车道下方与旁边": ("图层 类别 编号 车道 重叠（㎡） 说明", _flag_rows),
    "登高操作场地": ("楼栋 建筑高度（米） 答复 说明", _operating_rows),
    "灭火器": ("楼栋 应有 现有 缺 答复", _extinguisher_rows),
}
"""Each sheet: its headings and its rows of one estate."""
