"""``gisplanner fire`` on a stored district, as a user types it: plan, keep, compare, withdraw, register."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ezdxf
import geopandas as gpd
import pytest
from openpyxl import load_workbook

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.store.database import Database
from tests.services.fire.conftest import stored

__all__ = ["stored"]


class Commands:
    """The command line against the database of the test."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, dict[str, Any], str]:
        """Return exit code, the JSON document and what stood on standard error."""
        try:
            main(["fire", *arguments, "--json"])
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = self._capsys.readouterr()
        assert code != 70, told.out
        return code, json.loads(told.out), told.err


@pytest.fixture
def fire(
    stored: tuple[Database, District],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Commands:
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", stored[0].dsn)
    return Commands(capsys)


def test_a_district_gives_all_a_file_gives(fire: Commands, tmp_path: Path) -> None:
    out = tmp_path / "成果"
    code, document, told = fire("plan", "--district", "a", "--folder", str(out), "--curve", "500")
    assert code == 0
    assert "[1/2] 新园小区" in told
    assert "[2/2] 金赣小区" in told
    assert document["cost"] == 8600
    files = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}
    assert files == {
        "fire.html", "fire_lanes.geojson", "fire_lanes.dxf", "brigade.xlsx", "demolition.xlsx", "plan.json",
        "stations/甲.html", "stations/乙.html",
    }  # fmt: skip
    assert json.loads((out / "plan.json").read_text(encoding="utf-8"))["cost"] == 8600
    assert {"拆移", "车道中线"} <= set(gpd.read_file(out / "fire_lanes.geojson")["类别"])
    assert len(ezdxf.readfile(out / "fire_lanes.dxf").modelspace()) > 10
    book = load_workbook(out / "brigade.xlsx")
    assert {"楼栋", "车道下方与旁边", "登高操作场地", "预算曲线", "参数与来源"} <= set(book.sheetnames)
    rows = [[cell.value for cell in row] for row in book["出入口与钥匙"].iter_rows()]
    assert ["金赣小区", "出入口", "口1", None, "全天", "门卫王师傅", 4.5] in [row[:7] for row in rows]
    page = (out / "stations" / "乙.html").read_text(encoding="utf-8")
    for text in ("新园小区 消防车道图", "门禁与限高", "夜间关闭且无钥匙保管人", "移位", "登高操作场地"):
        assert text in page


def test_what_if_and_one_estate(fire: Commands) -> None:
    assert fire("evaluate", "--district", "a", "--remove", "棚1")[1]["served"] == ["乙1", "甲1", "甲2"]
    code, document, _ = fire("plan", "--district", "a", "--estate", "新园小区", "--households", "84")
    assert (code, document["cost"], [one["estate"] for one in document["estates"]]) == (0, 600, ["乙"])
    assert fire("plan", "--district", "a", "--households", "1", "--budget", "1")[0] == 2
    assert fire("plan", "--district", "a", "--crs", "EPSG:4547")[0] == 2


def test_kept_compared_withdrawn_registered(fire: Commands) -> None:
    assert fire("plan", "--district", "a", "--keep", "全部", "--because", "一次打通")[0] == 0
    assert fire("plan", "--district", "a", "--budget", "700", "--keep", "分期", "--because", "先做便宜的")[0] == 0
    assert [one["name"] for one in fire("plans", "list", "--district", "a")[1]["plans"]] == ["全部", "分期"]
    shown = fire("plans", "show", "分期", "--district", "a")[1]
    assert (shown["reason"], shown["answer"]["cost"], len(shown["inputs_sha256"])) == ("先做便宜的", 600, 64)
    [one] = fire("plans", "compare", "全部", "分期", "--district", "a")[1]["differences"]
    assert (one["cost"], one["households"]) == (-8000, -36)
    made = fire("plans", "register", "全部", "--on", "2024-06-01", "--district", "a")[1]
    assert (made["registered"], sorted(made["only_moved"])) == (["棚1"], ["车1", "门1"])
    assert fire("plans", "delete", "全部", "--because", "缓建", "--district", "a")[0] == 0
    assert [one["name"] for one in fire("plans", "list", "--district", "a")[1]["plans"]] == ["分期"]
    every = fire("plans", "list", "--all", "--district", "a")[1]["plans"]
    assert every[0]["withdrawn"]["because"] == "缓建"
    assert fire("plans", "show", "没有", "--district", "a")[0] == 2


def test_an_account_keeps_plans_only_where_it_may(fire: Commands, stored: tuple[Database, District]) -> None:
    add_account(stored[0], "大队", "reviewer")
    code, document, _ = fire("plan", "--district", "a", "--keep", "甲", "--because", "乙", "--as", "大队")
    assert (code, document["error"]["code"]) == (5, "permission_denied")
