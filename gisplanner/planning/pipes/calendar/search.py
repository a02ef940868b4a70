"""The order in which sections are put down, improved until the bound is met or nothing more is gained."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from gisplanner.planning.pipes.calendar.cuts import Cuts
from gisplanner.planning.pipes.calendar.least import least_days
from gisplanner.planning.pipes.calendar.lists import Blocks

_ORDERS: Final = 3_000
_WITH_CUTS: Final = 300
_SEED: Final = 0

Value = tuple[int, ...]


def best_begins(blocks: Blocks, cuts: Cuts, *, time_limit_s: float) -> list[int] | None:
    """Return the days on which sections are opened so that all ends early and every cut-over finds a day.

    Orders are tried from the longest section on; the number of tries is fixed, so that the same works get the same
    calendar unless time runs out. ``None`` where no order was found that fits.
    """
    until = time.perf_counter() + time_limit_s
    least = least_days(blocks)

    def soon(begins: Sequence[int]) -> Value:
        ends = blocks.ends(begins)
        return max(ends, default=0), sum(max(end - least, 0) for end in ends)

    quick = _improved(blocks, soon, (least,), tries=_ORDERS, until=until)
    if quick is None or not cuts.cut_overs or cuts.days(quick) is not None:
        return quick

    def with_cuts(begins: Sequence[int]) -> Value:
        return cuts.too_many(begins), sum(cuts.ready(begins)), *soon(begins)

    fitting = _improved(blocks, with_cuts, (0,), tries=_WITH_CUTS, until=until)
    return fitting if fitting is not None and cuts.days(fitting) is not None else None


def _improved(
    blocks: Blocks, value: Callable[[Sequence[int]], Value], enough: Value, *, tries: int, until: float
) -> list[int] | None:
    """Return the best begins among orders, each made from the last by putting one section elsewhere."""
    dice = np.random.default_rng(_SEED)
    count = len(blocks.spans)
    order = sorted(range(count), key=lambda k: (-blocks.spans[k], k))
    best = blocks.begins(order)
    score = None if best is None else value(best)
    for _ in range(tries if count > 1 else 0):
        if (score is not None and score[: len(enough)] <= enough) or time.perf_counter() > until:
            break
        trial = list(order)
        trial.insert(int(dice.integers(count)), trial.pop(int(dice.integers(count))))
        begins = blocks.begins(trial)
        if begins is None:
            order = trial if best is None else order
            continue
        fresh = value(begins)
        if score is None or fresh <= score:
            order, best, score = trial, begins, fresh
    return best
