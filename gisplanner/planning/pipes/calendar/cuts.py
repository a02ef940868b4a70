"""The days of cut-overs (割接排期): counted back from the deadline, one service a building and day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import maximum_flow

from gisplanner.planning.pipes.calendar.pace import laid_after
from gisplanner.planning.pipes.calendar.records import CutOver, Pace, Section

_SOURCE: Final = 0
_SINK: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Cut-overs with what each waits for.

    Attributes
    ----------
    after
        Position of each section that has to be opened before, and how many days after its opening the line lies.
    window
        First working day on which anybody is cut over, and the day after the last.
    """

    cut_overs: tuple[CutOver, ...]
    after: tuple[tuple[tuple[int, int], ...], ...]
    window: tuple[int, int]
    a_day: int

    def ready(self, begins: Sequence[int]) -> list[int]:
        """Return the first day on which each cut-over can be."""
        first = self.window[0]
        return [max([first, *(begins[k] + laid for k, laid in needed)]) for needed in self.after]

    def days(self, begins: Sequence[int]) -> list[int] | None:
        """Return a day for each cut-over; ``None`` where there are none for these openings."""
        ready = self.ready(begins)
        quick = self._at_once(ready)
        return self._by_flow(ready) if quick is None else quick

    def too_many(self, begins: Sequence[int]) -> int:
        """Return how many cut-overs find no day."""
        return len(self.cut_overs) - self._flow(self.ready(begins))[0]

    def _at_once(self, ready: Sequence[int]) -> list[int] | None:
        """Return the days where taking buildings with most left first, day by day, finds some."""
        left = set(range(len(ready)))
        found = [-1] * len(ready)
        for day in range(*self.window):
            more = Counter(self.cut_overs[k].building for k in left)
            today: dict[str, int] = {}
            for k in sorted(left, key=lambda k: (-more[self.cut_overs[k].building], k)):
                if len(today) == self.a_day:
                    break
                if ready[k] <= day:
                    today.setdefault(self.cut_overs[k].building, k)
            for k in today.values():
                found[k] = day
            left -= set(today.values())
        return None if left else found

    def _by_flow(self, ready: Sequence[int]) -> list[int] | None:
        count, flow, places = self._flow(ready)
        if count < len(self.cut_overs):
            return None
        found = [-1] * len(ready)
        for (k, day), (a, b) in places.items():
            if flow[a, b] > 0:
                found[k] = day
        return found

    def _flow(self, ready: Sequence[int]) -> tuple[int, coo_matrix, dict[tuple[int, int], tuple[int, int]]]:
        """Return the greatest flow from cut-overs over buildings' days to days: whole numbers, so exact."""
        nodes: dict[tuple[object, ...], int] = defaultdict(lambda: len(nodes) + 2)
        arcs: dict[tuple[int, int], int] = {}
        places: dict[tuple[int, int], tuple[int, int]] = {}
        for k, one in enumerate(self.cut_overs):
            arcs[_SOURCE, nodes["cut", k]] = 1
            for day in range(ready[k], self.window[1]):
                here = nodes["building", one.building, day]
                places[k, day] = (nodes["cut", k], here)
                arcs[places[k, day]] = 1
                arcs[here, nodes["day", day]] = 1
                arcs[nodes["day", day], _SINK] = self.a_day
        size = len(nodes) + 2
        ends = np.array(list(arcs), dtype=np.int32).reshape(-1, 2)
        capacity = np.array(list(arcs.values()), dtype=np.int32)
        graph = coo_matrix((capacity, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
        solved = maximum_flow(graph, _SOURCE, _SINK)
        return int(solved.flow_value), solved.flow, places


def cuts_of(sections: Sequence[Section], cut_overs: Sequence[CutOver], pace: Pace, days: int) -> Cuts:
    """Return the cut-overs as the calendar places them, in the last ``pace.cut_over_window_days`` of ``days``."""
    position = {section.id: k for k, section in enumerate(sections)}
    return Cuts(
        tuple(cut_overs),
        tuple(
            tuple((position[name], laid_after(sections[position[name]], one.needs, pace)) for name in one.after)
            for one in cut_overs
        ),
        (max(days - pace.cut_over_window_days, 0), days),
        pace.cut_overs_a_day,
    )
