"""Working days that no calendar undercuts (工期下界): crews, the longest section, sections never open together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from gisplanner.planning.pipes.calendar.lists import Blocks

_MOST_STEPS: Final = 20_000


def least_days(blocks: Blocks) -> int:
    """Return the bound at once: days of work over crews, and sections that have to follow each other.

    Examples
    --------
    >>> least_days(Blocks((2, 2, 2), ((), (), ()), crews=2, days=9))
    3
    >>> least_days(Blocks((2, 2, 2), ((1,), (0,), ()), crews=3, days=9))
    4
    """
    spread = math.ceil(sum(blocks.spans) / blocks.crews)
    one_by_one = [sum(blocks.spans[k] for k in group) for group in _never_together(blocks)]
    return max([spread, *blocks.spans, *one_by_one, 0])


def proven_least_days(blocks: Blocks, most: int) -> int:
    """Return the least number of days, up to ``most``, for which the crews' work is not shown to be too much.

    Examples
    --------
    >>> proven_least_days(Blocks((2, 2, 2), ((), (), ()), crews=2, days=9), 4)
    4
    """
    least = least_days(blocks)
    while least < most and _too_much(blocks.spans, blocks.crews, least):
        least += 1
    return least


def _never_together(blocks: Blocks) -> list[list[int]]:
    """Return groups of sections no two of which may be open on one day: from each section on, longest first."""
    groups = []
    for first, clash in enumerate(blocks.clash):
        group = [first]
        for k in sorted(clash, key=lambda k: (-blocks.spans[k], k)):
            if all(k in blocks.clash[other] for other in group):
                group.append(k)
        groups.append(group)
    return groups


def _too_much(spans: Sequence[int], crews: int, days: int) -> bool:
    """Return whether every way to hand the sections to crews takes longer; ``False`` where that is not settled."""
    order = sorted(spans, reverse=True)
    seen: set[tuple[int, tuple[int, ...]]] = set()
    stack = [(0, (0,) * crews)]
    for _ in range(_MOST_STEPS):
        if not stack:
            return True
        k, loads = stack.pop()
        if k == len(order):
            return False
        for load in sorted(set(loads)):
            if load + order[k] <= days:
                rest = list(loads)
                rest.remove(load)
                state = (k + 1, tuple(sorted([*rest, load + order[k]])))
                if state not in seen:
                    seen.add(state)
                    stack.append(state)
    return not stack
