"""The indicators there are, and how they are put together for a place (小区、项目、片区、社区、街道、区)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from gisplanner.domain.indicators import Indicator, IndicatorValue, Measure
from gisplanner.domain.profile import Profile
from gisplanner.rules.progress import percent

_WEIGHTS: Final = {
    "estates": ("小区数", "个"),
    "households": ("户数", "户"),
    "buildings": ("栋数", "栋"),
    "floor_area": ("面积", "万㎡"),
}
ON_TIME: Final = "on_time"
NOT_STATED: Final = "未注明"
"""Estates whose place the register does not say stand together under this name."""

_FIXED: Final = (
    Indicator("lag_days", "滞后天数", "天", "项目（最严重的一项）", "worst"),
    Indicator("willing", "意愿率", "%", "户数", "share"),
    Indicator("preconditions", "前置条件", "%", "前置事项数", "share"),
    Indicator("required_items", "必改项覆盖率", "%", "必改项数", "share"),
    Indicator("subsidy", "补助资格", "%", "小区数", "share"),
    Indicator("filing", "管线方案备案率", "%", "小区×管线单位", "share"),
    Indicator(ON_TIME, "管线方案按期率", "%", "小区×管线单位（已报或已到期）", "share"),
    Indicator("cutover_conflicts", "割接窗口冲突数", "处", "小区", "sum"),
    Indicator("underground", "弱电下地率", "%", "弱电线路米数", "share"),
    Indicator("trench_saved", "共沟节省", "m", "同沟线路米数", "sum"),
    Indicator("to_demolish", "违建待拆", "处", "拆违事项", "sum"),
    Indicator("demolished", "违建已拆", "%", "拆违事项", "share"),
    Indicator("to_demolish_m2", "违建待拆面积", "㎡", "拆违事项", "sum"),
    Indicator("demolished_m2", "违建已拆面积", "㎡", "拆违事项", "sum"),
    Indicator("fire_lanes", "消防车道达标楼栋比", "%", "栋数", "share"),
    Indicator("extinguishers_short", "灭火器缺口", "具", "小区", "sum"),
    Indicator("hydrants_uncovered", "消火栓未覆盖楼栋", "栋", "小区", "sum"),
    Indicator("lifts", "加装电梯", "部", "小区", "sum"),
    Indicator("funds", "资金到位率", "%", "计划投资（元）", "share"),
    Indicator("defects", "验收问题未销号数", "处", "项目", "sum"),
    Indicator("handover", "移交完成率", "%", "移交事项", "share"),
    Indicator("management", "物业或业委会覆盖率", "%", "小区数", "share"),
    Indicator("satisfied", "居民满意度", "%", "调查户数", "share"),
    Indicator("complaints_open", "未办结投诉", "件", "投诉件", "sum"),
)


def indicators(profile: Profile | None) -> tuple[Indicator, ...]:
    """Return all indicators, those by weight first, then one for each company of the document (各运营商按期率)."""
    weighted = [
        Indicator(f"{key}.{weight}", title, "%", name, "share")
        for key, title in (("started", "开工率"), ("completed", "完工率"))
        for weight, (name, _unit) in _WEIGHTS.items()
    ]
    companies = () if profile is None else tuple(one.name for one in profile.operators)
    by_company = [
        Indicator(f"{ON_TIME}.{name}", f"{name}按期率", "%", "小区数（已报或已到期）", "share") for name in companies
    ]
    return (*weighted, *_FIXED, *by_company)


def on_time(handed_in: Mapping[str, date | None], due: date, as_of: date) -> dict[str, bool]:
    """Return who handed a plan in by ``due`` (按期), of those who did at all or whose day has passed by ``as_of``.

    Examples
    --------
    >>> told = {"甲": date(2024, 6, 1), "乙": date(2024, 7, 2), "丙": None}
    >>> on_time(told, date(2024, 6, 30), date(2024, 6, 15)), on_time(told, date(2024, 6, 30), date(2024, 7, 5))
    ({'甲': True, '乙': False}, {'甲': True, '乙': False, '丙': False})
    """
    return {name: day is not None and day <= due for name, day in handed_in.items() if day is not None or as_of > due}


def roll_up(
    indicator: Indicator, groups: Mapping[str, Sequence[str]], measures: Mapping[str, Measure]
) -> dict[str, IndicatorValue]:
    """Return one indicator of each group of estates.

    Parameters
    ----------
    groups
        Name of the place → codes of its estates.
    measures
        By code of the estate; one that is not there is unknown and counted apart, never as zero.
    """
    return {name: _of_group(indicator, members, measures) for name, members in groups.items()}


def _of_group(indicator: Indicator, members: Iterable[str], measures: Mapping[str, Measure]) -> IndicatorValue:
    unknown, owners = 0, {}
    for code in members:
        measure = measures.get(code)
        if measure is None:
            unknown += 1
        else:
            owners[measure.owner] = measure
    if not owners:
        return IndicatorValue(indicator, None, None, None, unknown)
    parts = [one.part for one in owners.values()]
    if indicator.way == "worst":
        return IndicatorValue(indicator, max(parts), None, None, unknown)
    part = sum(parts, Decimal(0))
    if indicator.way == "sum":
        return IndicatorValue(indicator, part, None, None, unknown)
    whole = sum((one.whole or Decimal(0) for one in owners.values()), Decimal(0))
    return IndicatorValue(indicator, part, whole, percent(part, whole), unknown)
