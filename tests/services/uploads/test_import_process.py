"""Files handed in by each role: imported under the role of who sent them, written only where it is theirs."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.jobs import Job
from gisplanner.errors import PermissionDeniedError
from gisplanner.services.districts import ensure_builtin_district
from gisplanner.services.jobs.execution import run_job
from gisplanner.services.jobs.records import get_job, job_result
from gisplanner.services.jobs.submit import submit_job
from gisplanner.services.uploads.spool import Receiving
from gisplanner.store.database import Database
from tests.ingest_files import box

PLANNER = Viewer("王工", "planner")
STREET = Viewer("东山街道办", "subdistrict", {"subdistrict": ("东山街道",)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def hand_in(db: Database, folder: Path, viewer: Viewer, file: Path, kind: str, **inputs: object) -> Job:
    """Hand in a file, import it in this process, and return how the job ended."""
    receiving = Receiving(folder, limit_bytes=1 << 24)
    receiving.write(file.read_bytes())
    upload = receiving.keep(db, viewer, file.name)
    asked = {"district": "nankang", "kind": kind, "upload": str(upload.id), "dry_run": False, **inputs}
    job = submit_job(db, viewer, "import", asked)
    assert run_job(db.dsn, job.id, uploads=folder, worker="test")
    return get_job(db, viewer, job.id)


def value(db: Database, statement: str):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def outlines(path: Path, names: list[str]) -> Path:
    frame = gpd.GeoDataFrame(
        {"小区名称": names}, geometry=[box(200.0 * number, 0) for number in range(len(names))], crs=4547
    )
    frame.to_file(path, layer="estates")
    return path


def test_a_planner_hands_in_the_register_first_as_a_rehearsal(db: Database, folder: Path):
    ensure_builtin_district(db, "nankang")
    published = published_rows("nankang")
    assert published is not None
    tried = hand_in(db, folder, PLANNER, published, "register", dry_run=True)
    assert tried.status == "successful", tried.error
    assert (tried.written, value(db, "SELECT count(*) FROM estate")) == (False, 0)
    shown = job_result(db, PLANNER, tried.id)["report"]["counts"]
    done = hand_in(db, folder, PLANNER, published, "register")
    assert done.status == "successful", done.error
    assert (done.written, value(db, "SELECT count(*) FROM estate")) == (True, 28)
    assert job_result(db, PLANNER, done.id)["report"]["counts"] == shown
    assert value(db, "SELECT imported_by FROM import_batch") == "王工"


def test_a_planner_hands_in_outlines_and_history_tells_it(
    db: Database, nankang: District, folder: Path, tmp_path: Path
):
    names = [value(db, f"SELECT name FROM estate WHERE seq = {seq}") for seq in (1, 2)]
    done = hand_in(db, folder, PLANNER, outlines(tmp_path / "a.gpkg", names), "estates")
    assert done.status == "successful", done.error
    assert value(db, "SELECT count(*) FROM estate WHERE geom IS NOT NULL") == 2
    assert value(db, "SELECT string_agg(DISTINCT changed_by, ',') FROM history") == "王工"
    again = hand_in(db, folder, PLANNER, outlines(tmp_path / "b.gpkg", names), "estates")
    assert (again.status, job_result(db, PLANNER, again.id)["report"]["unchanged"]) == ("successful", 2)


def test_a_sub_district_changes_its_own_estates_and_no_others(
    db: Database, nankang: District, folder: Path, tmp_path: Path
):
    of_street = "SELECT min(estate.name) FROM estate JOIN subdistrict ON subdistrict.id = subdistrict_id WHERE {}"
    own = value(db, of_street.format("subdistrict.name = '东山街道'"))
    foreign = value(db, of_street.format("subdistrict.name <> '东山街道'"))
    done = hand_in(db, folder, STREET, outlines(tmp_path / "a.gpkg", [own, foreign]), "estates")
    assert done.status == "successful", done.error
    drawn = "SELECT string_agg(name, ',') FROM estate WHERE geom IS NOT NULL"
    assert value(db, drawn) == own
    report = job_result(db, STREET, done.id)["report"]
    assert [one["name"] for one in report["unmatched_file"]] == [foreign]
    forced = hand_in(db, folder, STREET, outlines(tmp_path / "b.gpkg", [foreign]), "estates", add_new=True)
    assert forced.error is not None
    assert (forced.status, forced.error["error"]["code"]) == ("failed", "permission_denied")
    assert value(db, drawn) == own


def test_a_sub_district_hands_in_buildings_of_its_estates_only(
    db: Database, nankang: District, folder: Path, tmp_path: Path
):
    own = value(
        db,
        "SELECT min(estate.name) FROM estate JOIN subdistrict ON subdistrict.id = subdistrict_id "
        "WHERE subdistrict.name = '东山街道'",
    )
    assert hand_in(db, folder, STREET, outlines(tmp_path / "a.gpkg", [own]), "estates").status == "successful"
    inside, outside = tmp_path / "inside.gpkg", tmp_path / "outside.gpkg"
    for path, place in ((inside, box(10, 10, 20, 20)), (outside, box(5000, 10, 20, 20))):
        gpd.GeoDataFrame({"编码": [path.stem]}, geometry=[place], crs=4547).to_file(path, layer="buildings")
    done = hand_in(db, folder, STREET, inside, "buildings")
    assert done.status == "successful", done.error
    refused = hand_in(db, folder, STREET, outside, "buildings")
    assert refused.error is not None
    assert refused.error["error"]["code"] == "permission_denied"
    assert value(db, "SELECT string_agg(code, ',') FROM building") == "inside"


@pytest.mark.parametrize(
    ("viewer", "kind"),
    [
        (STREET, "networks"),
        (STREET, "roads"),
        (STREET, "register"),
        (Viewer("区深燃公司", "operator", {"owner": ("区深燃公司",)}), "estates"),
    ],
)
def test_what_an_account_may_not_hand_in_is_refused(
    db: Database, nankang: District, folder: Path, tmp_path: Path, viewer: Viewer, kind: str
):
    file = outlines(tmp_path / "a.gpkg", ["甲"])
    refused = hand_in(db, folder, viewer, file, kind)
    assert refused.error is not None
    assert (refused.status, refused.error["error"]["code"]) == ("failed", "permission_denied")


@pytest.mark.parametrize("role", ["public", "reviewer", "lead"])
def test_who_hands_in_nothing_is_refused_at_once(db: Database, role: str):
    with pytest.raises(PermissionDeniedError):
        submit_job(db, Viewer("x", role), "import", {"district": "a", "kind": "roads", "upload": "x"})


def test_a_company_hands_in_its_own_lines_only(db: Database, nankang: District, folder: Path, tmp_path: Path):
    gas = Viewer("区深燃公司", "operator", {"owner": ("区深燃公司",)})
    line = shapely.LineString([(576_811, 2_839_390), (576_861, 2_839_390)])
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"编码": ["1"], "管线种类": ["燃气"]}, geometry=[line], crs=4547).to_file(path, layer="data")
    foreign = hand_in(db, folder, gas, path, "networks", owner="区电信分公司")
    assert foreign.error is not None
    assert foreign.error["error"]["code"] == "permission_denied"
    own = hand_in(db, folder, gas, path, "networks")
    assert own.status == "successful", own.error
    assert value(db, "SELECT string_agg(owner, ',') FROM pipe_segment") == "区深燃公司"
