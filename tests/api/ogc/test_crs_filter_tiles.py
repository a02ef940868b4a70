"""Parts 2 and 3 and Tiles: axis order by the authority, filters, queryables, vector tiles."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from jsonschema import Draft202012Validator
from pyproj import Transformer
from shapely.geometry import shape

from gisplanner.api.app import create_app
from gisplanner.services.ogc.tiles import WORLD_M
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features
from tests.api.ogc.conftest import ESTATES, ITEMS, X0, Y0, stock
from tests.calling import Call, calling

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
OUTLINE = shapely.box(X0, Y0, X0 + 100, Y0 + 80)


@pytest.mark.parametrize("uri", [CRS84, *(f"{EPSG}{code}" for code in (4326, 4490, 4547, 3857))])
def test_each_system_has_its_own_axis_order(admin: Call, uri: str):
    answer = admin(ESTATES, params={"crs": uri, "limit": "1"})
    assert answer.headers["content-crs"] == f"<{uri}>"
    got = shape(answer.json()["features"][0]["geometry"])
    code = "OGC:CRS84" if uri == CRS84 else f"EPSG:{uri.rpartition('/')[2]}"
    # Without always_xy PROJ gives what the authority says: north first for 4326, 4490 and Gauss-Kruger zones.
    transformer = Transformer.from_crs("EPSG:4547", code)
    expected = shapely.Polygon([transformer.transform(y, x) for x, y in OUTLINE.exterior.coords])
    tolerance = 2e-7 if abs(got.bounds[0]) < 200 else 0.002
    assert got.hausdorff_distance(expected) < tolerance


def test_every_advertised_system_answers_and_takes_boxes(admin: Call):
    described = admin("/ogc/collections/a.estates").json()
    assert described["crs"][0] == CRS84
    assert described["storageCrs"] == f"{EPSG}4547"
    assert described["storageCrs"] in described["crs"]
    for uri in described["crs"]:
        outline = shape(admin(ESTATES, params={"crs": uri}).json()["features"][0]["geometry"])
        box = ",".join(str(number) for number in outline.buffer(outline.length / 100).bounds)
        got = admin(ESTATES, params={"bbox": box, "bbox-crs": uri}).json()["features"]
        assert [one["id"] for one in got] == ["1"], uri


FILTERS = [
    ("floors = 3", lambda n: n % 7 + 1 == 3),
    ("floors > 2 AND floors <= 4", lambda n: 2 < n % 7 + 1 <= 4),
    ("NOT floors = 3 OR households < 5", lambda n: n % 7 + 1 != 3 or n < 5),
    ("floors BETWEEN 2 AND 3", lambda n: 2 <= n % 7 + 1 <= 3),
    ("name IN ('3栋', '4栋')", lambda n: n in {3, 4}),
    ("name LIKE '1%'", lambda n: str(n).startswith("1")),
    ("CASEI(code) = CASEI('b07')", lambda n: n == 7),
    ("use IS NULL", lambda n: True),
    ("use IS NOT NULL", lambda n: False),
    ("floors * 2 + 1 = households", lambda n: (n % 7 + 1) * 2 + 1 == n),
    ("illustrative = false", lambda n: True),
    ("name = 'x'' OR TRUE --'", lambda n: False),
    ("name = '100%'", lambda n: False),
]


@pytest.mark.parametrize(("text", "holds"), FILTERS, ids=[text for text, _ in FILTERS])
def test_filters_select_as_written(admin: Call, text: str, holds):
    answer = admin(ITEMS, params={"filter": text})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["features"]] == [f"B{n:02}" for n in range(25) if holds(n)]


def test_the_same_filter_as_json_and_with_shapes_in_any_system(admin: Call):
    outline = shape(admin(f"{ITEMS}/B07").json()["geometry"])
    written = outline.buffer(0.00002).wkt
    by_text = admin(ITEMS, params={"filter": f"S_WITHIN(geometry, {written})"}).json()
    assert [one["id"] for one in by_text["features"]] == ["B07"]
    document = {"op": "s_intersects", "args": [{"property": "geometry"}, json.loads(shapely.to_geojson(outline))]}
    by_json = admin(ITEMS, params={"filter": json.dumps(document), "filter-lang": "cql2-json"}).json()
    assert [one["id"] for one in by_json["features"]] == ["B07"]
    i, j = divmod(7, 5)
    x, y = X0 + 50 * i + 10, Y0 + 40 * j + 5
    in_metres = {"filter": f"S_CONTAINS(geometry, POINT({y} {x}))", "filter-crs": f"{EPSG}4547"}
    assert [one["id"] for one in admin(ITEMS, params=in_metres).json()["features"]] == ["B07"]
    turned = {"filter": f"S_WITHIN(POINT({y} {x}), geometry)", "filter-crs": f"{EPSG}4547"}
    assert [one["id"] for one in admin(ITEMS, params=turned).json()["features"]] == ["B07"]


def test_queryables_are_what_may_be_filtered_by(admin: Call, public: Call):
    answer = admin("/ogc/collections/a.buildings/queryables")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    Draft202012Validator.check_schema(schema)
    for name in schema["properties"]:
        if name != "geometry":
            assert admin(ITEMS, params={"filter": f"{name} IS NULL"}).status_code == 200
    hidden = public("/ogc/collections/a.buildings/queryables").json()["properties"]
    assert set(schema["properties"]) - set(hidden) == {"households", "extinguishers"}


def test_properties_are_parameters_and_sorting_goes_both_ways(admin: Call):
    assert [one["id"] for one in admin(f"{ITEMS}?floors=3&name=9栋").json()["features"]] == ["B09"]
    assert len(admin(f"{ITEMS}?floors=3.0").json()["features"]) == 4
    assert admin(f"{ITEMS}?floors=3.5").json()["features"] == []
    assert [one["id"] for one in admin(f"{ITEMS}?height_m=31.0&illustrative=false").json()["features"]] == ["B10"]
    down = [one["properties"]["households"] for one in admin(f"{ITEMS}?sortby=-households").json()["features"]]
    assert down == sorted(down, reverse=True)
    two = admin(f"{ITEMS}?sortby=floors,-households").json()["features"]
    keys = [(one["properties"]["floors"], -one["properties"]["households"]) for one in two]
    assert keys == sorted(keys)


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    import math

    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return x, y


@pytest.mark.parametrize("z", [0, 10, 14, 16])
def test_a_tile_holds_the_layer_and_only_what_a_map_needs(admin: Call, z: int):
    lon, lat = shape(admin(f"{ITEMS}/B00").json()["geometry"]).centroid.coords[0]
    x, y = tile_of(lon, lat, z)
    answer = admin(f"/ogc/collections/a.buildings/tiles/WebMercatorQuad/{z}/{y}/{x}")
    if z < 14 and answer.status_code == 204:
        return  # a building of 20 m is smaller than a step of the grid
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vnd.mapbox-vector-tile")
    assert b"buildings" in answer.content
    assert b"floors" in answer.content
    assert b"households" not in answer.content
    again = admin(
        f"/ogc/collections/a.buildings/tiles/WebMercatorQuad/{z}/{y}/{x}",
        headers={"If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("z", [10, 12, 14, 16, 17])
def test_a_tile_shows_buildings_where_they_are(admin: Call, tmp_path: Path, z: int):
    """Read by GDAL, which knows nothing of how it was made: from afar as filled cells, near as they are."""
    found = admin(f"{ITEMS}?limit=100").json()["features"]
    to_mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    places = [shapely.transform(shape(one["geometry"]), to_mercator.transform, interleaved=False) for one in found]
    x, y = tile_of(*shape(found[12]["geometry"]).centroid.coords[0], z)
    side = 2 * 20037508.342789244 / 2**z
    file = tmp_path / "tile.mvt"
    file.write_bytes(admin(f"/ogc/collections/a.buildings/tiles/WebMercatorQuad/{z}/{y}/{x}").content)
    raw = gpd.read_file(file, layer="buildings")
    extent = 960 if z < 14 else 1024 if z <= 16 else 4096
    left, top = x * side - 20037508.342789244, 20037508.342789244 - y * side

    def on_the_ground(xy):
        return np.column_stack([left + xy[:, 0] / extent * side, top - (extent - xy[:, 1]) / extent * side])

    drawn = shapely.union_all([shapely.transform(one, on_the_ground) for one in raw.geometry])
    inside = [one for one in places if shapely.box(left, top - side, left + side, top).contains(one)]
    cell = side / (240 if z < 14 else extent)
    assert inside
    assert all(shapely.distance(drawn, one.centroid) <= 2 * cell for one in inside)
    assert drawn.buffer(-2 * cell).difference(shapely.union_all(places).buffer(2 * cell)).is_empty
    assert ("code" in raw.columns) == (z >= 17)


@pytest.mark.parametrize(("z", "named"), [(12, False), (15, False), (16, True), (17, True)])
def test_what_is_large_enough_to_point_at_has_its_id(admin: Call, tmp_path: Path, z: int, named: bool):
    """An estate of 100 m has 23 pixels at zoom 15 and 46 at zoom 16; its name it always has."""
    x, y = tile_of(*shape(admin(f"{ESTATES}/1").json()["geometry"]).centroid.coords[0], z)
    file = tmp_path / "tile.mvt"
    file.write_bytes(admin(f"/ogc/collections/a.estates/tiles/WebMercatorQuad/{z}/{y}/{x}").content)
    drawn = gpd.read_file(file, layer="estates")
    assert list(drawn.name) == ['一"建\\公司']
    assert list(drawn.get("code", [])) == (["1"] if named else [])


def test_what_the_public_sees_of_a_shape_is_whole_in_every_tile_it_reaches_into(db: Database):
    """On the grid of the public a building of 11 m is 20 m wide: tiles beside the stored shape show it as well."""
    district = stock(db)
    stored = shapely.box(X0 + 3.5, Y0 + 1004.5, X0 + 15, Y0 + 1016)
    frame = gpd.GeoDataFrame({"code": ["W"], "geom": [stored]}, geometry="geom", crs=4547)
    with db.transaction() as connection:
        copy_features(connection, "building", district, frame, ["code"])
    public = calling(create_app(db))
    seen = shape(public(f"{ITEMS}/W").json()["geometry"])
    to_degrees = Transformer.from_crs(4547, 4326, always_xy=True)
    exact = shapely.transform(stored, to_degrees.transform, interleaved=False)
    beside = 0
    for z in (19, 20, 21):
        west, south, east, north = seen.bounds
        (left, top), (right, low) = tile_of(west, north, z), tile_of(east, south, z)
        for x in range(left, right + 1):
            for y in range(top, low + 1):
                tile = shapely.box(*degrees_of(x, y, z))
                if tile.intersection(seen).area < tile.area / 1000:
                    continue
                beside += not tile.buffer((tile.bounds[2] - tile.bounds[0]) / 60).intersects(exact)
                got = public(f"/ogc/collections/a.buildings/tiles/WebMercatorQuad/{z}/{y}/{x}")
                assert got.status_code == 200, (z, x, y)
    assert beside


def degrees_of(x: int, y: int, z: int) -> tuple[float, float, float, float]:
    side = WORLD_M / 2**z
    to_degrees = Transformer.from_crs(3857, 4326, always_xy=True)
    west, north = to_degrees.transform(x * side - WORLD_M / 2, WORLD_M / 2 - y * side)
    east, south = to_degrees.transform((x + 1) * side - WORLD_M / 2, WORLD_M / 2 - (y + 1) * side)
    return west, south, east, north


def test_every_layer_is_drawn_at_every_zoom(admin: Call):
    for collection in admin("/ogc/collections").json()["collections"]:
        for z in (8, 14, 16, 18):
            x, y = tile_of(115.0, 25.5, z)
            tile = f"/ogc/collections/{collection['id']}/tiles/WebMercatorQuad/{z}/{y}/{x}"
            assert admin(tile).status_code in {200, 204}, tile


@pytest.mark.parametrize(
    ("place", "status"), [("14/0/0", 204), ("3/9/0", 404), ("30/0/0", 404), ("a/b/c", 404), ("-1/0/0", 404)]
)
def test_tiles_without_features_and_tiles_that_are_none(admin: Call, place: str, status: int):
    assert admin(f"/ogc/collections/a.buildings/tiles/WebMercatorQuad/{place}").status_code == status


def test_tilejson_names_the_fields(admin: Call):
    document = admin("/ogc/collections/a.buildings/tiles/WebMercatorQuad?f=tilejson").json()
    assert document["tilejson"] == "3.0.0"
    assert document["vector_layers"][0]["id"] == "buildings"
    fields = document["vector_layers"][0]["fields"]
    assert set(fields) == {"code", "floors", "illustrative"}
    assert "17 级起" in fields["code"]
    assert document["tiles"][0].endswith("/WebMercatorQuad/{z}/{y}/{x}")
