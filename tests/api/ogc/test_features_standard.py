"""OGC API Features Parts 1 and 2: every abstract test has a test; here are those that go through all there is."""

from __future__ import annotations

import re

import pytest

from gisplanner.api.ogc.landing import CONFORMANCE
from tests.api.ogc import abstract_tests, test_crs_filter_tiles, test_features
from tests.api.ogc.conftest import ESTATES, ITEMS
from tests.api.ogc.test_crs_filter_tiles import CRS84
from tests.calling import Call

FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
CRS_ADDRESS = re.compile(r"http://www\.opengis\.net/def/crs/(EPSG/0/\d+|OGC/1\.3/CRS84)")
GEOJSON = "application/geo+json"


def collections(call: Call) -> list[dict]:
    return call("/ogc/collections").json()["collections"]


def test_every_abstract_test_has_a_test_and_every_class_is_declared():
    tests = {**vars(test_features), **vars(test_crs_filter_tiles), **globals()}
    assert abstract_tests.missing(abstract_tests.FEATURES, tests) == []
    declared = {one.removeprefix(FEATURES) for one in CONFORMANCE if one.startswith((f"{FEATURES}1", f"{FEATURES}2"))}
    parts = (one.split() for one in abstract_tests.FEATURES)
    assert declared == {f"{part}/1.0/conf/{name}" for part, name in parts}


RESOURCES = ["/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/a.estates", ESTATES]


@pytest.mark.parametrize("path", RESOURCES)
def test_every_resource_takes_get_and_refuses_other_methods(admin: Call, path: str):
    assert admin(path).status_code == 200
    assert admin(path, method="PROPFIND").status_code == 405


# The definition is a document of OpenAPI, and of the list of classes the standard asks for no links.
@pytest.mark.parametrize("path", ["/ogc", "/ogc/collections", "/ogc/collections/a.estates", ESTATES, f"{ESTATES}/1"])
def test_documents_link_to_themselves_and_their_other_forms(admin: Call, path: str):
    for form in ("json", "html"):
        answer = admin(f"{path}?f={form}")
        assert answer.status_code == 200
    document = admin(path).json()
    links = document["links"]
    assert {"self", "alternate"} <= {one["rel"] for one in links}
    assert all({"href", "rel", "type"} <= set(one) for one in links)
    (own,) = [one for one in links if one["rel"] == "self"]
    assert own["type"] == admin(path).headers["content-type"]
    assert admin(own["href"]).json() == document
    for other in (one for one in links if one["rel"] == "alternate"):
        assert admin(other["href"]).headers["content-type"].startswith(other["type"])


def test_every_collection_links_to_its_items_in_every_form(admin: Call):
    for one in collections(admin):
        links = [link for link in one["links"] if link["rel"] == "items"]
        assert {link["type"] for link in links} == {GEOJSON, "text/html"}
        assert all({"href", "rel", "type"} <= set(link) for link in one["links"])


def test_every_extent_is_a_box_in_crs84(admin: Call):
    for one in collections(admin):
        spatial = one["extent"]["spatial"]
        assert spatial["crs"] == CRS84
        for west, south, east, north in spatial["bbox"]:
            assert -180 <= west < east <= 180
            assert -90 <= south < north <= 90


def test_every_collection_gives_its_features(admin: Call):
    for one in collections(admin):
        answer = admin(f"/ogc/collections/{one['id']}/items?limit=3")
        assert (answer.status_code, answer.headers["content-type"]) == (200, GEOJSON)
        document = answer.json()
        assert document["type"] == "FeatureCollection"
        assert document["numberReturned"] == len(document["features"]) <= 3
        assert {"self", "alternate", "collection"} <= {link["rel"] for link in document["links"]}
        for feature in document["features"]:
            assert feature["type"] == "Feature"
            assert {"id", "geometry", "properties"} <= set(feature)


@pytest.mark.parametrize("path", [*RESOURCES, f"{ESTATES}/1"])
def test_unknown_and_wrong_parameters_are_400_everywhere(admin: Call, path: str):
    for query in ("unknown=1", "f=nothing"):
        answer = admin(f"{path}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), query


def test_parameters_are_defined_as_the_standard_says(admin: Call):
    defined = admin("/ogc/api").json()["components"]["parameters"]
    for name in ("bbox", "limit", "datetime", "crs", "bbox-crs"):
        assert (defined[name]["in"], defined[name]["required"]) == ("query", False)
    box = defined["bbox"]
    assert (box["style"], box["explode"]) == ("form", False)
    assert (box["schema"]["type"], box["schema"]["items"]) == ("array", {"type": "number"})
    sizes = [{key: one[key] for key in ("minItems", "maxItems")} for one in box["schema"]["oneOf"]]
    assert sizes == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]
    limit = defined["limit"]["schema"]
    assert (limit["type"], limit["minimum"]) == ("integer", 1)
    assert limit["minimum"] <= limit["default"] <= limit["maximum"]
    assert defined["datetime"]["schema"] == {"type": "string"}
    for name in ("crs", "bbox-crs"):
        assert defined[name]["schema"] == {"type": "string", "format": "uri"}


OPEN = {"/", "/conformance"}
"""The same for everybody, whoever asks."""


def test_every_address_of_the_definition_answers_as_it_says(admin: Call, public: Call):
    document = admin("/ogc/api").json()
    places = {"collectionId": "a.buildings", "featureId": "B00", "z": "14", "y": "1", "x": "1"}
    asked = 0
    for path, operations in document["paths"].items():
        told = operations.get("get")
        if told is None or path.startswith(("/jobs/", "/processes/{")):
            continue
        address = f"/ogc{path.rstrip('/')}".format(**places)
        answer = admin(address)
        described = told["responses"][str(answer.status_code)]
        if answer.status_code == 200:
            assert answer.headers["content-type"] in described["content"], path
        wrong = admin(f"{address}?unknown=1")
        assert str(wrong.status_code) in told["responses"], path
        refused = public(address, headers={"Authorization": "Bearer wrong"})
        assert str(refused.status_code) in told["responses"], path
        assert refused.status_code == (200 if path in OPEN else 401), path
        asked += 1
    assert asked >= 11
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["security"] == [{}, {"bearer": []}]


def test_systems_are_named_by_addresses_of_the_register(admin: Call):
    document = admin("/ogc/collections").json()
    assert document["crs"]
    for named in (document, *document["collections"]):
        assert CRS84 in named["crs"]
        for address in (*named["crs"], *([named["storageCrs"]] if "storageCrs" in named else [])):
            assert CRS_ADDRESS.fullmatch(address), address
    for one in document["collections"]:
        assert one["storageCrs"] in one["crs"]
        assert one["crs"] == admin(f"/ogc/collections/{one['id']}").json()["crs"]


def test_every_collection_answers_in_every_system_and_says_so(admin: Call):
    for path in (ESTATES, f"{ESTATES}/1", ITEMS, f"{ITEMS}/B00"):
        for address in admin("/ogc/collections/a.estates").json()["crs"]:
            answer = admin(path, params={"crs": address})
            assert (answer.status_code, answer.headers["content-crs"]) == (200, f"<{address}>")


def test_without_parameters_everything_is_in_crs84(admin: Call):
    for path in (ESTATES, f"{ESTATES}/1"):
        plain, named = admin(path), admin(path, params={"crs": CRS84})
        assert plain.headers["content-crs"] == f"<{CRS84}>"
        first, second = ({**one.json(), "links": []} for one in (plain, named))
        assert first == second
    box = {"bbox": "114.7,25.6,114.77,25.67"}
    plain, named = (admin(ITEMS, params=one).json()["features"] for one in (box, {**box, "bbox-crs": CRS84}))
    assert plain == named != []


@pytest.mark.parametrize("address", ["http://www.opengis.net/def/crs/EPSG/0/2154", "EPSG:9999", "4547", "x"])
def test_a_system_that_is_not_offered_is_400(admin: Call, address: str):
    for path in (ITEMS, f"{ITEMS}/B00"):
        assert admin(path, params={"crs": address}).status_code == 400
    assert admin(ITEMS, params={"bbox": "0,0,1,1", "bbox-crs": address}).status_code == 400
