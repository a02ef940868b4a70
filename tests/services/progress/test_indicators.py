"""Every indicator at every level, its weight named, unknown never counted as good."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisplanner.domain.district import District
from gisplanner.domain.indicators import LEVELS, Indicator, Measure
from gisplanner.rules.indicators import indicators, roll_up
from gisplanner.services.progress.indicators import measured
from gisplanner.services.progress.priority import ranked_estates
from gisplanner.store.database import Database

DAY = date(2024, 12, 31)
SECTION_16 = (
    "开工率", "完工率", "滞后天数", "意愿率", "前置条件",
    "必改项覆盖率", "补助资格", "管线方案备案率", "区深燃公司按期率", "割接窗口冲突数",
    "弱电下地率", "共沟节省", "违建待拆", "违建已拆", "违建待拆面积",
    "消防车道达标楼栋比", "灭火器缺口", "消火栓未覆盖楼栋", "加装电梯", "资金到位率",
    "验收问题未销号数", "移交完成率", "物业或业委会覆盖率", "居民满意度",
)  # fmt: skip


@pytest.mark.requirement("R14.04", "R14.08")
def test_all_indicators_stand_at_all_levels_with_their_weight(db: Database, drawn: District):
    found = measured(db, drawn, as_of=DAY)
    titles = {one.title for one in found.indicators}
    assert set(SECTION_16) <= titles
    assert all(one.basis for one in found.indicators)
    tables = {level: found.table(level, drawn.name) for level in LEVELS}
    counts = {level: len(table.values) for level, table in tables.items()}
    assert counts == {
        "district": 1, "subdistrict": 3, "community": 11, "renewal_area": 1, "project": 11, "estate": 28,
    }  # fmt: skip
    whole = tables["district"].values[drawn.name]
    assert {key: str(whole[f"completed.{key}"].percent) for key in ("estates", "households", "buildings")} == {
        "estates": "7.1", "households": "11.5", "buildings": "6.8",
    }  # fmt: skip
    for key in ("demolished", "funds", "willing", "defects"):
        parts = [table[key].part for table in tables["project"].values.values() if table[key].part is not None]
        assert sum(parts) == whole[key].part, key
    assert whole["lag_days"].part == max(table["lag_days"].part for table in tables["project"].values.values())
    assert whole["cutover_conflicts"].told == "资料不足"
    assert whole["cutover_conflicts"].unknown == 28
    assert tables["project"].stages["NK2024-P07 购物中心老旧小区改造工程"] == "长效管理 2"
    document = tables["subdistrict"].document("nankang")
    assert all(value["weight"] for place in document["places"] for value in place["values"].values())


@pytest.mark.requirement("R10.09")
def test_complaints_count_in_the_order_of_estates_and_nobody_is_named(db: Database, drawn: District):
    rows = ranked_estates(db, drawn, as_of=DAY)
    assert len(rows) == 28
    order = [(-one.met, -one.complaints_open, -one.complaints) for one in rows]
    assert order == sorted(order)
    assert any(one.complaints for one in rows)
    assert set(rows[0].as_dict()) == {"estate", "name", "met", "scores", "complaints", "complaints_open"}


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.tuples(st.sampled_from("PQR"), st.integers(0, 9), st.integers(9, 20)),
        max_size=8,
    )
)
def test_a_place_counts_each_owner_once_and_the_unknown_apart(told: dict[str, tuple[str, int, int]]):
    owners = {owner: (part, whole) for owner, part, whole in told.values()}
    measures = {code: Measure(owner, *map(Decimal, owners[owner])) for code, (owner, _, _) in told.items()}
    for way in ("share", "sum", "worst"):
        value = roll_up(Indicator("k", "t", "u", "b", way), {"x": "abcdefgh"}, measures)["x"]
        assert value.unknown == 8 - len(told)
        if not told:
            assert value.told == "资料不足"
        elif way == "worst":
            assert value.part == max(part for part, _ in owners.values())
        else:
            assert value.part == sum(part for part, _ in owners.values())


def test_a_district_without_a_document_has_no_companies():
    assert len(indicators(None)) == 8 + 24
