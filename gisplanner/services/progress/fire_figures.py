"""Record what a fire plan measured of each estate, so that indicators and papers can tell it (消防指标)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from gisplanner.domain.district import District
from gisplanner.domain.works import FigureRecord
from gisplanner.services.fire.district_plan import DistrictFirePlan
from gisplanner.services.progress.records import Entered, enter_records
from gisplanner.store.database import Database

SOURCE: Final = "消防车道计算（今天可达）"


def record_fire(
    db: Database, district: District, plan: DistrictFirePlan, *, on: date, illustrative: bool = False
) -> Entered | None:
    """Record buildings, and how many of them a fire engine reaches today, for each estate that was planned.

    Returns ``None`` when no estate could be planned.
    """
    rows = [
        FigureRecord(estate=code, kind=kind, amount=Decimal(count), happened_on=on, source=SOURCE)
        for code, one in plan.plans.items()
        for kind, count in (("消防栋数", len(one.ground.buildings)), ("消防可达栋数", len(one.served_today)))
    ]
    if not rows:
        return None
    return enter_records(db, district, "figure", list(enumerate(rows, start=1)), illustrative=illustrative)
