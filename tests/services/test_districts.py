"""Districts are created once, found again, and refused when they make no sense."""

from __future__ import annotations

import pytest

from gisplanner.errors import CrsError, InputError, NotFoundError, RefusedError
from gisplanner.services.districts import create_district, ensure_builtin_district, get_district, list_districts
from gisplanner.store.database import Database


def test_the_builtin_district_is_created_once(db: Database):
    first = ensure_builtin_district(db, "nankang")
    assert (first.id, first.srid, first.profile) == ("nankang", 4547, "nankang")
    assert ensure_builtin_district(db, "nankang") == first
    assert list_districts(db) == [first]


def test_a_district_without_profile_takes_the_zone_as_its_bounds(db: Database):
    made = create_district(db, "chengdu", crs="EPSG:4544", name="成都")
    west, south, east, north = made.bounds_lonlat
    assert west < 104.06 < east
    assert south < 30.66 < north
    assert get_district(db, "chengdu") == made


def test_the_same_settings_again_change_nothing_and_other_settings_are_refused(db: Database):
    made = create_district(db, "a", crs="EPSG:4547")
    assert create_district(db, "a", crs="EPSG:4547") == made
    with pytest.raises(RefusedError):
        create_district(db, "a", crs="EPSG:4548")
    assert get_district(db, "a").srid == 4547


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:99999", "nonsense"])
def test_only_metric_planning_systems_are_taken(db: Database, crs: str):
    with pytest.raises(CrsError):
        create_district(db, "a", crs=crs)
    assert list_districts(db) == []


@pytest.mark.parametrize("district_id", ["", "南康", "A", "1a", "a-b", "a" * 41])
def test_ids_are_short_and_plain(db: Database, district_id: str):
    with pytest.raises(InputError):
        create_district(db, district_id, crs="EPSG:4547")


def test_an_unknown_district_is_named_with_those_there_are(db: Database):
    create_district(db, "a", crs="EPSG:4547")
    with pytest.raises(NotFoundError) as caught:
        get_district(db, "b")
    assert caught.value.faults[0].allowed == "a"
