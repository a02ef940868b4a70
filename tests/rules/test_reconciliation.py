"""Sums are exact, a blank is unknown, doubts never change a value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.register import RegisterRow, RegisterTotals
from gisplanner.formats.annex import read_annex
from gisplanner.rules.estate_names import normalised_name
from gisplanner.rules.reconciliation import check_register

ROW = RegisterRow(1, "甲街道", "乙社区", "丙小区", 20, 1, Decimal("0.13"), "丙工程", "stated", 2)
NOTHING_STATED = RegisterTotals()


def rows(*names: str) -> list[RegisterRow]:
    return [replace(ROW, seq=number, estate=name, source_row=number + 1) for number, name in enumerate(names, 1)]


def test_a_blank_figure_is_unknown_and_counted():
    check = check_register(
        [replace(ROW, households=None), replace(ROW, estate="丁小区", source_row=3)], stated=NOTHING_STATED
    )
    assert check.counts.households == 20
    assert check.missing["households"] == 1
    assert "buildings" not in check.missing


def test_a_figure_no_row_states_is_not_zero():
    check = check_register(
        [replace(ROW, households=None, floor_area_10k_m2=None)], stated=RegisterTotals(households=20)
    )
    assert check.counts.households is None
    assert check.projects[0].floor_area_10k_m2 is None
    [mismatch] = check.mismatches
    assert (mismatch.computed, mismatch.difference) == (None, None)
    assert check.suspicious == ()


def test_totals_that_are_not_stated_are_not_compared():
    assert check_register([ROW], stated=RegisterTotals(estates=1)).consistent


def test_no_households_no_division():
    assert check_register([replace(ROW, households=0)], stated=NOTHING_STATED).suspicious == ()


@pytest.mark.parametrize(("area", "doubtful"), [("0.0799", True), ("0.08", False)])
def test_the_threshold_itself_is_no_doubt(area: str, doubtful: bool):
    check = check_register([replace(ROW, floor_area_10k_m2=Decimal(area))], stated=NOTHING_STATED)
    assert bool(check.suspicious) is doubtful


def test_one_community_name_in_two_subdistricts_counts_twice():
    check = check_register([ROW, replace(ROW, subdistrict="丁街道")], stated=NOTHING_STATED)
    assert (check.counts.communities, check.counts.subdistricts) == (2, 2)


def test_projects_are_grouped_by_name_wherever_they_stand():
    other = replace(ROW, estate="丁小区", project="丁工程")
    check = check_register([ROW, other, replace(ROW, estate="戊小区")], stated=NOTHING_STATED)
    assert [project.estates for project in check.projects] == [("丙小区", "戊小区"), ("丁小区",)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("老中医院家属楼小区", "老中医院小区"),
        ("供销社宿舍", "供销社家属院"),
        ("种子公司", "种子公司职工宿舍楼"),
        ("金赣西大道１号西苑楼", "金赣西大道一号 西苑楼"),
        ("二轻局3栋", "二轻局三幢"),
        ("芙蓉小区（十二栋）", "芙蓉小区12栋"),
    ],
)
def test_names_that_differ_only_in_writing(a: str, b: str):
    [found] = check_register(rows(a, b), stated=NOTHING_STATED).duplicates
    assert (found.a, found.b, found.rows, found.kind) == (a, b, (2, 3), "near")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("老车队家属楼南", "老车队家属楼北"),
        ("影剧院小区C栋", "影剧院小区D栋"),
        ("芙蓉花苑", "芙蓉新城"),
        ("东街1号", "东街11号"),
        ("家属楼", "宿舍楼"),
    ],
)
def test_neighbours_are_told_apart(a: str, b: str):
    assert normalised_name(a) != normalised_name(b)


def test_the_same_name_in_one_community_and_in_another():
    again = replace(ROW, source_row=3)
    elsewhere = replace(ROW, community="丁社区", source_row=4)
    kinds = {
        found.rows: found.kind for found in check_register([ROW, again, elsewhere], stated=NOTHING_STATED).duplicates
    }
    assert kinds == {(2, 3): "same", (2, 4): "near", (3, 4): "near"}


def test_the_published_plan_has_no_duplicates():
    path = published_rows("nankang")
    assert path is not None
    assert check_register(read_annex(path).rows, stated=NOTHING_STATED).duplicates == ()
