"""The register in a real PostGIS: importing twice, changing, refusing, giving back as printed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.errors import InputError, NotFoundError, RegisterError
from gisplanner.formats.annex import read_annex
from gisplanner.services.districts import create_district, get_district, list_districts
from gisplanner.services.register.printed import export_register
from gisplanner.services.register.register import (
    check_register,
    import_register,
    register_rows,
    register_summary,
)
from gisplanner.store.database import Database
from gisplanner.store.register import stored_estates
from tests.register_files import changed_csv, published_lines, write_csv

TABLES = ("estate", "import_batch", "history", "plan_baseline", "plan_baseline_row", "project_estate", "project")


@pytest.fixture
def annex() -> Path:
    path = published_rows("nankang")
    assert path is not None
    return path


def one(db: Database, sql: str) -> object:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    return [tuple(row) for row in rows]


def sizes(db: Database) -> dict[str, object]:
    return {
        table: one(db, f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")
        for table in TABLES
    }


def test_the_rows_come_back_as_read(db: Database, annex: Path):
    done = import_register(db, "nankang", annex)
    assert (done.frozen, done.batch_id is not None, len(done.update.written)) == (1, True, 28)
    assert register_rows(db, done.district) == list(read_annex(annex).rows)
    with db.transaction() as connection:
        codes = [estate.entry.code for estate in stored_estates(connection, "nankang")]
    assert codes == [f"NK2024-{number:03d}" for number in range(1, 29)]
    assert done.demonstration_areas == {
        "金赣小区、芙蓉花苑、购物中心片区": ["金赣小区", "芙蓉花苑", "购物中心"],
        "五陂上片区": [],
    }
    assert one(db, "SELECT document_number, version, (stated ->> 'floor_area_10k_m2') FROM plan_baseline") == [
        ("〔2024〕20号", 1, "37.7674")
    ]


@pytest.mark.requirement("R1.16")
def test_a_single_building_is_an_entry_of_its_own(db: Database, annex: Path, tmp_path: Path):
    import_register(db, "nankang", annex)
    lines = [[*line, "小区类别" if number == 0 else ""] for number, line in enumerate(published_lines())]
    lines[16][-1] = "散居楼"
    done = import_register(db, "nankang", write_csv(tmp_path / "a.csv", lines))
    assert len(done.update.written) == 1
    check = check_register(write_csv(tmp_path / "b.csv", lines)).check
    assert (check.counts.estates, check.scattered) == (28, 1)
    assert "小区数含散居楼 1 处" in done.sentences()
    assert one(db, "SELECT name FROM estate WHERE kind = '散居楼'") == [(lines[16][3],)]
    assert import_register(db, "nankang", annex).update.empty
    export_register(db, done.district, tmp_path / "c.csv")
    assert import_register(db, "nankang", tmp_path / "c.csv").update.empty
    lines[16][-1] = "小区"
    import_register(db, "nankang", write_csv(tmp_path / "d.csv", lines))
    assert one(db, "SELECT count(*) FROM estate WHERE kind = '散居楼'") == [(0,)]


def test_the_same_file_again_changes_nothing(db: Database, annex: Path):
    import_register(db, "nankang", annex)
    before = sizes(db)
    again = import_register(db, "nankang", annex)
    assert (again.batch_id, again.frozen, again.update.empty) == (None, None, True)
    assert "没有任何改动" in again.sentences()
    assert sizes(db) == before


@pytest.mark.parametrize("name", ["附件2.xlsx", "附件2.csv"])
def test_the_export_imports_identically(db: Database, annex: Path, tmp_path: Path, name: str):
    district = import_register(db, "nankang", annex).district
    assert export_register(db, district, tmp_path / name) == 28
    assert read_annex(tmp_path / name).rows == read_annex(annex).rows
    again = import_register(db, district, tmp_path / name)
    assert again.update.empty
    assert one(db, "SELECT count(*) FROM history") == [(0,)]
    assert again.batch_id is not None, "another file is a batch of its own, though it changes nothing"


def test_a_changed_figure_keeps_the_earlier_one(db: Database, annex: Path, tmp_path: Path):
    district = import_register(db, "nankang", annex).district
    path = changed_csv(tmp_path / "b.csv", lambda lines: lines[21].__setitem__(4, "646"))
    done = import_register(db, district, path)
    assert [(change.kind, change.code) for change in done.update.changes] == [("figures", "NK2024-021")]
    assert one(db, "SELECT (before ->> 'households')::int, changed_by FROM history") == [(644, db.actor)]
    assert one(db, "SELECT households FROM plan_baseline_row WHERE estate_code = 'NK2024-021'") == [(644,)]
    assert [found.difference for found in register_summary(db, district).mismatches] == [2]


def test_what_a_survey_found_survives_a_file_that_is_silent(db: Database, annex: Path):
    district = import_register(db, "nankang", annex).district
    one(db, "UPDATE estate SET year_built = '1998' WHERE code = 'NK2024-001' RETURNING 1")
    assert import_register(db, district, annex).update.empty
    assert register_rows(db, district)[0].year_built == "1998"
    assert register_summary(db, district).missing["year_built"] == 27


def test_only_a_surveyed_outline_is_a_boundary(db: Database, annex: Path):
    district = import_register(db, "nankang", annex).district
    square = "ST_MakeEnvelope(576811, 2839390, 576911, 2839470, 4547)"
    one(db, f"UPDATE estate SET geom = {square}, illustrative = seq > 2 WHERE seq < 5 RETURNING 1")
    assert register_summary(db, district).missing["boundary"] == 26


def test_a_file_without_some_estates_is_refused_whole(db: Database, annex: Path, tmp_path: Path):
    district = import_register(db, "nankang", annex).district
    before = sizes(db)
    with pytest.raises(RegisterError) as refused:
        import_register(db, district, write_csv(tmp_path / "b.csv", published_lines()[:27]))
    assert [fault.value for fault in refused.value.faults] == ["新园小区", "芙蓉新城"]
    assert sizes(db) == before


def test_an_estate_more_gets_the_next_code(db: Database, annex: Path, tmp_path: Path):
    district = import_register(db, "nankang", annex).district
    lines = published_lines()
    lines.insert(2, ["2", "蓉江街道", "东街社区", "新增小区", "10", "1", "0.1", ""])
    for number, line in enumerate(lines[1:], start=1):
        line[0] = str(number)
    done = import_register(db, district, write_csv(tmp_path / "b.csv", lines))
    with db.transaction() as connection:
        codes = [estate.entry.code for estate in stored_estates(connection, "nankang")]
    assert codes[:3] == ["NK2024-001", "NK2024-029", "NK2024-002"]
    assert [(change.kind, change.estate) for change in done.update.changes] == [("add", "新增小区")]
    assert [found.figure for found in done.report.check.mismatches] == [
        "estates",
        "buildings",
        "households",
        "floor_area_10k_m2",
    ]


def test_an_outline_that_came_first_becomes_the_estate(db: Database, annex: Path):
    district = create_district(db, "nankang", crs="EPSG:4547", profile="nankang")
    one(
        db,
        "INSERT INTO estate (district_id, srid, code, name) VALUES ('nankang', 4547, 'E7', '金赣小区') RETURNING 1",
    )
    import_register(db, district, annex)
    assert one(db, "SELECT code FROM estate WHERE name = '金赣小区'") == [("E7",)]


def test_a_broken_file_leaves_no_district_behind(db: Database, tmp_path: Path):
    path = changed_csv(tmp_path / "b.csv", lambda lines: lines[3].__setitem__(4, "x"))
    with pytest.raises(RegisterError):
        import_register(db, "nankang", path)
    assert list_districts(db) == []


def test_a_district_without_a_profile(db: Database, tmp_path: Path):
    district = create_district(db, "test", crs="EPSG:4545")
    lines = [*published_lines()[:3], ["合计", "", "", "", "138", "7", "1.63", ""]]
    done = import_register(db, district, write_csv(tmp_path / "b.csv", lines))
    assert done.frozen == 1
    assert done.baseline is not None
    assert done.baseline.document_number == "b.csv"
    assert done.report.check.stated.households == 138


def test_freezing_a_plan_that_was_issued_with_a_mistake(db: Database, tmp_path: Path):
    path = changed_csv(tmp_path / "b.csv", lambda lines: lines[21].__setitem__(4, "646"))
    assert import_register(db, "nankang", path).baseline is None
    done = import_register(db, "nankang", path, freeze_anyway=True)
    assert (done.frozen, done.batch_id) == (1, None)


def test_two_imports_at_once(db: Database, annex: Path):
    district = create_district(db, "nankang", crs="EPSG:4547", profile="nankang")
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(import_register(db, district, annex).frozen)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [1, None]
    assert one(db, "SELECT count(*) FROM estate") == [(28,)]


def test_nothing_to_export_and_nowhere_to_put_it(db: Database, annex: Path, tmp_path: Path):
    district = create_district(db, "test", crs="EPSG:4545")
    with pytest.raises(NotFoundError):
        export_register(db, district, tmp_path / "a.xlsx")
    import_register(db, "nankang", annex)
    with pytest.raises(InputError):
        export_register(db, get_district(db, "nankang"), tmp_path / "none" / "a.xlsx")


def test_the_profile_is_told_from_the_subdistricts(annex: Path, tmp_path: Path):
    assert check_register(annex).profile == "nankang"
    assert check_register(annex, profile="none").check.stated.estates is None
    other = changed_csv(tmp_path / "b.csv", lambda lines: lines[1].__setitem__(1, "别的街道"))
    assert check_register(other).profile is None


def test_the_document_of_a_clean_file_has_every_list(annex: Path):
    document = check_register(annex).document()
    assert (document["normalised"], document["notes"], document["ignored_columns"]) == ([], [], [])
