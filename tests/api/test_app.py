"""The server's answers: health, start page, maps, downloads, and what they refuse."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from gisplanner.api.app import create_app
from gisplanner.api.maps import MAPS
from gisplanner.domain.district import District
from gisplanner.services.export import FORMATS
from gisplanner.store.database import Database
from tests.calling import Call, calling


def test_health_follows_the_database(get: Call, district: District):
    answer = get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["districts"]) == (200, "ok", 1)
    assert answer.headers["cache-control"] == "no-store"


def test_health_is_503_without_a_database():
    database = Database("host=/nowhere dbname=none user=none")
    answer = calling(create_app(database))("/healthz")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "database_unavailable"


def test_the_start_page_shows_what_is_stored_and_escapes_it(get: Call, district: District):
    answer = get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    html = answer.text
    assert "甲&lt;区&gt;" in html
    assert "<区>" not in html
    assert "示意数据" in html
    for name, page in MAPS.items():
        assert (f'href="/districts/a/maps/{name}.html"' in html) is page.fits(district)
    for kind in FORMATS.values():
        assert f'href="/districts/a/layers/estates{kind.suffix}"' in html


def test_every_address_on_the_start_page_answers_and_none_is_foreign(get: Call, district: District):
    html = get("/").text
    addresses = set(re.findall(r'(?:href|src)="([^"]+)"', html))
    assert len(addresses) > 10
    for address in sorted(addresses):
        assert address.startswith(("/", "#"))
        if address.startswith("/"):
            assert get(address).status_code == 200, address


def test_an_empty_database_says_what_to_do(get: Call):
    assert "gisplanner init" in get("/").text


def test_a_district_without_estates_ends_in_a_friendly_answer(get: Call, db: Database, district: District):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM estate")
    html = get("/").text
    assert "还没有小区轮廓" in html
    assert "maps/progress.html" not in html


def test_the_page_is_live_and_not_sent_twice(get: Call, db: Database, district: District):
    first = get("/")
    again = get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE district SET name = '乙区'")
    changed = get("/", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert "乙区" in changed.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/districts/a/layers/estates.geojson", "/none"])
def test_answers_keep_to_themselves(get: Call, district: District, path: str):
    headers = get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


def test_long_answers_are_compressed(get: Call, district: District):
    assert get("/", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("file_format", list(FORMATS))
def test_a_layer_comes_in_each_format_under_a_chinese_name(get: Call, district: District, file_format: str):
    kind = FORMATS[file_format]
    answer = get(f"/districts/a/layers/estates{kind.suffix}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind.media_type
    assert unquote(answer.headers["content-disposition"]).endswith(f"甲<区>老旧小区{kind.suffix}")
    assert len(answer.content) > 100


def test_downloads_hold_the_stored_rows(get: Call, district: District):
    document = get("/districts/a/layers/estates.geojson").json()
    assert [feature["properties"]["小区名称"] for feature in document["features"]] == [
        "一建公司",
        "<script>alert(1)</script>",
    ]
    public = get("/districts/a/layers/estates.geojson?public=true").json()
    assert "户数" not in public["features"][0]["properties"]
    assert public["声明"] == "未经地图审核不得公开"


def test_maps_are_pages_of_their_own_and_pictures_are_svg(get: Call, district: District):
    for name in (name for name, offered in MAPS.items() if offered.fits(district)):
        page = get(f"/districts/a/maps/{name}.html")
        assert page.status_code == 200
        assert "一建公司" in page.text
        assert "script-src 'unsafe-inline'" in page.headers["content-security-policy"]
        picture = get(f"/districts/a/maps/{name}.svg")
        if MAPS[name].picture is None:
            assert picture.status_code == 404
            continue
        assert picture.headers["content-type"] == "image/svg+xml"
        assert len(ET.fromstring(picture.text).findall(".//{http://www.w3.org/2000/svg}path")) == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/none", (404, "not_found")),
        ("/districts/b/layers/estates.geojson", (404, "not_found")),
        ("/districts/a/layers/none.geojson", (404, "not_found")),
        ("/districts/a/layers/estates.doc", (404, "not_found")),
        ("/districts/a/layers/.geojson", (404, "not_found")),
        ("/districts/a/maps/none.html", (404, "not_found")),
        ("/districts/a/register.xlsx", (404, "not_found")),
        ("/districts/a/layers/connection_points.geojson?public=true", (409, "refused")),
        ("/districts/a/layers/estates.geojson?public=maybe", (400, "usage")),
        ("/static/../../pyproject.toml", (404, "not_found")),
    ],
)
def test_what_is_not_there_is_said_in_the_error_document(
    get: Call, district: District, db: Database, path: str, expected: tuple[int, str]
):
    if path.endswith("register.xlsx"):
        with db.transaction() as connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM estate")
    answer = get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == expected


def test_other_methods_are_refused(get: Call, district: District):
    answer = get("/", method="POST")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert json.loads(answer.text)["error"]["message"] == "这个地址不支持该方法。"
