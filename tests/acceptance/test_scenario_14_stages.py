"""阶段与公示: deadlines each by itself, working days with 调休, six preconditions, every party at the acceptance."""

from __future__ import annotations

from datetime import date

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.domain.district import District
from gisplanner.errors import RefusedError
from gisplanner.rules.acceptance import required_parties
from gisplanner.services.districts import create_district
from gisplanner.services.progress.events import advance, progress_state
from gisplanner.services.progress.gates import count_notice_start_day, record
from gisplanner.store.database import Database
from tests.progress_steps import carry_to, open_gates_of

P08 = "NK2024-P08"
SIX = ("成立小区党组织", "多方协商共治", "签订居民公约", "拆除违法建设", "出资参与改造",
       "承诺接受后期物业管理并交纳费用")  # fmt: skip


def with_project(db: Database, profile_name: str, code: str = "P1") -> District:
    """A district under a profile, with one project of its register."""
    district = create_district(db, "d", crs="EPSG:4547", profile=profile_name)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO project (district_id, code, name, plan_year) VALUES (%s, %s, %s, 2022)",
            (district.id, code, "示范项目"),
        )
    return district


def events(db: Database) -> int:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stage_event")
        return int(cursor.fetchone()[0])  # type: ignore[index]


@pytest.mark.requirement("R10.01", "R8.10")
@pytest.mark.parametrize(
    ("on", "counted", "refused"),
    [
        (date(2022, 4, 7), False, True),
        (date(2022, 4, 7), True, True),
        (date(2022, 4, 8), False, True),
        (date(2022, 4, 8), True, False),
        (date(2022, 4, 11), False, False),
    ],
)
def test_b_five_working_days(db: Database, on: date, counted: bool, refused: bool):
    district = with_project(db, "changzhou")
    carry_to(db, district, "P1", 4, on=date(2022, 3, 31))
    for need in ("checklist.joint_review", "checklist.after_notice"):
        open_gates_of(db, district, "P1", need, on)
    record(db, district, "P1", "date", ["公示开始"], on=date(2022, 4, 1))
    count_notice_start_day(db, district, counted=counted)
    if not refused:
        assert advance(db, district, "P1", "工程组织实施", on=on, evidence="公示照片.jpg").stage_no == 5
        return
    with pytest.raises(RefusedError) as caught:
        advance(db, district, "P1", "工程组织实施", on=on, evidence="公示照片.jpg")
    assert "2022-04-11" in caught.value.message
    assert "2022-04-08" in caught.value.message
    (fault,) = caught.value.faults
    assert "公示时间不少于5个工作日" in str(fault.hint)
    assert events(db) == 4


@pytest.mark.requirement("R10.01")
def test_b_a_year_without_published_holidays_is_not_guessed(db: Database, monkeypatch: pytest.MonkeyPatch):
    district = with_project(db, "changzhou")
    carry_to(db, district, "P1", 4, on=date(2000, 3, 31))
    for need in ("checklist.joint_review", "checklist.after_notice"):
        open_gates_of(db, district, "P1", need, date(2000, 5, 1))
    record(db, district, "P1", "date", ["公示开始"], on=date(2000, 4, 3))
    with pytest.raises(RefusedError, match="2000 年放假安排未收录"):
        advance(db, district, "P1", "5", on=date(2000, 5, 1), evidence="a.pdf")


@pytest.mark.requirement("R4.01")
@pytest.mark.parametrize("missing", SIX)
def test_c_five_of_six_preconditions(db: Database, missing: str):
    district = with_project(db, "xianning")
    record(db, district, "P1", "gate", [one for one in SIX if one != missing], on=date(2024, 3, 1))
    with pytest.raises(RefusedError, match="5/6") as caught:
        advance(db, district, "P1", "项目生成", on=date(2024, 3, 2), evidence="a.pdf")
    assert missing in caught.value.message
    assert "六个前置条件" in str(caught.value.faults[0].hint)
    assert events(db) == 0
    record(db, district, "P1", "gate", [missing], on=date(2024, 3, 2))
    assert advance(db, district, "P1", "项目生成", on=date(2024, 3, 2), evidence="a.pdf").stage_no == 1


@pytest.mark.requirement("R12.01", "R8.01")
def test_d_an_acceptance_without_the_power_company(db: Database, nankang: District):
    carry_to(db, nankang, P08, 5, on=date(2024, 8, 8))
    open_gates_of(db, nankang, P08, "checklist.pipeline_plans", date(2024, 8, 8))
    rule = profile("nankang").acceptance
    assert rule is not None
    day = date(2024, 12, 1)
    others = [one for one in required_parties(rule) if one != "区供电公司"]
    record(db, nankang, P08, "signature", others, on=day, evidence="验收表.pdf")
    with pytest.raises(RefusedError, match="缺：区供电公司") as caught:
        advance(db, nankang, P08, "项目验收", on=day, evidence="验收意见.pdf")
    (fault,) = caught.value.faults
    for quote in (
        "〔责任单位：区住建局、区广电网络公司、区移动分公司、区电信分公司、区联通分公司〕",
        "各管线单位等进行项目联合竣工验收",
    ):
        assert quote in str(fault.hint)
    record(db, nankang, P08, "signature", ["区供电公司"], on=day, evidence="验收表.pdf")
    assert advance(db, nankang, P08, "项目验收", on=day, evidence="验收意见.pdf").stage_no == 6


@pytest.mark.requirement("R12.02")
def test_an_open_defect_blocks_the_next_stage(db: Database, nankang: District):
    carry_to(db, nankang, P08, 6, on=date(2024, 12, 1))
    record(db, nankang, P08, "defect", ["雨水井盖松动"], on=date(2024, 12, 1), done=False)
    with pytest.raises(RefusedError, match="未销号 1 处"):
        advance(db, nankang, P08, "长效管理", on=date(2024, 12, 9), evidence="a.pdf")
    record(db, nankang, P08, "defect", ["雨水井盖松动"], on=date(2024, 12, 10))
    with pytest.raises(RefusedError, match="未销号 1 处"):
        advance(db, nankang, P08, "长效管理", on=date(2024, 12, 9), evidence="a.pdf")
    advance(db, nankang, P08, "长效管理", on=date(2024, 12, 10), evidence="a.pdf")


@pytest.mark.requirement("R8.01")
@pytest.mark.parametrize(
    ("stage", "on", "evidence", "told"),
    [
        ("项目建设", date(2024, 8, 1), "a.pdf", "不能跳过 宣传动员、拆违拆乱"),
        ("宣传动员", date(2024, 6, 1), "a.pdf", "已于 2024-07-01 进入第 2 阶段"),
        ("宣传动员", date(2024, 8, 1), None, "没有佐证材料"),
        ("宣传动员", date(2024, 8, 1), "  ", "没有佐证材料"),
        ("宣传动员", date(2999, 8, 1), "a.pdf", "还没有到"),
        ("宣传动员", date(2024, 8, 1), "a.pdf", "没有「征集改造需求」的记录"),
    ],
)
def test_what_cannot_follow_is_refused_and_not_stored(
    db: Database, nankang: District, stage: str, on: date, evidence: str | None, told: str
):
    carry_to(db, nankang, P08, 2, on=date(2024, 7, 1))
    with pytest.raises(RefusedError, match=told):
        advance(db, nankang, P08, stage, on=on, evidence=evidence)
    assert events(db) == 2


@pytest.mark.requirement("R4.03")
def test_funds_come_before_the_works(db: Database, nankang: District):
    carry_to(db, nankang, P08, 4, on=date(2024, 7, 1))
    open_gates_of(db, nankang, P08, "checklist.demolition", date(2024, 7, 1))
    with pytest.raises(RefusedError, match="落实资金来源") as caught:
        advance(db, nankang, P08, "项目建设", on=date(2024, 8, 1), evidence="a.pdf")
    assert "项目实施前，应先落实资金来源" in str(caught.value.faults[0].hint)
    record(db, nankang, P08, "gate", ["落实资金来源"], on=date(2024, 8, 2))
    with pytest.raises(RefusedError):
        advance(db, nankang, P08, "项目建设", on=date(2024, 8, 1), evidence="a.pdf")
    advance(db, nankang, P08, "项目建设", on=date(2024, 8, 2), evidence="a.pdf")
    assert max(estate.stage_no or 0 for estate in progress_state(db, nankang).estates) == 5


def lag_of(db: Database, district: District, as_of: date) -> dict[str, tuple[str, int | None]]:
    state = progress_state(db, district, as_of=as_of)
    return {one.key: (one.status, one.lag_days) for one in state.deadlines if one.project_code == P08}


@pytest.mark.requirement("R8.02", "R8.03")
def test_a_not_started_on_the_first_of_september(db: Database, nankang: District):
    carry_to(db, nankang, P08, 4, on=date(2024, 8, 20))
    on_time = lag_of(db, nankang, date(2024, 8, 31))
    assert on_time["start_by_august"] == ("open", 0)
    state = progress_state(db, nankang, as_of=date(2024, 9, 1))
    late = [one for one in state.deadlines if one.project_code == P08 and one.behind]
    assert [(one.key, one.lag_days, one.inherited, one.soft) for one in late] == [("start_by_august", 1, True, True)]
    assert "原则上要在当年8月底前开工" in late[0].quote
    assert P08 in state.behind


@pytest.mark.requirement("R8.02", "R8.03")
def test_a_done_on_the_tenth_of_january_has_two_separate_results(db: Database, nankang: District):
    carry_to(db, nankang, P08, 7, on=date(2025, 1, 10))
    told = lag_of(db, nankang, date(2025, 2, 1))
    assert told["done_in_plan_year"] == ("late", 10)
    assert told["done_by_spring_festival"] == ("in_time", -18)
    assert lag_of(db, nankang, date(2025, 1, 9))["done_in_plan_year"] == ("overdue", 9)


@pytest.mark.requirement("R8.04", "R8.05", "R8.06", "R8.07", "R8.08", "R8.09")
def test_the_six_stages_of_fenggang_have_their_days(db: Database):
    district = with_project(db, "fenggang")
    record(db, district, "P1", "date", ["完工"], on=date(2021, 6, 3))
    state = progress_state(db, district, as_of=date(2021, 6, 10))
    assert [(one.due, one.status, one.lag_days) for one in state.deadlines] == [
        (date(2020, 5, 31), "overdue", 375),
        (date(2020, 5, 31), "overdue", 375),
        (date(2020, 5, 31), "overdue", 375),
        (date(2021, 5, 31), "late", 3),
        (date(2021, 6, 30), "open", -20),
        (date(2021, 7, 31), "open", -51),
    ]
