"""Real networks come in by their own files: three owners of one village, a water board in feet, drains in Catalan."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from gisplanner.domain.district import District
from gisplanner.errors import InputError
from gisplanner.services.districts import create_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.conflicts import conflicts_of_district
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database

VILLAGE = {
    "燃气公司": ("gas_net_schutterwald_1bar.gpkg", "pipes", "gas", 2_559),
    "热力公司": ("sw_heat.gpkg", "pipes", "heat", 482),
    "供电公司": ("lv_schutterwald.gpkg", "lines", "power", 3_000),
}


def district_of(db: Database, file: Path, layer: str, crs: str) -> District:
    west, south, east, north = gpd.read_file(file, layer=layer).to_crs(4326).total_bounds.tolist()
    return create_district(db, "v", crs=crs, bounds_lonlat=(west - 0.1, south - 0.1, east + 0.1, north + 0.1))


def test_three_owners_of_one_village(db: Database, shared_dir: Path):
    folder = shared_dir / "data" / "schutterwald"
    village = district_of(db, folder / "lv_schutterwald.gpkg", "lines", "EPSG:25832")
    for owner, (name, layer, utility, rows) in VILLAGE.items():
        report = import_networks(db, village, folder / name, owner=owner, layer=layer, utility=utility)
        assert report.accepted + len({fault.row for fault in report.rejected}) == rows
        assert {str(fault.hint) for fault in report.rejected} <= {"不是有长度的线"}
        # Supply and return of the heat network are drawn on one line.
        assert any("图形与前面的行完全相同" in note for note in report.notes) == (utility == "heat")
    lines = layer_frame(db, village, "pipe_segments")
    assert set(lines["owner"]) == set(VILLAGE)
    assert lines.geometry[lines["owner"] == "燃气公司"].length.sum() == pytest.approx(101_000, rel=0.05)
    found = conflicts_of_district(db, village)
    between = {frozenset(str(name).split("/")[0] for name in (one.a, one.b)) for one in found.report.conflicts}
    assert frozenset({"燃气公司", "供电公司"}) in between
    # Nobody states a depth or a pressure: crossings are unknown, gas is judged by the interval of all pressures.
    assert {one.missing[0] for one in found.report.unknown if one.kind == "vertical"} == {"depth_m"}
    assert found.seconds < 5.0


def test_a_diameter_in_metres_is_refused_by_row_and_one_in_inches_doubted(db: Database, shared_dir: Path):
    gas = shared_dir / "data" / "schutterwald" / "gas_net_schutterwald_1bar.gpkg"
    village = district_of(db, gas, "pipes", "EPSG:25832")
    given = {"owner": "燃气公司", "layer": "pipes", "utility": "gas"}
    with pytest.raises(InputError, match="没有一行") as caught:
        import_networks(db, village, gas, mapping={"section_text": "diameter_m"}, **given)
    assert "单位似乎不是毫米" in str(caught.value.faults[0].hint)


def test_a_water_board_in_feet_and_inches(db: Database, shared_dir: Path):
    file = shared_dir / "data" / "ky8" / "ky8.gpkg"
    county = district_of(db, file, "pipes", "EPSG:32616")
    given = {"owner": "water board", "layer": "pipes", "utility": "water", "mapping": {"section_text": "diameter"}}
    report = import_networks(db, county, file, **given)
    assert report.accepted + len({fault.row for fault in report.rejected}) == 1_614
    assert any("单位可能不是毫米" in note for note in report.notes)
    pipes = gpd.read_file(file, layer="pipes")
    stored = layer_frame(db, county, "pipe_segments").set_index("code")
    assert set(stored.index) <= set(pipes["id"])
    drawn_ft = pipes.set_index("id").geometry.length
    ratio = stored.geometry.length / drawn_ft.reindex(stored.index) / 0.3048006
    assert ratio.between(0.999, 1.001).all()


def test_water_and_drains_with_their_manholes(db: Database, shared_dir: Path):
    folder = shared_dir / "data" / "giswater"
    town = district_of(db, folder / "giswater_ws.gpkg", "arc", "EPSG:25831")
    water = {"owner": "水司", "utility": "water"}
    report = import_networks(db, town, folder / "giswater_ws.gpkg", layer="arc", **water)
    assert (report.accepted, report.rejected) == (269, ())
    nodes = import_networks(
        db, town, folder / "giswater_ws.gpkg", layer="node", mapping={"feature_text": "node_type"}, **water
    )
    assert nodes.points > 200
    drains = {"owner": "排水公司", "utility": "sewage", "mapping": {"depth_m": "y1"}}
    report = import_networks(db, town, folder / "giswater_ud.gpkg", layer="arc", **drains)
    assert report.accepted == 206
    # depth in that file is a text such as 1.510: read as a number, kept per line
    assert layer_frame(db, town, "pipe_segments").query("owner == '排水公司'")["depth_m"].notna().mean() > 0.8
