"""Plans side by side, and compound by compound."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.errors import InputError
from gisplanner.services.pipes.alternatives import (
    BASE,
    BUILT_IN,
    Alternative,
    compared,
    compared_document,
    compared_sentences,
    plan_alternatives,
    write_comparison,
)
from gisplanner.services.pipes.estates import Orders, each_document, plan_each
from gisplanner.services.pipes.figures import FIGURES
from gisplanner.services.pipes.hand import Hand, Wish
from gisplanner.services.pipes.pictures import context_of
from gisplanner.services.pipes.plan_file import ground_of_file, read_plan_file
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.text import Text

OWNERS = ["电信", "移动", "联通", "广电"]


def bars(path: Path) -> Path:
    sources = gpd.GeoDataFrame(
        {"utility": ["telecom"] * 4 + ["gas", "water"], "owner": [*OWNERS, None, None]},
        geometry=[shapely.Point(0, 0)] * 6,
    )
    layers = {
        "buildings": gpd.GeoDataFrame(
            {"id": ["a", "b"]}, geometry=[shapely.box(20, 10, 60, 22), shapely.box(20, -22, 60, -10)]
        ),
        "roads": gpd.GeoDataFrame({"name": ["东街"]}, geometry=[shapely.LineString([(0, 0), (80, 0)])]),
        "sources": sources,
    }
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(576811, 2839390), crs="EPSG:4547").to_file(path, layer=name, driver="GPKG")
    return path


@pytest.mark.requirement("R6.05")
def test_telecoms_together_dig_less_than_apart_and_all_stands_in_one_table(tmp_path: Path) -> None:
    ground = ground_of_file(bars(tmp_path / "x.gpkg"))
    mine = Alternative(
        "只走东街", "居民意见", Hand(wishes=(Wish(what="lock", network="gas", streets=("东街",), because="x"),))
    )
    said: list[Text] = []
    planned = plan_alternatives(ground, [BASE, *BUILT_IN.values(), mine], time_limit_s=2, tell=said.append)
    rows = compared(planned)
    assert [one.name for one in rows] == ["四网合一", "弱电各自排管", "燃气改另一侧", "只走东街"]
    assert len(said) == 4
    for one in rows:
        assert set(one.figures) == set(FIGURES)
        assert one.figures["violations"] == 0
    together, apart, other, _ = rows
    assert apart.figures["dug_m3"] > together.figures["dug_m3"]
    assert apart.figures["manholes"] > together.figures["manholes"]
    assert other.changes["turned_m"]["gas"] > 0
    assert "比较燃气走另一侧" in " ".join(other.reasons)
    document = compared_document(rows)
    assert document["alternatives"][0]["name"] == "四网合一"
    assert "弱电各自排管" in compared_sentences(rows)
    write_comparison(rows, tmp_path / "x.html", title="比选", context=context_of(ground.roads, ground.buildings))
    page = (tmp_path / "x.html").read_text("utf-8")
    assert all(one.name in page for one in rows)
    assert "https://" not in page.split("<body")[1].replace("https://t", "")


def test_one_compound_in_trouble_stops_no_other_and_a_second_run_goes_on(tmp_path: Path) -> None:
    path = bars(tmp_path / "x.gpkg")
    yard = gpd.GeoDataFrame(
        {"name": ["甲院", None]}, geometry=[shapely.box(10, -30, 70, 30), shapely.box(900, 900, 950, 950)]
    )
    yard.set_geometry(yard.translate(576811, 2839390), crs="EPSG:4547").to_file(path, layer="estates", driver="GPKG")
    file = read_plan_file(path, "estates")
    assert file.names() == ["甲院", "小区2"]
    read: list[str] = []

    def reading(row: int) -> Ground:
        read.append(file.names()[row])
        return file.ground([row])

    def bad() -> Ground:
        raise InputError(Text("图层坏了", en="broken"))

    wanted = [("坏/院", bad), ("甲院", lambda: reading(0))]
    orders = Orders(time_limit_s=1)
    document = each_document(plan_each(wanted, tmp_path / "out", orders))
    assert (document["planned"], document["failed"]) == (1, 1)
    assert document["estates"][0]["error"] == "图层坏了"
    own = tmp_path / "out" / "02_甲院"
    assert {one.name for one in own.iterdir()} >= {
        "plan.geojson",
        "plan.html",
        "plan.xlsx",
        "plan.dxf",
        "estate.json",
    }
    listed = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert (listed["wanted"], listed["totals"]["buildings"]) == (2, 2)
    made = (own / "plan.geojson").stat().st_mtime_ns
    again = each_document(plan_each(wanted, tmp_path / "out", orders))
    assert again["totals"] == document["totals"]
    assert (own / "plan.geojson").stat().st_mtime_ns == made  # nothing was planned twice
    plan_each(wanted, tmp_path / "out", Orders(time_limit_s=1, seed=1))
    assert (own / "plan.geojson").stat().st_mtime_ns > made
