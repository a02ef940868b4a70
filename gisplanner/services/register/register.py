"""The register (台账): check a file, import it, give it back as printed, sum up what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.catalog.profiles import profile_names, published_rows
from gisplanner.domain.district import District
from gisplanner.domain.plan import PlanRow, PlanVersion
from gisplanner.domain.profile import Profile, RegisterSpec
from gisplanner.domain.register import RegisterCheck, RegisterFile, RegisterRow, RegisterTotals
from gisplanner.errors import Fault, NotFoundError, RegisterError
from gisplanner.formats.annex import printed_subdistricts, read_annex
from gisplanner.rules.reconciliation import SUSPICIOUS_FLOOR_AREA_PER_HOUSEHOLD_M2
from gisplanner.rules.reconciliation import check_register as reconcile
from gisplanner.services.districts import ensure_builtin_district, get_district
from gisplanner.services.register.doubts import ask_doubts
from gisplanner.services.register.report import check_document
from gisplanner.services.register.result import RegisterImport, RegisterReport
from gisplanner.services.register.update import (
    RegisterUpdate,
    completed_totals,
    district_profile,
    prepare_update,
    stated_totals,
    write_update,
)
from gisplanner.store.database import Connection, Database
from gisplanner.store.plan import baselines, freeze
from gisplanner.store.queries import queries
from gisplanner.store.questions import stored_questions
from gisplanner.store.register import (
    StoredEstate,
    lock_register,
    save_demonstration_areas,
    stored_estates,
)
from gisplanner.text import Text

__all__ = [
    "check_document",
    "check_register",
    "import_register",
    "register_rows",
    "register_summary",
]


def check_register(path: Path, *, profile: str | None = None, sheet: str | None = None) -> RegisterReport:
    """Read a register file and hold it against the totals its document states; nothing is stored.

    Parameters
    ----------
    profile
        Policy profile whose totals and threshold apply; ``"none"`` for none of them. ``None`` takes the profile
        whose published register has the sub-districts of the file.
    sheet
        Sheet of the workbook, when several hold a register.

    Raises
    ------
    FileFormatError, RegisterError
        The file cannot be read without guessing; all faults at once.
    NotFoundError
        No such file, sheet or profile.
    """
    known = None if profile in {None, "none"} else load_profile(str(profile))
    reading = read_annex(path, sheet=sheet)
    if profile is None:
        known = _profile_of(reading)
    spec = None if known is None else known.register_
    check = _reconciled(reading.rows, spec, stated_totals(spec, reading.totals))
    return RegisterReport(reading, check, None if known is None else known.name)


def import_register(
    db: Database,
    district: District | str,
    path: Path,
    *,
    sheet: str | None = None,
    freeze_anyway: bool = False,
    dry_run: bool = False,
) -> RegisterImport:
    """Store a register file; the first one that agrees with its totals freezes the plan baseline v1.

    The same file again changes nothing. A changed figure is written over the old one, which history keeps. A file
    that disagrees with the stated totals is stored and marked (不一致). An estate of the plan that the file does
    not name is never dropped: that takes a document (:func:`gisplanner.services.register.plan.adjust_plan`).

    Parameters
    ----------
    district
        A district or its id; the built-in district of a profile is created when it is first named.
    freeze_anyway
        Freeze the baseline although rows and totals disagree, because the document was issued like this.
    dry_run
        Do everything and keep nothing; the district must be there already.

    Raises
    ------
    FileFormatError, RegisterError
        The file cannot be read without guessing, or estates of the plan are missing in it; nothing is written.
    """
    reading = read_annex(path, sheet=sheet)
    if not isinstance(district, District):
        district = get_district(db, district) if dry_run else _district(db, district)
    profile = district_profile(district)
    with db.transaction() as connection:
        lock_register(connection, district.id)
        frozen = baselines(connection, district.id)
        update = prepare_update(connection, district, reading)
        _refuse_absent(reading, update)
        stated = _stated_of(profile, reading.totals, frozen[-1].version if frozen else None)
        check = _reconciled(reading.rows, _spec(profile), stated, update.entries)
        report = RegisterReport(reading, check, None if profile is None else profile.name)
        batch_id = None
        if not (update.empty and update.same_file):
            document = {**report.document(), "consistent": check.consistent}
            batch_id = write_update(connection, district, reading, update, document)
            ask_doubts(connection, district.id, check, file=reading.file, batch_id=batch_id)
        freezing = not frozen and (check.consistent or freeze_anyway)
        if freezing:
            batch = batch_id if batch_id is not None else _last_batch(connection, district)
            _freeze_first(
                connection, district, reading, profile=profile, update=update, stated=stated, batch_id=batch
            )
            frozen = baselines(connection, district.id)
        areas = () if profile is None else profile.demonstration_areas
        members = save_demonstration_areas(connection, district.id, areas)
        open_questions = len(stored_questions(connection, district.id))
        if dry_run:
            connection.rollback()
            batch_id = None
    return RegisterImport(
        report,
        district,
        update,
        batch_id,
        1 if freezing else None,
        frozen[-1].version if frozen else None,
        members,
        open_questions,
        dry_run,
    )


def register_rows(db: Database, district: District) -> list[RegisterRow]:
    """Return the register of a district as it is stored: the estates of the plan, in the plan's order."""
    with db.transaction() as connection:
        return [estate.entry.row for estate in _planned(connection, district)]


def register_summary(db: Database, district: District) -> RegisterCheck:
    """Return the check of what is stored; an illustrative outline (示意数据) does not count as a boundary."""
    with db.transaction() as connection:
        planned = _planned(connection, district)
        frozen = baselines(connection, district.id)
    profile = district_profile(district)
    return reconcile(
        [estate.entry.row for estate in planned],
        stated=_stated_of(profile, RegisterTotals(), frozen[-1].version if frozen else None),
        suspicious_below_m2=_threshold(_spec(profile)),
        project_codes={estate.entry.row.project: estate.entry.project_code for estate in planned},
        with_boundary=sum(estate.has_boundary for estate in planned),
    )


def _district(db: Database, district_id: str) -> District:
    try:
        return get_district(db, district_id)
    except NotFoundError:
        for name in profile_names():
            builtin = load_profile(name).district
            if builtin is not None and builtin.id == district_id:
                return ensure_builtin_district(db, name)
        raise


def _planned(connection: Connection, district: District) -> list[StoredEstate]:
    return [estate for estate in stored_estates(connection, district.id) if estate.planned]


def _spec(profile: Profile | None) -> RegisterSpec | None:
    return None if profile is None else profile.register_


def _threshold(spec: RegisterSpec | None) -> Decimal:
    return SUSPICIOUS_FLOOR_AREA_PER_HOUSEHOLD_M2 if spec is None else spec.suspicious_floor_area_per_household_m2


def _reconciled(
    rows: Sequence[RegisterRow],
    spec: RegisterSpec | None,
    stated: RegisterTotals,
    entries: Sequence[PlanRow] = (),
) -> RegisterCheck:
    return reconcile(
        rows,
        stated=stated,
        suspicious_below_m2=_threshold(spec),
        project_codes={entry.row.project: entry.project_code for entry in entries},
    )


def _stated_of(profile: Profile | None, totals: RegisterTotals, issued: PlanVersion | None) -> RegisterTotals:
    # A later document replaces the totals of the first along with its rows.
    if issued is None or issued.version == 1:
        return stated_totals(_spec(profile), totals)
    return completed_totals(issued.stated, totals)


def _profile_of(reading: RegisterFile) -> Profile | None:
    subdistricts = {row.subdistrict for row in reading.rows}
    fitting = []
    for name in profile_names():
        published = published_rows(name)
        if published is not None and subdistricts <= printed_subdistricts(published):
            fitting.append(name)
    return load_profile(fitting[0]) if len(fitting) == 1 else None


def _refuse_absent(reading: RegisterFile, update: RegisterUpdate) -> None:
    if not update.leaving:
        return
    raise RegisterError(
        Text(
            f"文件里少了计划中的 {len(update.leaving)} 个小区；导入要用完整的台账，没有写入任何数据。",
            en=f"{len(update.leaving)} estates of the plan are not in the file; an import takes the whole register. "
            "Nothing was written.",
        ),
        [
            Fault(
                file=reading.file,
                column="小区名称",
                value=estate.entry.row.estate,
                hint=Text(
                    "调出、更名、拆分要有文件依据：gisplanner plan adjust FILE --document 文号。",
                    en="To drop, rename or split takes a document: gisplanner plan adjust FILE --document NUMBER.",
                ),
            )
            for estate in update.leaving
        ],
    )


def _freeze_first(
    connection: Connection,
    district: District,
    reading: RegisterFile,
    *,
    profile: Profile | None,
    update: RegisterUpdate,
    stated: RegisterTotals,
    batch_id: int,
) -> None:
    document = None if profile is None else profile.document
    freeze(
        connection,
        district.id,
        update.entries,
        version=1,
        document_number=(document and document.number) or reading.file,
        document_title=reading.file if document is None else document.title,
        document_date=None if document is None else document.issued_on,
        stated=stated,
        batch_id=batch_id,
    )


def _last_batch(connection: Connection, district: District) -> int:
    return int(queries().register_batch_latest(connection, district_id=district.id).id)
