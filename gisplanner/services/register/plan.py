"""The issued plan and its adjustments (计划基线与调整): list the frozen versions, adjust by a document, compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gisplanner.domain.district import District
from gisplanner.domain.plan import PlanChange, PlanRow, PlanVersion
from gisplanner.domain.register import RegisterTotals
from gisplanner.errors import Fault, InputError, NotFoundError, UsageError
from gisplanner.formats.annex import read_annex
from gisplanner.rules.plan_changes import plan_changes, told_names
from gisplanner.rules.reconciliation import totals
from gisplanner.services.register.update import prepare_update, write_update
from gisplanner.store.database import Connection, Database
from gisplanner.store.plan import (
    StoredAdjustment,
    StoredBaseline,
    adjustments,
    baselines,
    freeze,
    record_adjustments,
)
from gisplanner.store.register import lock_register, stored_estates
from gisplanner.text import Text

__all__ = ["PlanComparison", "StoredBaseline", "adjust_plan", "compare_plans", "list_plans"]


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """Two versions of a plan and what changed between them.

    ``documents`` holds, by estate code, the documents whose adjustments changed the estate in between.
    """

    before: PlanVersion
    after: PlanVersion
    changes: tuple[PlanChange, ...]
    documents: dict[str, tuple[str, ...]]

    @property
    def totals(self) -> tuple[RegisterTotals, RegisterTotals]:
        """What the rows of either version add up to."""
        return (
            totals([entry.row for entry in self.before.rows]),
            totals([entry.row for entry in self.after.rows]),
        )


def list_plans(db: Database, district: District) -> list[StoredBaseline]:
    """Return the frozen versions of the plan, oldest first."""
    with db.transaction() as connection:
        return baselines(connection, district.id)


def adjust_plan(
    db: Database,
    district: District,
    path: Path,
    *,
    document: str,
    title: str,
    issued_on: date | None = None,
    renames: Mapping[str, str] | None = None,
    splits: Mapping[str, Sequence[str]] | None = None,
    sheet: str | None = None,
) -> PlanComparison:
    """Freeze a changed register as the next version of the plan and record every adjustment with its document.

    Estates that the file no longer names leave the plan; they stay in the register with their history. The totals
    the new version is held against are those of the file's 合计 row, if it has one.

    Parameters
    ----------
    path
        The whole register after the adjustment, in the printed layout.
    document, title, issued_on
        Number (文号), title and date of the document that orders the adjustment.
    renames
        New name of an estate by its old one; without it a new name is an estate that comes in, and one that leaves.
    splits
        Names of the parts by the name of the estate that is split.

    Raises
    ------
    NotFoundError
        No version is frozen yet.
    InputError
        The file cannot be read, a told name is not where it should be, or nothing changed.
    """
    renames, splits = dict(renames or {}), dict(splits or {})
    if not document.strip() or not title.strip():
        raise UsageError(Text("调整要有文号和标题。", en="An adjustment takes a document number and a title."))
    reading = read_annex(path, sheet=sheet)
    with db.transaction() as connection:
        lock_register(connection, district.id)
        latest = _latest(connection, district)
        planned = [estate.entry for estate in stored_estates(connection, district.id) if estate.planned]
        faults = told_names(renames, splits, planned, reading.rows)
        if faults:
            raise InputError(Text("更名或拆分与计划对不上。", en="A rename or split does not fit the plan."), faults)
        update = prepare_update(connection, district, reading, renames=renames)
        changes = plan_changes(
            latest.version.rows, update.entries, split_from=_parts(splits, planned, update.entries)
        )
        if not changes:
            raise InputError(
                Text(
                    f"文件与计划基线 {latest.version.name} 没有差别，不需要调整。",
                    en=f"The file does not differ from the plan baseline {latest.version.name}: nothing to adjust.",
                ),
                [Fault(file=reading.file)],
            )
        report = {"document": document, "changes": [{"kind": one.kind, "code": one.code} for one in changes]}
        batch_id = write_update(connection, district, reading, update, report)
        assert latest.version.version is not None
        frozen_id = freeze(
            connection,
            district.id,
            update.entries,
            version=latest.version.version + 1,
            document_number=document,
            document_title=title,
            document_date=issued_on,
            stated=reading.totals,
            batch_id=batch_id,
        )
        record_adjustments(connection, changes, from_id=latest.id, to_id=frozen_id, document=document)
        return PlanComparison(
            latest.version,
            _latest(connection, district).version,
            changes,
            {change.code: (document,) for change in changes},
        )


def compare_plans(db: Database, district: District, before: str, after: str) -> PlanComparison:
    """Return what changed between two versions, named ``v1``, ``v2`` … or ``current`` (the register today).

    Raises
    ------
    NotFoundError
        There is no such version.
    """
    with db.transaction() as connection:
        frozen = baselines(connection, district.id)
        recorded = adjustments(connection, district.id)
        first, second = (_version(connection, district, frozen, name) for name in (before, after))
    between = _between(recorded, first, second)
    documents: dict[str, list[str]] = {}
    for adjustment in between:
        listed = documents.setdefault(adjustment.estate_code, [])
        if adjustment.document not in listed:
            listed.append(adjustment.document)
    changes = plan_changes(first.rows, second.rows, split_from=_still_split(between, first, second))
    return PlanComparison(first, second, changes, {code: tuple(listed) for code, listed in documents.items()})


def _still_split(between: Sequence[StoredAdjustment], first: PlanVersion, second: PlanVersion) -> dict[str, str]:
    """Return the estate of the first version by each part of it in the second; a split that was undone is none."""
    before, after = ({entry.code for entry in version.rows} for version in (first, second))
    parts = {
        adjustment.estate_code: adjustment.split_from_code
        for adjustment in between
        if adjustment.split_from_code is not None
        and adjustment.split_from_code in before
        and adjustment.estate_code in after
    }
    wholes = {whole for part, whole in parts.items() if part != whole}
    return {part: whole for part, whole in parts.items() if whole in wholes}


def _between(recorded: Sequence[StoredAdjustment], first: PlanVersion, second: PlanVersion) -> list[StoredAdjustment]:
    if first.version is None:
        return []
    last = max((adjustment.to_version for adjustment in recorded), default=0)
    until = last if second.version is None else second.version
    return [
        adjustment
        for adjustment in recorded
        if first.version <= adjustment.from_version and adjustment.to_version <= until
    ]


def _latest(connection: Connection, district: District) -> StoredBaseline:
    frozen = baselines(connection, district.id)
    if not frozen:
        raise _no_version(district, [])
    return frozen[-1]


def _version(connection: Connection, district: District, frozen: Sequence[StoredBaseline], name: str) -> PlanVersion:
    if name == "current":
        rows = tuple(estate.entry for estate in stored_estates(connection, district.id) if estate.planned)
        title = Text("现行台账", en="the register today")
        return PlanVersion(None, title, title, None, RegisterTotals(), rows)
    for baseline in frozen:
        if name.casefold() in {baseline.version.name, baseline.version.name.removeprefix("v")}:
            return baseline.version
    raise _no_version(district, frozen, name)


def _no_version(district: District, frozen: Sequence[StoredBaseline], name: str | None = None) -> NotFoundError:
    if not frozen:
        return NotFoundError(
            Text(f"{district.name} 还没有冻结的计划。", en=f"No plan of {district.name} is frozen yet."),
            [Fault(hint=f"gisplanner register import FILE --district {district.id}")],
        )
    names = "、".join([*(baseline.version.name for baseline in frozen), "current"])
    return NotFoundError(
        Text(f"没有计划版本 {name}。", en=f"There is no plan version {name}."), [Fault(value=name, allowed=names)]
    )


def _parts(
    splits: Mapping[str, Sequence[str]], planned: Sequence[PlanRow], entries: Sequence[PlanRow]
) -> dict[str, str]:
    whole = {entry.row.estate: entry.code for entry in planned}
    part = {entry.row.estate: entry.code for entry in entries}
    return {part[name]: whole[old] for old, names in splits.items() for name in names}
