"""``gisplanner user`` from making an account to logging in with its password."""

from __future__ import annotations

import io
import json

import pytest

from gisplanner.cli.main import main
from gisplanner.services.sessions import log_in
from gisplanner.store.database import Database
from tests.asking import viewer_of

PASSWORD = "一把很长的钥匙-2024"


@pytest.fixture
def run(db: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)

    def command(*arguments: str, stdin: str = "") -> tuple[int, dict]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = 0
        try:
            main(["user", *arguments, "--json"])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, json.loads(capsys.readouterr().out)

    return command


def test_an_account_gets_a_token_and_a_password(db: Database, run):
    code, made = run("add", "区深燃公司", "--role", "operator", "--scope", "owner=区深燃公司", "--days", "7")
    assert code == 0
    viewer = viewer_of(db, made["token"])
    assert viewer is not None
    assert (viewer.role, viewer.scope) == ("operator", {"owner": ("区深燃公司",)})
    assert run("password", "区深燃公司", "--stdin", stdin=PASSWORD + "\n")[0] == 0
    assert log_in(db, "区深燃公司", PASSWORD, address="127.0.0.1").viewer == viewer
    assert run("password", "区深燃公司", "--stdin", stdin="short\n")[0] == 2
    assert run("password", "none", "--stdin", stdin=PASSWORD + "\n")[0] == 2
    listed = run("list")[1]["accounts"]
    assert [one["account"] for one in listed] == ["区深燃公司"]
    assert PASSWORD not in json.dumps(listed)
    assert run("revoke", "区深燃公司")[1]["revoked"] == 1
    assert viewer_of(db, made["token"]) is None
