"""The weekly bulletin is opened again: what it prints is what stands in the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gisplanner.domain.district import District
from gisplanner.services.progress.example import record_example
from gisplanner.services.progress.weekly import write_weekly
from gisplanner.store.database import Database

DAY = date(2024, 12, 6)


@pytest.fixture
def example(db: Database, nankang: District) -> District:
    record_example(db, nankang, "nankang")
    return nankang


def rows(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(load_workbook(path)[sheet].iter_rows(min_row=4, values_only=True))


@pytest.mark.requirement("R10.07", "R8.03")
def test_the_bulletin_tells_rates_lag_and_open_gates(db: Database, example: District, tmp_path: Path):
    out = tmp_path / "通报.xlsx"
    weekly = write_weekly(db, example, out, as_of=DAY)
    book = load_workbook(out)
    assert book.sheetnames == ["总览", "项目进度", "期限对照", "分级指标", "指标明细", "期限依据"]
    assert [len(sheet._charts) for sheet in book.worksheets] == [1, 0, 0, 1, 0, 0]
    assert book["总览"]["A3"].value == "含示例进度，不是真实进度"
    heads, *weights = rows(out, "总览")[:5]
    assert heads[0] == "权重"
    assert [(row[0], row[2]) for row in weights] == [("小区数", 28), ("户数", 3433), ("栋数", 190), ("面积", 37.7674)]
    projects = {row[0]: row for row in rows(out, "项目进度")[1:]}
    assert len(projects) == len(weekly.projects) == 11
    assert projects["NK2024-P05"][4] == "项目验收"
    assert "未销号 1 处" in str(projects["NK2024-P05"][7])
    assert "未完成" in str(projects["NK2024-P04"][7]) or "没有「" in str(projects["NK2024-P04"][7])
    judged = {(row[0], row[2]): row for row in rows(out, "期限对照")[1:]}
    assert len(judged) == 33
    late = judged["NK2024-P10", "当年8月底前开工"]
    assert late[4].date() == date(2024, 9, 6)  # type: ignore[attr-defined]
    assert late[5:] == (6, "逾期完成", "推定")
    assert judged["NK2024-P06", "当年8月底前开工"][5:7] == (97, "滞后")


@pytest.mark.requirement("R8.01")
def test_rates_stand_at_every_level_and_add_up(db: Database, example: District, tmp_path: Path):
    out = tmp_path / "w.xlsx"
    write_weekly(db, example, out, as_of=DAY)
    _, *levels = rows(out, "分级指标")
    by_level = [sum(row[0] == level for row in levels) for level in ("街道", "社区", "项目")]
    assert by_level == [3, 11, 11]
    (p11,) = (row for row in levels if str(row[1]).endswith(" 芙蓉新城老旧小区改造工程"))
    assert p11[2:4] == (100, 0)


def test_the_same_day_gives_the_same_bytes(db: Database, example: District, tmp_path: Path):
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_weekly(db, example, first, as_of=DAY)
    write_weekly(db, example, second, as_of=DAY)
    assert first.read_bytes() == second.read_bytes()


def test_a_name_that_looks_like_a_formula_stays_a_name(db: Database, example: District, tmp_path: Path):
    out = tmp_path / "w.xlsx"
    write_weekly(db, District("nankang", "=1+1", "nankang", 4547, example.bounds_lonlat), out, as_of=DAY)
    cell = load_workbook(out)["总览"]["A1"]
    assert (cell.data_type, str(cell.value)[:4]) == ("s", "=1+1")
