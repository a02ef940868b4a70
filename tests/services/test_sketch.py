"""Illustrative rows are marked, replaced as a whole, and give way to real outlines."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import shapely
from shapely.geometry import Polygon, box

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database

LAYERS = ("estates", "buildings", "roads", "barriers", "entrances", "obstacles", "connection_points")


def run(db: Database, statement: str, *values: object) -> list[tuple[object, ...]]:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def snapshot(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table a sketch writes, ids and all."""
    return {
        table: run(db, f"SELECT * FROM {table} ORDER BY id")
        for table in ("estate", "building", "road", "barrier", "entrance", "obstacle", "connection_point",
                      "import_batch", "history")
    }  # fmt: skip


def give_outline(db: Database, code: str, outline: Polygon) -> None:
    run(
        db,
        "UPDATE estate SET geom = ST_SetSRID(ST_GeomFromText(%s), srid), illustrative = false WHERE code = %s",
        outline.wkt,
        code,
    )


def outlines(db: Database, district: District) -> pd.Series:
    frame = layer_frame(db, district, "estates")
    return frame.set_index("code").geometry


def test_the_whole_register_is_drawn_and_marked(db: Database, nankang: District):
    report = sketch_outlines(db, nankang)
    frames = {name: layer_frame(db, nankang, name) for name in LAYERS}
    assert {name: len(frame) for name, frame in frames.items()} == report.drawn
    assert report.written == sum(report.drawn.values())
    assert (len(frames["estates"]), len(frames["buildings"])) == (28, 190)
    assert all(frame["illustrative"].all() and frame.geometry.notna().all() for frame in frames.values())
    west, south, east, north = nankang.bounds_lonlat
    for frame in frames.values():
        bounds = frame.to_crs(4326).total_bounds
        assert west < bounds[0] < bounds[2] < east
        assert south < bounds[1] < bounds[3] < north
    buildings = frames["buildings"]
    register = frames["estates"].set_index("code")
    assert (buildings.groupby("estate_code")["households"].sum() == register["households"]).all()
    assert (buildings.groupby("estate_code").size() == register["buildings"]).all()
    batches = run(
        db, "SELECT kind, rows_read, rows_stored, credit, report->'drawn'->>'buildings' FROM import_batch ORDER BY id"
    )
    kind, read, stored, credit, drawn = batches[-1]
    assert (kind, read, stored, drawn) == ("sketch", 28, 28, "190")
    assert "示意数据" in str(credit)
    assert run(db, "SELECT count(*) FROM building WHERE batch_id IS NULL") == [(0,)]
    assert run(db, "SELECT count(*) FROM estate WHERE geom_batch_id IS NULL") == [(0,)]


def test_a_second_run_leaves_no_trace(db: Database, nankang: District):
    first = sketch_outlines(db, nankang)
    before = snapshot(db)
    second = sketch_outlines(db, nankang)
    assert (second.drawn, second.written) == (first.drawn, 0)
    assert snapshot(db) == before


def test_a_real_outline_far_away_takes_over_its_estate_only(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    before, drawn = outlines(db, nankang), layer_frame(db, nankang, "buildings")
    west, south, _, _ = shapely.total_bounds(before.to_numpy())
    real = box(west - 5000.0, south, west - 4800.0, south + 200.0)
    give_outline(db, "NK2024-028", real)
    report = sketch_outlines(db, nankang)
    assert (report.kept_real, report.shift_m, report.no_room) == (("NK2024-028",), (0.0, 0.0), ())
    after = outlines(db, nankang)
    assert after["NK2024-028"].equals(real)
    assert all(after[code].equals(before[code]) for code in before.index if code != "NK2024-028")
    for name in ("buildings", "entrances", "obstacles"):
        assert "NK2024-028" not in set(layer_frame(db, nankang, name)["estate_code"])
    assert not layer_frame(db, nankang, "roads")["code"].str.startswith("NK2024-028-L").any()
    assert len(layer_frame(db, nankang, "buildings")) == len(drawn) - 108


def test_the_sketch_moves_aside_for_a_real_outline(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    real = outlines(db, nankang)["NK2024-021"].buffer(30.0)
    give_outline(db, "NK2024-001", real)
    report = sketch_outlines(db, nankang)
    assert report.shift_m != (0.0, 0.0)
    after = layer_frame(db, nankang, "estates")
    drawn = after[after["illustrative"].astype(bool)]
    assert len(drawn) == 27
    assert drawn.geometry.distance(real).min() >= 20.0
    streets = layer_frame(db, nankang, "roads")
    assert streets.geometry.distance(real).min() >= 20.0
    before = snapshot(db)
    assert sketch_outlines(db, nankang).written == 0
    assert snapshot(db) == before


def test_what_has_no_room_is_left_out_and_said(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    shapes = outlines(db, nankang)
    west, south, east, north = shapely.total_bounds(shapes.to_numpy())
    # Real outlines all around leave half of the town's ground, too little to move to.
    free = box((west + east) / 2.0, south - 150.0, east + 150.0, north + 150.0)
    everywhere = box(west - 9e3, south - 9e3, east + 9e3, north + 9e3).difference(free)
    give_outline(db, "NK2024-001", everywhere)
    report = sketch_outlines(db, nankang)
    assert report.shift_m == (0.0, 0.0)
    after = layer_frame(db, nankang, "estates").set_index("code")
    assert after.loc[list(report.no_room)].geometry.isna().all()
    drawn = after[after["illustrative"].astype(bool)]
    assert report.no_room
    assert len(drawn) >= 1
    assert {*drawn.index, *report.no_room, "NK2024-001"} == set(after.index)
    for name in ("buildings", "roads", "barriers", "connection_points"):
        assert (layer_frame(db, nankang, name).geometry.distance(everywhere) >= 20.0).all(), name
    assert drawn.geometry.distance(everywhere).min() >= 20.0


def test_a_real_row_with_a_drawn_code_is_never_touched(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    code = "NK2024-002-B01"
    run(db, "UPDATE building SET illustrative = false, floors = 9 WHERE code = %s", code)
    report = sketch_outlines(db, nankang)
    assert report.written == 0
    assert run(db, "SELECT floors, illustrative FROM building WHERE code = %s", code) == [(9, False)]


def test_changed_figures_redraw_and_keep_the_earlier_version(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    run(db, "UPDATE estate SET households = households + 60 WHERE code = 'NK2024-018'")
    report = sketch_outlines(db, nankang)
    assert report.written == 1
    assert run(db, "SELECT households FROM building WHERE code = 'NK2024-018-B01'") == [(72,)]
    assert run(db, "SELECT before->>'households' FROM history WHERE table_name = 'building'") == [("12",)]


def test_all_real_means_nothing_drawn(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    run(db, "UPDATE estate SET illustrative = false")
    report = sketch_outlines(db, nankang)
    assert set(report.drawn.values()) == {0}
    assert len(report.kept_real) == 28
    assert all(layer_frame(db, nankang, name).empty for name in LAYERS if name != "estates")
    assert layer_frame(db, nankang, "estates").geometry.notna().all()


def test_a_district_without_register_stays_empty(db: Database):
    district = create_district(db, "empty", crs="EPSG:4547", bounds_lonlat=(114.0, 25.0, 115.0, 26.0))
    report = sketch_outlines(db, district)
    assert (report.written, set(report.drawn.values())) == (0, {0})


def test_a_centre_outside_the_district_is_refused(db: Database, nankang: District):
    before = snapshot(db)
    with pytest.raises(InputError, match="超出区界"):
        sketch_outlines(db, nankang, centre_lonlat=(116.0, 25.0))
    assert snapshot(db) == before


def test_the_command_tells_what_it_drew(
    db: Database, nankang: District, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    main(["sketch", "--district", "nankang", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["drawn"]["buildings"] == 190
    assert document["illustrative"] is True
    assert "示意数据" in document["notice"]
    main(["sketch", "--district", "nankang"])
    told = capsys.readouterr().out
    assert told.startswith("示意数据")
    assert "未作改动" in told
    with pytest.raises(SystemExit) as stopped:
        main(["sketch", "--district", "nankang", "--centre", "here", "--json"])
    assert stopped.value.code == 2
    assert json.loads(capsys.readouterr().out)["error"]["items"][0]["column"] == "--centre"
