"""A plan is complete when its lines reach every building of the estate, or it says 不涉及."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.networks.filing import filing_matrix, record_filing
from gisplanner.services.networks.reach import reach_of
from gisplanner.store.database import Database


@pytest.mark.requirement("R6.02")
def test_complete_only_when_every_building_is_reached(
    db: Database, town: District, hand_in: Callable[..., Any], put: Callable[..., None]
):
    put("estates", [shapely.box(0, -20, 100, 40)], name=["甲小区"], code=["E1"])
    put(
        "buildings",
        [shapely.box(5, 5, 25, 15), shapely.box(40, 5, 60, 15)],
        code=["B1", "B2"],
        estate_code=["E1"] * 2,
    )
    main = ([(0, 0), (100, 0)], {"管类": "给水", "编号": "W1"})
    hand_in("水司", main, ([(15, 0), (15, 5)], {"管类": "给水", "编号": "W2"}))
    day = date(2024, 9, 2)
    record_filing(db, town, ["E1"], "水司", "已报", on=day)
    matrix = filing_matrix(db, town)
    [cell] = matrix.document()["matrix"]
    assert (cell["complete"], cell["buildings"], cell["missing"]) == (False, "1/2", ["B2"])
    assert "未到每一栋楼的 1 份" in str(matrix.sentences())
    record_filing(db, town, ["E1"], "水司", "已备案", on=day)
    assert filing_matrix(db, town).complete("E1", "水司") is False

    gone = ([(50, 0), (50, 5)], {"管类": "给水", "编号": "W3", "状态": "废弃"})
    hand_in("水司", main, ([(15, 0), (15, 5)], {"管类": "给水", "编号": "W2"}), gone)
    assert reach_of(db, town)["E1", "水司"].missing == ("B2",)
    hand_in("水司", main, *[([(x, 0), (x, 5)], {"管类": "给水", "编号": f"W{x}"}) for x in (15, 50)])
    matrix = filing_matrix(db, town)
    assert (matrix.complete("E1", "水司"), matrix.document()["complete"]) == (True, 1)

    assert matrix.complete("E1", "电信") is False
    record_filing(db, town, ["E1"], "电信", "不涉及", on=day)
    assert filing_matrix(db, town).complete("E1", "电信") is True


def test_without_buildings_nobody_can_tell(db: Database, town: District, put: Callable[..., None]):
    put("estates", [shapely.box(0, -20, 100, 40)], name=["甲小区"], code=["E1"])
    assert filing_matrix(db, town).complete("E1", "水司") is None
