"""Accounts of the server and the bearer tokens they sign in with."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg2.errors

from gisplanner.domain.accounts import PUBLIC, ROLES, SCOPE_KINDS, Role, Viewer
from gisplanner.errors import Fault, InputError, NotFoundError, UsageError
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.store.reading import under
from gisplanner.store.statements import Rows, Statement
from gisplanner.text import Text

__all__ = [
    "DEFAULT_DAYS",
    "PUBLIC",
    "ROLES",
    "AccountState",
    "IssuedToken",
    "Role",
    "Viewer",
    "accounts",
    "add_account",
    "issue_token",
    "local_administrator",
    "revoke_tokens",
    "viewer_of_asker",
]

DEFAULT_DAYS: Final = 90
MAX_DAYS: Final = 730
_PREFIX: Final = "gp_"
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token, told this once: the database keeps its hash only."""

    account: str
    role: Role
    scope: Mapping[str, tuple[str, ...]]
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account and until when it has a token that works."""

    viewer: Viewer
    created_at: datetime
    token_until: datetime | None


def add_account(
    db: Database, name: str, role: Role, *, scope: Sequence[str] = (), days: int = DEFAULT_DAYS
) -> IssuedToken:
    """Make an account and its first token.

    Parameters
    ----------
    scope
        Limits such as ``district=nankang`` or ``owner=区深燃公司``; several of one kind widen it, a kind that is not
        named is not limited.
    days
        How long the token works.

    Raises
    ------
    InputError
        The name is taken or no name, the role or a scope is unknown, or the days are out of range.
    """
    limits = _scope(scope)
    _check(role, days)
    try:
        with db.transaction() as connection:
            document = json.dumps({kind: list(names) for kind, names in limits.items()}, ensure_ascii=False)
            made = queries().account_insert(connection, name=name, role=role, scope=document)
            _record(connection, name, "added", {"role": role, "scope": {k: list(v) for k, v in limits.items()}})
            return _issue(connection, made, Viewer(name, role, limits), days)
    except psycopg2.errors.UniqueViolation as error:
        raise InputError(
            Text(f"账户 {name} 已经有了。", en=f"There is an account {name} already."), [Fault(value=name)]
        ) from error
    except psycopg2.errors.CheckViolation as error:
        raise InputError(
            Text("账户名应为 1–80 个字符，不含空白。", en="A name has 1–80 characters and no blanks."),
            [Fault(column="NAME", value=name)],
        ) from error


def issue_token(db: Database, name: str, *, days: int = DEFAULT_DAYS) -> IssuedToken:
    """Give an account another token; earlier ones go on working.

    Raises
    ------
    NotFoundError
        There is no such account.
    InputError
        The days are out of range.
    """
    with db.transaction() as connection:
        made, viewer = _account(connection, name)
        _check(viewer.role, days)
        return _issue(connection, made, viewer, days)


def revoke_tokens(db: Database, name: str) -> int:
    """Make all tokens of an account worthless at once and return how many there were; its sessions end, too.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    with db.transaction() as connection:
        made, _ = _account(connection, name)
        revoked = int(queries().tokens_revoke(connection, account_id=made))
        queries().sessions_end(connection, account_id=made)
        _record(connection, name, "token_revoked", {"tokens": revoked})
    return revoked


def accounts(db: Database) -> list[AccountState]:
    """Return all accounts by name."""
    with db.transaction() as connection:
        return [
            AccountState(Viewer(row.name, row.role, _names(row.scope)), row.created_at, row.token_until)
            for row in queries().account_list(connection)
        ]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sends a request, as far as it says: somebody this process knows, or a token or session to be looked up.

    Attributes
    ----------
    viewer
        Who it is, where that is known.
    token, session
        SHA-256 of a bearer token, of a session's token.
    """

    viewer: Viewer | None = None
    token: bytes = b""
    session: bytes = b""

    @property
    def key(self) -> Hashable:
        """Return what tells askers apart."""
        known = self.viewer
        return self.token, self.session, known and (known.name, known.role, tuple(sorted(known.scope.items())))

    def begins(self) -> Statement:
        """Return the statement after which a transaction runs under the role of a request of theirs."""
        if self.viewer is not None:
            return under(self.viewer)
        values = {"token": self.token, "session": self.session}
        return Statement(queries().request_sign_in.sql.rstrip(";"), values, "kept")

    def found(self, rows: Rows) -> Viewer | None:
        """Return whom that statement found; ``None`` if the token is nobody's, has run out or was revoked."""
        if self.viewer is not None:
            return self.viewer
        name, role, scope = rows[0][:3]
        return None if name is None else Viewer(name, role, _names(json.loads(scope)))


async def viewer_of_asker(db: Database, asker: Asker) -> Viewer | None:
    """Return who sends a request; ``None`` if the token is nobody's, has run out or was revoked."""
    if asker.viewer is not None:
        return asker.viewer
    (rows,) = await db.read([asker.begins()])
    return asker.found(rows)


def local_administrator() -> tuple[str, Viewer]:
    """Return a token for the person at this machine, and whom it stands for; it lives as long as the process."""
    return _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES), Viewer("local", "admin")


def hash_of(token: str) -> bytes:
    """Return what the database keeps of a token: it has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


def _issue(connection: Connection, account_id: int, viewer: Viewer, days: int) -> IssuedToken:
    token = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    until = queries().token_insert(connection, account_id=account_id, sha256=hash_of(token), days=days)
    _record(connection, viewer.name, "token_issued", {"expires_at": until.isoformat()})
    return IssuedToken(viewer.name, viewer.role, viewer.scope, token, until)


def _account(connection: Connection, name: str) -> tuple[int, Viewer]:
    row = queries().account_get(connection, name=name)
    if row is None:
        raise NotFoundError(Text(f"没有账户 {name}。", en=f"There is no account {name}."), [Fault(value=name)])
    return row.id, Viewer(row.name, row.role, _names(row.scope))


def _record(connection: Connection, name: str, event: str, detail: Mapping[str, Any]) -> None:
    queries().account_event_insert(
        connection, account=name, event=event, detail=json.dumps(detail, ensure_ascii=False)
    )


def _names(scope: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(names) for kind, names in scope.items()}


def _scope(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    limits: dict[str, tuple[str, ...]] = {}
    faults = []
    for one in given:
        kind, _, value = one.partition("=")
        if kind not in SCOPE_KINDS or not value:
            allowed = " ".join(f"{known}=…" for known in SCOPE_KINDS)
            faults.append(Fault(column="--scope", value=one, allowed=allowed))
            continue
        limits[kind] = (*limits.get(kind, ()), value)
    if faults:
        raise UsageError(Text("范围写法有误。", en="A scope is not written as it should be."), faults)
    return limits


def _check(role: str, days: int) -> None:
    faults = []
    if role not in ROLES:
        faults.append(Fault(column="--role", value=role, allowed=" ".join(ROLES)))
    if not 1 <= days <= MAX_DAYS:
        faults.append(Fault(column="--days", value=str(days), allowed=f"1–{MAX_DAYS}"))
    if faults:
        raise UsageError(Text("账户的选项有误。", en="Options of the account are wrong."), faults)
