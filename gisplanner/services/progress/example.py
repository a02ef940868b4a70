"""An invented history (示例进度) for a training ground: it passes the same gates as a real one."""

from __future__ import annotations

from typing import Final

from gisplanner.catalog.profiles import example_facts, example_progress, example_records
from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.works import RECORDS
from gisplanner.formats.record_table import read_records
from gisplanner.services.progress.events import advance
from gisplanner.services.progress.filing_due import set_filing_due
from gisplanner.services.progress.gates import record
from gisplanner.services.progress.records import enter_records
from gisplanner.store.database import Database

EVIDENCE: Final = "示例进度，非真实材料"


def record_example(db: Database, district: District, profile_name: str) -> None:
    """Record the example history of a profile, every line marked as example.

    Raises
    ------
    RefusedError
        A stage of the history is one that the gates forbid.
    """
    # What is pulled down must be recorded before the works on its ground begin.
    files = example_records(profile_name)
    for kind in (one for one in RECORDS if one in files):
        enter_records(db, district, kind, read_records(files[kind], RECORDS[kind]), illustrative=True)
    for fact in example_facts(profile_name):
        record(
            db, district, fact.project_code, fact.kind, [fact.name],
            on=fact.on, done=fact.done, evidence=EVIDENCE, illustrative=True,
        )  # fmt: skip
    register = load_profile(profile_name).register_
    if register is not None and register.example_filing_due is not None:
        due = register.example_filing_due
        set_filing_due(db, district, due.due_on, on=due.set_on, document=EVIDENCE, illustrative=True)
    for step in example_progress(profile_name):
        advance(db, district, step.project_code, step.stage, on=step.on, evidence=EVIDENCE, illustrative=True)
