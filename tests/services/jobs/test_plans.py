"""Plans as jobs give what the commands give, with their features, for who may run them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import PermissionDeniedError, TooManyRequestsError, UsageError
from gisplanner.services.jobs.execution import run_job
from gisplanner.services.jobs.records import get_job, job_result, list_jobs
from gisplanner.services.jobs.submit import OPEN_JOBS, submit_job
from gisplanner.services.sketch import sketch_outlines
from gisplanner.services.uploads.spool import Receiving
from gisplanner.store.database import Database

PLANNER = Viewer("王工", "planner")


def run(db: Database, folder: Path, process: str, *, written: bool = False, **inputs: object) -> dict:
    job = submit_job(db, PLANNER, process, inputs)
    assert run_job(db.dsn, job.id, uploads=folder, worker="test")
    ended = get_job(db, PLANNER, job.id)
    assert ended.status == "successful", ended.error
    assert ended.written is written
    return dict(job_result(db, PLANNER, job.id))


def test_routes_of_a_file_that_was_handed_in(db: Database, tmp_path: Path):
    frames = {
        "buildings": gpd.GeoDataFrame(
            {"id": [1], "utilities": ["water"]}, geometry=[shapely.box(576_821, 2_839_395, 576_841, 2_839_405)]
        ),
        "roads": gpd.GeoDataFrame(
            {"name": ["路"]}, geometry=[shapely.LineString([(576_811, 2_839_390), (576_861, 2_839_390)])]
        ),
        "sources": gpd.GeoDataFrame(
            {"utility": ["water"], "owner": ["水务"]}, geometry=[shapely.Point(576_811, 2_839_390)]
        ),
    }
    file = tmp_path / "estate.gpkg"
    for name, frame in frames.items():
        frame.set_crs(4547).to_file(file, layer=name, driver="GPKG")
    receiving = Receiving(tmp_path / "uploads", limit_bytes=1 << 24)
    receiving.write(file.read_bytes())
    upload = receiving.keep(db, PLANNER, file.name)
    result = run(db, tmp_path / "uploads", "pipes-plan", upload=str(upload.id), time_limit_s=2)
    assert result["utilities"]["water"]["served"] == [1]
    assert result["features"]["features"]


def test_fire_lanes_of_a_stored_district(db: Database, nankang: District, tmp_path: Path):
    sketch_outlines(db, nankang)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM entrance WHERE estate_id > (SELECT min(id) FROM estate) + 1")
    kept = {"budget": 5000, "keep": "作业方案", "because": "只有五千元"}
    result = run(db, tmp_path, "fire-plan", district="nankang", time_limit_s=2, written=True, **kept)
    assert result["goal"]["budget"] == 5000
    [plan] = run(db, tmp_path, "fire-plans", district="nankang")["plans"]
    assert (plan["name"], plan["reason"], plan["made_by"]) == ("作业方案", "只有五千元", PLANNER.name)
    assert plan["served_after"] == len(result["served_after"])
    assert result["served_after"]
    assert result["features"]["type"] == "FeatureCollection"
    assert len(result["left_out"]) >= 20


def test_inputs_are_checked_before_anything_runs(db: Database):
    with pytest.raises(UsageError) as caught:
        submit_job(db, PLANNER, "bundle", {"gap_m": -1, "more": 1})
    assert {fault.column for fault in caught.value.faults} == {"district", "gap_m", "more"}
    with pytest.raises(PermissionDeniedError):
        submit_job(db, Viewer("x", "public"), "bundle", {"district": "a"})
    assert list_jobs(db, Viewer("local", "admin")) == []


def test_jobs_at_once_are_limited_by_role(db: Database):
    street = Viewer("区深燃公司", "operator")
    for _ in range(OPEN_JOBS["operator"]):
        submit_job(db, street, "conflicts", {"district": "a"})
    with pytest.raises(TooManyRequestsError):
        submit_job(db, street, "conflicts", {"district": "a"})
    assert submit_job(db, PLANNER, "conflicts", {"district": "a"}).status == "accepted"
    assert len(list_jobs(db, street)) == OPEN_JOBS["operator"]


def test_a_job_on_a_district_that_is_not_there_fails_with_the_reason(db: Database, tmp_path: Path):
    job = submit_job(db, PLANNER, "bundle", {"district": "none"})
    assert run_job(db.dsn, job.id, uploads=tmp_path, worker="test")
    failed = get_job(db, PLANNER, job.id)
    assert failed.error is not None
    assert (failed.status, failed.error["error"]["code"]) == ("failed", "not_found")
