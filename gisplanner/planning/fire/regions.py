"""Faces joined into regions that are reached together, so that a question about removals takes microseconds.

A region is a part of the plane the disc is in only when certain obstacles are gone: its *needs*. Regions beside each
other are open to each other as soon as the needs of both are met. Nothing else is left of walls, plugs and doors,
and no answer changes: regions are joined where one is reached exactly when the other is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gisplanner.planning.fire.faces import Faces
from gisplanner.planning.fire.outlines import Bools, Ints

Needs = frozenset[int]
NOTHING: Final[Needs] = frozenset()
ROOT: Final = 0
"""The region outside of the gates."""


@dataclass(slots=True, eq=False)
class Regions:
    """A graph of regions; region 0 is where the engine comes from.

    Attributes
    ----------
    needs
        Obstacles that must be gone, by region.
    beside
        Regions beside each, by region; regions that were joined to others are missing.
    points
        For each wall point the regions it can be served from.
    """

    needs: list[Needs]
    beside: dict[int, set[int]] = field(default_factory=dict)
    points: list[frozenset[int]] = field(default_factory=list)


def make_regions(faces: Faces, starts: Ints, sets: Sequence[tuple[int, ...]], points: Ints, places: Ints) -> Regions:
    """Return the regions of a plane.

    Parameters
    ----------
    starts
        Rows (face, number of a set of obstacles): the disc enters there once the set is gone.
    points, places
        The wall point of each place, in order, and places as rows (face, set).
    """
    needs_of = [frozenset(one) for one in sets]
    alive = _alive(faces, starts)
    doors = list(_doors(faces, alive))
    graph = _Joining(_face_needs(faces.count, doors, starts, needs_of))
    for a, b, needs in doors:
        graph.join(a + 1, b + 1, needs)
    for face, number in starts.tolist():
        graph.join(ROOT, face + 1, needs_of[number])
    inside = alive[places[:, 0]]
    points, places = points[inside], places[inside]
    pairs, row = np.unique(places, axis=0, return_inverse=True)
    nodes = np.array([graph.node(face + 1, needs_of[number]) for face, number in pairs.tolist()], dtype=np.int64)
    graph.settle()
    finals = np.array([graph.find(node) for node in nodes.tolist()], dtype=np.int64)
    regions = Regions(graph.needs, graph.neighbours())
    many = int(points.max(initial=-1)) + 1
    options: list[set[int]] = [set() for _ in range(many)]
    if len(points):
        for point, node in np.unique(np.stack([points, finals[row]], axis=1), axis=0).tolist():
            options[point].add(node)
    regions.points = [frozenset(option) for option in options]
    for one in set().union(*options):
        regions.beside.setdefault(one, set())
    return regions


def minimal(sets: Iterable[Needs]) -> list[Needs]:
    """Leave out sets that contain another one.

    Examples
    --------
    >>> [sorted(one) for one in minimal([frozenset({1, 2}), frozenset({1}), frozenset({3})])]
    [[1], [3]]
    """
    kept: list[Needs] = []
    for one in sorted(set(sets), key=lambda one: (len(one), sorted(one))):
        if not any(other <= one for other in kept):
            kept.append(one)
    return kept


def _alive(faces: Faces, starts: Ints) -> Bools:
    """Return which faces the disc can ever be in."""
    alive = np.zeros(faces.count, dtype=bool)
    if len(starts):
        ones = np.ones(len(faces.door))
        graph = csr_array((ones, (faces.door[:, 0], faces.door[:, 1])), shape=(faces.count, faces.count))
        group = connected_components(graph, directed=False)[1]
        alive = np.isin(group, group[starts[:, 0]])
    return alive


def _doors(faces: Faces, alive: Bools) -> Iterable[tuple[int, int, Needs]]:
    """Yield each door once for every least set of obstacles that opens it."""
    single = {k: frozenset((k,)) for k in np.unique(faces.clause).tolist()}
    known: dict[tuple[tuple[int, ...], ...], list[Needs]] = {}
    start, clause = faces.clause_start.tolist(), faces.clause.tolist()
    for number, (a, b) in enumerate(faces.door.tolist()):
        if alive[a]:
            low, high = start[number], start[number + 1]
            if high == low + 1 and clause[low][1] < 0:
                yield a, b, single[clause[low][0]]
                continue
            asked = tuple(map(tuple, clause[low:high]))
            if asked not in known:
                known[asked] = _least_sets(asked, single)
            for needs in known[asked]:
                yield a, b, needs


def _least_sets(asked: Sequence[tuple[int, ...]], single: Mapping[int, Needs]) -> list[Needs]:
    """Return the least sets that have one obstacle of each condition."""
    options: list[Needs] = [NOTHING]
    for one, other in asked:
        choices = [single[one]] if other < 0 else [single[one], single[other]]
        options = minimal(before | choice for before in options for choice in choices)
    return options


def _face_needs(
    faces: int, doors: Sequence[tuple[int, int, Needs]], starts: Ints, sets: Sequence[Needs]
) -> list[Needs]:
    """Return for the root and each face what all its doors ask for."""
    needs: list[Needs | None] = [None] * (faces + 1)
    needs[ROOT] = NOTHING
    entries = [(face, sets[number]) for face, number in starts.tolist()]
    entries += [(face, one) for a, b, one in doors for face in (a, b)]
    for face, one in entries:
        known = needs[face + 1]
        needs[face + 1] = one if known is None else known & one
    return [NOTHING if one is None else one for one in needs]


class _Joining:
    """Regions while they are being joined."""

    def __init__(self, needs: list[Needs]) -> None:
        self.needs = needs
        self._parent = list(range(len(needs)))
        self._edges: list[tuple[int, int]] = []

    def find(self, node: int) -> int:
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def node(self, beside: int, needs: Needs) -> int:
        """Return a region beside another that is open once, besides its needs, these are met."""
        whole = self.needs[beside] | needs
        if len(whole) == len(self.needs[beside]):
            return beside
        self.needs.append(whole)
        self._parent.append(len(self._parent))
        self._edges.append((beside, len(self._parent) - 1))
        return len(self._parent) - 1

    def join(self, a: int, b: int, needs: Needs) -> None:
        """Open the way between two regions once their own needs and these are met."""
        whole = needs | self.needs[a] | self.needs[b]
        if len(whole) in {len(self.needs[a]), len(self.needs[b])}:
            self._edges.append((a, b))
        else:
            self._edges.append((self.node(a, whole), b))

    def settle(self) -> None:
        """Join regions of equal needs that are beside each other, or beside a third that asks for no more."""
        changed = True
        while changed:
            changed = False
            known: dict[tuple[int, Needs], int] = {}
            edges = self._between()
            for a, b in edges:
                for one, other in ((a, b), (b, a)):
                    changed |= self._unite(self.find(one), self.find(other), known)
            self._edges = list(edges)

    def _between(self) -> set[tuple[int, int]]:
        """Return which regions are beside each other as they are joined now."""
        joined = [self.find(node) for node in range(len(self._parent))]
        return {(joined[a], joined[b]) for a, b in self._edges if joined[a] != joined[b]}

    def _unite(self, one: int, other: int, known: dict[tuple[int, Needs], int]) -> bool:
        """Join a region with the one beside it, or with another beside that, where needs are equal."""
        needs = self.needs[other]
        if one == other or not self.needs[one] <= needs:
            return False
        same = one if self.needs[one] == needs else self.find(known.setdefault((one, needs), other))
        if same != other:
            self._parent[max(same, other)] = min(same, other)
        return same != other

    def neighbours(self) -> dict[int, set[int]]:
        beside: dict[int, set[int]] = {ROOT: set()}
        for a, b in self._between():
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
        return beside
