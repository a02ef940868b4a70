"""The paper of one estate says what is stored, draws it, and hides nothing that is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, PermissionDeniedError
from gisplanner.services.networks.filing import record_filing
from gisplanner.services.networks.scheme import estate_scheme
from gisplanner.store.database import Database

DAY = date(2024, 9, 2)


@pytest.fixture
def estate(db: Database, town: District, hand_in: Callable[..., Any], put: Callable[..., None]) -> District:
    put("estates", [shapely.box(0, -20, 100, 40), shapely.box(500, 0, 600, 40)], name=["甲小区", "乙小区"],
        code=["E1", "E2"])  # fmt: skip
    put("buildings", [shapely.box(5, 5, 25, 15)], code=["B1"], estate_code=["E1"])
    gas = {"管类": "燃气", "压力": "低压", "管径": "DN110", "编号": "G1", "埋深": 0.9}
    hand_in("燃气公司", ([(0, 0), (100, 0)], gas))
    hand_in("水司", ([(0, 0.3), (100, 0.3)], {"管类": "给水", "编号": "W1", "埋深": None}))
    record_filing(db, town, ["E1"], "水司", "已报", on=DAY)
    return town


def words(path: Path) -> str:
    paper = docx.Document(str(path))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


@pytest.mark.requirement("R6.02")
def test_the_paper_of_an_estate(db: Database, estate: District, tmp_path: Path):
    out = tmp_path / "甲.docx"
    told = estate_scheme(db, estate, "甲小区", out, on=DAY)
    assert told.document() == {
        "estate": "甲小区", "lines": 2, "conflicts": 1, "unknown": 0, "section": True, "illustrative": False,
    }  # fmt: skip
    text = words(out)
    for said in (
        "甲小区管线整治方案", "2024年09月02日", "确定冲突 1 处", "水司/water/W1 – 燃气公司/gas/G1", "GB 50015-2019",
        "埋深不明", "未与印刷原文核对", "十一、说明", "分段、出资与排水体制", "已报", "0/1", "否",
    ):  # fmt: skip
        assert said in text, said
    assert len(docx.Document(str(out)).inline_shapes) == 2
    again = tmp_path / "再.docx"
    estate_scheme(db, estate, "E1", again, on=DAY)
    assert out.read_bytes() == again.read_bytes()


def test_the_plan_of_one_company_has_its_lines_only(db: Database, estate: District, tmp_path: Path):
    told = estate_scheme(db, estate, "E1", tmp_path / "水.docx", owner="水司", on=DAY)
    assert told.lines == 1
    text = words(tmp_path / "水.docx")
    assert "水司　2024年09月02日" in text


def test_an_estate_without_lines_says_so(db: Database, estate: District, tmp_path: Path):
    told = estate_scheme(db, estate, "乙小区", tmp_path / "乙.docx", on=DAY)
    assert (told.lines, told.section) == (0, None)
    assert "尚无单位报送" in words(tmp_path / "乙.docx")
    with pytest.raises(NotFoundError):
        estate_scheme(db, estate, "丙小区", tmp_path / "丙.docx", on=DAY)


def test_a_company_writes_its_own_plan_only(db: Database, estate: District, tmp_path: Path):
    water = Viewer("水", "operator", {"owner": ("水司",)})
    estate_scheme(db, estate, "E1", tmp_path / "水.docx", owner="水司", on=DAY, viewer=water)
    for owner in (None, "燃气公司"):
        with pytest.raises(PermissionDeniedError):
            estate_scheme(db, estate, "E1", tmp_path / "x.docx", owner=owner, on=DAY, viewer=water)
