"""What each role's page, maps and downloads show: what is theirs, and nothing else."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gisplanner.api.app import create_app
from gisplanner.domain.accounts import ROLES
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database
from tests.calling import Call, calling

X, Y = 576_811.0, 2_839_390.0
SCOPES = {"subdistrict": ["subdistrict=东山街道"], "operator": ["owner=区深燃公司"]}


@pytest.fixture
def stocked(db: Database, district: District, tmp_path) -> Database:
    """Two estates of two sub-districts; gas beside telecom 0.2 m apart, and telecom far away."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO subdistrict (district_id, name) VALUES ('a', '东山街道'), ('a', '蓉江街道') RETURNING id"
        )
        own, other = (row[0] for row in cursor.fetchall())
        cursor.execute("UPDATE estate SET subdistrict_id = %s, name = '东山小区' WHERE code = '1'", (own,))
        cursor.execute(
            "UPDATE estate SET subdistrict_id = %s, name = '蓉江小区', illustrative = false, "
            "geom = 'SRID=4547;POLYGON((576950 2839390,577000 2839390,577000 2839440,576950 2839390))' "
            "WHERE code = '2'",
            (other,),
        )
    lines = {
        "区深燃公司": ("燃气", [shapely.LineString([(X, Y), (X + 60, Y)])]),
        "区电信分公司": (
            "通信",
            [
                shapely.LineString([(X, Y + 0.2), (X + 60, Y + 0.2)]),
                shapely.LineString([(X, Y + 300), (X + 60, Y + 300)]),
            ],
        ),
    }
    for owner, (utility, geometry) in lines.items():
        path = tmp_path / f"{owner}.gpkg"
        count = len(geometry)
        frame = gpd.GeoDataFrame(
            {"编码": [f"{owner}-{n}" for n in range(count)], "管线种类": utility, "压力": "低压"},
            geometry=geometry,
            crs=4547,
        )
        frame.to_file(path, layer="data")
        import_networks(db, district, path, owner=owner)
    return db


def as_role(db: Database, role: str) -> Call:
    """Return calls of an account of a role; of the public, without any."""
    call = calling(create_app(db))
    if role == "public":
        return call
    token = add_account(db, role, role, scope=SCOPES.get(role, ())).token
    return lambda path, **options: call(path, headers={"Authorization": f"Bearer {token}"}, **options)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_is_its_own(stocked: Database, role: str):
    call = as_role(stocked, role)
    start = call("/").text
    offices = {"admin", "planner", "lead"}
    assert ("管线净距冲突" in start) == (role in {*offices, "operator"})
    assert ("maps/pipelines.html" in start) == (role in {*offices, "operator"})
    assert ('href="/upload"' in start) == (role in {"admin", "planner", "subdistrict", "operator"})
    assert ('href="/login"' in start) == (role == "public")

    estates = call("/districts/a/layers/estates.geojson").json()["features"]
    names = {feature["properties"]["小区名称"] for feature in estates}
    assert names == ({"东山小区"} if role == "subdistrict" else {"东山小区", "蓉江小区"})
    assert any("户数" in feature["properties"] for feature in estates) == (role not in {"public", "operator"})

    lines = call("/districts/a/layers/pipe_segments.geojson")
    if role in {"public", "subdistrict", "reviewer"}:
        assert lines.status_code == 403
        assert call("/districts/a/conflicts.geojson").status_code == 403
        assert call("/districts/a/maps/pipelines.html").status_code == 403
    else:
        owners = {feature["properties"]["权属单位"] for feature in lines.json()["features"]}
        assert owners == ({"区深燃公司"} if role == "operator" else {"区深燃公司", "区电信分公司"})
    register = call("/districts/a/register.xlsx")
    assert (register.status_code == 403) == (role in {"public", "operator"})


def test_a_company_sees_the_others_only_as_conflicts_near_its_own(stocked: Database):
    call = as_role(stocked, "operator")
    found = call("/districts/a/conflicts.geojson").json()["features"]
    assert found
    text = call("/districts/a/conflicts.geojson").text + call("/districts/a/maps/pipelines.html").text
    assert "区电信分公司-0" in text
    assert "区电信分公司-1" not in text
    assert {feature["geometry"]["type"] for feature in found} == {"Point"}


@pytest.mark.parametrize("path", ["/upload", "/jobs"])
def test_pages_of_work_are_for_those_who_work(stocked: Database, path: str):
    assert as_role(stocked, "public")(path).status_code == 403
    assert as_role(stocked, "planner")(path).status_code == 200


def test_a_wrong_token_is_no_visitor(stocked: Database):
    answer = calling(create_app(stocked))("/", headers={"Authorization": "Bearer gp_wrong"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("role", ["admin", "reviewer", "subdistrict", "public"])
def test_the_register_beside_the_plan_is_for_those_who_see_all_of_it(db: Database, nankang: District, role: str):
    start = as_role(db, role)("/").text
    assert ("台账核对</h3>" in start) == (role in {"admin", "reviewer"})
    assert ("37.7674" in start) == (role in {"admin", "reviewer"})
