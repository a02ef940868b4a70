"""Estates of a file meet the register: by code, by name, never by guessing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gisplanner.domain.district import District
from gisplanner.errors import GeometryError
from gisplanner.services.ingest.estates import match_estates, normalised
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.layers import layer_frame
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from tests.ingest_files import box, write


def rows(*pairs: tuple[str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["code", "name"], dtype=object)


def stored(*triples: tuple[str, str | None, bool]) -> pd.DataFrame:
    return pd.DataFrame(list(triples), columns=["code", "name", "from_register"], dtype=object)


def test_a_code_goes_before_a_name_and_a_name_before_its_normalised_form():
    held = stored(("1", "芙蓉新城", True), ("2", "新园（北）", True), ("3", "怡然居", True))
    found = match_estates(rows(("3", "芙蓉新城"), (None, "芙蓉新城"), (None, " 新园 (北)")), held, add_new=False)
    assert [(match.row, match.code, match.by) for match in found.matches] == [
        (0, "3", "code"),
        (1, "1", "name"),
        (2, "2", "normalised"),
    ]
    assert (found.left, found.absent, found.new) == ((), (), frozenset())


def test_what_is_not_unique_is_not_guessed():
    held = stored(("1", "甲", True), ("2", "甲", True), ("3", "乙", True))
    found = match_estates(rows((None, "甲"), (None, "乙"), (None, "乙"), (None, None)), held, add_new=False)
    assert found.matches == ()
    assert [(left.row, str(left.reason)[:6]) for left in found.left] == [
        (0, "台账中有多个"),
        (1, "文件中有多行"),
        (2, "文件中有多行"),
        (3, "台账中没有对"),
    ]
    assert len(found.absent) == 3
    assert match_estates(rows((None, "甲")), held, add_new=True).new == frozenset()


def test_without_a_register_every_row_is_an_estate():
    assert match_estates(rows((None, None), ("w1", "甲")), stored(), add_new=False).new == {0, 1}
    drawn = stored(("w1", "甲", False))
    assert match_estates(rows((None, None), ("w1", "甲")), drawn, add_new=False).new == {0}


def test_names_are_not_brought_closer_than_writing_them_differently():
    assert normalised("二轻局宿舍（南）") == normalised("二轻局 宿舍(南)")
    assert normalised("二轻局宿舍") != normalised("二轻局家属楼")
    assert normalised("一期") != normalised("二期")


def test_a_register_gets_outlines_and_keeps_its_figures(db: Database, nankang: District, tmp_path: Path):
    before = layer_frame(db, nankang, "estates").set_index("name")
    file = write(
        tmp_path / "e.gpkg",
        [box(0, 0), box(200, 0), box(400, 0)],
        小区名称=["芙蓉新城", " 金赣小区 ", "不在台账的小区"],
        户数=[1, int(before.loc["金赣小区", "households"]), 5],
    )
    report = import_features(db, nankang, "estates", file)
    after = layer_frame(db, nankang, "estates").set_index("name")
    assert report.counts.changed == 2
    assert [left.name for left in report.unmatched_file] == ["不在台账的小区"]
    assert len(report.unmatched_register) == 26
    assert after.geometry.notna().sum() == 2
    assert len(after) == 28
    assert after["households"].tolist() == before["households"].tolist()
    difference = next(finding for finding in report.findings if finding.kind == "differs_from_register")
    assert [(item["column"], item["file"]) for item in difference.items] == [("households", "1")]
    assert "--add-new" in report.sentences()
    assert import_features(db, nankang, "estates", file, add_new=True).counts.added == 1
    assert len(layer_frame(db, nankang, "estates")) == 29


def test_a_real_outline_drives_out_the_sketch_of_its_estate_only(db: Database, nankang: District, tmp_path: Path):
    sketch_outlines(db, nankang)
    names = layer_frame(db, nankang, "buildings")["estate"].value_counts()
    file = write(tmp_path / "e.gpkg", [box(-3000, 0)], name=["芙蓉新城"])
    import_features(db, nankang, "estates", file)
    estates = layer_frame(db, nankang, "estates").set_index("name")
    assert estates["illustrative"].sum() == 27
    assert estates.geometry.loc["芙蓉新城"].equals_exact(box(-3000, 0), 1e-6)
    left = layer_frame(db, nankang, "buildings")["estate"].value_counts()
    assert "芙蓉新城" not in left
    assert left.sum() == names.sum() - names["芙蓉新城"]
    assert "芙蓉新城" not in set(layer_frame(db, nankang, "entrances")["estate"])


def test_rows_without_outline_are_counted_when_the_register_has_none_either(
    db: Database, nankang: District, tmp_path: Path
):
    file = write(tmp_path / "e.gpkg", [box(0, 0), None], name=["芙蓉新城", "金赣小区"])
    report = import_features(db, nankang, "estates", file)
    assert (report.without_outline, report.counts.changed, report.counts.unchanged) == (1, 1, 1)
    write(tmp_path / "f.gpkg", [None, None], name=["芙蓉新城", "不在台账的小区"])
    with pytest.raises(GeometryError) as caught:
        import_features(db, nankang, "estates", tmp_path / "f.gpkg")
    assert [fault.row for fault in caught.value.faults] == [0, 1]


def test_names_that_are_nearly_right_are_suggested_and_never_taken(db: Database, nankang: District, tmp_path: Path):
    file = write(tmp_path / "e.gpkg", [box(0, 0), box(200, 0)], name=["芙蓉新成", "天外天国际公馆"])
    report = import_features(db, nankang, "estates", file)
    assert (report.counts.changed, report.counts.added) == (0, 0)
    near, far = report.unmatched_file
    assert (near.suggestions[0].name, near.suggestions[0].score) == ("芙蓉新城", 75)
    assert far.suggestions == ()
    assert "芙蓉新成 → 芙蓉新城" in report.sentences()
    confirmed = write(tmp_path / "f.gpkg", [box(0, 0)], name=["芙蓉新成"], code=[near.suggestions[0].code])
    assert import_features(db, nankang, "estates", confirmed).counts.changed == 1
