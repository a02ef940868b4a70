"""What a person fills in of one estate (小区填报): year, ownership, will, votes, each change with who and when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.works import WILLING, FigureRecord
from gisplanner.errors import ChangedMeanwhileError, Fault, InputError
from gisplanner.rules.votes import VoteItem, vote_items
from gisplanner.services.ingest.fill import unfit
from gisplanner.services.ingest.survey import BATCH_KIND
from gisplanner.services.progress.permission import not_yours, recording
from gisplanner.services.progress.projects import find_estate, yet_to_come
from gisplanner.services.progress.record_words import VOTES
from gisplanner.services.progress.records import store_records
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import record_batch
from gisplanner.store.queries import queries
from gisplanner.text import Text

SURVEYED: Final = "调查户数"
COUNTS: Final = (SURVEYED, WILLING)
"""Figures of the form that stand for themselves."""
_LONGEST: Final = 100
_FILE: Final = "小区填报"
_YEAR, _OWNERSHIP = Text("建成时间", en="year built"), Text("产权性质", en="ownership")


@dataclass(frozen=True, slots=True)
class EstateEntry:
    """What is filled in; what is ``None`` or not named stays as it is.

    ``seen`` is what the form showed of year and ownership: where that changed meanwhile, nothing is stored.
    """

    on: date
    year_built: str | None = None
    ownership: str | None = None
    counts: Mapping[str, Decimal] = field(default_factory=dict)
    votes: Mapping[str, Decimal] = field(default_factory=dict)
    """Word of the menu → votes."""
    source: str | None = None
    seen: tuple[str | None, str | None] | None = None


@dataclass(frozen=True, slots=True)
class EstateRecord:
    """What is known of an estate, as its form shows it."""

    id: int
    code: str
    name: str | None
    households: int | None
    year_built: str | None
    ownership: str | None
    counts: Mapping[str, Decimal]
    votes: Mapping[str, Decimal]
    items: tuple[VoteItem, ...]
    """What may be voted for; nothing where the district has no menu."""

    def votes_for(self, item: VoteItem) -> tuple[str, Decimal | None]:
        """Return the word under which votes for an item stand, and how many; its own word where there are none."""
        return next(((word, count) for word, count in self.votes.items() if item.meant_by(word)), (item.word, None))


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an estate's record: what, from, to, for which day, when and by whom."""

    what: str
    before: str | None
    after: str | None
    on: date | None
    at: datetime
    by: str | None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a form changed."""

    estate: str
    fields: tuple[str, ...]
    figures: int


def estate_record(db: Database, district: District, estate: str) -> EstateRecord:
    """Return what is known of an estate (code or name).

    Raises
    ------
    NotFoundError
        There is none, at least none the account sees.
    """
    with db.transaction() as connection:
        return _record(connection, district, estate)


def save_entry(db: Database, district: District, estate: str, entry: EstateEntry) -> Saved:
    """Store what a form says that is new; year and ownership can be taken back as an import batch.

    Raises
    ------
    NotFoundError
        There is no such estate, at least none the account sees.
    InputError
        A year that cannot be read, a need that is not in the menu, more households than there are, a day to come …:
        all faults at once, nothing stored.
    ChangedMeanwhileError
        Somebody changed year or ownership since the form was opened.
    PermissionDeniedError
        The estate is not of the account's streets.
    """
    with recording(db) as connection:
        known = _record(connection, district, estate)
        held = queries().estate_survey_hold(connection, estate_id=known.id)
        if held is None:
            raise not_yours(db)
        _check_seen(known, entry, (held.year_built, held.ownership))
        wanted = {
            "year_built": (entry.year_built or "").strip() or held.year_built,
            "ownership": (entry.ownership or "").strip() or held.ownership,
        }
        changed = tuple(name for name, value in wanted.items() if value != getattr(held, name))
        rows, faults = _figures(connection, known, entry)
        faults += _field_faults(known, wanted, changed)
        if faults:
            raise InputError(Text("填报有误，没有存入。", en="The form is wrong; nothing was stored."), faults)
        if changed:
            _write(connection, district, known, wanted)
        if rows:
            store_records(connection, district, "figure", list(enumerate(rows, start=1)), file=entry.source)
    return Saved(known.code, changed, len(rows))


def changes_of(db: Database, district: District, estate: str) -> list[Change]:
    """Return every change of an estate's record, the latest first.

    Raises
    ------
    NotFoundError
        There is none, at least none the account sees.
    """
    with db.transaction() as connection:
        known = _record(connection, district, estate)
        versions = list(queries().estate_register_changes(connection, estate_id=known.id))
        figures = list(queries().entry_figures(connection, estate_id=known.id))
    after = [*versions[1:], *([known] if versions else [])]
    made = [
        Change(str(title), getattr(old, name), getattr(new, name), None, old.changed_at, old.changed_by)
        for old, new in zip(versions, after, strict=True)
        for name, title in (("year_built", _YEAR), ("ownership", _OWNERSHIP))
        if getattr(old, name) != getattr(new, name)
    ]
    earlier: dict[tuple[str, str], str] = {}
    for row in reversed(figures):
        what = f"{row.kind}·{row.item}" if row.item else row.kind
        before = earlier.get((row.kind, row.item))
        earlier[row.kind, row.item] = f"{row.amount:f}"
        made.append(
            Change(what, before, f"{row.amount:f}", row.happened_on, row.recorded_at, row.recorded_by, row.source)
        )
    return sorted(made, key=lambda one: one.at, reverse=True)


def _record(connection: Connection, district: District, estate: str) -> EstateRecord:
    code = find_estate(connection, district, estate).code
    row = next(one for one in queries().entry_estates(connection, district_id=district.id) if one.code == code)
    latest = list(queries().entry_figures_latest(connection, estate_id=row.id))
    menu = None if district.profile is None else load_profile(district.profile).menu
    return EstateRecord(
        row.id, row.code, row.name, row.households, row.year_built, row.ownership,
        counts={one.kind: one.amount for one in latest if one.kind in COUNTS},
        votes={one.item: one.amount for one in latest if one.kind == VOTES},
        items=() if menu is None else vote_items(menu),
    )  # fmt: skip


def _check_seen(known: EstateRecord, entry: EstateEntry, held: tuple[str | None, str | None]) -> None:
    if entry.seen is not None and tuple(one or None for one in entry.seen) != held:
        raise ChangedMeanwhileError(
            Text(
                f"{known.name or known.code} 的建成时间或产权性质已被别人改动，请重新打开后再填。",
                en=f"Year or ownership of {known.code} was changed meanwhile: open the form again.",
            ),
            [Fault(column=_YEAR, value=held[0]), Fault(column=_OWNERSHIP, value=held[1])],
        )


def _field_faults(known: EstateRecord, wanted: Mapping[str, str | None], changed: tuple[str, ...]) -> list[Fault]:
    faults = []
    year, ownership = wanted["year_built"], wanted["ownership"]
    if "year_built" in changed and year is not None:
        why = unfit("year_built", year, known.households)
        if why is not None:
            faults.append(Fault(column=_YEAR, value=year, allowed="1998、1998-2001、80年代", hint=why))
    if "ownership" in changed and ownership is not None and len(ownership) > _LONGEST:
        allowed = Text(f"至多 {_LONGEST} 个字", en=f"at most {_LONGEST} characters")
        faults.append(Fault(column=_OWNERSHIP, value=ownership[:20], allowed=allowed))
    return faults


def _figures(
    connection: Connection, known: EstateRecord, entry: EstateEntry
) -> tuple[list[FigureRecord], list[Fault]]:
    """Return the figures that differ from the last word, and the days on which they cannot be."""
    latest = {(one.kind, one.item): one for one in queries().entry_figures_latest(connection, estate_id=known.id)}
    given = {**{(kind, ""): count for kind, count in entry.counts.items()}}
    given |= {(VOTES, word): count for word, count in entry.votes.items()}
    rows: list[FigureRecord] = []
    faults = []
    for (kind, item), amount in given.items():
        last = latest.get((kind, item))
        if last is not None and last.amount == amount:
            continue
        if last is not None and entry.on < last.happened_on:
            allowed = Text(f"不早于上次记录 {last.happened_on}", en=f"not before {last.happened_on}, the last record")
            faults.append(Fault(column=f"{kind}·{item}" if item else kind, value=str(entry.on), allowed=allowed))
            continue
        rows.append(
            FigureRecord(
                estate=known.code, kind=kind, item=item, amount=amount, happened_on=entry.on,
                source=entry.source or _FILE,
            )
        )  # fmt: skip
    if not rows:
        faults += yet_to_come(Text("日期", en="day"), entry.on)
    return rows, faults


def _write(connection: Connection, district: District, known: EstateRecord, wanted: Mapping[str, Any]) -> None:
    said = json.dumps({"estate": known.code, **wanted}, ensure_ascii=False)
    batch = record_batch(
        connection, district_id=district.id, kind=BATCH_KIND, file_name=_FILE,
        file_sha256=hashlib.sha256(said.encode()).hexdigest(), file_layer=None, declared_crs=None, credit=None,
        rows_read=1, rows_stored=1, report=said,
    )  # fmt: skip
    queries().batch_remember_columns(
        connection, batch_id=batch, target="estate", ids=[known.id],
        columns=["year_built", "ownership", "survey_batch_id", "batch_id"],
    )  # fmt: skip
    queries().estate_survey_set(
        connection, estate_id=known.id, year_built=wanted["year_built"], ownership=wanted["ownership"], batch_id=batch
    )
