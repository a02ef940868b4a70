"""Passwords of the page, and the sessions a browser holds after logging in (网页登录).

Passwords are kept as Argon2id hashes, sessions as hashes of 256 random bits. Failed attempts are counted in the
database, so a limit holds for all processes of a server and survives a restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import Fault, InputError, NotFoundError, PermissionDeniedError, TooManyRequestsError
from gisplanner.services.accounts import hash_of
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

SESSION_HOURS: Final = 12
MIN_PASSWORD: Final = 10
MAX_PASSWORD: Final = 256
WINDOW_MINUTES: Final = 15
MAX_FAILURES: Final = 5
"""Failed attempts on one account from one address within the window."""
MAX_FAILURES_OF_ACCOUNT: Final = 50
MAX_FAILURES_OF_ADDRESS: Final = 20
_RANDOM_BYTES: Final = 32
_hashing: Final = threading.BoundedSemaphore(2)
"""Each check takes 64 MB and a core for a moment: who tries many at once waits in a queue."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has just begun; ``token`` is for the browser's cookie, the database keeps its hash only."""

    viewer: Viewer
    token: str


def set_password(db: Database, name: str, password: str) -> None:
    """Give an account a password to log in with; sessions under the earlier one end.

    Raises
    ------
    NotFoundError
        There is no such account.
    InputError
        The password is too short, too long, or the name of the account.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or name.casefold() in password.casefold():
        raise InputError(
            Text(
                f"口令应为 {MIN_PASSWORD}–{MAX_PASSWORD} 个字符，不含账户名。",
                en=f"A password has {MIN_PASSWORD}–{MAX_PASSWORD} characters and does not hold the account's name.",
            ),
            [Fault(column="password", allowed=f"{MIN_PASSWORD}–{MAX_PASSWORD}")],
        )
    hashed = _hasher().hash(password)
    with db.transaction() as connection:
        row = queries().account_with_password(connection, name=name)
        if row is None:
            raise NotFoundError(Text(f"没有账户 {name}。", en=f"There is no account {name}."), [Fault(value=name)])
        queries().password_set(connection, account_id=row.id, password=hashed)
        queries().sessions_end(connection, account_id=row.id)
        _record(connection, name, "password_set", {})


def log_in(db: Database, name: str, password: str, *, address: str, hours: int = SESSION_HOURS) -> Session:
    """Begin a session.

    An unknown account, one without password and a wrong password look and last alike.

    Parameters
    ----------
    address
        Network address the attempt came from.

    Raises
    ------
    PermissionDeniedError
        Account and password do not fit.
    TooManyRequestsError
        Too many failed attempts; nothing was tried.
    """
    name, password = name[:80].replace("\x00", ""), password[:MAX_PASSWORD]
    _count_attempt(db, name, address)
    with db.transaction() as connection:
        row = queries().account_with_password(connection, name=name)
    fits = _fits(None if row is None else row.password, password)
    with db.transaction() as connection:
        if row is None or not fits:
            if row is not None:
                _record(connection, row.name, "log_in_refused", {"address": address})
            session = None
        else:
            queries().log_in_attempts_forget(connection, account=name, address=address)
            token = secrets.token_urlsafe(_RANDOM_BYTES)
            queries().session_insert(connection, account_id=row.id, sha256=hash_of(token), hours=hours)
            _record(connection, row.name, "logged_in", {"address": address})
            session = Session(_viewer(row), token)
    if session is None:
        raise PermissionDeniedError(
            Text("账户或口令不对。", en="The account or the password is wrong."), [Fault(column="password")]
        )
    return session


def log_out(db: Database, token: str) -> None:
    """End a session; one that has ended already is left as it is."""
    with db.transaction() as connection:
        name = queries().session_end(connection, sha256=hash_of(token))
        if name is not None:
            _record(connection, name, "logged_out", {})


def form_token(session_token: str) -> str:
    """Return what a form of this session carries, so that no page of another site can send it (CSRF).

    It can be made from the session only and does not tell it.

    Examples
    --------
    >>> form_token("a") == form_token("a"), form_token("a") == form_token("b"), "a" in form_token("a")[:0]
    (True, False, False)
    """
    return hmac.new(session_token.encode(), b"gisplanner form", hashlib.sha256).hexdigest()


def _count_attempt(db: Database, name: str, address: str) -> None:
    with db.transaction() as connection:
        queries().log_in_lock(connection, account=name)
        failed = queries().log_in_failures(connection, account=name, address=address, minutes=WINDOW_MINUTES)
        allowed = (
            failed.of_both < MAX_FAILURES
            and failed.of_account < MAX_FAILURES_OF_ACCOUNT
            and failed.of_address < MAX_FAILURES_OF_ADDRESS
        )
        if allowed:
            queries().log_in_attempt_insert(connection, account=name, address=address)
    if not allowed:
        raise TooManyRequestsError(
            Text(
                f"登录失败次数过多，请 {WINDOW_MINUTES} 分钟后再试。",
                en=f"Too many failed attempts; try again in {WINDOW_MINUTES} minutes.",
            ),
            retry_after_s=WINDOW_MINUTES * 60,
        )


def _fits(hashed: str | None, password: str) -> bool:
    try:
        with _hashing:
            return _hasher().verify(hashed or _nobody(), password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(_RANDOM_BYTES))


def _viewer(row: Any) -> Viewer:
    return Viewer(row.name, row.role, {kind: tuple(names) for kind, names in row.scope.items()})


def _record(connection: Connection, name: str, event: str, detail: dict[str, str]) -> None:
    queries().account_event_insert(
        connection, account=name, event=event, detail=json.dumps(detail, ensure_ascii=False)
    )
