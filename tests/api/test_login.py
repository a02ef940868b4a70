"""Log-in: password, session, rate limit, forms of other sites, log-out, and what each role's pages show."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from gisplanner.api.app import create_app
from gisplanner.api.viewer import COOKIE
from gisplanner.domain.district import District
from gisplanner.errors import InputError, NotFoundError
from gisplanner.services.accounts import add_account, local_administrator, revoke_tokens
from gisplanner.services.sessions import MAX_FAILURES, set_password
from gisplanner.store.database import Database
from tests.asking import viewer_of_session
from tests.calling import Call, calling

PASSWORD = "正确的马-电池-订书钉"
OWN = {"Origin": "http://here"}


@pytest.fixture
def call(db: Database, district: District) -> Call:
    add_account(db, "王工", "planner")
    set_password(db, "王工", PASSWORD)
    return calling(create_app(db))


def log_in(call: Call, password: str = PASSWORD, account: str = "王工", **headers: str) -> httpx.Response:
    form = {"account": account, "password": password}
    return call("/login", method="POST", data=form, headers={**OWN, **headers})


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}"}


def test_a_session_begins_shows_who_it_is_and_ends(call: Call, db: Database):
    assert 'href="/login"' in call("/").text
    assert "口令" in call("/login").text
    answer = log_in(call)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    told = answer.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert "Secure" not in told
    cookie = cookie_of(answer)
    page = call("/", headers=cookie)
    assert "王工" in page.text
    assert "Cookie" in page.headers["vary"]
    form_token = re.search(r'name="form_token" value="([0-9a-f]{64})"', page.text)
    assert form_token is not None
    ended = call("/logout", method="POST", data={"form_token": form_token[1]}, headers={**cookie, **OWN})
    assert ended.status_code == 303
    assert viewer_of_session(db, answer.cookies[COOKIE]) is None
    assert 'href="/login"' in call("/", headers=cookie).text


def test_the_cookie_is_secure_behind_tls(db: Database, call: Call):
    secure = calling(create_app(db), base_url="https://here")
    answer = secure(
        "/login", method="POST", data={"account": "王工", "password": PASSWORD}, headers={"Origin": "https://here"}
    )
    assert "Secure" in answer.headers["set-cookie"]


def test_the_database_holds_no_password_and_no_token(call: Call, db: Database):
    token = log_in(call).cookies[COOKIE]
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(t::text, ' ') FROM web_session AS t) AS sessions, "
            "(SELECT password FROM account) AS password, "
            "(SELECT array_agg(event ORDER BY id) FROM account_event) AS events"
        )
        row = cursor.fetchone()
    assert token not in row.sessions
    assert row.password.startswith("$argon2id$")
    assert PASSWORD not in row.password
    assert row.events == ["added", "token_issued", "password_set", "logged_in"]


@pytest.mark.parametrize(
    ("account", "password"), [("王工", "wrong"), ("nobody", PASSWORD), ("王工\x00", "x"), ("", "")]
)
def test_wrong_ones_look_alike(call: Call, account: str, password: str):
    answer = log_in(call, password, account)
    assert answer.status_code in ({400, 403} if not account else {403})
    assert COOKIE not in answer.cookies
    assert account == "" or "账户或口令不对" in answer.text


def test_guessing_is_slowed_down_for_whoever_guesses(call: Call, db: Database):
    statuses = [log_in(call, "wrong").status_code for _ in range(MAX_FAILURES + 1)]
    assert statuses == [403] * MAX_FAILURES + [429]
    answer = log_in(call)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE log_in_attempt SET attempted_at = attempted_at - interval '16 minutes'")
    assert log_in(call).status_code == 303


def test_a_name_in_the_form_is_escaped(call: Call):
    answer = log_in(call, "wrong", '"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


FORGED: list[Callable[[dict[str, str]], dict[str, str]]] = [
    lambda cookie: {**cookie, "Origin": "http://evil.example"},
    lambda cookie: {**cookie, "Sec-Fetch-Site": "cross-site"},
    lambda cookie: {**cookie, "Sec-Fetch-Site": "same-site", "Origin": "http://here"},
    lambda cookie: {**cookie, "Origin": "null"},
    lambda cookie: cookie,
]


@pytest.mark.parametrize("forge", FORGED)
def test_what_another_site_sends_is_refused(call: Call, db: Database, forge: Callable[..., dict[str, str]]):
    answer = log_in(call)
    cookie = cookie_of(answer)
    for path in ("/logout", "/uploads", "/ogc/processes/bundle/execution"):
        refused = call(path, method="POST", headers=forge(cookie), json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied"), path
    assert viewer_of_session(db, answer.cookies[COOKIE]) is not None


def test_a_form_of_another_session_is_refused(call: Call, db: Database):
    first, second = log_in(call), log_in(call)
    page = call("/", headers=cookie_of(second)).text
    foreign = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert foreign is not None
    for token in (foreign[1], ""):
        answer = call("/logout", method="POST", data={"form_token": token}, headers={**cookie_of(first), **OWN})
        assert answer.status_code == 403
    assert viewer_of_session(db, first.cookies[COOKIE]) is not None


def test_log_in_by_another_site_is_refused(call: Call):
    assert log_in(call, Origin="http://evil.example").status_code == 403


def test_a_new_password_and_a_revocation_end_sessions(call: Call, db: Database):
    first = log_in(call).cookies[COOKIE]
    set_password(db, "王工", PASSWORD + "2")
    assert viewer_of_session(db, first) is None
    second = log_in(call, PASSWORD + "2").cookies[COOKIE]
    revoke_tokens(db, "王工")
    assert viewer_of_session(db, second) is None


def test_a_session_runs_out(call: Call, db: Database):
    token = log_in(call).cookies[COOKIE]
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE web_session SET created_at = now() - interval '2 days', expires_at = now() - interval '1 s'"
        )
    assert viewer_of_session(db, token) is None


@pytest.mark.parametrize("password", ["short", "x" * 300, "我是王工王工王工王工"])
def test_a_bad_password_is_refused(db: Database, password: str):
    add_account(db, "王工", "planner")
    with pytest.raises(InputError):
        set_password(db, "王工", password)
    with pytest.raises(NotFoundError):
        set_password(db, "none", PASSWORD)


def test_the_person_at_this_machine_enters_by_the_printed_token(db: Database, district: District):
    local = local_administrator()
    call = calling(create_app(db, local_administrator=local))
    assert call("/enter?token=wrong").status_code == 403
    answer = call(f"/enter?token={local[0]}")
    assert answer.status_code == 303
    assert "管理员" in call("/", headers=cookie_of(answer)).text


def test_a_privileged_visitor_is_served_under_the_machines_own_name_only(db: Database, district: District):
    rebound = calling(create_app(db, visitor=local_administrator()[1]), base_url="http://evil.example")
    assert rebound("/").status_code == 400
