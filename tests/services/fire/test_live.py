"""The fire map of the server: the newest plan that is kept, and what has changed since; who may see it."""

from __future__ import annotations

import pytest

from gisplanner.api.app import create_app
from gisplanner.domain.accounts import ROLES
from gisplanner.domain.district import District
from gisplanner.services.accounts import add_account
from gisplanner.services.fire.district import plan_fire_district
from gisplanner.services.fire.kept import keep_fire_plan, withdraw_fire_plan
from gisplanner.services.fire.live import map_kept_fire
from gisplanner.services.fire.wishes import FireWishes
from gisplanner.services.maps import MapOptions
from gisplanner.store.database import Database
from tests.calling import calling

Stored = tuple[Database, District]
CHANGED = "台账或管线在方案留存之后有改动"


def page(stored: Stored) -> str:
    return map_kept_fire(stored[0], stored[0], stored[1], options=MapOptions())


def test_the_newest_plan_is_drawn_until_it_is_withdrawn(stored: Stored) -> None:
    assert "尚无留存的消防方案" in page(stored)
    keep_fire_plan(*stored, plan_fire_district(*stored, FireWishes(budget=700)), "分期", "先做便宜的")
    keep_fire_plan(*stored, plan_fire_district(*stored), "全部", "一次打通")
    drawn = page(stored)
    assert "方案「全部」" in drawn
    assert "一次打通" in drawn
    assert "2/4 栋" in drawn
    assert "4/4 栋" in drawn
    assert CHANGED not in drawn
    withdraw_fire_plan(*stored, "全部", "缓建")
    drawn = page(stored)
    assert "先做便宜的" in drawn
    assert "3/4 栋" in drawn


def test_a_register_that_changed_since_is_told(stored: Stored) -> None:
    db, district = stored
    keep_fire_plan(db, district, plan_fire_district(db, district, estate="金赣小区"), "一个", "只看一个")
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM obstacle WHERE code = '车1'")  # of the other estate
    assert CHANGED not in page(stored)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM obstacle WHERE code = '棚1'")
    assert CHANGED in page(stored)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.requirement("R7.05")
def test_offices_and_the_brigade_see_it_and_nobody_else(stored: Stored, role: str) -> None:
    db, district = stored
    keep_fire_plan(db, district, plan_fire_district(db, district, estate="金赣小区"), "一个", "只看一个")
    call = calling(create_app(db))
    scope = ["owner=区深燃公司"] if role == "operator" else ()
    account = None if role == "public" else add_account(db, role, role, scope=scope)
    headers = {} if account is None else {"Authorization": f"Bearer {account.token}"}
    may = role in {"admin", "planner", "lead", "reviewer"}
    start = call("/", headers=headers).text
    assert ("maps/fire.html" in start) is may
    answer = call("/districts/a/maps/fire.html", headers=headers)
    assert answer.status_code == (200 if may else 403)
    assert ("只看一个" in answer.text) is may
