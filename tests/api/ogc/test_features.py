"""OGC API Features Part 1: the abstract tests of the standard (annex A), re-expressed on a small district."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import geopandas as gpd
import httpx
import pytest
import shapely
from openapi_spec_validator import OpenAPIV30SpecValidator
from shapely.geometry import shape

from gisplanner.api.app import create_app
from gisplanner.api.ogc.landing import CONFORMANCE
from gisplanner.catalog.layers import layer
from gisplanner.domain.accounts import Viewer
from gisplanner.services.accounts import local_administrator
from gisplanner.services.districts import get_district
from gisplanner.services.ogc.collections import Collection
from gisplanner.services.ogc.items import page_statements, query_of
from gisplanner.services.ogc.query import MAX_LIMIT
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features
from tests.api.ogc.conftest import ESTATES, ITEMS, X0, Y0, seen_by_admin, signed, stock
from tests.calling import Call, calling

LIMIT_7 = f"{ITEMS}?limit=7"


def ids(answer) -> list[str]:
    return [feature["id"] for feature in answer.json()["features"]]


def test_landing_page_leads_everywhere(admin: Call):
    links = {one["rel"]: one["href"] for one in admin("/ogc").json()["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(links)
    for href in links.values():
        assert admin(href).status_code == 200


def test_conformance_names_the_classes(admin: Call):
    classes = admin("/ogc/conformance").json()["conformsTo"]
    assert classes == list(CONFORMANCE)
    for part in ("1/1.0/conf/core", "1/1.0/conf/geojson", "1/1.0/conf/html", "1/1.0/conf/oas30", "2/1.0/conf/crs"):
        assert f"http://www.opengis.net/spec/ogcapi-features-{part}" in classes


def test_the_openapi_document_is_valid_and_refers_to_nothing_elsewhere(admin: Call):
    answer = admin("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    OpenAPIV30SpecValidator(document).validate()
    references = set(re.findall(r'"\$ref":"([^"]+)"', answer.text))
    assert references
    assert all(one.startswith("#/") for one in references)


def test_every_layer_is_a_collection_by_itself(admin: Call):
    found = admin("/ogc/collections").json()["collections"]
    assert [one["id"] for one in found] == [f"a.{name}" for name in seen_by_admin()]
    for one in found:
        again = admin(f"/ogc/collections/{one['id']}").json()
        assert (again["id"], again["title"], again["extent"]) == (one["id"], one["title"], one["extent"])
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        assert west < east
        assert south < north
        for link in again["links"]:
            assert admin(link["href"]).status_code == 200, link


def test_items_are_strict_geojson_whatever_stands_in_them(admin: Call):
    answer = admin(ESTATES)
    assert answer.headers["content-type"] == "application/geo+json"
    first, second = answer.json()["features"]
    assert first["properties"]["name"] == '一"建\\公司'
    assert first["properties"]["needs"] == ["排水", '引"号']
    assert '"floor_area_10k_m2":1.50,' in answer.text
    assert second["id"] == "2/乙"
    assert second["geometry"] is None
    assert second["properties"]["floor_area_10k_m2"] is None
    ring = first["geometry"]["coordinates"][0]
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))
    assert area > 0, "exterior rings run counter-clockwise"
    assert 114.76 < ring[0][0] < 114.77
    assert 25.65 < ring[0][1] < 25.67
    assert admin(ITEMS).json()["features"][0]["properties"]["height_m"] is None, "infinity is no JSON"


def test_one_item_is_the_same_as_in_its_page(admin: Call):
    for feature in admin(ESTATES).json()["features"]:
        alone = admin(f"{ESTATES}/{feature['id']}").json()
        links = alone.pop("links")
        assert alone == feature
        assert {"self", "collection"} <= {one["rel"] for one in links}
    missing = admin(f"{ITEMS}/none")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


def pages(call: Call, url: str) -> Iterator[list[str]]:
    while True:
        answer = call(url)
        yield ids(answer)
        following = [one["href"] for one in answer.json()["links"] if one["rel"] == "next"]
        if not following:
            return
        (url,) = following


@pytest.mark.parametrize("query", ["", "&sortby=-floors", "&floors=3", "&filter=households%3E4"])
def test_following_next_gives_every_feature_once(admin: Call, query: str):
    found = list(pages(admin, LIMIT_7 + query))
    everything = ids(admin(f"{ITEMS}?limit=1000{query}"))
    assert [one for page in found for one in page] == everything
    assert len(set(everything)) == len(everything)
    assert all(len(page) == 7 for page in found[:-1])


@pytest.mark.parametrize("order", ["", "use", "-height_m", "floors,-name", "-illustrative", "estate,-code"])
def test_pages_of_any_order_hold_every_feature_once(admin: Call, order: str):
    query = f"&sortby={order}" if order else ""
    everything = ids(admin(f"{ITEMS}?limit=1000{query}"))
    for limit in (1, 4):
        found = [one for page in pages(admin, f"{ITEMS}?limit={limit}{query}") for one in page]
        assert found == everything, "empty values come last, equal ones in the order of the layer"


def test_a_page_goes_on_behind_a_row_that_is_gone_and_one_that_is_new(db: Database):
    token, viewer = local_administrator()
    stock(db)
    call = signed(calling(create_app(db, local_administrator=(token, viewer))), token)
    first = call(LIMIT_7)
    (following,) = [one["href"] for one in first.json()["links"] if one["rel"] == "next"]
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM building WHERE code IN ('B03', 'B06')")
        cursor.execute(
            "INSERT INTO building (district_id, srid, code, geom) "
            "SELECT district_id, srid, 'B025', geom FROM building WHERE code = 'B00'"
        )
    assert ids(call(following)) == [f"B{number:02}" for number in range(7, 14)]


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "e30",
        "W10",
        "bnVsbA",
        "eyJjb2RlIjogbnVsbH0",
        "eyJjb2RlIjogMX0",
        "eyJjb2RlIjogIlx1MDAwMCJ9",
        "%FF",
        "=" * 9,
    ],
)
def test_what_no_page_gave_is_refused(admin: Call, after: str):
    answer = admin(f"{ITEMS}?after={after}")
    assert (answer.status_code, answer.json()["error"]["items"][0]["column"]) == (400, "after")


def test_a_page_begins_in_one_place_only(admin: Call):
    (following,) = [one["href"] for one in admin(LIMIT_7).json()["links"] if one["rel"] == "next"]
    assert admin(f"{following}&offset=3").status_code == 400
    assert admin(f"{following}&sortby=floors").status_code == 400, "the page of one order is none of another"


def test_deep_pages_begin_at_once(admin: Call, stocked: Database):
    """The plan goes into the index where the page before ended, however many rows lie before it."""
    (following,) = [one["href"] for one in admin(LIMIT_7).json()["links"] if one["rel"] == "next"]
    given = dict(httpx.URL(following).params)
    found = Collection(get_district(stocked, "a"), layer("buildings"), Viewer("x", "planner"))
    (asked,) = page_statements(found, query_of(found, given))
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        cursor.execute(f"EXPLAIN {asked.sql}", asked.values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: ((district_id = 'a'::text) AND (code > 'B06'::text))" in plan
    assert "Sort" not in plan


def test_prev_leads_back(admin: Call):
    answer = admin(f"{LIMIT_7}&offset=7")
    (back,) = [one["href"] for one in answer.json()["links"] if one["rel"] == "prev"]
    assert ids(admin(back)) == ids(admin(LIMIT_7))


def test_limit_is_kept_clipped_and_counts_are_only_made_on_request(admin: Call):
    assert admin(LIMIT_7).json()["numberReturned"] == 7
    assert "numberMatched" not in admin(LIMIT_7).json()
    assert admin(f"{LIMIT_7}&count=true").json()["numberMatched"] == 25
    assert admin(f"{ITEMS}?limit={MAX_LIMIT * 10}").status_code == 200


def test_bbox_selects_what_meets_it(admin: Call):
    wanted = {f"B{i * 5 + j:02}" for i in range(5) for j in range(5) if 50 * i <= 60 and 40 * j <= 45}
    box = f"{X0 - 1},{Y0 - 1},{X0 + 60},{Y0 + 45}"
    by_metres = admin(ITEMS, params={"bbox": _swap(box), "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4547"})
    assert set(ids(by_metres)) == wanted
    everywhere = ("-180,-90,180,90", "114,25,116,26", "114,25,0,116,26,100", "100,20,-170,30")
    for bbox in everywhere:
        assert len(ids(admin(ITEMS, params={"bbox": bbox}))) == 25, bbox
    for bbox in ("0,0,1,1", "115,25.1,115.1,25.2", "170,-10,-170,10"):
        assert ids(admin(ITEMS, params={"bbox": bbox})) == [], bbox
    assert ids(admin(ESTATES, params={"bbox": "-180,-90,180,90"})) == ["1"], "no geometry, no place"


@pytest.mark.parametrize(
    "system", ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "EPSG:4490", "EPSG:4547", "EPSG:3857"]
)
def test_a_box_without_width_or_height_finds_what_it_touches(admin: Call, system: str):
    given = {"crs": system, "bbox-crs": system}
    west, south, east, north = shape(admin(f"{ITEMS}/B07", params={"crs": system}).json()["geometry"]).bounds
    x, y = (west + east) / 2, (south + north) / 2
    for box in ((x, y, x, y), (west, y, x, y), (x, south, x, north)):
        found = admin(ITEMS, params={"bbox": ",".join(f"{one:.9f}" for one in box), "bbox-crs": system})
        assert ids(found) == ["B07"], box
    beside = admin(
        ITEMS, params={"bbox": ",".join([f"{east + (east - west) / 4:.9f}", f"{y:.9f}"] * 2), "bbox-crs": system}
    )
    assert ids(beside) == []
    points = "/ogc/collections/a.connection_points/items"
    told = admin(points, params=given).json()["features"][0]["geometry"]["coordinates"]
    box = ",".join(str(one) for one in [*told, *told])
    assert ids(admin(points, params={"bbox": box, "bbox-crs": system})) == ["C1"], "a place as it is told"


def _swap(box: str) -> str:
    west, south, east, north = box.split(",")
    return f"{south},{west},{north},{east}"


@pytest.mark.parametrize(
    "moment",
    [
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.5+08:00",
        "2024-01-01/..",
        "/2024-12-31",
        "2024-01-01/2024-12-31",
    ],
)
def test_datetime_is_understood(admin: Call, moment: str):
    assert len(ids(admin(ITEMS, params={"datetime": moment}))) == 25


WRONG = {
    "unknown": {"foo": "bar"},
    "limit=0": {"limit": "0"},
    "limit=-1": {"limit": "-1"},
    "limit=x": {"limit": "x"},
    "limit=1.5": {"limit": "1.5"},
    "offset=-1": {"offset": "-1"},
    "bbox of three": {"bbox": "1,2,3"},
    "bbox of letters": {"bbox": "a,b,c,d"},
    "bbox not a number": {"bbox": "nan,0,1,1"},
    "bbox infinite": {"bbox": "-inf,0,1,1"},
    "bbox upside down": {"bbox": "0,10,1,5"},
    "bbox off the earth": {"bbox": "0,0,200,10"},
    "bbox-crs": {"bbox": "0,0,1,1", "bbox-crs": "EPSG:9999"},
    "month 13": {"datetime": "2026-13-01"},
    "three times": {"datetime": "2024-01-01/2024-01-02/2024-01-03"},
    "backwards": {"datetime": "2024-02-01/2024-01-01"},
    "crs": {"crs": "http://www.opengis.net/def/crs/EPSG/0/9999"},
    "sortby": {"sortby": "nothing"},
    "count": {"count": "perhaps"},
    "f": {"f": "gml"},
    "property type": {"floors": "many"},
    "filter": {"filter": "floors >"},
    "filter property": {"filter": "secret = 1"},
    "filter types": {"filter": "floors = 'three'"},
    "filter by zero": {"filter": "floors / 0 = 1"},
    "filter language": {"filter": "floors = 1", "filter-lang": "sql"},
    "filter escape": {"filter": "name LIKE 'x\\'"},
    "filter json": {"filter": '{"op":"=","args":[1]}', "filter-lang": "cql2-json"},
    "filter shape": {"filter": "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))"},
    "filter too deep": {"filter": "(" * 300 + "floors = 1" + ")" * 300},
    "nul": {"name": "\x00"},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_a_problem_document(admin: Call, given: dict[str, str]):
    answer = admin(ITEMS, params=given)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert {"type", "title", "status", "detail", "error"} <= set(problem)
    assert problem["status"] == 400
    assert problem["error"]["items"]


def test_all_wrong_parameters_are_told_at_once_and_none_twice(admin: Call):
    items = admin(f"{ITEMS}?foo=1&limit=0&bbox=1").json()["error"]["items"]
    assert [one["column"] for one in items] == ["foo", "limit", "bbox"]
    assert admin(f"{ITEMS}?limit=1&limit=2").status_code == 400
    assert admin("/ogc?foo=1").status_code == 400


@pytest.mark.parametrize(
    "path", ["/ogc/collections/b.estates", "/ogc/collections/a.none/items", "/ogc/collections/a", "/ogc/none"]
)
def test_what_is_not_there_is_404(admin: Call, path: str):
    answer = admin(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


ACCEPT = [
    (ITEMS, "application/geo+json", 200, "application/geo+json"),
    (ITEMS, "application/json", 200, "application/geo+json"),
    (ITEMS, "*/*", 200, "application/geo+json"),
    (ITEMS, "text/html,application/xhtml+xml,*/*;q=0.8", 200, "text/html; charset=utf-8"),
    (ITEMS, "text/html;q=0.1,application/geo+json", 200, "application/geo+json"),
    (ITEMS, "application/gml+xml", 406, "application/problem+json"),
    ("/ogc", "text/html", 200, "text/html; charset=utf-8"),
    ("/ogc", "application/geo+json;q=0", 406, "application/problem+json"),
]


@pytest.mark.parametrize(("path", "accept", "status", "media_type"), ACCEPT)
def test_content_is_negotiated(admin: Call, path: str, accept: str, status: int, media_type: str):
    answer = admin(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (status, media_type)


@pytest.mark.parametrize(
    "path",
    [
        *(f"/ogc{path}" for path in ("", "/conformance", "/api", "/collections", "/collections/a.estates")),
        *(f"/ogc/collections/a.estates/{path}" for path in ("items", "items/1", "queryables", "tiles")),
    ],
)
def test_every_page_for_people_is_escaped(admin: Call, path: str):
    answer = admin(f"{path}?f=html")
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>") or "<!doctype html>" in answer.text
    assert "<script" not in answer.text
    assert "<区>" not in answer.text


def test_a_page_of_features_is_a_table_with_the_headings_of_the_layer(admin: Call):
    page = admin(f"{ITEMS}?limit=2&f=html").text
    assert page.count("<tr><td>") == 2
    assert f'{ITEMS}/B00?f=html"' in page
    assert re.search(r'<th title="households">户数[^<]*</th>', page)
    process = admin("/ogc/processes/bundle?f=html").text
    assert "POST http" in process
    assert not re.search(r'href="[^"]*/execution"', process), "who follows a link would be refused"


def test_what_a_client_holds_is_not_sent_twice(admin: Call):
    first = admin(ITEMS)
    again = admin(ITEMS, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Authorization" in first.headers["vary"]


def test_long_answers_are_compressed_on_request(admin: Call):
    assert admin(ITEMS, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in admin(ITEMS, headers={"Accept-Encoding": "identity"}).headers


def test_collections_follow_the_database_without_a_restart(db, request: pytest.FixtureRequest):
    from gisplanner.services.districts import create_district

    call = calling(create_app(db))
    assert call("/ogc/collections").json()["collections"] == []
    create_district(db, "new", crs="EPSG:4547", name="新区", bounds_lonlat=(114.0, 25.0, 115.0, 26.0))
    assert call("/ogc/collections/new.estates/items").json()["features"] == []


def test_a_line_runs_as_it_was_drawn_and_a_ring_counter_clockwise(db: Database):
    district = stock(db)
    road = shapely.LineString([(X0, Y0), (X0 + 100, Y0), (X0 + 100, Y0 + 50)])
    square = shapely.Polygon([(X0, Y0), (X0, Y0 + 30), (X0 + 30, Y0 + 30), (X0 + 30, Y0)])  # clockwise
    frame = gpd.GeoDataFrame({"code": ["R1", "R2"], "geom": [road, square]}, geometry="geom", crs=4547)
    with db.transaction() as connection:
        copy_features(connection, "road", district, frame, ["code"])
    call = calling(create_app(db, visitor=Viewer("local", "admin")), base_url="http://localhost")
    line, ring = (shape(one["geometry"]) for one in call("/ogc/collections/a.roads/items").json()["features"])
    first, middle, last = line.coords
    assert first[0] < middle[0]
    assert middle[1] < last[1]
    assert ring.exterior.is_ccw
