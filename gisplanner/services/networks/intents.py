"""Gas connection intents (燃气报装意向): how many households of an estate want gas; the gas company reads them.

Here and nowhere else: papers and figures of an estate read what stands here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gisplanner.catalog.profiles import profile
from gisplanner.domain.accounts import OFFICES, Viewer
from gisplanner.domain.district import District
from gisplanner.domain.gas_intent import GasIntent, IntentRecord
from gisplanner.errors import Fault, InputError, NotFoundError, PermissionDeniedError, UsageError
from gisplanner.formats.record_table import read_records
from gisplanner.services.networks.access import LOCAL
from gisplanner.services.progress.projects import yet_to_come
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


def record_intent(
    db: Database,
    district: District,
    estate: str,
    households: int,
    *,
    on: date,
    owner: str | None = None,
    note: str | None = None,
    illustrative: bool = False,
    viewer: Viewer = LOCAL,
) -> None:
    """Record how many households of an estate (code or exact name) want gas, as the sub-district counted.

    Parameters
    ----------
    owner
        The gas company; ``None`` takes the one the policy profile names.

    Raises
    ------
    PermissionDeniedError
        Sub-districts count in their own estates; companies and the public do not.
    NotFoundError
        No such estate.
    InputError
        More households than the register has there.
    UsageError
        Nobody says which company it is.
    """
    company = owner or gas_company(district)
    with db.transaction() as connection:
        known = _estates(connection, district)
        if estate not in known:
            raise NotFoundError(
                Text(f"没有小区 {estate}。", en=f"There is no estate {estate}."), [Fault(value=estate)]
            )
        _require_counter(viewer, known[estate].subdistrict)
        told = IntentRecord.model_construct(estate=estate, households=households, on=on, note=note)
        fault = _fault(known, told)
        if fault is not None:
            raise InputError(Text("报装户数超出小区户数。", en="More households than the estate has."), [fault])
        _insert(connection, district, known[estate].id, company, told, illustrative=illustrative)


def import_intents(
    db: Database, district: District, path: Path, *, owner: str | None = None, viewer: Viewer = LOCAL
) -> int:
    """Take in the table of a sub-district (小区、报装户数、日期、说明), all rows or none; return how many.

    Raises
    ------
    FileFormatError
        Not such a table.
    InputError
        Rows that cannot be: unknown estates, more households than there are, days to come; all at once.
    PermissionDeniedError
        A row is of an estate that is not the account's.
    UsageError
        Nobody says which company it is.
    """
    company = owner or gas_company(district)
    rows: Sequence[tuple[int, IntentRecord]] = read_records(path, IntentRecord)
    with db.transaction() as connection:
        known = _estates(connection, district)
        found = [(number, _fault(known, one)) for number, one in rows]
        faults = [
            Fault(path.name, None, number, one.column, one.value, one.allowed, one.hint)
            for number, one in found
            if one is not None
        ]
        if faults:
            raise InputError(Text("意向表有误，一行也没有存。", en="Rows are wrong; none was stored."), faults)
        for street in {known[one.estate].subdistrict for _, one in rows}:
            _require_counter(viewer, street)
        for _, one in rows:
            _insert(connection, district, known[one.estate].id, company, one, illustrative=False)
    return len(rows)


def gas_intents(db: Database, district: District, *, viewer: Viewer = LOCAL) -> list[GasIntent]:
    """Return the last count of each estate that was counted, as row-level security lets the account see them.

    A company sees those addressed to it, a sub-district those of its own estates.

    Raises
    ------
    PermissionDeniedError
        The public sees none.
    """
    if viewer.role == "public":
        raise PermissionDeniedError(Text("报装意向不对公众开放。", en="Intents are not for the public."))
    with db.seen_by(viewer).transaction() as connection:
        rows = list(queries().gas_intents(connection, district_id=district.id))
    told = [row._asdict() for row in rows]
    return [GasIntent(on=row.pop("stated_on"), **row) for row in told]


def gas_company(district: District) -> str:
    """Return the gas company that the policy profile names.

    Raises
    ------
    UsageError
        It names none.
    """
    named = [] if district.profile is None else list(profile(district.profile).operators)
    found = next((one.name for one in named if one.utility == "gas"), None)
    if found is None:
        raise UsageError(
            Text(
                "政策依据没有写明燃气公司，请用 --owner 指明。", en="The profile names no gas company: give --owner."
            ),
            [Fault(column="--owner")],
        )
    return found


def _estates(connection: Connection, district: District) -> dict[str, Any]:
    """Return estates by code and by name; a name that stands twice is no way to find anything."""
    rows = list(queries().gas_intent_estates(connection, district_id=district.id))
    names = [row.name for row in rows]
    by_name = {row.name: row for row in rows if row.name and names.count(row.name) == 1}
    return {**by_name, **{row.code: row for row in rows}}


def _fault(known: dict[str, Any], told: IntentRecord) -> Fault | None:
    """Return what is wrong with a count, ``None`` where nothing is."""
    if told.estate not in known:
        hint = Text("写编码，或不重复的完整名称", en="its code, or its name where no other has it")
        return Fault(column="小区", value=told.estate, hint=hint)
    most = known[told.estate].households
    if told.households < 0 or (most is not None and told.households > most):
        return Fault(column="报装户数", value=str(told.households), allowed="≥ 0" if most is None else f"0–{most}")
    return next(iter(yet_to_come("日期", told.on)), None)


def _insert(
    connection: Connection,
    district: District,
    estate_id: int,
    company: str,
    told: IntentRecord,
    *,
    illustrative: bool,
) -> None:
    queries().gas_intent_insert(
        connection,
        district_id=district.id,
        estate_id=estate_id,
        owner=company,
        households=told.households,
        stated_on=told.on,
        note=told.note,
        illustrative=illustrative,
    )


def _require_counter(viewer: Viewer, subdistrict: str | None) -> None:
    places = viewer.scope.get("subdistrict")
    own = viewer.role == "subdistrict" and (places is None or subdistrict in places)
    if viewer.role not in OFFICES and not own:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能填报这个小区的报装意向：由属地街道填报。",
                en=f"The account {viewer.name} ({viewer.role}) may not count there: the sub-district does.",
            )
        )
