"""Ways while the street is open (施工期通行): who keeps a way out on a day, and who has none but a replacement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gisplanner.planning.pipes.calendar.records import Calendar

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Streets by which buildings are reached.

    Attributes
    ----------
    edges
        (m, 2) nodes of streets that may be walked and driven.
    section
        Section of the works that closes each edge, empty where none does.
    outside
        Nodes at which the site meets the town.
    doors
        Nodes of the streets at which each building can be reached.
    """

    edges: Ints
    section: tuple[str, ...]
    outside: tuple[int, ...]
    doors: Mapping[str, tuple[int, ...]]
    _lost: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, repr=False)

    def cut_off(self, closed: Collection[str]) -> frozenset[str]:
        """Return the buildings without a way out while sections are closed."""
        key = frozenset(closed) & frozenset(self.section)
        if key not in self._lost:
            part, hub = self._parts(key)
            self._lost[key] = frozenset(
                name
                for name, nodes in self.doors.items()
                if not any(node < hub and part[node] == part[hub] for node in nodes)
            )
        return self._lost[key]

    def reached(self, closed: Collection[str]) -> npt.NDArray[np.bool_]:
        """Return which streets are open and lead out while sections are closed."""
        part, hub = self._parts(closed)
        free = np.array([name not in closed for name in self.section], dtype=bool)
        return np.asarray(free & (part[self.edges[:, 0]] == part[hub]), dtype=np.bool_)

    def _parts(self, closed: Collection[str]) -> tuple[Ints, int]:
        """Return the connected part of every node, and the node that stands for the town."""
        hub = int(self.edges.max(initial=-1)) + 1
        free = np.array([name not in closed for name in self.section], dtype=bool)
        gates = np.array([(node, hub) for node in self.outside], dtype=np.int64).reshape(-1, 2)
        used = np.concatenate([self.edges[free], gates])
        graph = coo_matrix((np.ones(len(used)), (used[:, 0], used[:, 1])), shape=(hub + 1, hub + 1))
        _, part = connected_components(graph, directed=False)
        return part, hub


def always_replaced(ways: Ways, sections: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the buildings each section cuts off by itself: while it is open they need a replacement (替代通道)."""
    before = ways.cut_off(())
    found = {name: ways.cut_off((name,)) - before for name in sections}
    return {name: lost for name, lost in found.items() if lost}


def never_together(ways: Ways, sections: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs that may not be open on one day: both together cut somebody off, neither alone does."""
    before = ways.cut_off(())
    alone = {name: ways.cut_off((name,)) for name in sections}
    return [
        (other, one)
        for k, one in enumerate(sections)
        for other in sections[:k]
        if ways.cut_off((one, other)) - alone[one] - alone[other] - before
    ]


@dataclass(frozen=True, slots=True)
class Shut:
    """Buildings without a way out on a day that no single section explains."""

    day: date
    sections: tuple[str, ...]
    buildings: tuple[str, ...]


def shut_in(calendar: Calendar, ways: Ways) -> list[Shut]:
    """Return the days on which open sections together shut somebody in; empty where every building keeps a way.

    An independent look: days and streets are gone through one by one. Sections stay open over weekends.
    """
    sections = sorted({work.section for work in calendar.works})
    excused = ways.cut_off(())
    alone = {name: ways.cut_off((name,)) for name in sections}
    first = {name: min(work.first for work in calendar.works if work.section == name) for name in sections}
    last = {name: max(work.last for work in calendar.works if work.section == name) for name in sections}
    found: list[Shut] = []
    seen: set[tuple[str, ...]] = set()
    day = min(first.values(), default=date.min)
    while day <= max(last.values(), default=date.min) and sections:
        closed = tuple(name for name in sections if first[name] <= day <= last[name])
        if closed not in seen:
            seen.add(closed)
            allowed = excused.union(*(alone[name] for name in closed))
            lost = ways.cut_off(closed) - allowed
            if lost:
                found.append(Shut(day, closed, tuple(sorted(lost))))
        day += timedelta(days=1)
    return found
