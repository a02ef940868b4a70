"""Part 4: features created, replaced, changed and removed, with optimistic locking; history stays true."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import mapping, shape

from gisplanner.api.app import create_app
from gisplanner.services.accounts import Role, add_account
from gisplanner.services.ingest.undo import undo_import
from gisplanner.store.database import Database
from tests.api.ogc.conftest import ITEMS, X0, Y0, signed, stock
from tests.api.ogc.roles import OWN, OWNER, SCOPES
from tests.api.ogc.roles import stock as stock_of_roles
from tests.api.ogc.test_crs_filter_tiles import tile_of
from tests.calling import Call, calling

MERGE = {"Content-Type": "application/merge-patch+json"}
GEOJSON = {"Content-Type": "application/geo+json"}
TO_DEGREES = Transformer.from_crs(4547, 4326, always_xy=True)
Login = Callable[..., Call]


@pytest.fixture
def login(db: Database) -> Login:
    app = create_app(db)

    def caller(role: Role, *scope: str) -> Call:
        return signed(calling(app), add_account(db, f"{role}账户", role, scope=scope).token)

    return caller


@pytest.fixture
def planner(db: Database, login: Login) -> Call:
    stock(db)
    return login("planner")


def square(x: float, y: float, side: float = 12.0) -> dict[str, Any]:
    return mapping(shapely.transform(shapely.box(x, y, x + side, y + side), TO_DEGREES.transform, interleaved=False))


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def building(**more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"floors": 6, **more}, "geometry": square(X0 + 300, Y0)}


def history(db: Database) -> list[tuple[str, str, str]]:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT table_name, operation, changed_by FROM history ORDER BY id")
        return [tuple(row) for row in cursor.fetchall()]


def batches(db: Database) -> list[tuple[int, str, str, str]]:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, kind, imported_by, report ->> 'method' FROM import_batch ORDER BY id")
        return [tuple(row) for row in cursor.fetchall()]


def test_create_read_change_replace_remove(db: Database, planner: Call):
    made = planner(ITEMS, "POST", json=building(code="新楼/1"), headers=GEOJSON)
    assert made.status_code == 201, made.text
    place = made.headers["location"]
    first = planner(place)
    assert first.json()["id"] == "新楼/1"
    assert first.json()["properties"]["floors"] == 6
    assert first.headers["etag"] == made.headers["etag"]

    changed = planner(place, "PATCH", json={"properties": {"households": 24}}, headers=MERGE)
    assert changed.status_code == 204
    second = planner(place).json()["properties"]
    assert (second["floors"], second["households"]) == (6, 24)

    assert planner(place, "PUT", json=building(households=25), headers=GEOJSON).status_code == 204
    assert planner(place).json()["properties"]["households"] == 25
    assert planner(place, "PUT", json=building(), headers=GEOJSON).status_code == 204
    assert planner(place).json()["properties"]["households"] is None, "what a replacement does not say is not kept"

    assert planner(place, "DELETE").status_code == 204
    assert planner(place).status_code == 404
    assert history(db) == [
        ("building", operation, "planner账户") for operation in ("INSERT", "UPDATE", "UPDATE", "UPDATE", "DELETE")
    ]
    assert [one[1:] for one in batches(db)] == [
        ("buildings", "planner账户", method) for method in ("POST", "PATCH", "PUT", "PUT", "DELETE")
    ]


def test_a_change_is_taken_back_like_any_import(db: Database, planner: Call):
    before = planner(f"{ITEMS}/B07").json()["properties"]
    assert planner(f"{ITEMS}/B07", "PATCH", json={"properties": {"floors": 33}}, headers=MERGE).status_code == 204
    from gisplanner.services.districts import get_district

    undo_import(db, get_district(db, "a"), batches(db)[-1][0])
    assert planner(f"{ITEMS}/B07").json()["properties"] == before


def test_a_change_that_leaves_the_geometry_alone_does_not_move_it(db: Database, planner: Call):
    def exact() -> str:
        with db.transaction() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT geom::text FROM building WHERE code = 'B07'")
            return cursor.fetchone()[0]

    before = exact()
    planner(f"{ITEMS}/B07", "PATCH", json={"properties": {"floors": 2}}, headers=MERGE)
    assert exact() == before


def test_who_writes_over_a_change_of_somebody_else_is_told(planner: Call):
    url = f"{ITEMS}/B01"
    mine = planner(url).headers["etag"]
    as_metres = planner(url, params={"crs": "http://www.opengis.net/def/crs/EPSG/0/4547"}).headers["etag"]
    assert mine != as_metres, "another form is another entity"
    assert planner(url, headers={"If-None-Match": mine}).status_code == 304
    patch = {"json": {"properties": {"floors": 9}}}
    assert planner(url, "PATCH", **patch, headers={**MERGE, "If-Match": as_metres}).status_code == 204
    for method, more in (("PATCH", patch), ("PUT", {"json": building()}), ("DELETE", {})):
        headers = {**(MERGE if method == "PATCH" else GEOJSON), "If-Match": mine}
        answer = planner(url, method, **more, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (412, "changed_meanwhile")
    assert planner(url).json()["properties"]["floors"] == 9
    assert planner(url, "DELETE", headers={"If-Match": f"W/{planner(url).headers['etag']}"}).status_code == 412
    assert planner(url, "DELETE", headers={"If-Match": "*"}).status_code == 204


def test_coordinates_come_in_any_system_on_offer(planner: Call):
    outline = shapely.box(X0 + 300, Y0, X0 + 320, Y0 + 10)
    north_first = shapely.transform(outline, lambda xy: xy[:, ::-1])
    feature = {**building(code="M"), "geometry": mapping(north_first)}
    headers = {**GEOJSON, "Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/4547>"}
    assert planner(ITEMS, "POST", json=feature, headers=headers).status_code == 201
    got = planner(f"{ITEMS}/M", params={"crs": "http://www.opengis.net/def/crs/EPSG/0/4547"}).json()["geometry"]
    assert shape(got).equals_exact(shape(feature["geometry"]).normalize(), 0.001) or shape(got).equals(north_first)


WRONG = {
    "no json": (b"{", GEOJSON, 400),
    "a list": (b"[]", GEOJSON, 400),
    "no feature": (b'{"type":"Point","coordinates":[0,0]}', GEOJSON, 400),
    "media type": (b"<xml/>", {"Content-Type": "text/xml"}, 415),
    "crs": (b"{}", {**GEOJSON, "Content-Crs": "<http://example.org/crs>"}, 400),
}
WRONG_FEATURES = {
    "unknown property": ({"properties": {"nonsense": 1}}, 400),
    "wrong type": ({"properties": {"floors": "many"}}, 400),
    "a truth for a number": ({"properties": {"floors": True}}, 400),
    "too small": ({"properties": {"floors": 0}}, 400),
    "far too large": ({"properties": {"floors": 10**12}}, 400),
    "read only": ({"properties": {"estate": "某小区"}}, 400),
    "nul": ({"properties": {"name": "\x00"}}, 400),
    "half a character": ({"properties": {"name": "\ud800"}}, 400),
    "no geometry": ({"geometry": None}, 400),
    "wrong kind": ({"geometry": {"type": "Point", "coordinates": [114.766, 25.661]}}, 422),
    "elsewhere": ({"geometry": square(X0 + 300_000, Y0)}, 422),
    "swapped": ({"geometry": ring((25.6, 114.7), (25.7, 114.7), (25.6, 114.8))}, 422),
    "crossing itself": ({"geometry": ring((114.7, 25.6), (114.701, 25.601), (114.7, 25.601), (114.701, 25.6))}, 422),
    "no shape at all": ({"geometry": {"type": "Polygon", "coordinates": [1, 2]}}, 400),
    "taken": ({"properties": {"code": "B01"}}, 409),
    "another member": ({"memo": 1}, 400),
}  # fmt: skip


@pytest.fixture(scope="module")
def editor(stocked: Database) -> Call:
    """A planner whose attempts all fail, so that the module's data stay as they are."""
    return signed(calling(create_app(stocked)), add_account(stocked, "editor", "planner").token)


@pytest.mark.parametrize(("body", "headers", "status"), WRONG.values(), ids=WRONG)
def test_a_body_that_is_no_feature_is_refused(editor: Call, body: bytes, headers: dict[str, str], status: int):
    answer = editor(ITEMS, "POST", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(("change", "status"), WRONG_FEATURES.values(), ids=WRONG_FEATURES)
def test_a_wrong_feature_is_refused_and_nothing_is_written(
    stocked: Database, editor: Call, change: dict[str, Any], status: int
):
    feature = building()
    feature["properties"].update(change.get("properties", {}))
    feature.update({name: value for name, value in change.items() if name != "properties"})
    answer = editor(ITEMS, "POST", content=json.dumps(feature), headers=GEOJSON)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["error"]["items"]
    assert batches(stocked) == []


def test_a_body_that_never_ends_is_cut_off(editor: Call):
    answer = editor(ITEMS, "POST", content=b" " * (9 * 1024 * 1024), headers=GEOJSON)
    assert answer.status_code == 413


def test_options_tell_what_the_account_may_do(db: Database, login: Login):
    stock_of_roles(db)
    office, public = login("planner"), login("public")
    assert office(ITEMS, "OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert office(f"{ITEMS}/x", "OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
    assert public(ITEMS, "OPTIONS").headers["allow"] == "GET, HEAD, OPTIONS"
    assert public(ITEMS, "POST", json=building()).status_code == 403


def test_a_street_fills_in_the_survey_of_its_own_estates(db: Database, login: Login):
    stock_of_roles(db)
    street = login("subdistrict", *SCOPES["subdistrict"])
    url = "/ogc/collections/a.estates/items/estates-mine"
    survey = {"properties": {"year_built": "1998", "ownership": "单位公房", "needs": ["供水", "排水"]}}
    assert street(url, "PATCH", json=survey, headers=MERGE).status_code == 204
    got = street(url).json()["properties"]
    assert (got["year_built"], got["needs"]) == ("1998", ["供水", "排水"])
    assert history(db)[-1] == ("estate", "UPDATE", "subdistrict账户")
    figures = street(url, "PATCH", json={"properties": {"households": 5}}, headers=MERGE)
    assert figures.status_code == 400, "a figure of the plan changes with the plan"
    other = street("/ogc/collections/a.estates/items/estates-others", "PATCH", json=survey, headers=MERGE)
    assert other.status_code == 404
    assert street(url, "DELETE").status_code == 409


def test_a_company_edits_its_own_line_and_every_version_stays(db: Database, login: Login):
    stock_of_roles(db)
    company = login("operator", *SCOPES["operator"])
    url = f"/ogc/collections/a.pipe_segments/items/pipe_segments-{OWN}"
    assert company(url, "PATCH", json={"properties": {"section_text": "DN300"}}, headers=MERGE).status_code == 204
    got = company(url).json()["properties"]
    assert (got["diameter_mm"], got["owner"]) == (300, OWNER)
    line = {"type": "LineString", "coordinates": [[114.766, 25.661], [114.767, 25.661]]}
    new = {"type": "Feature", "properties": {"code": "G9", "utility": "燃气"}, "geometry": line}
    made = company("/ogc/collections/a.pipe_segments/items", "POST", json=new, headers=GEOJSON)
    assert made.status_code == 201, made.text
    assert company(made.headers["location"]).json()["properties"]["owner"] == OWNER
    stolen = {**new, "properties": {**new["properties"], "code": "G10", "owner": "乙电信"}}
    assert company("/ogc/collections/a.pipe_segments/items", "POST", json=stolen, headers=GEOJSON).status_code == 403
    assert company(made.headers["location"], "DELETE").status_code == 204
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, file_name, uploaded_by FROM network_upload WHERE owner = %s AND version > 1 "
            "AND district_id = 'a' ORDER BY version",
            (OWNER,),
        )
        versions = [tuple(row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT count(*) AS rows, count(replaced_by) AS old FROM pipe_segment WHERE owner = %s", (OWNER,)
        )
        assert tuple(cursor.fetchone()) == (3, 2)
    assert [one[1].split()[2] for one in versions[-3:]] == ["PATCH", "POST", "DELETE"]
    assert {one[2] for one in versions[-3:]} == {"operator账户"}


def test_a_new_outline_gives_buildings_their_estate(db: Database, planner: Call):
    assert planner(f"{ITEMS}/B24").json()["properties"]["estate_code"] is None
    outline = {"geometry": square(X0 - 5, Y0 - 5, 400)}
    url = "/ogc/collections/a.estates/items/1"
    assert planner(url, "PATCH", json=outline, headers=MERGE).status_code == 204
    assert planner(f"{ITEMS}/B24").json()["properties"]["estate_code"] == "1"


def test_tiles_and_etags_know_of_a_change_at_once(planner: Call):
    listing = planner(ITEMS)
    x, y = tile_of(*TO_DEGREES.transform(X0 + 306, Y0 + 6), 17)
    tile = f"/ogc/collections/a.buildings/tiles/WebMercatorQuad/17/{y}/{x}"
    drawn = planner(tile)
    assert drawn.status_code == 200
    held = {"If-None-Match": listing.headers["etag"]}
    assert planner(ITEMS, headers=held).status_code == 304
    assert planner(ITEMS, "POST", json=building(code="ZZZ"), headers=GEOJSON).status_code == 201
    assert planner(ITEMS, headers=held).status_code == 200
    again = planner(tile, headers={"If-None-Match": drawn.headers["etag"]})
    assert again.status_code == 200
    assert b"ZZZ" in again.content
    assert b"ZZZ" not in drawn.content
