"""Fire lanes of a stored district: estates one by one, the same as from a file, and the map of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.district import District
from gisplanner.services.districts import ensure_builtin_district
from gisplanner.services.fire.district import plan_fire_district, write_district_lanes
from gisplanner.services.fire.map import map_fire
from gisplanner.services.fire.plan import plan_fire
from gisplanner.services.fire.stored import grounds_of_district
from gisplanner.services.maps import MapOptions
from gisplanner.services.register.register import import_register
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database


@pytest.fixture
def stored(db: Database) -> tuple[Database, District]:
    district = ensure_builtin_district(db, "nankang")
    rows = published_rows("nankang")
    assert rows is not None
    import_register(db, district, rows)
    sketch_outlines(db, district)
    return db, district


def test_a_district_is_planned_estate_by_estate(stored: tuple[Database, District], tmp_path: Path) -> None:
    db, district = stored
    plan = plan_fire_district(db, district)
    document = plan.document()
    assert len(plan.plans) + len(plan.left_out) == 28
    assert sum(one["buildings"] for one in document["estates"]) == 190
    assert set(document["served_today"]) <= set(document["served_after"])
    assert document["proven"] is True
    assert document["cost"] == sum(one["cost"] for one in document["removals"]) == document["cost_lower_bound"]
    unreached = {one["building"] for one in document["unreachable"]}
    assert unreached.isdisjoint(document["served_after"])
    assert len(unreached) + len(document["served_after"]) == 190
    assert [lane["id"] for lane in document["lanes"]] == list(range(1, len(document["lanes"]) + 1))
    written = write_district_lanes(plan, tmp_path / "lanes.geojson")
    assert json.loads(written.text)["净宽（米）"] == 4.0

    page = map_fire(db, district, plan)
    assert "示意数据" in page
    assert f"{len(document['served_today'])}/190 栋" in page
    public = map_fire(db, district, plan, options=MapOptions(public=True))
    assert "拆移清单" not in public
    assert '"after"' not in public


def test_a_file_of_the_same_layers_gives_the_same(stored: tuple[Database, District], tmp_path: Path) -> None:
    db, district = stored
    grounds, _ = grounds_of_district(db, district)
    code, ground = max(grounds.items(), key=lambda one: len(one[1].obstacles) if len(one[1].buildings) < 20 else 0)
    path = tmp_path / "estate.gpkg"
    for name in ("site", "buildings", "obstacles", "entrances"):
        frame = getattr(ground, name)
        kept = frame[[c for c in ("floors", "households", "removable", "cost", "width_m") if c in frame.columns]]
        kept.assign(id=frame.index, geometry=frame.geometry).set_geometry("geometry").to_file(path, layer=name)
    from_file = plan_fire(path).document()
    from_store = plan_fire_district(db, district, estate=code).plans[code].document()
    for name in ("served_today", "served_after", "needs_survey", "unreachable", "cost", "proven"):
        assert from_file[name] == from_store[name], name
