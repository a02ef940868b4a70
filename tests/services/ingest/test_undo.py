"""A whole import can be taken back: afterwards the district stands as before it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, RefusedError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.ingest.undo import list_batches, undo_import
from gisplanner.services.layers import layer_frame
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.ingest_files import box, point, write


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
