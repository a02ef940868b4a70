"""The works of a plan as JSON, as bars of days and as tables: sections, notices by building, ways replaced."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, Final

from gisplanner.catalog.layers import utilities
from gisplanner.formats.works_book import DayBar
from gisplanner.planning.pipes.calendar import working_days
from gisplanner.planning.pipes.calendar.records import SURFACE, Outage
from gisplanner.services.pipes.kept_access import USE_NAMES
from gisplanner.services.pipes.sections import OUTAGE
from gisplanner.services.pipes.works import Works
from gisplanner.text import Language, Text, in_language

Table = tuple[list[str], list[list[Any]]]

_SURFACE_COLOUR: Final = "6B6B6B"
_WEEK: Final = "一二三四五六日"


def works_document(works: Works, language: Language = "zh") -> dict[str, Any]:
    """Return the works as JSON."""
    calendar = works.calendar
    return {
        "start": works.start.isoformat(),
        "deadline": works.deadline.isoformat(),
        "working_days": calendar.working_days,
        "working_days_at_least": calendar.working_days_at_least,
        "proven": calendar.proven,
        "crews": works.pace.crews,
        "cut_overs_a_day": works.pace.cut_overs_a_day,
        "excavations": excavations(works),
        "faults": list(works.faults),
        "shut_in": [
            {
                "use": use,
                "day": one.day.isoformat(),
                "sections": list(one.sections),
                "buildings": list(one.buildings),
            }
            for use, shut in works.shut.items()
            for one in shut
        ],
        "replacements": [
            {
                "section": one.section,
                "building": one.building,
                "use": one.use,
                "measure": in_language(one.measure, language),
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
            }
            for one in works.replaced
        ],
        "works": [
            {"section": one.section, "kind": one.kind, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in calendar.works
        ],
        "notices": [
            {"building": building, "text": in_language(text, language), "outages": outages}
            for building, text, outages in notices(works)
        ],
    }


def works_told(works: Works) -> Text:
    """Return the works in sentences: how long, how often streets are opened, who is cut off when."""
    calendar, dug = works.calendar, excavations(works)
    days = [one.day for one in calendar.outages]
    last = max(one.last for one in calendar.works).isoformat() if calendar.works else "—"
    span = f"{min(days).isoformat()} – {max(days).isoformat()}" if days else "—"
    buildings, measures = len({one.building for one in calendar.outages}), len(works.replaced)
    proven = "" if calendar.proven else f"（≥ {calendar.working_days_at_least}）"
    zh = [
        (
            f"施工：{works.start.isoformat()} 开工，{last} 路面恢复完，{calendar.working_days} 个工作日{proven}，"
            f"{works.pace.crews} 队；开挖 {dug['joint']} 处（各家分别 {dug['separate']} 处）。"
        ),
        (
            f"  割接 {len(days)} 栋·次（{span}，期限 {works.deadline.isoformat()}），通知 {buildings} 栋；"
            f"须先落实的替代通道 {measures} 处。"
        ),
        *(f"  {one}" for one in works.faults),
    ]
    en = [
        (
            f"Works: from {works.start.isoformat()}, surface back by {last}, {calendar.working_days} working days"
            f"{'' if calendar.proven else f' (at least {calendar.working_days_at_least})'}, "
            f"{works.pace.crews} crews; {dug['joint']} excavations ({dug['separate']} if all dig alone)."
        ),
        (
            f"  {len(days)} cut-overs ({span}, deadline {works.deadline.isoformat()}), {buildings} buildings told; "
            f"{measures} ways replaced."
        ),
        *(f"  {one}" for one in works.faults),
    ]
    return Text("\n".join(zh), en="\n".join(en))


def excavations(works: Works) -> dict[str, int]:
    """Return how often streets are opened: each section once, and once for each network if all dug alone."""
    return {"joint": len(works.sections), "separate": sum(len(one.lines) for one in works.sections)}


def notices(works: Works) -> list[tuple[str, Text, list[dict[str, str]]]]:
    """Return one notice for each building (停水、停气、停电通知): text, and its days."""
    known = utilities()
    by_building: dict[str, list[Outage]] = defaultdict(list)
    for one in works.calendar.outages:
        by_building[one.building].append(one)
    made = []
    for building, outages in sorted(by_building.items()):
        days = sorted(outages, key=lambda one: (one.day, one.network))
        zh = "；".join(f"{_day(one.day)}{outage_of(one.network)}{_owner(one.network)}" for one in days)
        en = "; ".join(f"{one.day.isoformat()} without {known[_code(one.network)].code}" for one in days)
        rows = [
            {"day": one.day.isoformat(), "network": one.network, "notice": outage_of(one.network)} for one in days
        ]
        made.append(
            (building, Text(f"{building}：{zh}，当日恢复。", en=f"{building}: {en}; back the same day."), rows)
        )
    return made


def outage_of(network: str) -> str:
    """Return what a building loses while a network is cut over.

    Examples
    --------
    >>> outage_of("telecom:电信")
    '通信中断'
    """
    return OUTAGE[_code(network)]


def network_name(network: str) -> str:
    """Return the name of a network as people say it; what is no network stays as it is.

    Examples
    --------
    >>> network_name("gas"), network_name("telecom:电信"), network_name("全部")
    ('燃气', '通信（电信）', '全部')
    """
    spec = utilities().get(_code(network))
    return network if spec is None else f"{spec.name}{_owner(network)}"


def _code(network: str) -> str:
    return network.split(":", maxsplit=1)[0]


def _owner(network: str) -> str:
    _, _, owner = network.partition(":")
    return f"（{owner}）" if owner else ""


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEK[day.weekday()]}）"


def day_bars(works: Works) -> list[DayBar]:
    """Return the works as bars of working days."""
    known = utilities()
    made = []
    for one in works.calendar.works:
        spec = known.get(_code(one.kind))
        what = "路面恢复" if one.kind == SURFACE or spec is None else spec.name
        colour = _SURFACE_COLOUR if spec is None else spec.colour.lstrip("#").upper()
        made.append(DayBar(one.section, what, colour, tuple(working_days(one.first, one.last))))
    return made


def work_tables(works: Works) -> dict[str, Table]:
    """Return works, notices by building and ways replaced as sheets."""
    known = utilities()
    length = {one.id: one.length_m for one in works.sections}
    rows = [
        [
            one.section,
            "路面恢复" if one.kind == SURFACE else known[_code(one.kind)].name,
            round(length[one.section], 1),
            one.first.isoformat(),
            one.last.isoformat(),
        ]
        for one in works.calendar.works
    ]
    outages = [
        [one.day.isoformat(), one.building, network_name(one.network), outage_of(one.network)]
        for one in works.calendar.outages
    ]
    told = [[building, str(text), len(days)] for building, text, days in notices(works)]
    ways = [
        [
            one.section,
            one.building,
            str(USE_NAMES[one.use]),
            str(one.measure),
            one.first.isoformat(),
            one.last.isoformat(),
        ]
        for one in works.replaced
    ]
    return {
        "工序": (["路段", "工序", "米", "开始", "结束"], rows),
        "割接计划": (["日期", "楼栋", "管网", "停供"], outages),
        "分楼栋通知": (["楼栋", "通知", "次数"], told),
        "替代通道": (["路段", "楼栋", "用途", "替代措施（须先落实）", "开始", "结束"], ways),
    }
