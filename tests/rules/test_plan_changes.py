"""An estate is known by place and name; nothing is matched by likeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from gisplanner.domain.plan import PlanRow
from gisplanner.domain.register import RegisterRow
from gisplanner.rules.plan_changes import give_codes, match_rows, plan_changes, told_names

ROW = RegisterRow(1, "甲街道", "乙社区", "丙小区", 20, 1, Decimal("0.13"), "丙工程", "stated", 2)


def plan(rows: Sequence[RegisterRow]) -> list[PlanRow]:
    return give_codes([None] * len(rows), rows, prefix="X", taken=[], projects={})


def codes(old: Sequence[PlanRow], new: Sequence[RegisterRow], **renames: str) -> list[str | None]:
    return [None if found is None else found.code for found in match_rows(old, new, renames=renames)]


def test_codes_follow_the_estate_not_the_number():
    old = plan([ROW, replace(ROW, seq=2, estate="丁小区")])
    inserted = [replace(ROW, estate="新小区"), replace(ROW, seq=2), replace(ROW, seq=3, estate="丁小区")]
    assert codes(old, inserted) == [None, "X-001", "X-002"]
    entries = give_codes(match_rows(old, inserted), inserted, prefix="X", taken=["X-001", "X-002"], projects={})
    assert [entry.code for entry in entries] == ["X-003", "X-001", "X-002"]


def test_same_names_in_one_community_keep_their_order():
    old = plan([ROW, replace(ROW, seq=2)])
    assert codes(old, [replace(ROW, households=9), replace(ROW, seq=2)]) == ["X-001", "X-002"]


def test_namesakes_in_two_communities_are_two_estates():
    other = replace(ROW, seq=2, community="丁社区")
    assert codes(plan([ROW, other]), [other, ROW]) == ["X-002", "X-001"]


def test_a_community_that_changed_its_name():
    assert codes(plan([ROW]), [replace(ROW, community="新社区")]) == ["X-001"]


def test_an_estate_outside_the_plan_is_no_namesake_elsewhere():
    outside = PlanRow("X-001", "", ROW)
    assert codes([outside], [replace(ROW, community="新社区")]) == [None]
    assert codes([outside], [ROW]) == ["X-001"]
    unplaced = PlanRow("E7", "", replace(ROW, subdistrict="", community=""))
    assert codes([unplaced], [ROW]) == ["E7"]


def test_a_rename_must_be_told():
    renamed = replace(ROW, estate="丙苑")
    assert codes(plan([ROW]), [renamed]) == [None]
    assert codes(plan([ROW]), [renamed], 丙小区="丙苑") == ["X-001"]


def test_every_kind_of_change():
    old = plan([replace(ROW, seq=number, estate=name) for number, name in enumerate("一二三四五", 1)])
    new = [
        PlanRow("X-001", "X-P01", replace(old[0].row, seq=9, project_source="carried_down")),
        PlanRow("X-002", "X-P01", replace(old[1].row, estate="贰", households=21)),
        PlanRow("X-003", "X-P02", replace(old[2].row, project="丁工程")),
        PlanRow("X-006", "X-P01", replace(ROW, estate="四甲")),
        PlanRow("X-007", "X-P01", replace(ROW, estate="四乙")),
        PlanRow("X-008", "X-P01", replace(ROW, estate="新")),
    ]
    changes = plan_changes(old, new, split_from={"X-006": "X-004", "X-007": "X-004"})
    assert [(change.kind, change.code) for change in changes] == [
        ("rename", "X-002"),
        ("figures", "X-002"),
        ("project", "X-003"),
        ("split", "X-006"),
        ("split", "X-007"),
        ("add", "X-008"),
        ("split", "X-004"),
        ("drop", "X-005"),
    ]
    assert changes[3].before == old[3].row


def test_told_names_must_be_where_they_are_said_to_be():
    old = plan([ROW, replace(ROW, seq=2, estate="丁小区")])
    new = [ROW, replace(ROW, seq=2, estate="丁小区甲")]
    faults = told_names({"没有": "丁小区甲", "丙小区": "也没有"}, {"丁小区": ["丁小区甲", "丁小区乙"]}, old, new)
    assert [(fault.column, fault.value) for fault in faults] == [
        ("--rename", "没有"),
        ("--rename", "也没有"),
        ("--split", "丁小区乙"),
        ("--rename", "丙小区"),
    ]
