"""Write a register file over the stored register: work out the difference first, then write it in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.plan import PlanChange, PlanRow
from gisplanner.domain.profile import Profile, RegisterSpec
from gisplanner.domain.register import ESTATE, RegisterFile, RegisterTotals
from gisplanner.rules.plan_changes import give_codes, match_rows, plan_changes
from gisplanner.store.database import Connection
from gisplanner.store.features import record_batch
from gisplanner.store.import_undo import remember_register
from gisplanner.store.queries import queries
from gisplanner.store.register import (
    StoredEstate,
    leave_plan,
    project_codes,
    save_entries,
    stored_estates,
)

BATCH_KIND = "register"


@dataclass(frozen=True, slots=True)
class RegisterUpdate:
    """What writing a file would do to the stored register.

    Attributes
    ----------
    entries
        The rows of the file with their codes.
    written
        Those that differ from what is stored, new ones included.
    leaving
        Estates of the plan that the file does not name.
    changes
        The difference in the terms of a plan.
    ids
        Row id of every stored estate by its code.
    same_file
        Whether this very file was the last one imported.
    """

    entries: tuple[PlanRow, ...]
    written: tuple[PlanRow, ...]
    leaving: tuple[StoredEstate, ...]
    changes: tuple[PlanChange, ...]
    ids: dict[str, int]
    plan_year: int
    same_file: bool

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not self.written and not self.leaving


def district_profile(district: District) -> Profile | None:
    """Return the policy profile of a district, if it has one."""
    return None if district.profile is None else load_profile(district.profile)


def stated_totals(spec: RegisterSpec | None, totals: RegisterTotals) -> RegisterTotals:
    """Return the totals a register is held against: the document's, and where it states none the 合计 row's."""
    if spec is None or spec.stated is None:
        return totals
    return completed_totals(RegisterTotals(**spec.stated.model_dump(include=set(RegisterTotals.__slots__))), totals)


def completed_totals(first: RegisterTotals, second: RegisterTotals) -> RegisterTotals:
    """Return ``first``, its blanks filled from ``second``."""
    return replace(
        first,
        **{figure: getattr(second, figure) for figure in RegisterTotals.__slots__ if getattr(first, figure) is None},
    )


def prepare_update(
    connection: Connection,
    district: District,
    reading: RegisterFile,
    *,
    renames: Mapping[str, str] | None = None,
) -> RegisterUpdate:
    """Return what writing the file would do; nothing is written."""
    stored = stored_estates(connection, district.id)
    prefix, plan_year = _numbering(district)
    matched = match_rows([estate.entry for estate in stored], reading.rows, renames=renames)
    entries = give_codes(
        matched,
        reading.rows,
        prefix=prefix,
        taken=[estate.entry.code for estate in stored],
        projects=project_codes(connection, district.id, plan_year),
    )
    before = {estate.entry.code: estate for estate in stored}
    kept = {entry.code for entry in entries}
    latest = queries().register_batch_latest(connection, district_id=district.id)
    return RegisterUpdate(
        entries=tuple(entries),
        written=tuple(
            entry for entry in entries if entry.code not in before or _differs(before[entry.code].entry, entry)
        ),
        leaving=tuple(estate for estate in stored if estate.planned and estate.entry.code not in kept),
        changes=plan_changes([estate.entry for estate in stored if estate.planned], entries),
        ids={estate.entry.code: estate.id for estate in stored},
        plan_year=plan_year,
        same_file=latest is not None and latest.file_sha256 == reading.sha256,
    )


def write_update(
    connection: Connection,
    district: District,
    reading: RegisterFile,
    update: RegisterUpdate,
    report: Mapping[str, Any],
) -> int:
    """Record the file as an import batch, write the difference, and return the batch's id."""
    batch_id = record_batch(
        connection,
        district_id=district.id,
        kind=BATCH_KIND,
        file_name=reading.file,
        file_sha256=reading.sha256,
        file_layer=None,
        declared_crs=None,
        credit=None,
        rows_read=len(reading.rows),
        rows_stored=len(reading.rows),
        report=json.dumps(report, ensure_ascii=False),
    )
    touched = [update.ids[entry.code] for entry in update.written if entry.code in update.ids]
    remember_register(connection, batch_id, [*touched, *(estate.id for estate in update.leaving)])
    leave_plan(connection, [estate.id for estate in update.leaving])
    save_entries(
        connection,
        district.id,
        update.written,
        ids=update.ids,
        plan_year=update.plan_year,
        batch_id=batch_id,
    )
    return batch_id


def _numbering(district: District) -> tuple[str, int]:
    profile = district_profile(district)
    if profile is None or profile.register_ is None:
        year = datetime.now(UTC).year
        return f"{district.id.upper()}{year}", year
    return profile.register_.project_code_prefix, profile.register_.plan_year


def _differs(before: PlanRow, after: PlanRow) -> bool:
    # Blank age, ownership or kind says nothing about what a survey has found.
    known = replace(
        after.row,
        source_row=before.row.source_row,
        year_built=after.row.year_built or before.row.year_built,
        ownership=after.row.ownership or before.row.ownership,
        kind=before.row.kind if after.row.kind in {None, before.row.kind or ESTATE} else after.row.kind,
    )
    return before.row != known or before.project_code != after.project_code
