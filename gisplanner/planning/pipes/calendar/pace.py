"""How long the works of a section take, and in which order."""

from __future__ import annotations

import math

from gisplanner.planning.pipes.calendar.records import SURFACE, Pace, Section


def works(section: Section, pace: Pace) -> list[tuple[str, int]]:
    """Return the works of a section in their order, with their working days."""
    lay = max(1, math.ceil(section.length_m / pace.lay_m_a_day - 1e-9))
    surface = max(1, math.ceil(section.length_m / pace.surface_m_a_day - 1e-9))
    deep_first = sorted(section.lines, key=lambda line: (-line[1], line[0]))
    return [*((network, lay) for network, _ in deep_first), (SURFACE, surface)]


def duration(section: Section, pace: Pace) -> int:
    """Return how many working days a section is open."""
    return sum(count for _, count in works(section, pace))


def laid_after(section: Section, network: str, pace: Pace) -> int:
    """Return how many working days after the opening the line of a network lies."""
    sum_ = 0
    for kind, count in works(section, pace):
        sum_ += count
        if kind == network:
            break
    return sum_
