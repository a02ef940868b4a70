"""Carry a project through its stages the way an office does: what opens a gate is recorded, then the stage."""

from __future__ import annotations

from datetime import date, timedelta

from gisplanner.catalog.profiles import profile
from gisplanner.domain.district import District
from gisplanner.rules.acceptance import required_parties
from gisplanner.rules.gates import need_names
from gisplanner.services.progress.events import advance
from gisplanner.services.progress.gates import record
from gisplanner.store.database import Database

EVIDENCE = "佐证.pdf"
NOTICE_DAYS = 30


def open_gates_of(
    db: Database, district: District, project: str, need: str, on: date, *, illustrative: bool = False
) -> None:
    """Record what one need of a stage asks for."""
    rules = profile(str(district.profile))
    if need == "notice":
        record(db, district, project, "date", ["公示开始"], on=on - timedelta(NOTICE_DAYS), illustrative=illustrative)
    elif need == "acceptance":
        assert rules.acceptance is not None
        record(
            db,
            district,
            project,
            "signature",
            required_parties(rules.acceptance),
            on=on,
            evidence="验收表.pdf",
            illustrative=illustrative,
        )
    elif need != "defects":
        record(
            db,
            district,
            project,
            "gate",
            need_names(rules)[need],
            on=on,
            evidence=EVIDENCE,
            illustrative=illustrative,
        )


def carry_to(
    db: Database, district: District, project: str, last: int, *, on: date, illustrative: bool = False
) -> None:
    """Record every stage up to ``last`` and what opens its gates, a day apart, the last on ``on``."""
    for stage in profile(str(district.profile)).stages[:last]:
        day = on - timedelta(last - stage.no)
        for need in stage.needs:
            open_gates_of(db, district, project, need, day, illustrative=illustrative)
        advance(db, district, project, str(stage.no), on=day, evidence=EVIDENCE, illustrative=illustrative)
