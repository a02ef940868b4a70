"""The issued plan is frozen; a document adjusts it into the next version, and the difference can be told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg2
import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.district import District
from gisplanner.errors import InputError, NotFoundError, RegisterError, UsageError
from gisplanner.services.districts import create_district
from gisplanner.services.register.plan import adjust_plan, compare_plans, list_plans
from gisplanner.services.register.plan_report import comparison_document, comparison_sentences
from gisplanner.services.register.register import import_register, register_rows, register_summary
from gisplanner.store.database import Database
from tests.register_files import Lines, published_lines, write_csv

ORDER = {"document": "〔2024〕35号", "title": "关于调整2024年改造计划的通知", "issued_on": date(2024, 9, 2)}


@pytest.fixture
def district(db: Database) -> District:
    path = published_rows("nankang")
    assert path is not None
    return import_register(db, "nankang", path).district


@pytest.fixture
def adjusted(tmp_path: Path) -> Path:
    """Drop 种子公司, rename 一建公司, split 金赣小区, correct 新园小区, move 芙蓉花苑, add 书香苑."""
    lines: Lines = published_lines()
    jingan = lines[21][7]
    lines[1][3] = "一建公司小区"
    lines[27][4] = "141"
    lines[19:21] = [[*lines[20][:7], lines[19][7]]]
    lines[20:21] = [
        ["", "蓉江街道", "金赣南路社区", "金赣小区东区", "300", "8", "3.2", jingan],
        ["", "蓉江街道", "金赣南路社区", "金赣小区西区", "344", "9", "3.67", ""],
        ["", "蓉江街道", "金赣南路社区", "芙蓉花苑", "181", "4", "2.5864", ""],
    ]
    lines.append(["", "南水街道", "芙蓉社区", "书香苑", "50", "2", "0.5", "书香苑老旧小区改造工程"])
    del lines[5]
    for number, line in enumerate(lines[1:], start=1):
        line[0] = str(number)
    return write_csv(tmp_path / "调整后.csv", lines)


TOLD = {"renames": {"一建公司": "一建公司小区"}, "splits": {"金赣小区": ["金赣小区东区", "金赣小区西区"]}}
EXPECTED = [
    ("rename", "NK2024-001", "一建公司小区"),
    ("split", "NK2024-029", "金赣小区东区"),
    ("split", "NK2024-030", "金赣小区西区"),
    ("project", "NK2024-019", "芙蓉花苑"),
    ("figures", "NK2024-027", "新园小区"),
    ("add", "NK2024-031", "书香苑"),
    ("drop", "NK2024-005", "种子公司"),
    ("split", "NK2024-021", "金赣小区"),
]


def test_an_adjustment_makes_the_next_version(db: Database, district: District, adjusted: Path):
    made = adjust_plan(db, district, adjusted, **ORDER, **TOLD)
    assert [(change.kind, change.code, change.estate) for change in made.changes] == EXPECTED
    assert [(plan.version.name, len(plan.version.rows)) for plan in list_plans(db, district)] == [
        ("v1", 28),
        ("v2", 29),
    ]
    told = compare_plans(db, district, "v1", "v2")
    assert [(change.kind, change.code, change.estate) for change in told.changes] == EXPECTED
    assert set(told.documents.values()) == {("〔2024〕35号",)}
    assert [row.estate for row in register_rows(db, district)] == [entry.row.estate for entry in told.after.rows]
    assert register_summary(db, district).consistent, "the first document's totals no longer hold"


def test_the_difference_in_figures(db: Database, district: District, adjusted: Path):
    adjust_plan(db, district, adjusted, **ORDER, **TOLD)
    document = comparison_document(compare_plans(db, district, "1", "current"))
    assert document["totals"]["difference"] == {
        "estates": 1,
        "communities": 0,
        "subdistricts": 0,
        "buildings": 1,
        "households": 32,
        "floor_area_10k_m2": "0.2600",
    }
    assert document["from"]["document_number"] == "〔2024〕20号"
    sentences = comparison_sentences(compare_plans(db, district, "v1", "v2"))
    assert "NK2024-001  更名  一建公司小区  一建公司 → 一建公司小区  [〔2024〕35号]" in sentences
    assert "户数 139 → 141" in sentences


def test_an_estate_that_left_stays_in_the_register_with_its_history(db: Database, district: District, adjusted: Path):
    adjust_plan(db, district, adjusted, **ORDER, **TOLD)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT seq, households FROM estate WHERE code = 'NK2024-005'")
        assert cursor.fetchall() == [(None, 20)]
        cursor.execute(
            "SELECT (before ->> 'seq')::int FROM history JOIN estate ON estate.id = row_id WHERE code = 'NK2024-005'"
        )
        assert cursor.fetchall() == [(5,)]


def test_an_estate_that_comes_back_has_its_old_code(db: Database, district: District, adjusted: Path):
    adjust_plan(db, district, adjusted, **ORDER, **TOLD)
    path = published_rows("nankang")
    assert path is not None
    adjust_plan(db, district, path, document="〔2024〕40号", title="恢复", renames={"一建公司小区": "一建公司"})
    assert compare_plans(db, district, "v1", "v3").changes == ()
    assert [change.kind for change in compare_plans(db, district, "v2", "v3").changes].count("add") == 2


def test_without_being_told_a_new_name_is_another_estate(db: Database, district: District, adjusted: Path):
    made = adjust_plan(db, district, adjusted, **ORDER)
    assert ("drop", "一建公司") in {(change.kind, change.estate) for change in made.changes}
    assert ("add", "一建公司小区") in {(change.kind, change.estate) for change in made.changes}


def test_what_is_frozen_cannot_be_changed(db: Database, district: District):
    with pytest.raises(psycopg2.errors.RestrictViolation), db.transaction() as connection:
        connection.cursor().execute("UPDATE plan_baseline_row SET households = 1")


def test_what_cannot_be_adjusted(db: Database, district: District, adjusted: Path, tmp_path: Path):
    path = published_rows("nankang")
    assert path is not None
    with pytest.raises(InputError, match="没有差别"):
        adjust_plan(db, district, path, **ORDER)
    with pytest.raises(InputError) as refused:
        adjust_plan(db, district, adjusted, **ORDER, renames={"没有的": "一建公司小区"})
    assert [fault.value for fault in refused.value.faults] == ["没有的"]
    with pytest.raises(UsageError):
        adjust_plan(db, district, adjusted, document=" ", title="x")
    with pytest.raises(RegisterError):
        adjust_plan(db, district, write_csv(tmp_path / "x.csv", [*published_lines()[:2], ["x"]]), **ORDER)
    assert [plan.version.name for plan in list_plans(db, district)] == ["v1"]


def test_versions_that_are_not_there(db: Database, district: District, adjusted: Path):
    with pytest.raises(NotFoundError) as missing:
        compare_plans(db, district, "v1", "v9")
    assert missing.value.faults[0].allowed == "v1、current"
    other = create_district(db, "other", crs="EPSG:4545")
    with pytest.raises(NotFoundError):
        adjust_plan(db, other, adjusted, **ORDER)
