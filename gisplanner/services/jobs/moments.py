"""Times as the standards write them in ``datetime``: one, or two with a stroke between, either of them open."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from gisplanner.errors import Fault, UsageError
from gisplanner.text import Text

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?", re.IGNORECASE)
_OPEN: Final = frozenset({"", ".."})
_FORM: Final = "2026-01-31 2026-01-31T08:00:00Z 2026-01-31/.. ../2026-01-31"
_ENDS: Final = 2


def interval(text: str) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last moment of ``datetime``; a day begins and ends with the day, in UTC.

    Raises
    ------
    UsageError
        It is no time and no interval, or it ends before it begins.

    Examples
    --------
    >>> [str(one) for one in interval("2026-01-31/..")]
    ['2026-01-31 00:00:00+00:00', 'None']
    """
    ends = text.split("/")
    try:
        since, until = _moment(ends[0], time.min), _moment(ends[-1], time.max)
    except ValueError as error:
        raise _wrong(text) from error
    if len(ends) > _ENDS or set(ends) <= _OPEN or (since and until and since > until):
        raise _wrong(text)
    return since, until


def _wrong(text: str) -> UsageError:
    return UsageError(
        Text("参数 datetime 有误。", en="The parameter datetime is wrong."),
        [Fault(column="datetime", value=text, allowed=_FORM)],
    )


def _moment(text: str, of_day: time) -> datetime | None:
    if text in _OPEN:
        return None
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    if len(text) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(text), of_day, UTC)
    return datetime.fromisoformat(text.upper())
