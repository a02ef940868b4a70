"""Keep cut-over windows for companies and let them book in their own (倒排割接、预留窗口、预约割接)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gisplanner.catalog.profiles import profile
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.cut_over import CutOverWindow, overlaps
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError, RefusedError, UsageError
from gisplanner.planning.pipes.calendar import counted_back
from gisplanner.services.networks.access import LOCAL, require_networks_office, require_own
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class CutOvers:
    """All windows that hold, estate by estate."""

    windows: tuple[CutOverWindow, ...]

    @property
    def conflicts(self) -> list[tuple[CutOverWindow, CutOverWindow]]:
        """Return windows of different companies on one day (割接窗口冲突)."""
        return overlaps(self.windows)

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "windows": [one.record() for one in self.windows],
            "conflicts": [[a.record(), b.record()] for a, b in self.conflicts],
            "not_booked": [
                {"estate": one.estate or one.estate_code, "owner": one.owner, "last": one.last_day.isoformat()}
                for one in self._not_booked()
            ],
        }

    def _not_booked(self) -> list[CutOverWindow]:
        booked = {(one.estate_code, one.owner) for one in self.windows if one.kind == "预约"}
        return [one for one in self.windows if one.kind == "预留" and (one.estate_code, one.owner) not in booked]

    def sentences(self) -> Text:
        """Return the list for a person."""
        kept, waiting = sum(one.kind == "预留" for one in self.windows), len(self._not_booked())
        zh = [f"预留割接窗口 {kept} 个，尚未预约 {waiting} 个；窗口冲突 {len(self.conflicts)} 处。"]
        en = [f"{kept} windows kept, {waiting} not booked yet; {len(self.conflicts)} overlap."]
        for one in self.windows:
            where = f"{one.estate or one.estate_code}{one.building or ''}"
            zh.append(f"  {where}：{one.owner} {one.kind} {one.days}")
            en.append(f"  {where}: {one.owner} {'kept' if one.kind == '预留' else 'booked'} {one.days}")
        return Text("\n".join(zh), en="\n".join(en))


def cut_overs(db: Database, district: District, *, estate: str | None = None, viewer: Viewer = LOCAL) -> CutOvers:
    """Return the windows of a district, or of one estate (code or name), as the account may see them.

    Raises
    ------
    NotFoundError
        No such estate.
    PermissionDeniedError
        The public sees none.
    """
    if viewer.role == "public":
        raise PermissionDeniedError(Text("割接窗口不对公众开放。", en="Windows are not for the public."))
    with db.seen_by(viewer).transaction() as connection:
        code = None if estate is None else _estate(connection, district, estate).code
        found = _current(connection, district)
    return CutOvers(tuple(one for one in found if code in {None, one.estate_code}))


def keep_windows(
    db: Database,
    district: District,
    estate: str,
    *,
    fixed: date,
    days_each: int,
    owners: Sequence[str] = (),
    not_before: date | None = None,
    illustrative: bool = False,
    viewer: Viewer = LOCAL,
) -> list[CutOverWindow]:
    """Count windows back from a fixed day and keep one for each company; what was kept for it before gives way.

    Parameters
    ----------
    owners
        In the order in which they cut over; none: the telecoms of the policy profile.

    Raises
    ------
    InfeasibleError
        They do not fit between ``not_before`` and the fixed day.
    PermissionDeniedError
        The account does not work on all networks.
    RefusedError
        A window meets one of another company, or leaves out days that were booked.
    """
    require_networks_office(viewer, Text("预留割接窗口", en="keep cut-over windows"))
    spans = counted_back(list(owners) or _telecoms(district), fixed, days_each, not_before=not_before)
    with db.seen_by(viewer).transaction() as connection:
        queries().cut_over_lock(connection, district_id=district.id)
        row, there = _estate(connection, district, estate), _current(connection, district)
        made = [
            CutOverWindow(row.code, row.name, owner, "预留", *span, fixed_day=fixed, illustrative=illustrative)
            for owner, span in spans.items()
        ]
        others = [one for one in there if one.kind == "预留" and one.owner not in spans]
        _refuse_meeting(made, others)
        booked = [one for one in there if one.kind == "预约" and one.estate_code == row.code and one.owner in spans]
        _refuse_outside(booked, made)
        for one in made:
            _insert(connection, district, row.id, one)
    return made


def book(db: Database, district: District, window: CutOverWindow, *, viewer: Viewer = LOCAL) -> CutOverWindow:
    """Book days for a building, or for the whole estate, in the company's own window; a later word replaces it.

    Raises
    ------
    NotFoundError
        No such estate.
    PermissionDeniedError
        Not the account's own network.
    RefusedError
        No window was kept, the days lie outside of it, or another company cuts over there on those days.
    """
    require_own(viewer, district, window.owner, Text("预约割接", en="book a cut-over of"))
    if window.last_day < window.first_day:
        raise UsageError(
            Text("结束日期早于开始日期。", en="The last day is before the first."),
            [Fault(column="to", value=str(window.last_day), allowed=f"≥ {window.first_day}")],
        )
    with db.seen_by(viewer).transaction() as connection:
        queries().cut_over_lock(connection, district_id=district.id)
        row, there = _estate(connection, district, window.estate_code), _current(connection, district)
        made = replace(window, estate_code=row.code, estate=row.name, kind="预约", fixed_day=None)
        _refuse_outside([made], [one for one in there if one.kind == "预留"])
        _refuse_meeting([made], [one for one in there if one.kind == "预约" and one.owner != made.owner])
        _insert(connection, district, row.id, made)
    return made


def cancel(
    db: Database, district: District, estate: str, owner: str, *, building: str | None = None, viewer: Viewer = LOCAL
) -> CutOverWindow:
    """Cancel what a company booked.

    Raises
    ------
    NotFoundError
        Nothing was booked.
    PermissionDeniedError
        Not the account's own network.
    """
    require_own(viewer, district, owner, Text("取消割接预约", en="cancel a cut-over of"))
    with db.seen_by(viewer).transaction() as connection:
        row = _estate(connection, district, estate)
        mine = [
            one
            for one in _current(connection, district)
            if (one.kind, one.estate_code, one.owner, one.building) == ("预约", row.code, owner, building)
        ]
        if not mine:
            raise NotFoundError(Text("没有这一预约。", en="Nothing of the kind was booked."), [Fault(value=owner)])
        _insert(connection, district, row.id, mine[0], cancelled=True)
    return mine[0]


def _telecoms(district: District) -> list[str]:
    named = () if district.profile is None else profile(district.profile).operators
    found = [one.name for one in named if one.utility == "telecom"]
    if not found:
        raise UsageError(
            Text("政策依据没有写明通信单位，请用 --owner 指明。", en="The profile names no telecoms: give --owner."),
            [Fault(column="--owner")],
        )
    return found


def _refuse_meeting(made: Sequence[CutOverWindow], others: Sequence[CutOverWindow]) -> None:
    met = [(a, b) for a in made for b in others if a.meets(b)]
    if met:
        raise RefusedError(
            Text("同一小区同一天已有别家割接。", en="Another company cuts over there on that day."),
            [
                Fault(
                    column=b.owner,
                    value=f"{b.estate or b.estate_code}{b.building or ''} {b.days}",
                    hint=f"{a.owner} {a.days}",
                )
                for a, b in met
            ],
        )


def _refuse_outside(booked: Sequence[CutOverWindow], kept: Sequence[CutOverWindow]) -> None:
    outside = [one for one in booked if not any(window.holds(one) for window in kept)]
    if outside:
        own = {
            one.owner: [w.days for w in kept if (w.estate_code, w.owner) == (one.estate_code, one.owner)]
            for one in outside
        }
        raise RefusedError(
            Text("预约的日子不在预留的割接窗口内。", en="Days that were booked lie outside of the window."),
            [
                Fault(
                    column=one.owner,
                    value=one.days,
                    allowed="、".join(own[one.owner]) or Text("没有预留窗口", en="no window was kept"),
                )
                for one in outside
            ],
        )


def _current(connection: Connection, district: District) -> list[CutOverWindow]:
    rows = queries().cut_overs_current(connection, district_id=district.id)
    return [CutOverWindow(**row._asdict()) for row in rows]


def _estate(connection: Connection, district: District, wanted: str) -> Any:
    rows = list(queries().filing_estates(connection, district_id=district.id))
    found = next((row for row in rows if row.code == wanted), None)
    named = [row for row in rows if row.name == wanted]
    if found is None and len(named) == 1:
        [found] = named
    if found is None:
        raise NotFoundError(Text(f"没有小区 {wanted}。", en=f"There is no estate {wanted}."), [Fault(value=wanted)])
    return found


def _insert(
    connection: Connection, district: District, estate_id: int, one: CutOverWindow, *, cancelled: bool = False
) -> None:
    queries().cut_over_insert(
        connection,
        district_id=district.id,
        estate_id=estate_id,
        owner=one.owner,
        kind=one.kind,
        building=one.building,
        first_day=one.first_day,
        last_day=one.last_day,
        fixed_day=one.fixed_day,
        cancelled=cancelled,
        note=one.note,
        illustrative=one.illustrative,
    )
