"""Windows counted back from a fixed day (倒排): one company after the other, the last ends on that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from gisplanner.errors import Fault, InfeasibleError
from gisplanner.planning.pipes.calendar.days import working_days
from gisplanner.text import Text

_LONGEST_HOLIDAY: Final = 15
"""Days on end, weekends with them, that no holiday is longer than."""


def counted_back(
    owners: Sequence[str], fixed: date, days_each: int, *, not_before: date | None = None
) -> dict[str, tuple[date, date]]:
    """Return first and last day of each owner's window, in their order, none on a day of another.

    Parameters
    ----------
    fixed
        Day by which all are cut over; a working day of the last owner, or the last one before it.
    days_each
        Working days of one window.
    not_before
        First day on which anybody can be cut over: what has to lie before does.

    Raises
    ------
    InfeasibleError
        There are too few working days.
    InputError
        A year whose holidays are not known.

    Examples
    --------
    >>> found = counted_back(["电信", "移动"], date(2024, 9, 30), 2)
    >>> {owner: (first.day, last.day) for owner, (first, last) in found.items()}
    {'电信': (26, 27), '移动': (29, 30)}
    """
    needed = len(owners) * days_each
    begin = not_before or fixed - timedelta(days=2 * needed + _LONGEST_HOLIDAY)
    days = working_days(begin, fixed)[-needed:] if needed else []
    if len(days) < needed:
        hint = Text(
            f"{len(owners)} 家 × {days_each} 个工作日，只有 {len(days)} 个",
            en=f"{len(owners)} companies × {days_each} working days; there are {len(days)}",
        )
        raise InfeasibleError(
            Text("倒排不下割接窗口。", en="The windows do not fit before the fixed day."),
            [Fault(column="days", value=str(days_each), hint=hint)],
        )
    parts = [days[k * days_each : (k + 1) * days_each] for k in range(len(owners))]
    return {owner: (part[0], part[-1]) for owner, part in zip(owners, parts, strict=True)}
