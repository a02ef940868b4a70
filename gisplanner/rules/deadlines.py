"""Dates the document sets: start, completion, public notice (公示) in working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import chinese_calendar

from gisplanner.domain.policy_answer import FAILS, FAILS_IN_PRINCIPLE, MEETS, UNKNOWN, Answer, Verdict
from gisplanner.domain.policy_facts import ProjectFacts
from gisplanner.domain.policy_works import Deadline, PublicNotice
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

DEADLINE: Final = "deadline"
NOTICE: Final = "notice"
NOTICE_START: Final = "公示开始"
NOTICE_END: Final = "公示结束"
_NOTICE_TITLE = Text("公示期", en="public notice")

_SPRING_FESTIVAL: Final = {
    year: date.fromisoformat(day)
    for year, day in {
        2019: "2019-02-05", 2020: "2020-01-25", 2021: "2021-02-12", 2022: "2022-02-01", 2023: "2023-01-22",
        2024: "2024-02-10", 2025: "2025-01-29", 2026: "2026-02-17", 2027: "2027-02-06", 2028: "2028-01-26",
    }.items()
}  # fmt: skip
"""First day of the first lunar month (农历正月初一)."""


_EVENT_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "开工": ("开工日期", "start", "started_on"),
    "完工": ("完工日期", "完成", "竣工", "completed", "completed_on"),
    "验收": ("验收日期", "竣工验收", "accepted_on"),
    "方案确认": ("设计定稿", "确认改造方案", "design_confirmed_on"),
    NOTICE_START: ("公示", "公示起", "notice_start", "notice_started_on"),
    NOTICE_END: ("公示止", "notice_end", "notice_ended_on"),
}


def event_words(event: str) -> tuple[str, ...]:
    """Return the words by which facts may call an event."""
    return (event, *_EVENT_WORDS.get(event, ()))


def day_of(project: ProjectFacts, event: str) -> date | None:
    """Return the day of an event, however the facts call it."""
    words = event_words(event)
    return next((day for name, day in project.dates.items() if stands_in(name, words)), None)


def due(rule: Deadline, plan_year: int | None) -> date | None:
    """Return the last day that is in time; ``None`` when the plan year or its calendar is not known."""
    if rule.by is not None:
        return rule.by
    if plan_year is None:
        return None
    if rule.month_day is not None:
        return date(plan_year, *rule.month_day)
    festival = _SPRING_FESTIVAL.get(plan_year + 1)
    return None if festival is None else festival - timedelta(days=1)


def deadlines(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return each deadline against the dates of the project; several may apply, and all are told."""
    register = desk.profile.register_
    plan_year = project.plan_year or (register.plan_year if register else None)
    return [_deadline(desk, project, one, plan_year) for one in desk.profile.deadlines]


def _deadline(desk: Desk, project: ProjectFacts, rule: Deadline, plan_year: int | None) -> Answer:
    name, title = f"{DEADLINE}.{rule.key}", Text(rule.title, en=rule.key.replace("_", " "))
    last, happened = due(rule, plan_year), day_of(project, rule.event)
    if last is None or happened is None:
        what = "计划年度" if last is None else f"{rule.event}日期"
        reason = Text(f"未填{what}", en="the plan year or the day is not given")
        return desk.answer(name, title, project.name, UNKNOWN, reason, rule)
    late = (happened - last).days
    early = rule.since is not None and happened < rule.since
    verdict: Verdict = MEETS
    if late > 0 or early:
        verdict = FAILS_IN_PRINCIPLE if rule.strength != "hard" else FAILS
    told = f"晚 {late} 天" if late > 0 else "早于该阶段起始日" if early else f"早 {-late} 天"
    reason = Text(
        f"{rule.event} {happened}，期限 {last}，{told}", en=f"{happened} against {last}: {late} day(s) late"
    )
    return desk.answer(name, title, project.name, verdict, reason, rule)


def last_notice_day(start: date, working_days: int, *, count_start_day: bool = False) -> date:
    """Return the last day of a notice of so many working days, by the holidays and 调休 of the State Council.

    Raises
    ------
    NotImplementedError
        The calendar of that year is not published yet.

    Examples
    --------
    >>> last_notice_day(date(2022, 4, 1), 5)
    datetime.date(2022, 4, 11)
    >>> last_notice_day(date(2022, 4, 1), 5, count_start_day=True)
    datetime.date(2022, 4, 8)
    """
    day = start if count_start_day else start + timedelta(days=1)
    left = working_days
    while True:
        left -= chinese_calendar.is_workday(day)
        if left == 0:
            return day
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NoticeDays:
    """The last day of a public notice by both ways of counting; ``needed`` is the district's own."""

    strict: date
    lenient: date
    needed: date


def notice_days(rule: PublicNotice, start: date) -> NoticeDays | None:
    """Return the last days of a notice that begins on ``start``; ``None`` without a calendar of that year."""
    try:
        strict = last_notice_day(start, rule.working_days)
        lenient = last_notice_day(start, rule.working_days, count_start_day=True)
    except NotImplementedError:
        return None
    return NoticeDays(strict, lenient, lenient if rule.count_start_day else strict)


def notice(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return whether the design was on show long enough; both ways of counting are told."""
    rule, start, end = desk.profile.public_notice, day_of(project, NOTICE_START), day_of(project, NOTICE_END)
    if rule is None:
        return [desk.silent(NOTICE, _NOTICE_TITLE, project.name)]
    if start is None:
        reason = Text("未填公示开始日期", en="the first day of the notice is not given")
        return [desk.answer(NOTICE, _NOTICE_TITLE, project.name, UNKNOWN, reason, rule)]
    return [_shown(desk, project, rule, start, end)]


def _shown(desk: Desk, project: ProjectFacts, rule: PublicNotice, start: date, end: date | None) -> Answer:
    days = notice_days(rule, start)
    if days is None:
        reason = Text(f"{start.year} 年放假安排未收录", en=f"the holidays of {start.year} are not known")
        return desk.answer(NOTICE, _NOTICE_TITLE, project.name, UNKNOWN, reason, rule)
    told = Text(
        f"{start} 起公示 {rule.working_days} 个工作日：不计当日到 {days.strict}，计当日到 {days.lenient}；"
        f"本区按 {days.needed}",
        en=f"{rule.working_days} working days from {start}: to {days.strict}, with the first day {days.lenient}; "
        f"here {days.needed}",
    )
    if end is None:
        return desk.answer(NOTICE, _NOTICE_TITLE, project.name, UNKNOWN, told, rule)
    return desk.answer(NOTICE, _NOTICE_TITLE, project.name, MEETS if end >= days.needed else FAILS, told, rule)
