"""The map of pipelines and the illustrative networks it is shown with."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest

from gisplanner.domain.district import District
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import MapOptions
from gisplanner.services.networks.applications import apply_for
from gisplanner.services.networks.conflicts import conflicts_of_district
from gisplanner.services.networks.exceptions import accept_conflict
from gisplanner.services.networks.filing import filing_matrix
from gisplanner.services.networks.map import map_pipelines
from gisplanner.services.networks.sketch import record_example_filing, sketch_networks
from gisplanner.services.networks.upload import import_networks
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database

OWNERS = {
    "区供电公司",
    "区自来水公司",
    "区深燃公司",
    "区电信分公司",
    "区移动分公司",
    "区联通分公司",
    "区广电网络公司",
}


@pytest.fixture
def sketched(db: Database, nankang: District) -> District:
    sketch_outlines(db, nankang)
    sketch_networks(db, nankang)
    record_example_filing(db, nankang, on=date(2024, 9, 2))
    return nankang


def data_of(page: str, name: str) -> dict[str, list[dict[str, object]]]:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found, name
    return json.loads(found[1])


def test_all_seven_companies_have_lines_that_say_they_are_illustrative(db: Database, sketched: District):
    lines = layer_frame(db, sketched, "pipe_segments")
    assert set(lines["owner"]) == OWNERS
    assert lines["illustrative"].all()
    assert sketch_networks(db, sketched) == 0
    matrix = filing_matrix(db, sketched)
    record_example_filing(db, sketched, on=date(2024, 9, 3))
    assert filing_matrix(db, sketched).cells == matrix.cells
    assert matrix.count("退回") == 1


def test_the_map_shows_lines_and_conflicts_and_the_public_one_neither(db: Database, sketched: District):
    found = conflicts_of_district(db, sketched)
    page = map_pipelines(db, sketched, found)
    drawn = [len(data_of(page, f"lines-{number}")["features"]) for number in range(7)]
    assert sum(drawn) == len(layer_frame(db, sketched, "pipe_segments"))
    marks = data_of(page, "conflicts-0")["features"]
    assert len(marks) == sum(one.verdict == "确定" for one in found.report.conflicts) > 0
    assert "未核对原文" in page
    assert "示意数据" in page
    public = map_pipelines(db, sketched, found, options=MapOptions(public=True))
    assert 'id="lines-' not in public
    assert 'id="conflicts-' not in public
    assert "区深燃公司" not in public


def test_accepted_conflicts_points_and_tasks_are_told_apart(db: Database, sketched: District, tmp_path: Path):
    found = conflicts_of_district(db, sketched)
    worst = found.report.conflicts[0]
    second = None if worst.b is None else str(worst.b)
    accept_conflict(
        db, sketched, str(worst.a), second, worst.kind, measure="加套管", ground="巷窄", document="纪要",
        accepted_by="王工", on=date(2024, 9, 2), until=date(2999, 1, 1),
    )  # fmt: skip
    apply_for(
        db, sketched, "道路开挖", "K-1", owner="区深燃公司", subject="红旗大道", on=date(2024, 9, 2),
        shape=layer_frame(db, sketched, "pipe_segments").geometry.iloc[0],
    )  # fmt: skip
    spot = layer_frame(db, sketched, "roads").geometry.iloc[0].representative_point()
    gpd.GeoDataFrame(
        {"编号": ["V1"], "管类": ["燃气"], "附属物": ["阀门"]}, geometry=[spot], crs=sketched.crs
    ).to_file(tmp_path / "p.gpkg")
    import_networks(db, sketched, tmp_path / "p.gpkg", owner="区深燃公司", illustrative=True)
    page = map_pipelines(db, sketched)
    assert "已登记例外" in page
    marks = [data_of(page, f"marks-{number}")["features"][0]["properties"] for number in range(2)]
    assert [one["n"] for one in marks] == ["阀门 V1", "K-1"]
    assert "已申请" in marks[1]["v"]
    public = map_pipelines(db, sketched, options=MapOptions(public=True))
    assert "marks-0" not in public
    assert "K-1" not in public
