"""方案对比: one estate moved from one project to another by the planner's hand, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, RefusedError, UsageError
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.adoption import adopt
from gisplanner.services.bundling.comparison import comparison_document
from gisplanner.services.bundling.proposal_report import proposal_document
from gisplanner.services.bundling.propose import BundleRules, bundle_district
from gisplanner.services.bundling.reoptimise import reoptimise
from gisplanner.services.layers import layer_frame
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database


def figures(document: dict[str, Any], bundle: str) -> tuple[int, int, str]:
    found = next(one for one in document["bundles"] if one["id"] == bundle)
    return found["households"], found["buildings"], found["floor_area_10k_m2"]


@pytest.mark.requirement("R5.03", "R5.10")
def test_an_estate_is_moved_and_the_move_taken_back(db: Database, nankang: District):
    estates = layer_frame(db, nankang, "estates")
    before = service.save_official(db, nankang, "备注")
    service.save_official(db, nankang, "原样")
    moved = service.move_estate(db, nankang, "备注", "芙蓉花苑", "P08", reason="同一社区")

    document = proposal_document(moved, estates)
    assert figures(document, "P07") == (213, 9, "2.5316")
    assert figures(document, "P08") == (825, 21, "9.4564")
    changed = document["changes"][-1]
    assert (changed["kind"], changed["reason"], changed["by"]) == ("move", "同一社区", "tester")
    assert document["official"]["moved"] == 1
    verdicts = {row["project"]: row["verdict"] for row in document["official"]["rows"]}
    assert (verdicts.pop("P07"), verdicts.pop("P08")) == ("移动", "合并")
    assert set(verdicts.values()) == {"一致"}

    first, second = comparison_document(
        [service.get_proposal(db, nankang, name) for name in ("原样", "备注")], estates
    )["proposals"]
    assert first["totals"] == second["totals"]
    assert first["totals"] == {"count": 28, "households": 3433, "buildings": 190, "floor_area_10k_m2": "37.7674"}
    assert len(second["moved_from_first"]) == 1
    assert (first["official"]["adjusted_rand"], first["official"]["moved"]) == (1.0, 0)

    undone = service.undo(db, nankang, "备注", reason="维持原方案")
    assert undone.grouping == before.grouping
    assert [one.kind for one in undone.changes] == ["made", "move", "undo"]
    with pytest.raises(RefusedError, match="没有可撤销"):
        service.undo(db, nankang, "备注", reason="再来")


@pytest.mark.requirement("R5.03")
def test_a_change_that_breaks_a_rule_is_refused_and_leaves_no_trace(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    made = service.save_bundles(db, nankang, bundle_district(db, nankang, gap_m=15.0), "甲")
    bundles = made.grouping.bundles
    large = next(name for name, codes in bundles.items() if len(codes) > 1)
    far = next(codes[0] for name, codes in bundles.items() if name != large)
    with pytest.raises(RefusedError, match="不连片"):
        service.move_estate(db, nankang, "甲", far, large, reason="试")
    service.lock_bundle(db, nankang, "甲", large, reason="已公示")
    with pytest.raises(RefusedError, match="已锁定"):
        service.split_bundle(db, nankang, "甲", large, [bundles[large][0]], new="N", reason="试")
    with pytest.raises(UsageError, match="理由"):
        service.undo(db, nankang, "甲", reason=" ")
    with pytest.raises(NotFoundError, match="没有片区"):
        service.move_estate(db, nankang, "甲", far, "没有", reason="试")
    assert [one.kind for one in service.get_proposal(db, nankang, "甲").changes] == ["made", "lock"]
    with pytest.raises(UsageError, match="已有方案"):
        service.save_official(db, nankang, "甲")


@pytest.mark.requirement("R5.03")
def test_the_rest_is_divided_again_around_a_locked_bundle(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    made = service.save_bundles(db, nankang, bundle_district(db, nankang, gap_m=15.0), "丙")
    large = max(made.grouping.bundles, key=lambda name: len(made.grouping.bundles[name]))
    taken, *rest = made.grouping.bundles[large]
    service.split_bundle(db, nankang, "丙", large, [rest[-1]], new="N", reason="先行")
    service.lock_bundle(db, nankang, "丙", "N", reason="已公示")
    again = reoptimise(db, nankang, "丙", reason="其余重划").grouping
    assert again.bundles["N"] == (rest[-1],)
    assert sorted(code for codes in again.bundles.values() for code in codes) == sorted(
        code for codes in made.grouping.bundles.values() for code in codes
    )
    assert again.bundle_of(taken) != "N"
    assert service.undo(db, nankang, "丙", reason="恢复").grouping.locked == {"N"}


@pytest.mark.requirement("R5.03")
def test_a_soft_rule_takes_a_signature(db: Database, nankang: District):
    sketch_outlines(db, nankang)
    result = bundle_district(db, nankang, BundleRules(min_size=2, max_size=3, iterations=50), gap_m=15.0)
    made = service.save_bundles(db, nankang, result, "乙")
    large, codes = next((name, codes) for name, codes in made.grouping.bundles.items() if len(codes) == 2)
    with pytest.raises(RefusedError, match="低于下限"):
        service.split_bundle(db, nankang, "乙", large, [codes[1]], new="N", reason="分期")
    signed = service.split_bundle(db, nankang, "乙", large, [codes[1]], new="N", reason="分期", sign="王工")
    assert signed.changes[-1].signed_by == "王工"
    assert len(signed.changes[-1].exceptions) == 2


@pytest.mark.requirement("R5.03")
def test_an_adopted_proposal_becomes_the_renewal_areas_and_earlier_ones_stay_in_the_history(
    db: Database, nankang: District
):
    service.save_official(db, nankang, "备注")
    adopt(db, nankang, "备注", reason="会议纪要")
    service.merge_bundles(db, nankang, "备注", "P08", "P07", reason="示范片区")
    adopt(db, nankang, "备注", reason="第二次会议")
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) AS areas, (SELECT count(*) FROM renewal_area_estate) AS members FROM renewal_area"
        )
        assert tuple(cursor.fetchone()) == (10, 28)
        cursor.execute("SELECT before ->> 'code' FROM history WHERE operation = 'DELETE'")
        assert [row[0] for row in cursor.fetchall()] == ["P07"]
