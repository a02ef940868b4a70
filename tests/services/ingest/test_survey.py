"""Filling columns of another spreadsheet into the register: what is certain at once, everything else asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gisplanner.domain.district import District
from gisplanner.errors import InputError, NotFoundError, RefusedError
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.fill import known_estates
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.ingest.question_sheet import read_answers, write_questions
from gisplanner.services.ingest.questions import answer_question, answer_questions, list_questions
from gisplanner.services.ingest.survey import SurveyReport, fill_register
from gisplanner.services.ingest.undo import undo_import
from gisplanner.store.database import Database
from tests.ingest_files import box, write
from tests.register_files import write_csv

ON = date(2024, 6, 1)
HEAD = ["小区名称", "所在社区", "建成年代", "产权", "同意户数"]


def filled(db: Database, district: District, path: Path, *rows: list[str], head: list[str] = HEAD) -> SurveyReport:
    return fill_register(db, district, write_csv(path, [["××街道意愿调查"], head, *rows]), on=ON)


def values(db: Database, district: District, name: str) -> dict[str, str | None]:
    with db.transaction() as connection:
        [estate] = [one for one in known_estates(connection, district.id).values() if one.name == name]
    return dict(estate.values)


def asked(db: Database, district: District, kind: str) -> list[tuple[str, list[str]]]:
    return [
        (one.subject, [choice.answer for choice in one.choices])
        for one in list_questions(db, district)
        if one.kind == kind
    ]


def question_id(db: Database, district: District, kind: str) -> int:
    [one] = [one for one in list_questions(db, district) if one.kind == kind]
    return one.id


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "意愿.csv"


@pytest.mark.requirement("R1.04")
def test_what_is_certain_is_filled_in_and_the_rest_is_asked(db: Database, nankang: District, sheet: Path):
    report = filled(
        db, nankang, sheet,
        ["金赣小区", "金赣南路社区", "1998年", "房改房", "600"],
        ["芙蓉新成", "", "1996", "", ""],
        ["怡然居小区", "", "约1990", "", "99999"],
        ["合计", "", "", "", "600"],
    )  # fmt: skip
    assert values(db, nankang, "金赣小区") == {
        "year_built": "1998年", "ownership": "房改房", "willing_households": "600",
    }  # fmt: skip
    assert report.filled == {"year_built": 1, "ownership": 1, "willing_households": 1}
    assert values(db, nankang, "芙蓉新城")["year_built"] is None
    [(subject, choices)] = asked(db, nankang, "which_estate")
    assert (subject, len(choices) > 1, choices[-1]) == ("芙蓉新成", True, "none")
    assert sorted(subject for subject, _ in asked(db, nankang, "what_value")) == ["怡然居小区（蓝田社区）"] * 2


def test_the_question_survives_and_the_answer_is_written_later(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["芙蓉新成", "", "1996、2001", "", "700"])
    number = question_id(db, nankang, "which_estate")
    code = next(one.choices[0].answer for one in list_questions(db, nankang) if one.id == number)
    with pytest.raises(InputError):
        answer_question(db, nankang, number, "NK-999")
    done = answer_question(db, nankang, number, code, note="街道电话确认")
    assert "芙蓉新城" in done.done
    assert values(db, nankang, "芙蓉新城") == {
        "year_built": "1996、2001", "ownership": None, "willing_households": "700",
    }  # fmt: skip
    with pytest.raises(RefusedError, match="答复过"):
        answer_question(db, nankang, number, code)
    again = filled(db, nankang, sheet, ["芙蓉新成", "", "1996、2001", "", "700"])
    assert (again.matched[0][1], again.batch, again.questions) == (code, None, ())


def test_an_answer_can_be_taken_back(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["芙蓉新成", "", "1996", "", "700"])
    number = question_id(db, nankang, "which_estate")
    code = next(one.choices[0].answer for one in list_questions(db, nankang) if one.id == number)
    done = answer_question(db, nankang, number, code)
    assert done.batch is not None
    undo_import(db, nankang, done.batch)
    assert set(values(db, nankang, "芙蓉新城").values()) == {None}
    assert question_id(db, nankang, "which_estate") == number
    assert filled(db, nankang, sheet, ["芙蓉新成", "", "1996", "", "700"]).matched == ()


def test_nothing_is_written_over_without_a_yes(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["金赣小区", "", "1998", "", ""])
    report = filled(db, nankang, sheet, ["金赣小区", "", "2001", "", ""])
    assert (report.batch, values(db, nankang, "金赣小区")["year_built"]) == (None, "1998")
    answer_question(db, nankang, question_id(db, nankang, "which_value"), "file")
    assert values(db, nankang, "金赣小区")["year_built"] == "2001"


def test_keeping_the_register_is_an_answer_that_lasts(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["金赣小区", "", "1998", "", ""])
    filled(db, nankang, sheet, ["金赣小区", "", "2001", "", ""])
    answer_question(db, nankang, question_id(db, nankang, "which_value"), "register")
    again = filled(db, nankang, sheet, ["金赣小区", "", "2001", "", ""])
    assert (again.questions, values(db, nankang, "金赣小区")["year_built"]) == ((), "1998")


def test_the_same_year_in_other_words_is_no_difference(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["金赣小区", "", "1998年", "", ""])
    assert filled(db, nankang, sheet, ["金赣小区", "", "１９９８", "", ""]).questions == ()


def test_a_value_that_cannot_be_read_is_answered_in_words(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["金赣小区", "", "约1990", "", ""])
    number = question_id(db, nankang, "what_value")
    with pytest.raises(InputError, match="读不出年份"):
        answer_question(db, nankang, number, "九几年")
    answer_question(db, nankang, number, "90年代")
    assert values(db, nankang, "金赣小区")["year_built"] == "90年代"


def test_a_mended_file_closes_its_questions(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["芙蓉新成", "", "1996", "", ""])
    filled(db, nankang, sheet, ["芙蓉新城", "", "1996", "", ""])
    assert asked(db, nankang, "which_estate") == []
    assert values(db, nankang, "芙蓉新城")["year_built"] == "1996"


@pytest.mark.parametrize(
    ("row", "community"),
    [(["金赣小区", "东街社区", "1998", "", ""], "金赣南路社区"), (["金赣小区", "", "1998", "", ""], None)],
)
def test_a_community_that_contradicts_makes_a_question(
    db: Database, nankang: District, sheet: Path, row: list[str], community: str | None
):
    report = filled(db, nankang, sheet, row)
    assert [one.kind for one in report.questions] == ([] if community is None else ["which_estate"])


def test_rows_that_stand_twice(db: Database, nankang: District, sheet: Path):
    same = ["金赣小区", "", "1998", "", ""]
    report = filled(
        db, nankang, sheet, same, same, ["芙蓉花苑", "", "1990", "", ""], ["芙蓉花苑", "", "1991", "", ""]
    )
    assert report.repeated_rows == (4,)
    assert values(db, nankang, "金赣小区")["year_built"] == "1998"
    assert [one.kind for one in report.questions] == ["which_estate", "which_estate"]
    assert values(db, nankang, "芙蓉花苑")["year_built"] is None


def test_a_dry_run_leaves_no_value_and_no_question(db: Database, nankang: District, sheet: Path):
    before = list_questions(db, nankang)
    path = write_csv(sheet, [HEAD, ["金赣小区", "", "1998", "", ""], ["芙蓉新成", "", "1996", "", ""]])
    report = fill_register(db, nankang, path, on=ON, dry_run=True)
    assert (report.filled, len(report.questions), report.batch) == ({"year_built": 1}, 1, None)
    assert values(db, nankang, "金赣小区")["year_built"] is None
    assert list_questions(db, nankang) == before


def test_a_whole_sheet_is_taken_back(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["金赣小区", "", "1998", "", ""])
    second = filled(db, nankang, sheet, ["金赣小区", "", "1998", "房改房", "500"], ["怡人居", "", "1990", "", ""])
    assert second.batch is not None
    undone = undo_import(db, nankang, second.batch)
    assert (undone.removed, undone.restored) == (1, 1)
    assert values(db, nankang, "金赣小区") == {"year_built": "1998", "ownership": None, "willing_households": None}
    assert asked(db, nankang, "which_estate") == []


def test_a_sheet_of_answers_goes_round(db: Database, nankang: District, sheet: Path, tmp_path: Path):
    filled(db, nankang, sheet, ["芙蓉新成", "", "1996", "", ""], ["金赣小区", "", "约90", "", ""])
    from openpyxl import load_workbook

    out = tmp_path / "待核问题.xlsx"
    write_questions(out, list_questions(db, nankang))
    book = load_workbook(out)
    rows = list(book.worksheets[0].iter_rows(min_row=2))
    for row in rows:
        if row[1].value == "是哪个小区":
            row[5].value = row[3].value.split("：")[0]
        elif row[1].value == "值读不准":
            row[5].value, row[6].value = "1990", "房产证"
    book.save(out)
    answers = read_answers(out)
    assert len(answers) == 2
    done = answer_questions(db, nankang, answers)
    assert len(done) == 2
    assert (values(db, nankang, "芙蓉新城")["year_built"], values(db, nankang, "金赣小区")["year_built"]) == (
        "1996",
        "1990",
    )


def test_one_bad_answer_of_a_sheet_stops_them_all(db: Database, nankang: District, sheet: Path):
    filled(db, nankang, sheet, ["金赣小区", "", "约90", "", ""], ["芙蓉花苑", "", "不详", "", ""])
    numbers = [one.id for one in list_questions(db, nankang) if one.kind == "what_value"]
    with pytest.raises(InputError) as caught:
        answer_questions(db, nankang, {numbers[0]: ("1990", None), numbers[1]: ("早", None)})
    assert [fault.value for fault in caught.value.faults] == ["早"]
    assert values(db, nankang, "金赣小区")["year_built"] is None


def test_an_outline_with_another_name_is_asked_about_once_for_all(db: Database, nankang: District, tmp_path: Path):
    file = write(tmp_path / "e.gpkg", [box(0, 0)], name=["芙蓉新成"])
    import_features(db, nankang, "estates", file)
    number = question_id(db, nankang, "which_estate")
    code = next(one.choices[0].answer for one in list_questions(db, nankang) if one.id == number)
    assert "再导入一次" in answer_question(db, nankang, number, code).done
    report = import_features(db, nankang, "estates", file)
    assert [(match.code, match.by) for match in report.matched] == [(code, "alias")]
    assert asked(db, nankang, "which_estate") == []


def test_the_register_asks_about_figures_nobody_would_expect(db: Database, nankang: District):
    assert {subject for subject, _ in asked(db, nankang, "doubtful_figure")} == {
        "怡然居小区", "新园小区", "蓝田花园小区",
    }  # fmt: skip
    number = list_questions(db, nankang)[0].id
    assert "数据未改动" in answer_question(db, nankang, number, "confirmed", note="实测").done


@pytest.mark.parametrize(
    "lines",
    [
        [["小区", "电话"], ["金赣小区", "1"]],
        [["建成时间", "产权"], ["1998", "房改"]],
        [["小区名称", "同意户数"], ["金赣小区", "很多"]],
        [["小区名称", "同意户数"], ["金赣小区", "-3"], ["芙蓉花苑", "3.5"]],
    ],
)
def test_sheets_that_cannot_be_read(db: Database, nankang: District, sheet: Path, lines: list[list[str]]):
    with pytest.raises(InputError):
        fill_register(db, nankang, write_csv(sheet, lines), on=ON)


def test_a_district_without_register(db: Database, sheet: Path):
    empty = create_district(db, "empty", crs="EPSG:4547")
    with pytest.raises(NotFoundError):
        filled(db, empty, sheet, ["金赣小区", "", "1998", "", ""])
