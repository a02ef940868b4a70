"""The pages of entry: a street records what is its own, refusals show the clause, nothing is stored by halves."""

from __future__ import annotations

import io
import re
from datetime import date

import httpx
import pytest
from PIL import Image

from gisplanner.api.app import create_app
from gisplanner.domain.accounts import Role, Viewer
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.services.progress.entry_desk import project_desk
from gisplanner.services.progress.estate_entry import estate_record
from gisplanner.services.progress.filing_due import filing_dues
from gisplanner.services.sessions import log_in, set_password
from gisplanner.store.database import Database
from tests.calling import Call, calling
from tests.progress_steps import carry_to

BASE = "/districts/nankang/entry"
ESTATE, PROJECT, STREET = "NK2024-021", "NK2024-P08", "蓉江街道"


def as_role(db: Database, role: Role, **scope: tuple[str, ...]) -> Call:
    return calling(create_app(db, visitor=Viewer("甲", role, scope)), base_url="http://localhost")


def picture(name: str = "现场.jpg") -> tuple[str, bytes, str]:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    Image.new("RGB", (1600, 1200), "#557799").save(made, "JPEG", exif=exif)
    return name, made.getvalue(), "image/jpeg"


def send(call: Call, path: str, files: object = None, **fields: object) -> httpx.Response:
    form = {"on": "2024-06-03", **fields}
    # A form of a page is always multipart; an empty file field is what a browser sends where nothing was chosen.
    return call(
        f"{BASE}/{path}", "POST", data=form, files=files or [("files", ("", b"", "application/octet-stream"))]
    )


@pytest.fixture
def street(db: Database, nankang: District) -> Call:
    return as_role(db, "subdistrict", district=("nankang",), subdistrict=(STREET,))


@pytest.mark.requirement("R1.04", "R1.11", "R8.01")
def test_a_street_sees_its_own_and_fills_in_an_estate(db: Database, nankang: District, street: Call):
    page = street(BASE).text
    assert ESTATE in page
    assert "NK2024-022" not in page, "an estate of another street"
    assert "管线方案报送期限" not in page
    form = street(f"{BASE}/estates/{ESTATE}").text
    assert "老旧供水主管维修或更换" in form
    told = send(
        street, f"estates/{ESTATE}", year_built="1998", 同意户数="511", **{"vote:老旧供水主管维修或更换": "210"}
    )
    assert (told.status_code, told.headers["location"]) == (303, f"{BASE}/estates/{ESTATE}?done=saved")
    after = street(told.headers["location"]).text
    assert "已存入" in after
    assert re.search(r"<td>甲</td><td>建成时间</td><td>未填</td><td>1998</td>", after)
    stale = send(street, f"estates/{ESTATE}", year_built="1999")
    assert (stale.status_code, "已被别人改动" in stale.text) == (412, True)
    wrong = send(street, f"estates/{ESTATE}", seen_year="1998", year_built="1999", 同意户数="5000")
    assert wrong.status_code == 400
    assert "不多于该小区户数 644" in wrong.text
    assert 'value="5000"' in wrong.text, "what was typed is not lost"
    assert estate_record(db, nankang, ESTATE).year_built == "1998"
    assert send(street, "estates/NK2024-022", year_built="1999").status_code == 404


@pytest.mark.requirement("R8.01", "R4.03")
def test_a_stage_is_entered_with_its_proof_and_a_refusal_shows_the_clause(
    db: Database, nankang: District, street: Call
):
    missing = send(street, f"projects/{PROJECT}/stages", stage="1")
    assert (missing.status_code, "没有佐证材料" in missing.text) == (409, True)
    proof = [("files", ("纪要.pdf", b"%PDF-1.4 x", "application/pdf")), ("files", picture())]
    told = send(street, f"projects/{PROJECT}/stages", proof, stage="1", evidence="〔2024〕3号")
    assert (told.status_code, told.headers["location"]) == (303, f"{BASE}/projects/{PROJECT}?done=stage")
    page = street(told.headers["location"]).text
    links = re.findall(rf'href="({BASE}/evidence/\d+)">([^<]+)<', page)
    assert [name for _, name in links] == ["纪要.pdf", "现场.jpg"]
    first, second = (street(link) for link, _ in links)
    assert (first.content, first.headers["content-type"]) == (b"%PDF-1.4 x", "application/pdf")
    assert b"CAMERA-MAKER" not in second.content
    assert "attachment" in second.headers["content-disposition"]
    skipped = send(street, f"projects/{PROJECT}/stages", stage="5", evidence="x")
    assert (skipped.status_code, "不能跳过" in skipped.text) == (409, True)
    carry_to(db, nankang, "NK2024-P07", 4, on=date(2024, 7, 1))
    office = as_role(db, "planner")
    refused = send(office, "projects/NK2024-P07/stages", stage="5", evidence="开工令", on="2024-08-01")
    assert refused.status_code == 409
    assert "项目实施前，应先落实资金来源" in refused.text
    assert "落实资金来源" in office(f"{BASE}/projects/NK2024-P07").text
    assert project_desk(db, nankang, "NK2024-P07").coming.no == 5


def test_facts_open_gates_and_unknown_names_are_refused(db: Database, nankang: District, street: Call):
    told = send(street, f"projects/{PROJECT}/facts", kind="gate", name="落实资金来源", evidence="财政局函")
    assert told.status_code == 303
    (fact,) = project_desk(db, nankang, PROJECT).facts
    assert (fact.name, fact.done, fact.evidence) == ("落实资金来源", True, "财政局函")
    assert send(street, f"projects/{PROJECT}/facts", kind="gate", name="没有这一项").status_code == 400
    assert send(street, f"projects/{PROJECT}/facts", kind="安排", name="x").status_code == 400
    assert send(street, f"projects/{PROJECT}/facts", kind="defect", name="屋面渗漏", open="1").status_code == 303
    assert send(street, f"projects/{PROJECT}/facts", kind="gate", name="落实资金来源", on="昨天").status_code == 400


@pytest.mark.requirement("R1.10")
def test_photos_of_an_estate_and_of_a_demolition(db: Database, nankang: District, street: Call):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO demolition (district_id, srid, code, estate_id, kind) "
            "SELECT 'nankang', 4547, 'W1', id, '铁皮棚' FROM estate WHERE code = %s RETURNING id) "
            "INSERT INTO demolition_event (demolition_id, step, happened_on) SELECT id, 1, '2024-06-01' FROM made",
            [ESTATE],
        )
    photo = [("photo", picture())]
    assert send(street, f"estates/{ESTATE}/photos", photo, phase="改造前", taken_by="王某").status_code == 303
    taken = send(street, f"estates/{ESTATE}/photos", photo, phase="拆除前", demolition="W1", taken_by="李某")
    assert taken.status_code == 303
    page = street(f"{BASE}/estates/{ESTATE}").text
    pictures = re.findall(rf'src="({BASE}/photos/\d+\.jpg)"', page)
    assert len(pictures) == 2
    assert "李某" in page
    assert street(pictures[0]).headers["content-type"] == "image/jpeg"
    other = as_role(db, "subdistrict", subdistrict=("南水街道",))
    assert other(pictures[0]).status_code == 404
    for wrong in ({"phase": "拆除前"}, {"phase": "改造前", "demolition": "W1"}):
        assert send(street, f"estates/{ESTATE}/photos", photo, **wrong).status_code == 400
    text = [("photo", ("a.jpg", b"no picture", "image/jpeg"))]
    assert send(street, f"estates/{ESTATE}/photos", text, phase="改造前").status_code == 422


@pytest.mark.requirement("R6.02")
def test_the_office_sets_the_day_for_plans_and_a_street_does_not(db: Database, nankang: District, street: Call):
    fields = {"due": "2024-06-30", "document": "指挥部通知3号"}
    assert send(street, "filing-due", **fields).status_code == 403
    office = as_role(db, "planner")
    assert send(office, "filing-due", **fields).status_code == 303
    assert "指挥部通知3号" in office(BASE).text
    assert send(office, "filing-due", **{**fields, "due": "2024-05-01"}).status_code == 400
    with db.transaction() as connection:
        assert filing_dues(connection, nankang, date(2024, 6, 4)).of(PROJECT) == date(2024, 6, 30)


@pytest.mark.parametrize("role", ["public", "operator", "lead", "reviewer"])
def test_other_roles_stay_outside(db: Database, nankang: District, role: Role):
    call = as_role(db, role)
    for path in ("", f"/estates/{ESTATE}", f"/projects/{PROJECT}", "/forms/figure.csv"):
        assert call(BASE + path).status_code == 403
    assert send(call, f"estates/{ESTATE}", year_built="1998").status_code == 403


def test_a_form_of_another_session_is_refused(db: Database, nankang: District):
    add_account(db, "街办", "subdistrict", scope=[f"subdistrict={STREET}"])
    set_password(db, "街办", "一把很长的钥匙-2024")
    session = log_in(db, "街办", "一把很长的钥匙-2024", address="x")
    call = calling(create_app(db))
    headers = {"Cookie": f"gisplanner_session={session.token}", "Origin": "http://here"}
    page = call(f"{BASE}/estates/{ESTATE}", headers=headers).text
    token = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert token is not None
    for given, status in (("0" * 64, 403), (token[1], 303)):
        form = {"on": "2024-06-03", "year_built": "1998", "form_token": given}
        assert call(f"{BASE}/estates/{ESTATE}", "POST", data=form, headers=headers).status_code == status


def test_empty_tables_are_downloads(street: Call):
    told = street(f"{BASE}/forms/figure.csv")
    assert told.content.decode("utf-8-sig").startswith("小区,统计种类")
    assert street(f"{BASE}/forms/x.csv").status_code == 404
