"""Words and amounts that records may hold: kinds of figures, needs of the menu, outputs, sources of money."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.catalog.works import works_catalogue
from gisplanner.domain.district import District
from gisplanner.domain.works import FigureRecord, FundRecord, OutputRecord, WorksRecord
from gisplanner.errors import Fault
from gisplanner.rules.votes import may_be_voted_for, vote_items
from gisplanner.rules.words import stands_in
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text

Faults = list[tuple[int, Fault]]
VOTES: Final = "需求票数"
OTHER_SOURCES: Final = ("管线单位", "居民出资", "其他")
"""Money that works see although a document may not list it; the policy answers say 文件未规定 of it."""
_HOUSEHOLDS: Final = "户"
_COUNTED: Final = frozenset({"户", "票", "栋", "具", "处"})
"""Units of which there are whole ones only."""


def word_faults(district: District, rows: Sequence[tuple[int, WorksRecord]]) -> Faults:
    """Return the words that no list knows, each with what is allowed."""
    checks: dict[type[Any], Callable[[Any], Fault | None]] = {
        FigureRecord: _figures_checked(district),
        OutputRecord: _output,
        FundRecord: lambda record: _fund(record, _sources(district)),
    }
    found = ((number, checks[type(record)](record)) for number, record in rows if type(record) in checks)
    return [(number, fault) for number, fault in found if fault is not None]


def figure_faults(connection: Connection, district: District, rows: Sequence[tuple[int, WorksRecord]]) -> Faults:
    """Return the figures that cannot be: parts of a household, or more households than an estate has."""
    figures = [(number, record) for number, record in rows if isinstance(record, FigureRecord)]
    if not figures:
        return []
    households: dict[str, int | None] = {}
    for row in queries().works_estates(connection, district_id=district.id):
        households |= {name: row.households for name in (row.name, row.code) if name}
    units = {one.name: one.unit for one in works_catalogue().figures}
    faults: Faults = []
    for number, record in figures:
        unit, most = units.get(record.kind), households.get(record.estate)
        if unit in _COUNTED and record.amount % 1:
            faults.append((number, _amount(record, Text("整数", en="a whole number"))))
        elif unit == _HOUSEHOLDS and most is not None and record.amount > most:
            told = Text(f"不多于该小区户数 {most}", en=f"not more than the {most} households of the estate")
            faults.append((number, _amount(record, told)))
    return faults


def _amount(record: FigureRecord, allowed: Text) -> Fault:
    return Fault(column="数值", value=f"{record.kind} {record.amount:f}", allowed=allowed)


def _figures_checked(district: District) -> Callable[[FigureRecord], Fault | None]:
    """Return the check of one figure; each need is looked up in the menu once, however often it was voted for."""
    menu = None if district.profile is None else load_profile(district.profile).menu
    figures = {one.name: one for one in works_catalogue().figures}

    @cache
    def unknown_need(word: str) -> Fault | None:
        if menu is None or may_be_voted_for(menu, word):
            return None
        allowed = "、".join(one.word for one in vote_items(menu))
        hint = Text("不在本区县的改造菜单里", en="not in the district's menu of works")
        return Fault(column="项目", value=word, allowed=allowed, hint=hint)

    def check(record: FigureRecord) -> Fault | None:
        spec = figures.get(record.kind)
        if spec is None:
            return Fault(column="统计种类", value=record.kind, allowed="、".join(figures))
        if spec.per_item != bool(record.item):
            told = Text("要写", en="needed") if spec.per_item else Text("不写", en="none")
            return Fault(column="项目", value=record.item, allowed=told)
        return unknown_need(record.item) if record.kind == VOTES else None

    return check


def _output(record: OutputRecord) -> Fault | None:
    outputs = {word for one in works_catalogue().outputs for word in (one.code, one.title)}
    if record.item in outputs:
        return None
    return Fault(column="指标", value=record.item, allowed="、".join(sorted(outputs)))


def _fund(record: FundRecord, sources: Sequence[str] | None) -> Fault | None:
    if sources is None or stands_in(record.source, sources):
        return None
    return Fault(column="资金来源", value=record.source, allowed="、".join(sources))


def _sources(district: District) -> list[str] | None:
    if district.profile is None:
        return None
    named = load_profile(district.profile).funding.sources
    return [word for one in named for word in (one.key, *one.terms)] + list(OTHER_SOURCES) if named else None
