"""Fire plans that are kept: provenance, comparison, withdrawal, and their way into the demolition register."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg2
import pytest

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, PermissionDeniedError, UsageError
from gisplanner.formats.tables_book import write_tables
from gisplanner.services.fire.comparison import compare_fire_plans, comparison_sentences, plans_document
from gisplanner.services.fire.demolition import (
    demolition_table,
    register_removals,
    removals_of_kept,
    removals_of_plans,
)
from gisplanner.services.fire.district import plan_fire_district
from gisplanner.services.fire.district_plan import DistrictFirePlan
from gisplanner.services.fire.kept import keep_fire_plan, kept_features, kept_fire_plan, withdraw_fire_plan
from gisplanner.services.fire.wishes import FireWishes
from gisplanner.services.progress.records import enter_file
from gisplanner.store.database import Database
from tests.services.fire.conftest import lay_networks

Stored = tuple[Database, District]


_PLANS: dict[tuple[tuple[str, float], ...], DistrictFirePlan] = {}


def planned(stored: Stored, **wishes: float) -> DistrictFirePlan:
    """The district is the same at the beginning of every test, and so is what planning it gives."""
    asked = tuple(sorted(wishes.items()))
    if asked not in _PLANS:
        _PLANS[asked] = plan_fire_district(*stored, FireWishes(**wishes))  # type: ignore[arg-type]
    return _PLANS[asked]


def kept(stored: Stored, name: str, because: str = "为比较", **wishes: float) -> int:
    return keep_fire_plan(*stored, planned(stored, **wishes), name, because)


def test_a_plan_is_kept_with_everything_it_was_made_from(stored: Stored) -> None:
    db, district = stored
    plan = planned(stored, budget=700)
    keep_fire_plan(db, district, plan, "方案一", "今年只有七百元")
    found = kept_fire_plan(db, district, "方案一")
    assert (found.reason, found.made_by, found.proven, found.illustrative) == (
        "今年只有七百元",
        "tester",
        True,
        False,
    )
    assert found.parameters["budget"] == 700
    assert found.parameters["estates"] == ["乙", "甲"]
    assert float(found.cost_cny) == found.answer["cost"] == 600
    again, drawn = kept_features(db, district, found), plan.features()
    assert again["role"].tolist() == drawn["role"].tolist()
    assert again.geometry.geom_equals_exact(drawn.geometry.set_axis(again.index), 1e-9).all()
    assert again.loc[again["role"] == "拆移", "cost"].tolist() == [100, 500]
    with pytest.raises(UsageError, match="已有方案"):
        kept(stored, "方案一")
    for name, because in (("", "理由"), ("方案二", " ")):
        with pytest.raises(UsageError):
            kept(stored, name, because)


def test_the_same_ground_has_the_same_version_and_another_another(stored: Stored, tmp_path: Path) -> None:
    db, district = stored
    kept(stored, "一")
    kept(stored, "二", households=104)
    lay_networks(db, district, tmp_path)
    keep_fire_plan(db, district, plan_fire_district(db, district), "三", "为比较")
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE entrance SET hours = '白天' WHERE code = '口1'")
    keep_fire_plan(db, district, plan_fire_district(db, district), "四", "为比较")
    versions = [kept_fire_plan(db, district, name).inputs_sha256 for name in "一二三四"]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_plans_stand_side_by_side(stored: Stored) -> None:
    db, district = stored
    kept(stored, "全部", "一次打通")
    kept(stored, "七百元", "分期", budget=700)
    document = compare_fire_plans(db, district, ["七百元", "全部"])
    assert [one["name"] for one in document["plans"]] == ["七百元", "全部"]
    assert [one["reason"] for one in document["plans"]] == ["分期", "一次打通"]
    [one] = document["differences"]
    assert (one["cost"], one["households"]) == (8000, 36)
    assert one["removals_only_in"] == [[], [{"obstacle": "棚1", "cost": 8000, "opens": ["甲2"]}]]
    assert one["removals_in_both"] == ["车1", "门1"]
    assert one["served_only_in"] == [[], ["甲2"]]
    assert (one["same_inputs"], one["same_rules"], one["same_engine"]) == (True, True, True)
    assert one["parameters"] == {"budget": [700, None]}
    told = str(comparison_sentences(document))
    assert "只在 全部 拆移：棚1（8000）" in told
    assert "注意" not in told
    with pytest.raises(UsageError):
        compare_fire_plans(db, district, ["全部"])
    with pytest.raises(NotFoundError):
        compare_fire_plans(db, district, ["全部", "没有"])


def test_a_withdrawn_plan_stays_on_record(stored: Stored) -> None:
    db, district = stored
    kept(stored, "一")
    with pytest.raises(UsageError):
        withdraw_fire_plan(db, district, "一", " ")
    withdraw_fire_plan(db, district, "一", "棚屋已自拆")
    assert plans_document(db, district)["plans"] == []
    [one] = plans_document(db, district, withdrawn=True)["plans"]
    assert (one["withdrawn"]["because"], one["withdrawn"]["by"]) == ("棚屋已自拆", "tester")
    with pytest.raises(UsageError, match="已撤回"):
        withdraw_fire_plan(db, district, "一", "再一次")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fire_plan SET reason = '改'",
        "DELETE FROM fire_plan",
        "UPDATE fire_plan_feature SET label = '改'",
        "DELETE FROM fire_plan_feature",
    ],
)
def test_what_is_kept_cannot_be_changed(stored: Stored, statement: str) -> None:
    kept(stored, "一")
    with (
        pytest.raises(psycopg2.errors.RestrictViolation),
        stored[0].transaction() as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with stored[0].transaction() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM district WHERE id = 'a'")
        cursor.execute("SELECT count(*) FROM fire_plan_feature")
        assert cursor.fetchone() == (0,)


def test_planners_keep_and_others_read(stored: Stored) -> None:
    db, district = stored
    plan = planned(stored)
    planner, reviewer, public = (db.seen_by(Viewer("某", role)) for role in ("planner", "reviewer", "public"))
    keep_fire_plan(planner, district, plan, "一", "理由")
    with pytest.raises(PermissionDeniedError):
        keep_fire_plan(reviewer, district, plan, "二", "理由")
    found = kept_fire_plan(reviewer, district, "一")
    assert found.made_by == "某"
    assert len(kept_features(reviewer, district, found)) == len(plan.features())
    assert plans_document(public, district)["plans"] == []
    with pytest.raises(UsageError):
        withdraw_fire_plan(reviewer, district, "一", "理由")
    assert plans_document(db, district)["plans"][0]["withdrawn"] is None


def cases(db: Database) -> list[tuple[object, ...]]:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT demolition.code, estate.code AS estate, demolition.kind, event.step, event.unit, event.document "
            "FROM demolition JOIN estate ON estate.id = demolition.estate_id "
            "JOIN demolition_event AS event ON event.demolition_id = demolition.id"
        )
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.requirement("R7.02")
def test_removals_become_cases_and_what_is_moved_does_not(stored: Stored) -> None:
    db, district = stored
    kept(stored, "一")
    found = kept_fire_plan(db, district, "一")
    removals = removals_of_kept(found.answer, kept_features(db, district, found))
    made = register_removals(db, district, removals, on=date(2024, 6, 1), document="消防方案「一」")
    assert (made.made, made.known, sorted(made.moved)) == (("棚1",), (), ["车1", "门1"])
    # Three texts name different units for it: nobody is entered until somebody has said who.
    assert cases(db) == [("棚1", "甲", "违章建筑", 1, None, "消防方案「一」")]
    again = register_removals(db, district, removals, on=date(2024, 7, 1))
    assert (again.made, again.known) == ((), ("棚1",))
    assert len(cases(db)) == 1


def test_the_demolition_list_is_what_the_register_takes_in(stored: Stored, tmp_path: Path) -> None:
    db, district = stored
    plan = planned(stored)
    write_tables(tmp_path / "d.xlsx", [demolition_table(removals_of_plans(plan.plans), date(2024, 6, 1))])
    assert enter_file(db, district, "demolition", tmp_path / "d.xlsx").records == 1
    assert [row[:4] for row in cases(db)] == [("棚1", "甲", "违章建筑", 1)]
