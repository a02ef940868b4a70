"""Sections put on the calendar one after another (排程): each as early as a crew is free and nothing forbids it.

Days are bits of a whole number, so that a calendar of a hundred sections takes less than a millisecond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gisplanner.planning.pipes.calendar.pace import duration
from gisplanner.planning.pipes.calendar.records import Pace, Section


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Sections as blocks of days.

    Attributes
    ----------
    spans
        Working days each section is open.
    clash
        Sections that may not be open with each, by position.
    crews, days
        Sections open at once at most; working days there are.
    """

    spans: tuple[int, ...]
    clash: tuple[tuple[int, ...], ...]
    crews: int
    days: int

    def begins(self, order: Sequence[int]) -> list[int] | None:
        """Return the day each section is opened when they are put down in ``order``; ``None`` if one has no place.

        Examples
        --------
        >>> Blocks((2, 2, 3), ((), (), ()), crews=2, days=9).begins([2, 0, 1])
        [0, 2, 0]
        >>> Blocks((2, 2, 3), ((1,), (0,), ()), crews=3, days=9).begins([0, 1, 2])
        [0, 2, 0]
        """
        whole = (1 << self.days) - 1
        levels = [0] * self.crews
        taken = [0] * len(self.spans)
        begins = [0] * len(self.spans)
        for k in order:
            free = whole & ~levels[-1]
            for other in self.clash[k]:
                free &= ~taken[other]
            begin = _first_run(free, self.spans[k])
            if begin is None:
                return None
            begins[k] = begin
            taken[k] = block = ((1 << self.spans[k]) - 1) << begin
            for level, busy in enumerate(levels):
                levels[level], block = busy | block, busy & block
        return begins

    def ends(self, begins: Sequence[int]) -> list[int]:
        """Return the day after which each section is closed."""
        return [begin + span for begin, span in zip(begins, self.spans, strict=True)]


def _first_run(free: int, span: int) -> int | None:
    """Return the first bit from which ``span`` bits are set."""
    have = 1
    while have < span:
        step = min(have, span - have)
        free &= free >> step
        have += step
    return (free & -free).bit_length() - 1 if free else None


def blocks_of(sections: Sequence[Section], pace: Pace, days: int, apart: Sequence[tuple[str, str]]) -> Blocks:
    """Return the sections as blocks; ``apart`` names pairs that may not be open on one day."""
    position = {section.id: k for k, section in enumerate(sections)}
    clash: dict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        clash[position[one]].add(position[other])
        clash[position[other]].add(position[one])
    return Blocks(
        tuple(duration(section, pace) for section in sections),
        tuple(tuple(sorted(clash[k])) for k in range(len(sections))),
        pace.crews,
        days,
    )
