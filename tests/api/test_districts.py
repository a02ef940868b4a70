"""Districts on the page: made by the administrator, sketched and questioned by planners, closed to everybody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gisplanner.api.app import create_app
from gisplanner.domain.accounts import Viewer
from gisplanner.services.districts import create_district, list_districts
from gisplanner.services.ingest.questions import list_questions
from gisplanner.services.register.register import import_register
from gisplanner.store.database import Database
from tests.calling import Call, calling
from tests.register_files import published_lines, write_csv

OWN = {"Origin": "http://localhost"}


def seen_by(db: Database, role: str, **scope: tuple[str, ...]) -> Call:
    viewer = Viewer(f"某{role}", role, scope)  # type: ignore[arg-type]
    return calling(create_app(db, visitor=viewer), base_url="http://localhost")


def post(call: Call, path: str, **form: str):
    return call(path, method="POST", data=form, headers=OWN)


@pytest.fixture
def stocked(db: Database, tmp_path: Path) -> Database:
    made = create_district(db, "nankang", crs="EPSG:4547", profile="nankang")
    import_register(db, made, write_csv(tmp_path / "台账.csv", published_lines()))
    return db


def test_an_administrator_makes_a_district(db: Database, get: Call):
    assert 'href="/new-district"' in get("/").text
    assert "赣州市南康区" in get("/new-district").text
    made = post(
        get, "/new-district", district_id="zhanggong", name="章贡区", crs="EPSG:4547", bounds="114.8，25.7,115.1,26"
    )
    assert (made.status_code, made.headers["location"]) == (303, "/#zhanggong")
    assert post(get, "/new-district", built_in="fenggang").headers["location"] == "/#fenggang"
    found = {one.id: one for one in list_districts(db)}
    assert found["zhanggong"].bounds_lonlat == (114.8, 25.7, 115.1, 26.0)
    assert found["fenggang"].profile == "fenggang"
    assert "章贡区" in get("/").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"district_id": "章贡", "crs": "EPSG:4547"}, "a-z 0-9"),
        ({"district_id": "b", "crs": "EPSG:4490"}, "EPSG:4534–4554"),
        ({"district_id": "b", "crs": "甲"}, "坐标系"),
        ({"district_id": "b", "crs": "EPSG:4547", "bounds": "1,2,3"}, "西,南,东,北"),
        ({"district_id": "b", "crs": "EPSG:4547", "bounds": "115,25,114,26"}, "西,南,东,北"),
        ({"district_id": "b", "crs": "EPSG:4547", "profile": "nirgends"}, "nirgends"),
        ({"built_in": "nirgends"}, "nirgends"),
    ],
)
def test_what_cannot_be_made_comes_back_with_its_reason(db: Database, get: Call, form: dict[str, str], said: str):
    answer = post(get, "/new-district", **form)
    assert 400 <= answer.status_code < 500
    notice = re.search(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    assert notice is not None
    assert said in notice[1]
    assert f'value="{form.get("district_id", "")}"' in answer.text
    assert list_districts(db) == []


def test_others_make_none(db: Database):
    for role in ("planner", "subdistrict", "lead", "operator", "reviewer", "public"):
        call = seen_by(db, role)
        assert call("/new-district").status_code == 403
        assert post(call, "/new-district", built_in="nankang").status_code == 403
        assert "/new-district" not in call("/").text
    # Neither does the database let one who is limited to some districts.
    limited = db.seen_by(Viewer("甲", "admin", {"district": ("b",)}))
    with pytest.raises(Exception, match="row-level security"):
        create_district(limited, "c", crs="EPSG:4547")
    assert list_districts(db) == []


def test_a_register_without_outlines_is_sketched_on_the_page(stocked: Database, get: Call):
    assert "绘制示意轮廓" in get("/").text
    planner = seen_by(stocked, "planner", district=("nankang",))
    assert post(planner, "/districts/nankang/sketch").headers["location"] == "/#nankang"
    page = get("/").text
    assert "绘制示意轮廓" not in page
    assert "示意数据" in page
    assert "/districts/nankang/proposals" in page
    with stocked.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), bool_and(illustrative) FROM estate WHERE geom IS NOT NULL")
        assert tuple(cursor.fetchone()) == (28, True)
        cursor.execute("SELECT DISTINCT imported_by FROM import_batch WHERE kind = 'sketch'")
        assert [row[0] for row in cursor.fetchall()] == ["某planner"]


def test_questions_are_answered_on_the_page(stocked: Database, get: Call):
    district = list_districts(stocked)[0]
    asked = list_questions(stocked, district)
    assert len(asked) == 3
    page = get("/districts/nankang/questions").text
    assert page.count("<form class=") == 3
    first = asked[0]
    chosen = first.choices[0]
    assert str(chosen.label) in page
    taken = post(
        get, "/districts/nankang/questions", question=str(first.id), choice=chosen.answer, note="已与社区核实"
    )
    assert (taken.status_code, taken.headers["location"]) == (303, "/districts/nankang/questions")
    left = list_questions(stocked, district, with_settled=True)
    settled = next(one for one in left if one.id == first.id)
    assert (settled.answer, settled.note, settled.answered_by) == (chosen.answer, "已与社区核实", "local")
    again = post(get, "/districts/nankang/questions", question=str(first.id), choice=chosen.answer)
    assert again.status_code == 409
    assert "已答复过" in again.text
    wrong = post(get, "/districts/nankang/questions", question=str(asked[1].id), choice="别的")
    assert wrong.status_code == 400
    assert "没有这个选项" in wrong.text
    assert len(list_questions(stocked, district)) == 2


def test_sketch_and_questions_are_for_planners_of_the_district(stocked: Database):
    for role in ("lead", "operator", "reviewer", "public"):
        call = seen_by(stocked, role)
        assert call("/districts/nankang/questions").status_code == 403
        assert post(call, "/districts/nankang/sketch").status_code == 403
    stranger = seen_by(stocked, "planner", district=("b",))
    assert stranger("/districts/nankang/questions").status_code == 404
    assert post(stranger, "/districts/nankang/sketch").status_code == 404


def test_forms_of_other_sites_change_nothing(db: Database, get: Call):
    answer = get(
        "/new-district", method="POST", data={"built_in": "nankang"}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert list_districts(db) == []
