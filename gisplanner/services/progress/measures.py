"""Measure every indicator of every estate: what the works, the networks and the papers of a district say on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from gisplanner.catalog.fire_lanes import fire_standards
from gisplanner.domain.district import District
from gisplanner.domain.fire_rules import ExtinguisherRule
from gisplanner.domain.indicators import Measure
from gisplanner.domain.policy_answer import MEETS
from gisplanner.domain.policy_works import Menu
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import EstateProgress, ProgressState, ProjectFact
from gisplanner.domain.works import REMOVED_STEP
from gisplanner.rules.checklists import missing_items
from gisplanner.rules.gates import project_facts
from gisplanner.rules.indicators import ON_TIME, on_time
from gisplanner.rules.menu import entries
from gisplanner.rules.subsidy import count_works, subsidy_verdict
from gisplanner.rules.words import plain
from gisplanner.services.progress.book import WorksBook
from gisplanner.services.progress.filing_due import FilingDues, filing_dues
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries

Measures = Mapping[str, Mapping[str, Measure]]
"""Indicator → estate → measure."""

_ONE, _ZERO = Decimal(1), Decimal(0)
_MM: Final = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Sources:
    """All that indicators are measured from."""

    state: ProgressState
    book: WorksBook
    profile: Profile | None
    facts: Mapping[str, Sequence[ProjectFact]]
    filing: Mapping[str, Sequence[Any]]
    metres: Mapping[str, Any]
    floors: Mapping[str, Any]
    filing_due: FilingDues
    extinguishers: ExtinguisherRule | None
    """What the document asks for on each floor; ``None`` where it says nothing (文件未规定)."""


def sources_of(
    connection: Connection,
    district: District,
    state: ProgressState,
    *,
    book: WorksBook,
    profile: Profile | None,
    facts: Mapping[str, Sequence[ProjectFact]],
) -> Sources:
    """Return what indicators are measured from, read with one query each."""
    filing: dict[str, list[Any]] = {}
    for row in queries().works_filing(connection, district_id=district.id, as_of=state.as_of):
        filing.setdefault(row.estate_code, []).append(row)
    return Sources(
        state=state,
        book=book,
        profile=profile,
        facts=facts,
        filing=filing,
        metres={row.estate_code: row for row in queries().weak_current_metres(connection, district_id=district.id)},
        floors={row.estate_code: row for row in queries().extinguisher_floors(connection, district_id=district.id)},
        filing_due=filing_dues(connection, district, state.as_of),
        extinguishers=fire_standards().extinguishers.get(district.profile or ""),
    )


def measure(sources: Sources) -> Measures:
    """Return every indicator of every estate of which something is known."""
    found: dict[str, dict[str, Measure]] = {}
    shared = {**_of_projects(sources), **_of_menus(sources)}
    for estate in sources.state.estates:
        code = estate.estate_code
        for key, one in _of_estate(sources, estate):
            found.setdefault(key, {})[code] = one
        for key, by_owner in shared.items():
            told = by_owner.get(code) or by_owner.get(estate.project_code or "")
            if told is not None:
                found.setdefault(key, {})[code] = told
    return found


def _of_estate(sources: Sources, estate: EstateProgress) -> Iterable[tuple[str, Measure]]:
    yield from _stages(estate)
    for part in (_figures, _ground, _filing, _records):
        yield from part(sources, estate)


def _stages(estate: EstateProgress) -> Iterable[tuple[str, Measure]]:
    weights = {
        "estates": 1, "households": estate.households, "buildings": estate.buildings,
        "floor_area": estate.floor_area_10k_m2,
    }  # fmt: skip
    for weight, value in weights.items():
        if value is None:
            continue
        whole = Decimal(value)
        yield f"started.{weight}", _share(estate, whole if estate.progress != "not_started" else _ZERO, whole)
        yield f"completed.{weight}", _share(estate, whole if estate.progress == "completed" else _ZERO, whole)


def _share(estate: EstateProgress, part: Decimal, whole: Decimal) -> Measure:
    return Measure(estate.estate_code, part, whole)


def _figures(sources: Sources, estate: EstateProgress) -> Iterable[tuple[str, Measure]]:
    book, code = sources.book, estate.estate_code
    pairs = (
        ("willing", "同意户数", None if estate.households is None else Decimal(estate.households)),
        ("fire_lanes", "消防可达栋数", book.figure(code, "消防栋数")),
        ("satisfied", "满意户数", book.figure(code, "满意度调查户数")),
    )
    for key, kind, whole in pairs:
        part = book.figure(code, kind)
        if part is not None and whole is not None:
            yield key, _share(estate, part, whole)
    for key, kind in (("cutover_conflicts", "割接窗口冲突"), ("hydrants_uncovered", "消火栓未覆盖栋数")):
        part = book.figure(code, kind)
        if part is not None:
            yield key, Measure(code, part)
    modes = book.figures.get(code, {}).get("长效管理")
    if modes:
        yield "management", _share(estate, _ONE if any(modes.values()) else _ZERO, _ONE)


def _ground(sources: Sources, estate: EstateProgress) -> Iterable[tuple[str, Measure]]:
    code = estate.estate_code
    lines, floors = sources.metres.get(code), sources.floors.get(code)
    if lines is not None and lines.known_m:
        yield "underground", _share(estate, _metres(lines.underground_m), _metres(lines.known_m))
    if lines is not None and lines.saved_m is not None:
        yield "trench_saved", Measure(code, _metres(lines.saved_m))
    present = sources.book.figure(code, "灭火器")
    need = None if floors is None else extinguishers_due(sources.extinguishers, floors)
    if need is not None and present is not None:
        yield "extinguishers_short", Measure(code, max(_ZERO, need - present))


def extinguishers_due(rule: ExtinguisherRule | None, floors: Any) -> Decimal | None:
    """Return how many extinguishers an estate must have; ``None`` where no rule or not all floors are known."""
    return None if rule is None or floors.unknown else Decimal(floors.floors * rule.per_floor)


def _metres(value: float) -> Decimal:
    return Decimal(value).quantize(_MM, ROUND_HALF_UP)


def _filing(sources: Sources, estate: EstateProgress) -> Iterable[tuple[str, Measure]]:
    companies = () if sources.profile is None else tuple(one.name for one in sources.profile.operators)
    if not companies:
        return
    cells = {row.owner: row for row in sources.filing.get(estate.estate_code, ())}
    asked = [name for name in companies if name not in cells or cells[name].state != "不涉及"]
    filed = sum(name in cells and cells[name].state == "已备案" for name in asked)
    yield "filing", _share(estate, Decimal(filed), Decimal(len(asked)))
    due = sources.filing_due.of(estate.project_code)
    if due is None:
        return
    judged = on_time(
        {name: cells[name].handed_in if name in cells else None for name in asked}, due, sources.state.as_of
    )
    if not judged:
        return
    yield ON_TIME, _share(estate, Decimal(sum(judged.values())), Decimal(len(judged)))
    for name, in_time in judged.items():
        yield f"{ON_TIME}.{name}", _share(estate, _ONE if in_time else _ZERO, _ONE)


def _records(sources: Sources, estate: EstateProgress) -> Iterable[tuple[str, Measure]]:
    book, code = sources.book, estate.estate_code
    cases, things = book.demolitions.get(code), book.handover.get(code)
    lifts = book.outputs.get(code, {}).get(("lifts", "完成"))
    if cases:
        gone = [one for one in cases if one.step >= REMOVED_STEP]
        standing = [one for one in cases if one.step < REMOVED_STEP]
        yield "to_demolish", Measure(code, Decimal(len(standing)))
        yield "demolished", _share(estate, Decimal(len(gone)), Decimal(len(cases)))
        yield "to_demolish_m2", Measure(code, sum((one.area_m2 or _ZERO for one in standing), _ZERO))
        yield "demolished_m2", Measure(code, sum((one.area_m2 or _ZERO for one in gone), _ZERO))
    if things:
        handed = sum(one.handed_over for one in things)
        yield "handover", _share(estate, Decimal(handed), Decimal(len(things)))
    if lifts is not None:
        yield "lifts", Measure(code, lifts)
    if code in book.complaints:
        yield "complaints_open", Measure(code, Decimal(sum(not one.closed for one in book.complaints[code])))


def _of_projects(sources: Sources) -> dict[str, dict[str, Measure]]:
    found: dict[str, dict[str, Measure]] = {"lag_days": {}, "preconditions": {}, "defects": {}, "funds": {}}
    for one in sources.state.deadlines:
        if one.lag_days is not None:
            lag = Decimal(max(0, one.lag_days) if one.behind else 0)
            before = found["lag_days"].get(one.project_code)
            worst = lag if before is None else max(lag, before.part)
            found["lag_days"][one.project_code] = Measure(one.project_code, worst)
    gates = [] if sources.profile is None else [one for one in sources.profile.checklists if one.kind == "gate"]
    for code in {one.project_code for one in sources.state.estates if one.project_code is not None}:
        facts = project_facts(code, sources.facts.get(code, ()))
        open_defects = 0 if facts.acceptance is None else facts.acceptance.open_defects or 0
        found["defects"][code] = Measure(code, Decimal(open_defects))
        if gates:
            left = sum(len(names) for one in gates for names in missing_items(facts, one))
            asked = sum(len(one.items) for one in gates)
            found["preconditions"][code] = Measure(code, Decimal(asked - left), Decimal(asked))
        planned, there = (_money(sources.book, code, status) for status in ("计划", "到位"))
        if planned:
            found["funds"][code] = Measure(code, there, planned)
    return found


def _money(book: WorksBook, project: str, status: str) -> Decimal:
    return sum((row.amount_cny for row in book.funds.get(project, ()) if row.status == status), _ZERO)


def _of_menus(sources: Sources) -> dict[str, dict[str, Measure]]:
    """Return the works chosen against the 必改 items and against the subsidy, where works are recorded."""
    profile = sources.profile
    chosen = {code: list(sources.book.items(code, "改造内容")) for code in sources.book.figures}
    chosen = {code: works for code, works in chosen.items() if works}
    if profile is None or not chosen:
        return {}
    found: dict[str, dict[str, Measure]] = {}
    required = _required(profile.menu)
    if profile.menu is not None and required:
        covered = _covering(profile.menu)
        found["required_items"] = {
            code: Measure(code, Decimal(len(covered(works) & required)), Decimal(len(required)))
            for code, works in chosen.items()
        }
    rule = profile.subsidy
    if rule is not None:
        found["subsidy"] = {
            code: Measure(code, _ONE if subsidy_verdict(rule, count_works(rule, works)) == MEETS else _ZERO, _ONE)
            for code, works in chosen.items()
        }
    return found


def _required(menu: Menu | None) -> set[tuple[str, str]]:
    groups = () if menu is None else menu.groups
    return {(group.key, plain(item.name)) for group in groups if group.level == "必改" for item in group.items}


def _covering(menu: Menu) -> Callable[[Iterable[str]], set[tuple[str, str]]]:
    known: dict[str, set[tuple[str, str]]] = {}

    def covered(works: Iterable[str]) -> set[tuple[str, str]]:
        for work in works:
            if work not in known:
                known[work] = {(group.key, plain(item.name)) for group, item in entries(menu, work)}
        return {one for work in works for one in known[work]}

    return covered
