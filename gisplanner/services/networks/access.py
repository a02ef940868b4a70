"""Who may hand in, file and see networks (管线权限)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from gisplanner.domain.accounts import NETWORK_OFFICES, OFFICES, Viewer
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, PermissionDeniedError
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

LOCAL: Final = Viewer("local", "admin")
"""The person at this machine acts as the local administrator."""


def acting(db: Database, name: str) -> Viewer:
    """Return the account ``--as NAME`` stands for; ``local`` is the local administrator.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    if name == LOCAL.name:
        return LOCAL
    with db.transaction() as connection:
        row = queries().account_get(connection, name=name)
    if row is None:
        raise NotFoundError(Text(f"没有账户 {name}。", en=f"There is no account {name}."))
    return Viewer(row.name, row.role, {kind: tuple(names) for kind, names in row.scope.items()})


def may_see(viewer: Viewer, district: District, owner: str) -> bool:
    """Return whether ``viewer`` sees the raw lines of an owner."""
    places = viewer.scope.get("district")
    if places is not None and district.id not in places:
        return False
    return viewer.role in NETWORK_OFFICES or (viewer.role == "operator" and owner in viewer.scope.get("owner", ()))


def require_own(viewer: Viewer, district: District, owner: str, doing: Text) -> None:
    """Refuse who is neither the owner nor the headquarters: the network company (lead) changes nobody's lines.

    Raises
    ------
    PermissionDeniedError
        The account may not do it.
    """
    if viewer.role == "lead" or not may_see(viewer, district, owner):
        _refuse(viewer, owner, doing)


def require_owner(viewer: Viewer, district: District, owner: str, doing: Text) -> None:
    """Refuse who is neither the owner nor an office that works on all networks.

    Raises
    ------
    PermissionDeniedError
        The account may not do it.
    """
    if not may_see(viewer, district, owner):
        _refuse(viewer, owner, doing)


def require_filing_office(viewer: Viewer, doing: Text) -> None:
    """Refuse who is not the office that files plans (指挥部办公室).

    Raises
    ------
    PermissionDeniedError
        The account may not do it.
    """
    if viewer.role not in OFFICES:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能{doing}：由老旧小区改造指挥部办公室办理。",
                en=f"The account {viewer.name} ({viewer.role}) may not {doing.en}: the headquarters does.",
            )
        )


def require_networks_office(viewer: Viewer, doing: Text) -> None:
    """Refuse who does not work on all networks: 指挥部办公室, 住建局, 管网信息公司.

    Raises
    ------
    PermissionDeniedError
        The account may not do it.
    """
    if viewer.role not in NETWORK_OFFICES:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能{doing}。",
                en=f"The account {viewer.name} ({viewer.role}) may not {doing.en}.",
            )
        )


def owners_seen(viewer: Viewer, district: District, doing: Text) -> Callable[[str], bool]:
    """Return which owners' tasks and rows an account may see: an office all, a company its own.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    if viewer.role != "operator":
        require_networks_office(viewer, doing)
    return lambda owner: may_see(viewer, district, owner)


def _refuse(viewer: Viewer, owner: str, doing: Text) -> NoReturn:
    raise PermissionDeniedError(
        Text(
            f"账户 {viewer.name}（{viewer.role}）不能{doing} {owner} 的管线。",
            en=f"The account {viewer.name} ({viewer.role}) may not {doing.en} the lines of {owner}.",
        )
    )
