"""Tables of the page for the fire station, the weightiest first (消防站用图附表)."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.maps.fire_sheet import SheetTable
from gisplanner.services.fire.brigade import turnaround_text
from gisplanner.services.fire.plan import FirePlan

_UNKNOWN: Final = "资料不足"
_LISTED: Final = 12
_LANES: Final = 8


def short_names(plan: FirePlan) -> dict[Any, str]:
    """Return what buildings and obstacles are called on a page of one estate: without its own code in front."""
    codes = tuple(f"{code}-" for code in plan.ground.site.index)
    labels = [*plan.ground.buildings.index, *plan.ground.obstacles.index]
    names = {label: without_code(str(label), codes) for label in labels}
    stated = plan.ground.buildings["name"] if "name" in plan.ground.buildings.columns else pd.Series(dtype=object)
    if len(stated) and stated.notna().all() and stated.is_unique:
        names |= {label: str(name) for label, name in stated.items()}
    return names


def without_code(label: str, codes: tuple[str, ...]) -> str:
    """Return a label without the code of its estate in front.

    Examples
    --------
    >>> without_code("NK2024-028-B17", ("NK2024-028-",)), without_code("3", ("NK2024-028-",))
    ('B17', '3')
    """
    return next((label.removeprefix(code) for code in codes if label.startswith(code) and label != code), label)


def station_tables(plan: FirePlan, names: dict[Any, str]) -> list[SheetTable]:
    """Return the tables; the page shows as many rows as it holds."""
    return [
        _gates(plan),
        _barriers(plan, names),
        SheetTable(
            "拆移（打通谁）",
            ["障碍", "类别", "权属", "处置", "费用（元）", "打通"],
            [2, 2, 2, 1.2, 1.8, 4],
            [
                [
                    names.get(one.obstacle, str(one.obstacle)),
                    one.kind or "未注明",
                    one.owner or "—",
                    "移位" if one.moved else "拆除",
                    f"{one.cost:,.0f}",
                    "、".join(names[label] for label in one.opens) or "（与其他一起）",
                ]
                for one in plan.removals
            ],
            most=_LISTED,
        ),
        SheetTable(
            "拆移后仍不可达",
            ["楼栋", "原因"],
            [2, 8],
            [[names[label], str(reason)] for label, reason in plan.reasons().items()],
            most=_LISTED,
        ),
        SheetTable("设施与危险", ["项目", "数量", "说明"], [3, 1.4, 6], _facilities(plan, names)),
        SheetTable(
            "车道与最窄处",
            ["车道", "最小净宽", "最小半径", "尽头", "回车场"],
            [1, 2.6, 1.6, 1.4, 3],
            [
                [
                    str(one.id),
                    f"{one.pinch_mm / 1000:.3f} m" + ("（需实测）" if one.within_survey_tolerance else ""),
                    "直" if one.min_radius_m is None else f"{one.min_radius_m:.1f} m",
                    f"{one.dead_end_m:.0f} m",
                    turnaround_text(one.turnaround),
                ]
                for one in sorted(plan.lanes, key=lambda one: one.pinch_mm)
            ],
            most=_LANES,
        ),
        _buildings(plan, names),
        SheetTable("说明", ["资料与提示"], [1], [[str(one)] for one in plan.ground.remarks]),
    ]


def _gates(plan: FirePlan) -> SheetTable:
    rows = []
    for name, (_, row) in zip(gate_names(plan.ground.entrances), plan.ground.entrances.iterrows(), strict=True):
        width, height = (_known(row.get(name), " m") for name in ("width_m", "height_m"))
        hours, keys = (_known(row.get(name)) for name in ("hours", "key_holder"))
        rows.append([name, width, height, hours, keys, ""])
    headings = ["出入口", "净宽", "净高", "开放时段", "钥匙", "电话（手填）"]
    return SheetTable("出入口与钥匙", headings, [1.6, 1.5, 1.5, 2.2, 2, 2], rows)


def gate_names(entrances: gpd.GeoDataFrame) -> list[str]:
    """Return what each gate is called: its name, else its label."""
    return [_known(row.get("name"), unknown=str(label)) for label, row in entrances.iterrows()]


def _barriers(plan: FirePlan, names: dict[Any, str]) -> SheetTable:
    rows = [
        [
            names.get(one.id, str(one.id)),
            one.kind or "未注明",
            one.hours or "—",
            one.key_holder or "—",
            "—" if one.height_m is None else f"{one.height_m:g} m",
            f"{one.answer}：{one.reason}",
        ]
        for one in plan.details.gates
        if one.layer == "obstacles"
    ]
    return SheetTable(
        "门禁与限高", ["编号", "类别", "开放时段", "钥匙", "净高", "答复"], [1.6, 1.8, 2, 1.6, 1.2, 3.4], rows
    )


def _facilities(plan: FirePlan, names: dict[Any, str]) -> list[list[str]]:
    there = sum(one.existing for one in plan.hydrants)
    existing = _UNKNOWN if plan.ground.hydrants is None else f"现有 {there} 个"
    short = [one.short for one in plan.extinguishers]
    known = [one for one in short if one is not None]
    proposed = f"建议增设 {len(plan.hydrants) - there} 个（空心方块）" if plan.lines else "车道未通，未选增设位置"
    rows = [
        ["室外消火栓", existing, proposed],
        ["灭火器缺口", f"{sum(known)} 具" if known else _UNKNOWN, f"{len(short) - len(known)} 栋资料不足"],
    ]
    for vehicle, answers in _driven(plan).items():
        unsure = answers["需人工认定"]
        told = f"{unsure} 条需人工认定（倒车或另选路线）" if unsure else "按所画路线扫掠范围内无障碍"
        rows.append([vehicle, f"{answers['符合']}/{answers.total()} 条", told])
    for layer, word in (("underground", "车道下方"), ("power_lines", "车道旁")):
        kinds = Counter(
            one.kind or "未注明" for one in {(f.id): f for f in plan.details.flags if f.layer == layer}.values()
        )
        if kinds:
            told = "、".join(f"{kind} {many}" for kind, many in kinds.most_common())
            rows.append([f"{word}（需人工认定）", f"{kinds.total()} 处", told])
    rows += [
        [f"登高操作场地 {names[one.building]}", one.answer, str(one.reason)]
        for one in plan.details.operating
        if one.height_m is not None
    ]
    unknown = sum(one.height_m is None for one in plan.details.operating)
    if unknown:
        rows.append(["登高操作场地", _UNKNOWN, f"{unknown} 栋未填建筑高度"])
    return rows


def _driven(plan: FirePlan) -> dict[str, Counter[str]]:
    made: dict[str, Counter[str]] = {}
    for one in plan.details.driven:
        made.setdefault(one.vehicle, Counter())[one.answer] += 1
    return made


def _buildings(plan: FirePlan, names: dict[Any, str]) -> SheetTable:
    today, after, survey = set(plan.served_today), set(plan.served_after), set(plan.needs_survey)
    rows = []
    for label, row in plan.ground.buildings.iterrows():
        told = "今天可达" if label in today else "打通后可达" if label in after else "不可达"
        floors, households = (
            _known(row.get(name), unit) for name, unit in (("floors", " 层"), ("households", " 户"))
        )
        rows.append([names[label], floors, households, told + ("，需实测" if label in survey else "")])
    return SheetTable("楼栋", ["楼栋", "层数", "户数", "消防车"], [3, 1.6, 1.6, 3], rows)


def _known(value: Any, unit: str = "", *, unknown: str = _UNKNOWN) -> str:
    if value is None or pd.isna(value) or not str(value).strip():
        return unknown
    return f"{value:g}{unit}" if isinstance(value, int | float) else f"{value}{unit}"
