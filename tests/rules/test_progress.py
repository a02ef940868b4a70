"""Rates name their weight, count unknown figures apart and never divide by zero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gisplanner.catalog.profiles import profile
from gisplanner.domain.profile import Progress
from gisplanner.domain.progress import EstateProgress, Weight
from gisplanner.rules.progress import rates

STAGES = profile("nankang").stages


def estate(
    progress: Progress, *, stage_no: int | None, households: int | None = 1, area: str | None = "1"
) -> EstateProgress:
    return EstateProgress(
        estate_code="c",
        name="n",
        subdistrict=None,
        community=None,
        project_code=None,
        project=None,
        households=households,
        buildings=1,
        floor_area_10k_m2=None if area is None else Decimal(area),
        stage_no=stage_no,
        stage_name=None,
        since=None,
        illustrative=False,
        progress=progress,
    )


PLAN = [
    estate("completed", stage_no=7, households=1141, area="17.3"),
    estate("under_way", stage_no=5, households=644, area="6.87"),
    estate("not_started", stage_no=None, households=1648, area="13.5974"),
]


@pytest.mark.parametrize(
    ("weight", "started", "completed"),
    [("estates", "66.7", "33.3"), ("households", "52.0", "33.2"), ("floor_area", "64.0", "45.8")],
)
def test_the_weight_decides_the_rate(weight: Weight, started: str, completed: str):
    told = rates(PLAN, STAGES, weight)
    assert (told.started_percent, told.completed_percent) == (Decimal(started), Decimal(completed))


def test_unknown_figures_are_counted_apart():
    told = rates([*PLAN, estate("completed", stage_no=7, households=None)], STAGES, "households")
    assert (told.unknown, told.total, told.completed_percent) == (1, Decimal(3433), Decimal("33.2"))


def test_nothing_known_gives_no_percentage():
    told = rates([estate("completed", stage_no=7, area=None)], STAGES, "floor_area")
    assert (told.started_percent, told.completed_percent, told.unknown) == (None, None, 1)


def test_the_stages_share_the_whole():
    told = rates(PLAN, STAGES, "households")
    assert sum(share.amount for share in told.stages) == told.total
    assert [share.estates for share in told.stages] == [1, 0, 0, 0, 0, 1, 0, 1]
