"""``gisplanner user``: accounts of the server and their tokens."""

from __future__ import annotations

import sys

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.accounts import (
    DEFAULT_DAYS,
    ROLES,
    IssuedToken,
    Role,
    accounts,
    add_account,
    issue_token,
    revoke_tokens,
)
from gisplanner.services.sessions import set_password
from gisplanner.text import Text


@root.group()
def user() -> None:
    """服务器账户与令牌 (accounts and tokens)."""


_days = click.option(
    "--days", default=DEFAULT_DAYS, show_default=True, type=int, help="令牌有效天数 (token lifetime)"
)


@command(user, "add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES), help="角色 (role)")
@click.option(
    "--scope",
    multiple=True,
    metavar="KIND=NAME",
    help="范围，可重复：district=nankang、subdistrict=东山街道、owner=区深燃公司 (limits)",
)
@_days
def add(session: Session, name: str, role: Role, scope: tuple[str, ...], days: int) -> None:
    """新建账户，令牌只显示这一次 (add an account; its token is shown once)."""
    with session.database() as db:
        _tell(session, add_account(db, name, role, scope=scope, days=days))


@command(user, "token")
@click.argument("name")
@_days
def token(session: Session, name: str, days: int) -> None:
    """再签发一个令牌 (issue another token)."""
    with session.database() as db:
        _tell(session, issue_token(db, name, days=days))


@command(user, "password")
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="从标准输入读一行 (read one line of standard input)")
def password(session: Session, name: str, *, from_stdin: bool) -> None:
    """设置网页登录口令，不回显 (set the password for the page)."""
    if from_stdin:
        given = sys.stdin.readline().rstrip("\n")
    else:
        given = str(click.prompt("口令 (password)", hide_input=True, confirmation_prompt=True, err=True))
    with session.database() as db:
        set_password(db, name, given)
    session.result(
        {"account": name, "password_set": True},
        Text(f"已设置 {name} 的口令，此前的会话已退出。", en=f"The password of {name} is set; its sessions ended."),
    )


@command(user, "revoke")
@click.argument("name")
def revoke(session: Session, name: str) -> None:
    """吊销账户的全部令牌 (revoke all tokens of an account)."""
    with session.database() as db:
        revoked = revoke_tokens(db, name)
    session.result(
        {"account": name, "revoked": revoked},
        Text(f"已吊销 {name} 的 {revoked} 个令牌。", en=f"Revoked {revoked} tokens of {name}."),
    )


@command(user, "list")
def list_all(session: Session) -> None:
    """列出账户 (list accounts)."""
    with session.database() as db:
        found = accounts(db)
    rows = [
        {
            "account": one.viewer.name,
            "role": one.viewer.role,
            "scope": one.viewer.scope,
            "created_at": one.created_at.isoformat(),
            "token_until": None if one.token_until is None else one.token_until.isoformat(),
        }
        for one in found
    ]
    lines = [f"{row['account']}  {row['role']}  {row['token_until'] or '-'}" for row in rows]
    session.result({"accounts": rows}, "\n".join(lines) or Text("还没有账户。", en="There are no accounts."))


def _tell(session: Session, made: IssuedToken) -> None:
    session.result(
        {
            "account": made.account,
            "role": made.role,
            "scope": made.scope,
            "token": made.token,
            "expires_at": made.expires_at.isoformat(),
        },
        Text(
            f"{made.account}（{made.role}）的令牌，只显示这一次，{made.expires_at:%Y-%m-%d} 失效：\n{made.token}",
            en=f"Token of {made.account} ({made.role}), shown this once, valid until {made.expires_at:%Y-%m-%d}:\n"
            f"{made.token}",
        ),
    )
