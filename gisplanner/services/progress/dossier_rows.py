"""The rows of a dossier's tables (方案册表格)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gisplanner.domain.fire_rules import ExtinguisherRule
from gisplanner.domain.indicators import Indicator, IndicatorValue
from gisplanner.domain.policy_answer import UNSTATED
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import EstateProgress, ProjectFact
from gisplanner.domain.works import STEPS, WILLING
from gisplanner.rules.duties import stage_units
from gisplanner.rules.gates import gates, project_facts
from gisplanner.rules.indicators import roll_up
from gisplanner.rules.menu import entries
from gisplanner.services.progress.dossier_conflicts import AreaConflicts
from gisplanner.services.progress.indicators import Measured
from gisplanner.services.progress.paper_rows import receiver, removers, shown

Table = list[tuple[Any, ...]]

_TOLD = (
    "lag_days", "willing", "preconditions", "required_items", "subsidy", "filing", "underground", "demolished",
    "fire_lanes", "extinguishers_short", "lifts", "funds", "defects", "handover", "management", "satisfied",
)  # fmt: skip
_STATUSES = ("计划", "到位", "支付")
_TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Makes the rows of every table from what is known of some estates."""

    profile: Profile | None
    found: Measured
    members: tuple[EstateProgress, ...]
    projects: tuple[str, ...]
    filing: Mapping[str, Mapping[str, str]]
    metres: Mapping[str, Mapping[str, float]]
    ground: AreaConflicts
    extinguishers: ExtinguisherRule | None

    def notes(self) -> dict[str, str]:
        """Return what is said where a table is empty or must be read with care."""
        told = {
            "payers": "所依据的文件没有写明出资方的一律写“文件未规定”，不作推断。",
            "complaints": "只列件数；反映人姓名和联系方式不进入方案册。",
        }
        told["conflicts"] = self.ground.note
        if self.extinguishers is not None:
            told["fire"] = f"灭火器按「{self.extinguishers.quote}」计；消防车道的宽度等为国家标准参数，不是方案原文。"
        last = self.found.state.stages[-1].no if self.found.state.stages else 0
        if last and all(one.stage_no == last for one in self.members):
            told["gates"] = "已进入最后阶段，没有下一阶段的前置条件。"
        if not self.menu():
            told["menu"] = "资料不足：尚未记录选定的改造内容。"
        if self.profile is None:
            told["payers"] = "该区县没有政策依据，费用承担不作回答。"
        return told

    def _value(self, indicator: Indicator, codes: Sequence[str]) -> IndicatorValue:
        return roll_up(indicator, {"": codes}, self.found.measures.get(indicator.key, {}))[""]

    def _of(self, key: str, code: str) -> str:
        indicator = next(one for one in self.found.indicators if one.key == key)
        return self._value(indicator, [code]).told

    def figures(self) -> Table:
        """Return totals and indicators of all estates together, each with its weight."""
        members, codes = self.members, [one.estate_code for one in self.members]
        rows: Table = [
            ("小区", len(members), "个"),
            ("户数", _total([one.households for one in members]), "户"),
            ("栋数", _total([one.buildings for one in members]), "栋"),
            ("建筑面积", _total([one.floor_area_10k_m2 for one in members]), "万㎡"),
        ]
        for one in self.found.indicators:
            if one.key in _TOLD:
                value = self._value(one, codes)
                missing = f"；{value.unknown} 个小区资料不足" if value.unknown and value.part is not None else ""
                unit = "" if value.told.endswith("%") or value.part is None else f" {one.unit}"
                rows.append((one.title, f"{value.told}{unit}", f"按{one.basis}{missing}"))
        return rows

    def needs(self) -> Table:
        """Return willingness and the needs with most votes."""
        book = self.found.book
        rows: Table = []
        for one in self.members:
            votes = sorted(book.items(one.estate_code, "需求票数").items(), key=lambda vote: -vote[1])
            agreed = book.figure(one.estate_code, WILLING)
            if not votes and agreed is None:
                continue
            told = "、".join(f"{item} {shown(count)}" for item, count in votes[:6])
            rows.append((
                _name(one), one.households, agreed if agreed is None else shown(agreed),
                self._of("willing", one.estate_code), told or None,
            ))  # fmt: skip
        return rows

    def menu(self) -> Table:
        """Return the works chosen, where each stands in the menu and under what condition."""
        rows: Table = []
        offered = None if self.profile is None else self.profile.menu
        for one in self.members:
            for work in self.found.book.items(one.estate_code, "改造内容"):
                found = [] if offered is None else entries(offered, work)
                group, item = found[0] if found else (None, None)
                rows.append((
                    _name(one), work, "不在菜单内" if group is None else group.key,
                    None if item is None else item.condition, None if group is None else f"「{group.quote[:40]}…」",
                ))  # fmt: skip
        return rows

    def pipelines(self) -> Table:
        """Return filing, metres and what is underground."""
        asked = 0 if self.profile is None else len(self.profile.operators)
        rows: Table = []
        for one in self.members:
            code = one.estate_code
            filed = sum(state == "已备案" for state in self.filing.get(code, {}).values())
            metres = "、".join(f"{name} {length:.0f}" for name, length in self.metres.get(code, {}).items())
            rows.append((
                _name(one), f"{filed}/{asked}" if asked else None, metres or None, self._of("underground", code),
                self._of("trench_saved", code),
            ))  # fmt: skip
        return rows

    def conflicts(self) -> Table:
        """Return the clearances that are not kept, counted by owners, kind and clause."""
        return self.ground.rows

    def fire(self) -> Table:
        """Return what fire engines reach, extinguishers that are needed, there and short, buildings off hydrants."""
        keys = ("fire_lanes", "extinguishers_short", "hydrants_uncovered")
        rows: Table = []
        for one in self.members:
            book, code = self.found.book, one.estate_code
            if all(code not in self.found.measures.get(key, {}) for key in keys):
                continue
            served, whole = book.figure(code, "消防可达栋数"), book.figure(code, "消防栋数")
            present, short = book.figure(code, "灭火器"), self.found.measures.get(keys[1], {}).get(code)
            need = None if present is None or short is None else self.found.needed.get(code)
            rows.append((
                _name(one), None if served is None else f"{shown(served)}/{shown(whole)}",
                None if need is None else shown(need), None if present is None else shown(present),
                *(self._of(key, code) for key in keys[1:]),
            ))  # fmt: skip
        return rows

    def demolition(self) -> Table:
        """Return what must be pulled down, how far it is, who is responsible, and the works planned on the ground."""
        rows: Table = []
        for one in self.members:
            for case in self.found.book.demolitions.get(one.estate_code, ()):
                units = [] if self.profile is None else removers(self.profile, case.kind)
                who = case.unit or ("需人工认定：" if len(units) > 1 else "") + "；".join(units) or UNSTATED
                rows.append((
                    case.code, _name(one), case.kind, None if case.area_m2 is None else shown(case.area_m2),
                    STEPS[case.step - 1], who, _works_there(case),
                ))  # fmt: skip
        return rows

    def funding(self) -> Table:
        """Return money by source: planned, in place, paid, in ten thousand yuan."""
        by_source: dict[str, dict[str, Decimal]] = {}
        for code in self.projects:
            for row in self.found.book.funds.get(code, ()):
                told = by_source.setdefault(row.source, {})
                told[row.status] = told.get(row.status, Decimal(0)) + row.amount_cny
        rows: Table = [(source, *_money(told)) for source, told in by_source.items()]
        if len(rows) > 1:
            whole = {
                status: sum((told.get(status, Decimal(0)) for told in by_source.values()), Decimal(0))
                for status in _STATUSES
            }
            rows.append(("合计", *_money(whole)))
        return rows

    def payers(self) -> Table:
        """Return who pays for what by the text, and what it says without naming a payer."""
        if self.profile is None:
            return []
        told = self.profile.payers
        rules = [
            (
                "、".join(one.items),
                one.payer + (f"（{one.share}）" if one.share else ""),
                f"「{one.quote}」",
                one.document,
            )
            for one in told.rules
        ]
        remarks = [
            ("、".join(one.items) or "管线迁改", UNSTATED, f"{one.says}：「{one.quote}」", one.document)
            for one in told.remarks
        ]
        return [*rules, *remarks]

    def gates(self, facts: Mapping[str, Sequence[ProjectFact]]) -> Table:
        """Return what must be in hand before the next stage of each project."""
        rows: Table = []
        state = self.found.state
        for code in self.projects if self.profile is not None else ():
            reached = next((one.stage_no or 0 for one in self.members if one.project_code == code), 0)
            coming = next((stage for stage in state.stages if stage.no == reached + 1), None)
            if coming is None or self.profile is None:
                continue
            known = project_facts(code, facts.get(code, ()))
            rows += [
                (
                    f"{coming.name}前：{one.title}",
                    one.answer,
                    str(one.reason),
                    f"「{one.quote}」" if one.quote else None,
                )
                for one in gates(self.profile, coming, known, state.as_of)
            ]
        return rows

    def schedule(self, events: Mapping[str, Sequence[Any]]) -> Table:
        """Return the stages of each project with their days, evidence and responsible units."""
        rows: Table = []
        for code in self.projects:
            days = {row.stage_no: row for row in events.get(code, ())}
            for stage in self.found.state.stages:
                row = days.get(stage.no)
                told = None if self.profile is None else stage_units(self.profile, stage)
                units = "" if told is None else "、".join((*told.units, *told.required_as_well))
                more = f"{code} " if len(self.projects) > 1 else ""
                rows.append((
                    f"{more}{stage.name}", None if row is None else row.happened_on,
                    None if row is None else row.evidence, units,
                ))  # fmt: skip
        return rows

    def complaints(self) -> Table:
        """Return complaints counted by channel and kind; who complained is not here."""
        counts: dict[tuple[str, str], list[int]] = {}
        for one in self.members:
            for case in self.found.book.complaints.get(one.estate_code, ()):
                told = counts.setdefault((case.channel, case.kind), [0, 0])
                told[0] += 1
                told[1] += bool(case.closed)
        return [(channel, kind, all_, closed, all_ - closed) for (channel, kind), (all_, closed) in counts.items()]

    def handover(self) -> Table:
        """Return what is handed over to whom, by record or else by the text."""
        return [
            (
                _name(one), entry.name, f"{shown(entry.quantity)} {entry.unit or ''}".strip(),
                entry.receiver or receiver(self.profile, entry), shown(entry.handed_over),
            )
            for one in self.members
            for entry in self.found.book.handover.get(one.estate_code, ())
        ]  # fmt: skip


def _name(one: EstateProgress) -> str:
    return one.name or one.estate_code


def _works_there(case: Any) -> str:
    told = [f"管线 {case.planned_lines} 条"] if case.planned_lines else []
    return "、".join([*told, "消防车道"] if case.on_fire_lane else told) or "无"


def _total(values: Sequence[Any]) -> str | None:
    return None if any(one is None for one in values) else shown(sum(values))


def _money(told: Mapping[str, Decimal]) -> tuple[str | None, ...]:
    planned, there = told.get("计划"), told.get("到位")
    rate = None if not planned or there is None else f"{there * 100 / planned:.1f}"
    amounts = [told.get(status) for status in _STATUSES]
    return (*(None if one is None else f"{one / _TEN_THOUSAND:g}" for one in amounts), rate)
