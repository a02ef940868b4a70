"""OpenStreetMap files: areas from ways and relations, our layers by their tags, nothing lost in silence."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import osmium
import pytest
import shapely

from gisplanner.errors import FileFormatError
from gisplanner.formats import osm
from gisplanner.formats.osm import OSM_CREDIT, osm_codes
from gisplanner.formats.vector import read_vector

SQUARES = {  # id of the first node: lower left corner, size in units of 0.001°
    10: (0, 0, 10),
    20: (2, 2, 2),
    30: (20, 0, 1),
    40: (30, 0, 1),
}


def tags(**pairs: str) -> str:
    return "".join(f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in pairs.items())


def city(tmp_path: Path, *objects: str) -> Path:
    nodes = ""
    for first, (x, y, size) in SQUARES.items():
        for step, (dx, dy) in enumerate(((0, 0), (size, 0), (size, size), (0, size))):
            lon, lat = 104 + (x + dx) / 1000, 30 + (y + dy) / 1000
            nodes += f'<node id="{first + step}" version="1" lon="{lon}" lat="{lat}"/>'
    ordered = [o for kind in ("<node", "<way", "<relation") for o in objects if o.startswith(kind)]
    path = tmp_path / "city.osm"
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{"".join(ordered)}</osm>', encoding="utf-8")
    return path


def way(number: int, *refs: int, **pairs: str) -> str:
    members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" version="1">{members}{tags(**pairs)}</way>'


def square(number: int, first: int, **pairs: str) -> str:
    return way(number, first, first + 1, first + 2, first + 3, first, **pairs)


def relation(number: int, outer: int, inner: int, **pairs: str) -> str:
    members = f'<member type="way" ref="{outer}" role="outer"/><member type="way" ref="{inner}" role="inner"/>'
    return f'<relation id="{number}" version="1">{members}{tags(type="multipolygon", **pairs)}</relation>'


def read(path: Path, kind: str) -> gpd.GeoDataFrame:
    return read_vector(path, prefer=kind).frame


def test_a_multipolygon_has_its_courtyard_and_its_ways_are_no_buildings(tmp_path: Path):
    path = city(tmp_path, square(1, 10), square(2, 20), relation(3, 1, 2, building="yes", building__levels="6"))
    frame = read(path, "buildings")
    assert osm_codes(frame).tolist() == ["r3"]
    assert frame["levels"].tolist() == ["6"]
    assert len(frame.geometry.iloc[0].geoms[0].interiors) == 1
    assert frame.geometry.iloc[0].area == pytest.approx(96e-6)


def test_roads_leave_squares_out_and_say_tunnel_only_when_it_is_one(tmp_path: Path):
    path = city(
        tmp_path,
        way(1, 10, 11, highway="primary", tunnel="no", bridge="viaduct", width="6 m", name="人民路"),
        square(2, 20, highway="pedestrian", area="yes"),
        square(3, 30, highway="service", tunnel="building_passage"),
    )
    frame = read(path, "roads")
    assert frame["highway"].tolist() == ["primary", "service"]
    assert frame["tunnel"].tolist() == [None, "building_passage"]
    assert frame["bridge"].tolist() == ["viaduct", None]
    assert set(frame.geom_type) == {"LineString"}


def test_barriers_are_rails_water_and_walls_but_no_metro_underground(tmp_path: Path):
    path = city(
        tmp_path,
        way(1, 10, 11, railway="rail", tunnel="yes", layer="-1"),
        way(2, 11, 12, railway="subway", tunnel="yes"),
        way(3, 12, 13, railway="subway"),
        way(4, 10, 12, waterway="river", name="府河"),
        square(5, 20, natural="water"),
        square(6, 30, barrier="wall"),
        way(7, 40, 41, barrier="kerb"),
        way(8, 40, 42, railway="platform"),
    )
    frame = read(path, "barriers")
    by_code = dict(zip(osm_codes(frame), frame["kind"], strict=True))
    assert by_code == {"w1": "railway", "w3": "railway", "w4": "waterway", "w5": "water", "w6": "wall"}
    geometry = dict(zip(osm_codes(frame), frame.geom_type, strict=True))
    assert (geometry["w5"], geometry["w6"]) == ("MultiPolygon", "LineString")


def test_gates_are_entrances_and_doors_of_houses_are_not(tmp_path: Path):
    nodes = [
        f'<node id="{number}" version="1" lon="104.02" lat="30.0{number}">{tags(**pairs)}</node>'
        for number, pairs in {
            51: {"barrier": "gate", "name": "东大门"},
            52: {"entrance": "yes"},
            53: {"entrance": "main"},
            54: {"barrier": "bollard"},
            55: {"entrance": "no"},
        }.items()
    ]
    house = way(9, 53, 11, 12, 53, building="yes")
    assert osm_codes(read(city(tmp_path, *nodes, house), "entrances")).tolist() == ["n51", "n52"]
    assert osm_codes(read(city(tmp_path, *nodes, house), "obstacles")).tolist() == ["n54"]


def test_estates_and_sheds(tmp_path: Path):
    path = city(
        tmp_path,
        square(1, 10, landuse="residential", name="甲小区"),
        square(2, 20, landuse="commercial"),
        square(3, 30, building="shed"),
    )
    assert read(path, "estates")["name"].tolist() == ["甲小区"]
    assert read(path, "obstacles")["kind"].tolist() == ["shed"]
    assert len(read(path, "buildings")) == 1


def test_what_is_incomplete_in_the_extract_is_named(tmp_path: Path):
    path = city(
        tmp_path,
        way(1, 10, 99, highway="primary"),
        way(2, 10, 11, highway="service"),
        square(3, 20, building="yes"),
        relation(4, 77, 78, building="yes"),
    )
    roads = read_vector(path, prefer="roads")
    assert osm_codes(roads.frame).tolist() == ["w2"]
    assert "way/1" in roads.notes[0]
    assert "relation/4" in read_vector(path, prefer="buildings").notes[0]


def test_an_empty_layer_has_its_columns(tmp_path: Path):
    read_file = read_vector(city(tmp_path), prefer="estates")
    assert len(read_file.frame) == 0
    assert {"osm_id", "name"} <= set(read_file.frame.columns)
    assert (read_file.credit, read_file.crs.to_epsg(), read_file.tolerant) == (OSM_CREDIT, 4326, True)


@pytest.mark.parametrize("suffix", ["osm.pbf", "osm.bz2", "osm.gz"])
def test_pbf_and_packed_files_give_the_same(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch):
    path = city(tmp_path, square(1, 10, landuse="residential", name="甲小区"))
    other = tmp_path / f"city2.{suffix}"
    with osmium.SimpleWriter(str(other)) as writer:
        for item in osmium.FileProcessor(str(path)):
            writer.add(item)
    monkeypatch.setattr(osm, "_LARGE_FILE_BYTES", 0)  # node locations on disk, as for a province
    assert read(other, "estates").equals(read(path, "estates"))


def test_a_broken_file_tells_the_line(tmp_path: Path):
    path = city(tmp_path, square(1, 10, building="yes"))
    path.write_text(path.read_text()[:-30])
    with pytest.raises(FileFormatError, match="line 1"):
        read_vector(path, prefer="buildings")


@pytest.mark.parametrize("kind", ["estates", "buildings", "roads", "barriers"])
def test_chengdu_gives_the_objects_of_its_geopackage(shared_dir: Path, kind: str):
    folder = shared_dir / "data" / "chengdu"
    ours = read(folder / "chengdu.osm", kind)
    theirs = read(folder / "chengdu.gpkg", kind)
    assert sorted(osm_codes(ours)) == sorted(osm_codes(theirs))
    assert len(ours) == {"estates": 19, "buildings": 1034, "roads": 458, "barriers": 8}[kind]
    ours.index, theirs.index = osm_codes(ours), osm_codes(theirs)
    apart = shapely.hausdorff_distance(ours.geometry.to_numpy(), theirs.geometry.reindex(ours.index).to_numpy())
    assert apart.max() < 1e-7
