"""A whole import can be taken back: afterwards the district stands as before it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, RefusedError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.ingest.questions import list_questions
from gisplanner.services.ingest.survey import fill_register
from gisplanner.services.ingest.undo import list_batches, undo_import
from gisplanner.services.layers import layer_frame
from gisplanner.services.register.plan import adjust_plan, list_plans
from gisplanner.services.register.register import import_register, register_rows
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.ingest_files import box, point, write
from tests.register_files import Lines, published_lines, write_csv


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))


def state(db: Database, district: District) -> dict[str, pd.DataFrame]:
    kinds = ("estates", "buildings", "roads", "entrances", "obstacles")
    return {kind: layer_frame(db, district, kind).to_wkt() for kind in kinds}


def assert_same(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> None:
    for kind, frame in before.items():
        pd.testing.assert_frame_equal(frame, after[kind], check_dtype=False)


def test_added_changed_and_removed_rows_all_go_back(db: Database, district: District, tmp_path: Path):
    estates = write(tmp_path / "e.gpkg", [box(0, 0)], code=["e"], name=["甲"])
    import_features(db, district, "estates", estates)
    file = tmp_path / "b.gpkg"
    write(file, [box(10, 10, 9, 9), box(30, 10, 9, 9)], code=["1", "2"], floors=[6, 7], name=["甲", "乙"])
    first = import_features(db, district, "buildings", file)
    before = state(db, district)
    write(file, [box(10, 10, 8, 9), box(50, 10, 9, 9)], code=["1", "3"], floors=[5, 4])
    second = import_features(db, district, "buildings", file, replace=True)
    with pytest.raises(RefusedError, match="先撤销后来") as caught:
        undo_import(db, district, first.batch or 0)
    assert caught.value.faults[0].value == str(second.batch)
    undone = undo_import(db, district, second.batch or 0)
    assert (undone.removed, undone.restored) == (1, 2)
    assert_same(before, state(db, district))
    with pytest.raises(RefusedError, match="已经撤销"):
        undo_import(db, district, second.batch or 0)
    assert undo_import(db, district, first.batch or 0).removed == 2
    assert len(layer_frame(db, district, "buildings")) == 0
    assert [one["undone_at"] is None for one in list_batches(db, district)] == [True, False, False]
    assert import_features(db, district, "buildings", file).counts.added == 2


def test_outlines_go_back_with_the_sketch_they_drove_out(db: Database, nankang: District, tmp_path: Path):
    sketch_outlines(db, nankang)
    import_features(db, nankang, "buildings", write(tmp_path / "b.gpkg", [box(10, 10, 9, 9)], code=["real"]))
    before = state(db, nankang)
    file = write(tmp_path / "e.gpkg", [box(0, 0)], name=["金赣小区"])
    report = import_features(db, nankang, "estates", file)
    assert report.counts.changed == 1
    undone = undo_import(db, nankang, report.batch or 0)
    assert undone.removed == 0
    assert_same(before, state(db, nankang))


def test_estates_that_go_leave_their_buildings_free(db: Database, district: District, tmp_path: Path):
    gate = write(tmp_path / "g.gpkg", [point(50, 0)], code=["g"])
    import_features(db, district, "entrances", gate)
    report = import_features(db, district, "estates", write(tmp_path / "e.gpkg", [box(0, 0)], code=["e"]))
    assert layer_frame(db, district, "entrances")["estate_code"].tolist() == ["e"]
    undo_import(db, district, report.batch or 0)
    assert layer_frame(db, district, "entrances")["estate_code"].isna().all()
    assert len(layer_frame(db, district, "estates")) == 0


def test_what_is_no_batch_is_told(db: Database, district: District):
    with pytest.raises(NotFoundError):
        undo_import(db, district, 99)


def test_the_report_sheet_names_every_row_to_look_at(
    db: Database,
    district: District,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    write(tmp_path / "bad.gpkg", [box(0, 0), None], 层数=["six", "=1+1"])
    write(tmp_path / "good.gpkg", [box(0, 0), box(0, 0)], 层数=["6", "7"])
    arguments = ["--district", "a", "--report"]
    with pytest.raises(SystemExit) as left:
        main(["import", "buildings", str(tmp_path / "bad.gpkg"), *arguments, str(tmp_path / "bad.xlsx")])
    assert left.value.code == 2
    main(["import", "buildings", str(tmp_path / "good.gpkg"), *arguments, str(tmp_path / "good.xlsx")])
    book = openpyxl.load_workbook(tmp_path / "bad.xlsx")
    assert book.sheetnames == ["概况", "须改正"]
    rows = list(book["须改正"].values)
    assert rows[0] == ("行号", "列", "内容", "应为", "说明")
    assert {(row[0], row[1]) for row in rows[1:]} == {("1", "geometry"), ("0", "层数"), ("1", "层数")}
    assert any(row[2] == "=1+1" for row in rows)
    said = [row[4] for row in openpyxl.load_workbook(tmp_path / "good.xlsx")["请核对"].values]
    assert any("图形完全相同" in str(line) for line in said)
    capsys.readouterr()
    main(["batch", "list", "--district", "a"])
    assert "good.gpkg" in capsys.readouterr().out


def sizes(db: Database) -> dict[str, int]:
    tables = ("estate", "project", "project_estate", "plan_baseline", "plan_baseline_row", "community", "subdistrict")
    with db.transaction() as connection, connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def last_batch(db: Database, district: District, kind: str) -> int:
    return max(one["batch"] for one in list_batches(db, district) if one["kind"] == kind and not one["undone_at"])


def test_a_first_ledger_is_taken_back_with_the_plan_it_froze(db: Database, nankang: District):
    undone = undo_import(db, nankang, last_batch(db, nankang, "register"))
    assert (undone.removed, undone.restored) == (28, 0)
    assert set(sizes(db).values()) == {0}
    assert list_questions(db, nankang) == []
    published = published_rows("nankang")
    assert published is not None
    assert import_register(db, nankang, published).frozen == 1


def test_a_changed_ledger_is_taken_back_to_the_one_before(db: Database, nankang: District, tmp_path: Path):
    def change(lines: Lines) -> None:
        lines[1][4], lines[2][7] = "999", "新项目"
        lines.append(["29", "东山街道", "新社区", "新来小区", "1", "1", "0.1", "新来项目"])

    rows, before = register_rows(db, nankang), sizes(db)
    lines = published_lines()
    change(lines)
    import_register(db, nankang, write_csv(tmp_path / "a.csv", lines))
    assert register_rows(db, nankang) != rows
    undone = undo_import(db, nankang, last_batch(db, nankang, "register"))
    assert (undone.removed, undone.restored > 0) == (1, True)
    assert register_rows(db, nankang) == rows
    assert sizes(db) == before


def test_what_was_filled_in_survives_the_undo_of_a_ledger(db: Database, nankang: District, tmp_path: Path):
    lines = published_lines()
    lines[21][4] = "646"
    import_register(db, nankang, write_csv(tmp_path / "a.csv", lines))
    ledger = last_batch(db, nankang, "register")
    survey = write_csv(tmp_path / "s.csv", [["小区名称", "建成时间"], ["金赣小区", "1998"]])
    fill_register(db, nankang, survey, on=date(2024, 6, 1))
    with pytest.raises(RefusedError):  # the year was filled into a row the ledger wrote
        undo_import(db, nankang, ledger)
    undo_import(db, nankang, last_batch(db, nankang, "survey"))
    undo_import(db, nankang, ledger)
    assert {row.estate: row.households for row in register_rows(db, nankang)}["金赣小区"] == 644


def test_a_ledger_people_have_recorded_upon_stays(db: Database, nankang: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on) "
            "SELECT id, 1, '摸底', '2024-06-01' FROM project LIMIT 1"
        )
    before = sizes(db)
    with pytest.raises(RefusedError, match="后来的记录") as caught:
        undo_import(db, nankang, last_batch(db, nankang, "register"))
    assert caught.value.faults[0].value
    assert sizes(db) == before


def test_an_adjusted_plan_is_taken_back_to_the_version_before(db: Database, nankang: District, tmp_path: Path):
    rows, first = register_rows(db, nankang), last_batch(db, nankang, "register")
    lines = [line for line in published_lines() if line[3] != "芙蓉新城"]
    adjust_plan(db, nankang, write_csv(tmp_path / "b.csv", lines), document="调整1号", title="调整")
    with pytest.raises(RefusedError):
        undo_import(db, nankang, first)
    undo_import(db, nankang, last_batch(db, nankang, "register"))
    assert register_rows(db, nankang) == rows
    assert [one.version.name for one in list_plans(db, nankang)] == ["v1"]
