"""Where to dig a trial pit (需探测): the places that settle most pairs nobody is sure of."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisplanner.domain.clearance import ClearanceReport, LineId

PIT_M: Final = 2.0
"""A pit lays the lines bare this far around its middle (本工具参数)."""


@dataclass(frozen=True, slots=True)
class TrialPit:
    """A place to dig, metres in the planning CRS, and the pairs it settles."""

    at: tuple[float, float]
    pairs: tuple[tuple[LineId, LineId | None], ...]


def trial_pits(report: ClearanceReport, *, reach_m: float = PIT_M) -> tuple[TrialPit, ...]:
    """Return pits that settle all pairs that are 可能 or 资料不足, those that settle most first.

    Each pit is chosen as the one that settles most of what is left (greedy cover), so few are needed.

    Examples
    --------
    >>> trial_pits(ClearanceReport((), (), (), 0, 0, 0, 0))
    ()
    """
    open_pairs = [(one.a, one.b, one.at) for one in report.conflicts if one.verdict == "可能" and one.at is not None]
    open_pairs += [(one.a, one.b, one.at) for one in report.unknown]
    if not open_pairs:
        return ()
    places = shapely.points(np.array([at for _, _, at in open_pairs]))
    first, second = shapely.STRtree(places).query(places, predicate="dwithin", distance=reach_m)
    order = np.lexsort((second, first))
    covered_by = np.split(second[order], np.cumsum(np.bincount(first, minlength=len(places)))[:-1])
    left = np.ones(len(places), dtype=bool)
    heap = [(-len(near), place) for place, near in enumerate(covered_by)]
    heapq.heapify(heap)
    pits = []
    while heap:
        promised, place = heapq.heappop(heap)
        settled = covered_by[place][left[covered_by[place]]]
        if -promised != len(settled):
            if len(settled):
                heapq.heappush(heap, (-len(settled), place))
            continue
        if not len(settled):
            continue
        left[settled] = False
        pits.append(TrialPit(open_pairs[place][2], tuple(open_pairs[pair][:2] for pair in settled.tolist())))
    return tuple(pits)
