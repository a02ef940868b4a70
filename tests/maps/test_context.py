"""The base under a map: what is drawn how, what is left out and said."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from gisplanner.maps import context as base
from gisplanner.maps.context import Context
from gisplanner.maps.progress import progress_map

EAST, NORTH = 576811.0, 2839390.0


def draw(town, context, **sheet):
    return progress_map(
        town.estates, town.state, layer=town.spec, sheet=replace(town.sheet, **sheet), context=context
    )


def data(html: str, name: str):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)[1])


def roads(*rows) -> gpd.GeoDataFrame:
    columns = ["name", "highway", "width_m", "tunnel", "geom"]
    return gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], geometry="geom", crs=4547)


def line(*points):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in points])


def test_roads_are_grouped_by_sign_and_width(town):
    frame = roads(
        ("甲路", "primary", None, False, line((0, 40), (500, 40))),
        ("乙路", "primary_link", None, False, line((0, 60), (500, 60))),
        (None, "residential", 7.2, False, line((0, 80), (500, 80))),
        (None, "tertiary", 12.0, True, line((0, 90), (500, 90))),
        (None, "steps", None, None, line((0, 95), (20, 95))),
        ("远路", "primary", None, False, line((90_000, 0), (90_500, 0))),
        (None, None, None, False, None),
    )
    html = draw(town, Context(roads=frame))
    parts = {(one["sign"], one["width_m"]): len(one["geometry"]["coordinates"]) for one in data(html, "base-roads")}
    assert parts == {("road", 22.0): 2, ("road", 7.0): 1, ("tunnel", 12.0): 1, ("path", 2.0): 1}
    assert {one["t"] for one in data(html, "base-road-names")} == {"甲路", "乙路"}


def test_road_areas_are_drawn_as_areas(town):
    area = shapely.affinity.translate(shapely.box(0, 40, 400, 60), EAST, NORTH)
    part = data(draw(town, Context(roads=roads(("甲路", "primary", None, False, area)))), "base-roads")[0]
    assert part["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("bend", "tilt"), [((100, 0), 0.0), ((100, 100), -45.0), ((0, 100), -90.0), ((-100, 100), 45.0)]
)
def test_a_road_name_follows_its_road(town, bend, tilt):
    html = draw(town, Context(roads=roads(("甲路", "primary", None, False, line((0, 0), bend)))))
    assert data(html, "base-road-names")[0]["a"] == pytest.approx(tilt, abs=0.5)


def test_too_many_buildings_are_left_out_and_the_sheet_says_so(town, monkeypatch):
    monkeypatch.setattr(base, "MAX_BUILDING_VERTICES", 100)
    html = draw(town, town.context)
    assert 'id="base-buildings"' not in html
    assert "楼栋 190 栋过密，本图未绘" in html


def test_the_legend_explains_what_is_drawn_and_nothing_else(town):
    html = draw(town, Context(barriers=town.context.barriers))
    legend = re.search(r'aria-label="底图图例">(.*?)</ul>', html, re.DOTALL)[1]
    assert re.findall(r"</i>(.*?)</li>", legend) == ["水系", "铁路"]


def test_the_public_version_moves_the_base_too(town):
    exact = {
        tuple(at)
        for one in data(draw(town, town.context), "base-roads")
        for part in one["geometry"]["coordinates"]
        for at in part
    }
    html = draw(town, town.context, public=True)
    public = {tuple(at) for one in data(html, "base-roads") for part in one["geometry"]["coordinates"] for at in part}
    assert public
    assert not exact & public
    assert 'id="base-entrances"' not in html
