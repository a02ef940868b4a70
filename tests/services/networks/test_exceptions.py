"""A conflict somebody accepted is recorded with who, why and until when; it is never silently gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, PermissionDeniedError, RefusedError, UsageError
from gisplanner.services.networks.conflicts import conflicts_of_district
from gisplanner.services.networks.exceptions import accept_conflict, exceptions_document, withdraw_exception
from gisplanner.store.database import Database

DAY, LAST = date(2024, 9, 2), date(2025, 9, 1)
PAIR = ("燃气公司/gas/G1", "水司/water/W1", "horizontal")
PAPER = {
    "measure": "加钢套管",
    "ground": "巷宽 2.6 m",
    "document": "〔2024〕7号会议纪要",
    "accepted_by": "住建局王工",
}


@pytest.fixture
def close(town: District, hand_in: Any) -> District:
    hand_in("燃气公司", ([(0, 0), (50, 0)], {"编号": "G1", "管类": "燃气", "压力": "低压", "埋设方式": "直埋"}))
    hand_in("水司", ([(0, 0.4), (50, 0.4)], {"编号": "W1", "管类": "给水", "管径": None}))
    return town


def test_an_accepted_conflict_is_told_as_accepted_while_it_holds(db: Database, close: District):
    made = accept_conflict(db, close, *PAIR, **PAPER, on=DAY, until=LAST)
    assert (made.required_m, made.accepted_m) == (0.5, 0.4)
    found = conflicts_of_district(db, close, on=date(2024, 12, 1))
    [record] = found.document()["conflicts"]
    assert record["exception"]["accepted_by"] == "住建局王工"
    assert (found.document()["open"], found.document()["accepted"]) == (0, 1)
    assert "1 处已登记例外" in str(found.sentences())
    for day in (date(2024, 9, 1), date(2025, 9, 2)):
        assert conflicts_of_district(db, close, on=day).document()["open"] == 1


def test_it_covers_no_nearer_line(db: Database, close: District, hand_in: Any):
    accept_conflict(db, close, *PAIR, **PAPER, on=DAY, until=LAST)
    hand_in("水司", ([(0, 0.3), (50, 0.3)], {"编号": "W1", "管类": "给水"}))
    document = exceptions_document(db, close, on=DAY)
    [one] = document["exceptions"]
    assert (document["open"], one["in_force"], one["conflict_exists"], one["covers"]) == (1, True, True, False)


def test_withdrawn_is_open_again(db: Database, close: District):
    accept_conflict(db, close, *PAIR, **PAPER, on=DAY, until=LAST)
    withdraw_exception(db, close, *PAIR, on=date(2024, 10, 1))
    assert conflicts_of_district(db, close, on=date(2024, 12, 1)).document()["open"] == 1
    with pytest.raises(NotFoundError):
        withdraw_exception(db, close, *PAIR, on=date(2024, 10, 2))


def test_nothing_is_accepted_without_its_paper_or_by_the_company(db: Database, close: District):
    given = {**PAPER, "on": DAY, "until": LAST}
    with pytest.raises(UsageError) as caught:
        accept_conflict(db, close, *PAIR, **{**given, "measure": " ", "until": date(2024, 1, 1)})
    assert {fault.column for fault in caught.value.faults} == {"measure", "until"}
    with pytest.raises(PermissionDeniedError):
        accept_conflict(db, close, *PAIR, **given, viewer=Viewer("水司", "operator", {"owner": ("水司",)}))
    with pytest.raises(NotFoundError):
        accept_conflict(db, close, "a", "b", "horizontal", **given)
    with pytest.raises(RefusedError, match="不覆盖"):
        accept_conflict(db, close, *PAIR, **given, accepted_m=0.45)
    assert exceptions_document(db, close, on=DAY)["exceptions"] == []


def test_trees_among_the_obstacles_are_kept_clear_of(db: Database, close: District, put: Any):
    put("obstacles", [shapely.Point(10, 1.0), shapely.Point(30, -0.5)], kind=["独立树", "围墙"], code=["T1", "X"])
    trees = [one for one in conflicts_of_district(db, close).report.conflicts if one.kind == "tree"]
    assert [(one.a.split("/")[0], one.b, one.measured_m, one.required_m) for one in trees] == [
        ("水司", "T1", 0.6, 1.0),
    ]
