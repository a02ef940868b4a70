"""Chinese working days (工作日), holidays and swapped weekends as the State Council announced them."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from gisplanner.errors import Fault, InputError
from gisplanner.text import Text


def working_days(first: date, last: date) -> list[date]:
    """Return the working days from ``first`` to ``last``, both included.

    Raises
    ------
    InputError
        The days are in a year whose holidays are not known.

    Examples
    --------
    >>> [day.isoformat() for day in working_days(date(2022, 4, 1), date(2022, 4, 6))]
    ['2022-04-01', '2022-04-02', '2022-04-06']
    """
    days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    try:
        return [day for day in days if chinese_calendar.is_workday(day)]
    except NotImplementedError as error:
        raise InputError(
            Text("没有该年份的节假日安排。", en="The holidays of that year are not known."),
            [Fault(column="deadline", value=f"{first.isoformat()}–{last.isoformat()}")],
        ) from error
