"""Demolition (拆违) as a process: 摸底 → 认定 → 告知 → 限期自拆 → 拆除 → 销号, none skipped."""

from __future__ import annotations

from datetime import date

from gisplanner.domain.works import STEPS
from gisplanner.text import Text


def step_fault(last: int | None, last_on: date | None, step: int, on: date) -> Text | None:
    """Return why a step cannot follow the last one of a case; ``None`` when it can.

    Examples
    --------
    >>> step_fault(2, date(2024, 6, 1), 3, date(2024, 6, 5)) is None
    True
    >>> str(step_fault(2, date(2024, 6, 1), 5, date(2024, 6, 5)))
    '还没有「告知」，不能记为「拆除」'
    """
    reached = last or 0
    if step <= reached:
        done = STEPS[reached - 1]
        return Text(f"已到「{done}」，不能再记「{STEPS[step - 1]}」", en=f"has reached {done} already")
    if step > reached + 1:
        missing = STEPS[reached]
        return Text(f"还没有「{missing}」，不能记为「{STEPS[step - 1]}」", en=f"{missing} must come before")
    if last_on is not None and on < last_on:
        return Text(f"早于上一步的日期 {last_on}", en=f"before the step before it ({last_on})")
    return None
