"""No digging beside a gas line enters a calendar unwatched: plans of a stored district, lift pits and trees alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import PermissionDeniedError, RefusedError
from gisplanner.planning.pipes.calendar import working_days
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.networks.gas_watch import gas_watch, refuse_unwatched
from gisplanner.services.networks.tasks import Step, record_step, stored_tasks
from gisplanner.services.networks.upload import import_networks
from gisplanner.services.networks.works import read_works
from gisplanner.services.pipes.ask_gas import ask_gas, record_example_watch, watched_now
from gisplanner.services.pipes.district import plan_district
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.works import plan_works, wanted_digs
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
START, DEADLINE = date(2024, 9, 2), date(2024, 12, 31)
GAS = "区深燃公司"


def moved(shape: object) -> object:
    return shapely.transform(shape, lambda xy: np.add(xy, (EAST, NORTH)))


@pytest.fixture
def lane(db: Database, tmp_path: Path) -> District:
    """Two houses at a lane; a gas main runs along its western half, far from the rest."""
    district = create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.1, 26.1))
    layers = {
        "estates": ([shapely.box(-20, -40, 220, 40)], {"name": ["甲小区"]}),
        "buildings": ([shapely.box(30, 8, 50, 18), shapely.box(150, 8, 170, 18)], {"code": ["1", "2"]}),
        "roads": (
            [shapely.LineString([(-60, 0), (220, 0)]), shapely.LineString([(-60, -90), (-60, 90)])],
            {"name": ["东巷", "红旗大道"], "highway": ["service", "secondary"], "width_m": [8.0, 20.0]},
        ),
    }
    for name, (shapes, columns) in layers.items():
        path = tmp_path / f"{name}.gpkg"
        gpd.GeoDataFrame(columns, geometry=[moved(one) for one in shapes], crs=4547).to_file(path)
        import_features(db, district, name, path, add_new=name == "estates")
    main = {"编号": ["G1"], "管类": ["燃气"], "压力": ["低压"], "管径": ["DN110"], "埋设方式": ["直埋"]}
    path = tmp_path / "gas.gpkg"
    gpd.GeoDataFrame(main, geometry=[moved(shapely.LineString([(0, -3), (40, -3)]))], crs=4547).to_file(path)
    import_networks(db, district, path, owner=GAS)
    return district


@pytest.fixture
def planned(db: Database, lane: District) -> PipesPlan:
    return plan_district(db, lane, time_limit_s=1.0)


def test_a_calendar_is_refused_until_the_gas_company_watches_every_day(
    db: Database, lane: District, planned: PipesPlan
):
    with pytest.raises(RefusedError) as caught:
        plan_works(planned, START, DEADLINE)
    assert caught.value.faults
    assert {one.column for one in caught.value.faults} == {GAS}
    assert all("未核对原文" in str(one.allowed) for one in caught.value.faults)
    assert all("没有现场监护（未下达）" in str(one.hint) for one in caught.value.faults)

    digs = wanted_digs(planned, START, DEADLINE)
    gas = gas_watch(db, lane).lines.geometry.iloc[0]
    beside = {name for name, dug in digs.geometry.items() if dug.distance(gas) <= 5.0 + 0.055}
    far = set(digs.index) - beside
    assert beside
    assert far
    with pytest.raises(PermissionDeniedError):
        ask_gas(db, lane, digs, viewer=Viewer("燃", "operator", {"owner": (GAS,)}))
    assert ask_gas(db, lane, digs) == (len(caught.value.faults), 0)
    assert ask_gas(db, lane, digs) == (0, len(caught.value.faults))
    tasks = stored_tasks(db, lane, "gas_guard")
    assert {one.code.rsplit("×")[0] for one in tasks} == beside
    assert all(one.length_m and str(START.year) in one.cause for one in tasks)

    company = Viewer("燃", "operator", {"owner": (GAS,)})
    for task in tasks:
        for state in ("保护方案已报", "保护方案已定"):
            record_step(db, lane, "gas_guard", task.code, Step(state, date(2024, 8, 20)), viewer=company)
        first, last = (digs.loc[task.code.rsplit("×")[0], name] for name in ("first", "last"))
        # One day short: that day is named.
        until = working_days(first, last)[-2] if len(working_days(first, last)) > 1 else first
        record_step(db, lane, "gas_guard", task.code, Step("现场监护已安排", first, until), viewer=company)
    with pytest.raises(RefusedError) as caught:
        plan_works(watched_now(db, lane, planned), START, DEADLINE)
    assert all("现场监护已安排" in str(one.hint) for one in caught.value.faults)
    for task in tasks:
        record_step(db, lane, "gas_guard", task.code, Step("现场监护已安排", START, DEADLINE), viewer=company)
    works = plan_works(watched_now(db, lane, planned), START, DEADLINE)
    assert {work.section for work in works.calendar.works} == set(digs.index)


def test_pits_and_trees_of_the_same_days_are_held_to_it_too(db: Database, lane: District, tmp_path: Path):
    rows = {"编号": ["L1", "T1", "L2"], "内容": ["加装电梯基坑", "植树", "加装电梯基坑"]}
    days = {"开始": ["2024-09-10"] * 3, "结束": ["2024-09-12", None, "2024-09-12"]}
    shapes = [shapely.box(20, -8, 23, -5), shapely.Point(40, -6), shapely.box(120, -8, 123, -5)]
    gpd.GeoDataFrame({**rows, **days}, geometry=[moved(one) for one in shapes], crs=4547).to_file(
        tmp_path / "works.gpkg", layer="works"
    )
    works = read_works(tmp_path / "works.gpkg", lane)
    with pytest.raises(RefusedError) as caught:
        refuse_unwatched(gas_watch(db, lane), works)
    told = [(str(one.value).split("：")[0], str(one.hint).split(" 没有")[0]) for one in caught.value.faults]
    assert told == [("加装电梯基坑 L1", "2024-09-10 – 2024-09-12"), ("植树 T1", "2024-09-10")]
    assert record_example_watch(db, lane, works, date(2024, 9, 1), date(2024, 9, 30)) == 2
    assert record_example_watch(db, lane, works, date(2024, 9, 1), date(2024, 9, 30)) == 0
    assert refuse_unwatched(gas_watch(db, lane), works) == 2


def test_a_line_that_is_given_up_carries_no_gas(db: Database, lane: District, planned: PipesPlan):
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE pipe_segment SET status = 'abandoned'")
    assert plan_works(watched_now(db, lane, planned), START, DEADLINE).calendar.works
