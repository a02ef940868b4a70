"""Gas connection intents (燃气报装意向): how many households of an estate want gas; the gas company reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from gisplanner.catalog.profiles import profile
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError, NotFoundError, PermissionDeniedError, UsageError
from gisplanner.services.networks.access import LOCAL, may_see
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class GasIntent:
    """The last count of one estate."""

    estate_code: str
    estate: str | None
    subdistrict: str | None
    owner: str
    households: int
    estate_households: int | None
    on: date
    note: str | None

    def record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "estate": self.estate or self.estate_code,
            "subdistrict": self.subdistrict,
            "owner": self.owner,
            "households": self.households,
            "estate_households": self.estate_households,
            "on": self.on.isoformat(),
            "note": self.note,
        }


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
        rows = list(queries().gas_intent_estates(connection, district_id=district.id))
        found = next((row for row in rows if estate in {row.code, row.name}), None)
        if found is None:
            raise NotFoundError(
                Text(f"没有小区 {estate}。", en=f"There is no estate {estate}."), [Fault(value=estate)]
            )
        _require_counter(viewer, found.subdistrict)
        if households < 0 or (found.households is not None and households > found.households):
            raise InputError(
                Text("报装户数超出小区户数。", en="More households than the estate has."),
                [Fault(column="households", value=str(households), allowed=f"0–{found.households}")],
            )
        queries().gas_intent_insert(
            connection,
            district_id=district.id,
            estate_id=found.id,
            owner=company,
            households=households,
            stated_on=on,
            note=note,
            illustrative=illustrative,
        )


def gas_intents(db: Database, district: District, *, viewer: Viewer = LOCAL) -> list[GasIntent]:
    """Return the last count of each estate that was counted; a company sees those addressed to it.

    Raises
    ------
    PermissionDeniedError
        The public sees none.
    """
    if viewer.role == "public":
        raise PermissionDeniedError(Text("报装意向不对公众开放。", en="Intents are not for the public."))
    with db.transaction() as connection:
        rows = list(queries().gas_intents(connection, district_id=district.id))
    found = [
        GasIntent(
            row.estate_code,
            row.estate,
            row.subdistrict,
            row.owner,
            row.households,
            row.estate_households,
            row.stated_on,
            row.note,
        )
        for row in rows
    ]
    if viewer.role == "operator":
        return [one for one in found if may_see(viewer, district, one.owner)]
    places = viewer.scope.get("subdistrict")
    return [one for one in found if places is None or one.subdistrict in places]


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


def _require_counter(viewer: Viewer, subdistrict: str | None) -> None:
    places = viewer.scope.get("subdistrict")
    own = viewer.role == "subdistrict" and (places is None or subdistrict in places)
    if viewer.role not in {"admin", "planner"} and not own:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能填报这个小区的报装意向：由属地街道填报。",
                en=f"The account {viewer.name} ({viewer.role}) may not count there: the sub-district does.",
            )
        )
