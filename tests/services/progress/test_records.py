"""What the works leave behind is taken in whole or not at all, and told back as it stood on any day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.works import RECORDS, STEPS
from gisplanner.errors import FileFormatError, InputError, NotFoundError, RefusedError
from gisplanner.rules.votes import may_be_voted_for, vote_items
from gisplanner.services.networks.intents import record_intent
from gisplanner.services.progress.events import advance, progress_state
from gisplanner.services.progress.gates import record
from gisplanner.services.progress.photos import Shot, add_demolition_photo, add_photo
from gisplanner.services.progress.records import enter_file, write_form
from gisplanner.services.register.register import import_register
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from tests.progress_steps import carry_to, open_gates_of

DAY = date(2024, 9, 2)


def table(folder: Path, text: str) -> Path:
    path = folder / "台账.csv"
    path.write_text(text, encoding="utf-8")
    return path


def stored(db: Database, district: District, query: str, as_of: date = DAY):
    with db.transaction() as connection:
        return list(getattr(queries(), query)(connection, district_id=district.id, as_of=as_of))


@pytest.mark.requirement("R1.07", "R1.08")
def test_the_library_has_batches_and_years(db: Database, nankang: District, tmp_path: Path):
    enter_file(
        db,
        nankang,
        "library",
        table(tmp_path, "小区,批次,年度,日期\n金赣小区,储备,2025,2024-03-01\n金赣小区,实施,2024,2024-05-17\n"),
    )
    (row,) = stored(db, nankang, "library_entries")
    assert (row.state, row.plan_year) == ("实施", 2024)
    (before,) = stored(db, nankang, "library_entries", date(2024, 4, 1))
    assert (before.state, before.plan_year) == ("储备", 2025)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT library_state FROM estate WHERE name = '金赣小区'")
        assert cursor.fetchone()[0] == "实施"


@pytest.mark.requirement("R1.11")
@pytest.mark.parametrize(
    ("profile", "word", "known"),
    [
        ("nankang", "直升机坪", False),
        ("nankang", "供水", True),
        ("nankang", "“一户一表”整治改造", True),
        ("nankang", "市政配套·电力设施:线路架空规整或迁改下地", True),
        ("changzhou", "改善建筑质量", True),
        ("changzhou", "供水", False),
    ],
)
def test_votes_are_for_what_the_menu_offers(
    db: Database, nankang: District, tmp_path: Path, profile: str, word: str, known: bool
):
    district = replace(nankang, profile=profile)
    file = table(tmp_path, f"小区,统计种类,项目,数值,日期\n金赣小区,需求票数,{word},12,2024-05-30\n")
    if known:
        enter_file(db, district, "figure", file)
        assert [row.item for row in stored(db, nankang, "estate_figures")] == [word]
        return
    with pytest.raises(InputError) as refused:
        enter_file(db, district, "figure", file)
    (fault,) = refused.value.faults
    assert (fault.row, fault.column, fault.value) == (2, "项目", word)
    assert ("改善建筑质量" if profile == "changzhou" else "老旧供水主管维修或更换") in str(fault.allowed)


@pytest.mark.parametrize("name", ["nankang", "jiangxi", "fenggang", "changzhou", "xianning"])
def test_every_item_of_a_menu_can_be_voted_for_by_a_word_of_its_own(name: str):
    menu = load_profile(name).menu
    assert menu is not None
    words = [one.word for one in vote_items(menu)]
    assert len(set(words)) == len(words) >= 10
    assert all(may_be_voted_for(menu, word) for word in words)


@pytest.mark.requirement("R1.11", "R1.19", "R1.09")
def test_votes_willingness_and_gas_intent_are_counted_by_estate(db: Database, nankang: District, tmp_path: Path):
    rows = (
        "小区,统计种类,项目,数值,日期\n金赣小区,需求票数,供水,210,2024-05-30\n金赣小区,需求票数,道路,188,2024-05-30\n"
        "金赣小区,同意户数,,503,2024-06-01\n金赣小区,同意户数,,511,2024-06-09\n"
    )
    assert enter_file(db, nankang, "figure", table(tmp_path, rows)).records == 4
    # Intents to be connected to gas have one place of their own, which the gas company reads; figures show it.
    elsewhere = table(tmp_path, "小区,统计种类,项目,数值,日期\n金赣小区,燃气报装意向,,77,2024-06-01\n")
    with pytest.raises(InputError):
        enter_file(db, nankang, "figure", elsewhere)
    record_intent(db, nankang, "金赣小区", 77, on=date(2024, 6, 1))
    told = {(row.kind, row.item): row.amount for row in stored(db, nankang, "estate_figures")}
    assert told == {
        ("需求票数", "供水"): 210, ("需求票数", "道路"): 188, ("同意户数", ""): 511, ("燃气报装意向", ""): 77,
    }  # fmt: skip
    assert {
        row.amount for row in stored(db, nankang, "estate_figures", date(2024, 6, 2)) if row.kind == "同意户数"
    } == {503}


@pytest.mark.requirement("R1.18", "R4.04")
def test_a_demolition_goes_through_its_six_steps(db: Database, nankang: District, tmp_path: Path):
    lines = ["编号,小区,种类,面积（㎡）,步骤,日期,限期,责任单位"]
    for number, step in enumerate(STEPS, start=1):
        due = "2024-06-20" if step == "限期自拆" else ""
        lines.append(f"W1,金赣小区,铁皮棚,12.5,{step},2024-06-{number:02},{due},区城管局")
    enter_file(db, nankang, "demolition", table(tmp_path, "\n".join(lines)))
    (row,) = stored(db, nankang, "demolitions")
    assert (row.step, row.kind, row.unit, float(row.area_m2)) == (6, "铁皮棚", "区城管局", 12.5)
    (then,) = stored(db, nankang, "demolitions", date(2024, 6, 3))
    assert then.step == 3


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("W1,金赣小区,铁皮棚,拆除,2024-06-01,", "还没有「摸底」"),
        ("W1,金赣小区,铁皮棚,摸底,2024-06-01,\nW1,金赣小区,铁皮棚,认定,2024-05-01,", "早于上一步"),
        ("W1,金赣小区,铁皮棚,摸底,2024-06-01,\nW1,金赣小区,铁皮棚,摸底,2024-06-02,", "已到「摸底」"),
        ("W1,金赣小区,铁皮棚,摸底,2024-06-01,\nW1,芙蓉新城,铁皮棚,认定,2024-06-02,", "另一个小区"),
        ("W1,金赣小区,铁皮棚,限期自拆,2024-06-01,", "限期自拆要写限期"),
        ("W1,没有的小区,铁皮棚,摸底,2024-06-01,", "写编码"),
        ("W1,金赣小区,铁皮棚,摸底,2999-06-01,", "不晚于今天"),
        ("W1,金赣小区,铁皮棚,推倒,2024-06-01,", "摸底"),
    ],
)
def test_a_step_that_cannot_be_is_refused_and_nothing_is_stored(
    db: Database, nankang: District, tmp_path: Path, rows: str, told: str
):
    with pytest.raises(InputError) as refused:
        enter_file(db, nankang, "demolition", table(tmp_path, "编号,小区,种类,步骤,日期,限期\n" + rows))
    assert told in str([one.as_dict() for one in refused.value.faults])
    assert stored(db, nankang, "demolitions") == []


@pytest.mark.requirement("R10.09")
def test_complaints_keep_the_name_with_those_who_answer(db: Database, nankang: District, tmp_path: Path):
    rows = (
        "件号,小区,渠道,类别,地点,承办单位,受理日期,办理期限,答复日期,答复,反映人,联系方式\n"
        "T1,金赣小区,12345,噪声,3栋,区住建局,2024-08-20,2024-08-27,2024-08-26,已限时施工,张某某,1390000\n"
        "T2,金赣小区,信访,拆除补偿,5栋,蓉江街办,2024-08-28,2024-09-28,,,李某某,\n"
    )
    enter_file(db, nankang, "complaint", table(tmp_path, rows))
    told = stored(db, nankang, "complaints")
    assert [(row.code, row.closed) for row in told] == [("T1", True), ("T2", False)]
    assert not {"person", "name", "contact"} & set(told[0]._fields)
    for role, rows_seen in (
        ("planner", 2),
        ("subdistrict", 2),
        ("lead", 0),
        ("operator", 0),
        ("reviewer", 0),
        ("public", 0),
    ):
        with db.seen_by(Viewer("x", role)).transaction() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM complaint) AS cases, (SELECT count(*) FROM complaint_person) AS people"
            )
            assert tuple(cursor.fetchone()) == (rows_seen, rows_seen), role


@pytest.mark.requirement("R11.01", "R11.11")
def test_money_is_recorded_by_source_and_project(db: Database, nankang: District, tmp_path: Path):
    rows = (
        "项目,资金来源,口径,金额（元）,日期,文号\nNK2024-P08,中央奖补,计划,5000000,2024-05-20,a\n"
        "NK2024-P08,中央奖补,到位,2000000.50,2024-08-20,b\n"
    )
    enter_file(db, nankang, "fund", table(tmp_path, rows))
    assert {(row.status, str(row.amount_cny)) for row in stored(db, nankang, "project_funds")} == {
        ("计划", "5000000"),
        ("到位", "2000000.50"),
    }
    with pytest.raises(InputError) as refused:
        enter_file(
            db,
            nankang,
            "fund",
            table(tmp_path, "项目,资金来源,口径,金额（元）,日期\nNK2024-P08,彩票,到位,1,2024-08-20\n"),
        )
    assert "中央奖补" in str(refused.value.faults[0].allowed)


def test_every_fault_of_a_file_is_told_at_once(db: Database, nankang: District, tmp_path: Path):
    rows = (
        "小区,统计种类,项目,数值,日期\n金赣小区,票,,1,2024-05-30\n"
        "无此小区,同意户数,,1,2024-05-30\n金赣小区,同意户数,供水,1,2999-01-01\n"
    )
    with pytest.raises(InputError) as refused:
        enter_file(db, nankang, "figure", table(tmp_path, rows))
    assert sorted((one.row, one.column) for one in refused.value.faults) == [
        (2, "统计种类"),
        (3, "小区"),
        (4, "日期"),
        (4, "项目"),
    ]
    with pytest.raises(InputError) as cells:
        enter_file(db, nankang, "figure", table(tmp_path, "小区,统计种类,数值,日期\n金赣小区,同意户数,-3,昨天\n"))
    assert [(one.row, one.column, one.value) for one in cells.value.faults] == [
        (2, "数值", "-3"),
        (2, "日期", "昨天"),
    ]
    with pytest.raises(FileFormatError, match="缺少必需的列"):
        enter_file(db, nankang, "figure", table(tmp_path, "小区,数值\n金赣小区,1\n"))


@pytest.mark.parametrize("kind", RECORDS)
def test_the_empty_table_of_each_kind_has_its_headings(kind: str, tmp_path: Path):
    out = tmp_path / "空表.csv"
    assert list(write_form(kind, out)) == out.read_text("utf-8-sig").strip().split(",")  # type: ignore[arg-type]


@pytest.mark.requirement("R1.10")
def test_a_photo_is_made_small_and_forgets_where_it_was_taken(db: Database, nankang: District, tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    Image.new("RGB", (3000, 2000), "#884422").save(tmp_path / "a.jpg", exif=exif)
    shot = Shot.of_file(tmp_path / "a.jpg", DAY, caption="西门")
    add_photo(db, nankang, "金赣小区", "改造前", shot)
    add_photo(db, nankang, "金赣小区", "改造前", shot)
    with db.transaction() as connection:
        (row,) = queries().estate_photos(connection, district_id="nankang", as_of=DAY, estates=None)
    assert b"CAMERA-MAKER" not in bytes(row.jpeg)
    (tmp_path / "b.jpg").write_text("no picture")
    with pytest.raises(FileFormatError):
        add_photo(db, nankang, "金赣小区", "改造前", Shot.of_file(tmp_path / "b.jpg", DAY))
    with pytest.raises(NotFoundError):
        add_photo(db, nankang, "无此小区", "改造前", shot)


@pytest.mark.requirement("R1.10", "R1.18")
def test_a_demolition_has_photos_of_its_own_with_who_took_them(db: Database, nankang: District, tmp_path: Path):
    rows = "编号,小区,种类,步骤,日期\nW1,金赣小区,铁皮棚,摸底,2024-06-01\n"
    enter_file(db, nankang, "demolition", table(tmp_path, rows))
    Image.new("RGB", (60, 40), "#884422").save(tmp_path / "a.jpg")
    shot = Shot.of_file(tmp_path / "a.jpg", DAY, caption="3栋旁", taken_by="执法队王某")
    add_demolition_photo(db, nankang, "W1", "拆除前", shot)
    add_demolition_photo(db, nankang, "W1", "拆除前", shot)
    add_photo(db, nankang, "金赣小区", "改造前", shot)
    with db.transaction() as connection:
        (of_estate,) = queries().estate_photos(connection, district_id="nankang", as_of=DAY, estates=None)
        (row,) = queries().demolition_photos(connection, district_id="nankang", as_of=DAY, estates=None)
    assert of_estate.phase == "改造前"
    assert (row.code, row.phase, row.taken_by, row.estate_code) == ("W1", "拆除前", "执法队王某", "NK2024-021")
    assert stored(db, nankang, "demolitions")[0].photos == 1
    with pytest.raises(NotFoundError, match="没有拆违事项 W9"):
        add_demolition_photo(db, nankang, "W9", "拆除前", shot)
    with pytest.raises(InputError):
        add_demolition_photo(db, nankang, "W1", "拆除后", Shot.of_file(tmp_path / "a.jpg", date(2999, 1, 1)))


@pytest.mark.requirement("R4.04")
def test_the_ground_must_be_clear_before_its_works_begin(db: Database, nankang: District, tmp_path: Path):
    carry_to(db, nankang, "NK2024-P08", 4, on=date(2024, 7, 1))
    for need in ("checklist.funds_before_start", "checklist.demolition"):
        open_gates_of(db, nankang, "NK2024-P08", need, date(2024, 7, 20))
    rows = "编号,小区,种类,步骤,日期,限期\nW1,金赣小区,铁皮棚,摸底,2024-06-01,\nW1,金赣小区,铁皮棚,认定,2024-06-09,\n"
    enter_file(db, nankang, "demolition", table(tmp_path, rows))
    with pytest.raises(RefusedError, match="拆除后才能在该地块施工") as refused:
        advance(db, nankang, "NK2024-P08", "项目建设", on=date(2024, 8, 1), evidence="开工令")
    assert "按施工计划有序逐步完成拆除" in str(refused.value.faults[0].hint)
    rest = "\n".join(
        f"W1,金赣小区,铁皮棚,{step},2024-07-{day:02},{'2024-07-15' if step == '限期自拆' else ''}"
        for step, day in (("告知", 2), ("限期自拆", 4), ("拆除", 16))
    )
    enter_file(db, nankang, "demolition", table(tmp_path, "编号,小区,种类,步骤,日期,限期\n" + rest))
    assert advance(db, nankang, "NK2024-P08", "项目建设", on=date(2024, 8, 1), evidence="开工令").stage_no == 5


@pytest.mark.requirement("R12.02")
def test_a_refusal_about_defects_quotes_what_speaks_of_defects(db: Database, nankang: District):
    carry_to(db, nankang, "NK2024-P07", 6, on=date(2024, 7, 1))
    record(db, nankang, "NK2024-P07", "defect", ["屋面渗漏"], on=date(2025, 1, 6), done=False)
    with pytest.raises(RefusedError) as refused:
        advance(db, nankang, "NK2024-P07", "长效管理", on=date(2025, 1, 8), evidence="移交单")
    (fault,) = refused.value.faults
    assert str(fault.hint) == "「验收中发现的问题要立即整改，确保工程质量」（S0）"


@pytest.mark.requirement("R1.13", "R1.14", "R1.24")
def test_fenggang_is_the_second_district_households_only(db: Database):
    rows = published_rows("fenggang")
    assert rows is not None
    made = import_register(db, "fenggang", rows)
    assert (made.report.check.counts.households, made.report.check.counts.estates) == (808, 5)
    assert made.report.check.mismatches == ()
    state = progress_state(db, made.district, as_of=DAY)
    assert {one.name: one.households for one in state.estates} == {
        "粮贸小区": 55, "老中医院小区": 220, "武装部小区": 107, "老财政局小区": 256, "金融小区": 170,
    }  # fmt: skip
    assert {one.buildings for one in state.estates} == {None}
