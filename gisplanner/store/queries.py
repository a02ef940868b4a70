"""Named queries: every statement the program runs by hand stands in ``sql/queries`` and is called by its name."""

from __future__ import annotations

from functools import cache
from typing import Any

import aiosql

from gisplanner.resources import resource_dir


@cache
def queries() -> Any:
    """Return all named queries; each is a function of a connection and keyword parameters.

    The suffix in the file tells what comes back: none = iterator of rows, ``^`` = one row or ``None``,
    ``$`` = one value, ``!`` = number of rows touched.
    """
    return aiosql.from_path(resource_dir("sql") / "queries", "psycopg2", encoding="utf-8")
