"""Connection strings: what they say, how they are written for other programs, and how errors keep the password."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from gisplanner.errors import DatabaseUnavailableError
from gisplanner.text import Text

_DEFAULT_PORT: Final = "5432"


def parse(dsn: str) -> dict[str, str]:
    """Return the parameters of a libpq connection string or URL.

    Raises
    ------
    DatabaseUnavailableError
        It is not one. The sentence never quotes it: it holds a password.

    Examples
    --------
    >>> parse("postgresql://planner@db.example:5433/plans")["port"]
    '5433'
    """
    try:
        found = {name: str(value) for name, value in parse_dsn(dsn).items()}
    except psycopg2.ProgrammingError:
        raise _malformed() from None
    # A password with an unescaped @, / or : shifts its tail into the host or the port.
    authority = re.match(r"postgres(?:ql)?://([^/?#]*)", dsn)
    shifted = authority is not None and authority[1].count("@") > 1
    if not dsn.strip() or shifted or not re.fullmatch(r"[\d,]*", found.get("port", "")):
        raise _malformed()
    return found


def with_database(dsn: str, name: str) -> str:
    """Return the connection string of another database on the same server.

    Examples
    --------
    >>> parse(with_database("host=/run/x dbname=a", "b"))["dbname"]
    'b'
    """
    return make_dsn("", **{**parse(dsn), "dbname": name})


def split_password(dsn: str) -> tuple[str, str | None]:
    """Return the connection string without its password, and the password.

    Examples
    --------
    >>> split_password("postgresql://planner:secret@db/plans")
    ('user=planner dbname=plans host=db', 'secret')
    """
    parameters = parse(dsn)
    password = parameters.pop("password", None)
    return make_dsn("", **parameters), password


def as_url(dsn: str) -> str:
    """Return the URL that other programs (psql, GDAL, QGIS) understand, without the password.

    Examples
    --------
    >>> as_url("host=db user=planner dbname=plans password=secret")
    'postgresql://planner@db/plans'
    >>> as_url("host=/tmp/gisplanner-0 port=5432 user=gisplanner dbname=gisplanner")
    'postgresql://gisplanner@/gisplanner?host=/tmp/gisplanner-0&port=5432'
    """
    parameters = parse(dsn)
    parameters.pop("password", None)
    user = parameters.pop("user", "")
    database = parameters.pop("dbname", "")
    authority = f"{quote(user, safe='')}@" if user else ""
    host = parameters.get("host", "")
    if re.fullmatch(r"[\w.-]+", host):
        authority += parameters.pop("host")
        port = parameters.pop("port", _DEFAULT_PORT)
        authority += "" if port == _DEFAULT_PORT else f":{port}"
    options = urlencode(parameters, safe="/", quote_via=quote)
    return f"postgresql://{authority}/{quote(database, safe='')}" + (f"?{options}" if options else "")


def _malformed() -> DatabaseUnavailableError:
    form = "postgresql://user:password@host:5432/database"
    return DatabaseUnavailableError(
        Text(
            f"数据库地址写法不对，应为 {form}；密码里的 @ : / # 等字符要写成 %40 %3A %2F %23。",
            en=f"The database address is malformed; it should read {form}, with @ : / # in the password "
            "written as %40 %3A %2F %23.",
        )
    )
