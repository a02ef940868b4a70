"""A permit to dig that was refused closes an estate to trenches until one is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import shapely

from gisplanner.domain.district import District
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.applications import DIGGING, apply_for
from gisplanner.services.networks.tasks import Step, record_step
from gisplanner.services.pipes.closed_ground import closed_by_permit
from gisplanner.store.database import Database

DAY = date(2024, 9, 2)


@pytest.mark.requirement("R6.14")
def test_a_refused_permit_closes_the_estate_until_one_is_given(
    db: Database, town: District, put: Callable[..., None]
):
    put("estates", [shapely.box(0, 0, 90, 90), shapely.box(200, 0, 290, 90)], name=["甲", "乙"], code=["E1", "E2"])
    estates = layer_frame(db, town, "estates").rename_geometry("geometry")
    for code in ("K1", "K2"):
        apply_for(db, town, DIGGING, code, owner="水司", subject="东巷", on=DAY, estate_code="E1")
    assert closed_by_permit(db, town, estates).empty
    record_step(db, town, "application", "K1", Step("不予批准", DAY))
    assert list(closed_by_permit(db, town, estates)["code"]) == ["E1"]
    record_step(db, town, "application", "K2", Step("已批准", DAY))
    assert closed_by_permit(db, town, estates).empty
