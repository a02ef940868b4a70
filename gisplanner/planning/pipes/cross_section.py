"""Lines side by side in a lane (横断面): the order, the offsets, and what does not fit between two facades."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.clearance import LineFacts, Requirement
from gisplanner.domain.clearance_tables import Place
from gisplanner.errors import InputError
from gisplanner.rules.clearances import ClearanceBook
from gisplanner.text import Text

COURTYARD_ORDER: Final = (
    "power",
    "lighting",
    "telecom",
    "sewage",
    "storm",
    "drain",
    "water",
    "gas",
    "heat",
    "reclaimed",
)
"""From the building line outward (GB 50289-2016 4.1.6, 未核对原文)."""
MOST_LINES: Final = 8
_STEP_M: Final = 1e-9
_BUILDING: Final = "building"


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A line that is to lie in a lane: what is known of it and its outer width."""

    facts: LineFacts
    width_m: float


@dataclass(frozen=True, slots=True)
class TooClose:
    """Why lines need the room they need: two of them, or one and a facade (``b`` is ``building``)."""

    a: str
    b: str
    required_m: float
    clause: str


@dataclass(frozen=True, slots=True)
class CrossSection:
    """Lines in a lane.

    Attributes
    ----------
    offset_m
        Axis of each line, metres from the first facade; empty where they do not fit.
    needed_m
        Least width between the facades for these lines; in ``legal_order`` or, if that does not fit, in any order.
    legal_order
        Whether the order of the standard is kept.
    cannot_coexist
        Where they do not fit: the smallest set of lines that does not, and ``because`` the clauses that make it so.
    unknown
        Pairs that no row of the tables covers (资料不足): they were given no distance.
    """

    offset_m: dict[str, float]
    needed_m: float
    legal_order: bool
    cannot_coexist: tuple[str, ...]
    because: tuple[TooClose, ...]
    unknown: tuple[tuple[str, str], ...]


def cross_section(
    lines: Mapping[str, LaneLine], width_m: float, book: ClearanceBook, *, place: Place = "courtyard"
) -> CrossSection:
    """Lay lines side by side between two facades ``width_m`` apart.

    Every pair keeps the upper end of its requirement, neighbours or not. The legal order is taken if it fits;
    otherwise the narrowest order there is.

    Raises
    ------
    InputError
        More than eight lines, or a width that is no length.

    Examples
    --------
    >>> from gisplanner.catalog.clearances import clearance_standards
    >>> book = ClearanceBook(clearance_standards())
    >>> lines = {
    ...     "sewage": LaneLine(LineFacts("sewage", diameter_mm=300), 0.3),
    ...     "water": LaneLine(LineFacts("water", diameter_mm=150), 0.2),
    ... }
    >>> cross_section(lines, 8.0, book).offset_m
    {'sewage': 2.65, 'water': 3.7}
    >>> narrow = cross_section(lines, 5.0, book)
    >>> narrow.cannot_coexist, narrow.because[0].clause
    (('sewage',), 'GB 50289-2016 4.1.9（未核对原文）')
    """
    if len(lines) > MOST_LINES or not width_m > 0:
        raise InputError(
            Text(
                f"一个断面最多 {MOST_LINES} 条管线，宽度须大于 0。", en=f"At most {MOST_LINES} lines, width above 0."
            )
        )
    table = _Table(lines, book, place)
    legal = sorted(lines, key=lambda name: (_rank(lines[name].facts.utility), name))
    needed = table.needed(legal)
    if needed <= width_m + _STEP_M:
        return CrossSection(table.offsets(legal), needed, True, (), (), table.unknown())  # noqa: FBT003
    order = min(itertools.permutations(legal), key=table.needed)
    needed = table.needed(order)
    if needed <= width_m + _STEP_M:
        return CrossSection(table.offsets(order), needed, False, (), (), table.unknown())  # noqa: FBT003
    worst = _smallest(table, legal, width_m)
    return CrossSection({}, needed, False, worst, table.reasons(worst), table.unknown())  # noqa: FBT003


def _rank(utility: str) -> int:
    return COURTYARD_ORDER.index(utility) if utility in COURTYARD_ORDER else len(COURTYARD_ORDER)


def _smallest(table: _Table, names: Sequence[str], width_m: float) -> tuple[str, ...]:
    """Return the smallest set that does not fit in any order; of equals the one that needs most room."""
    for count in range(1, len(names) + 1):
        sets = [
            (min(table.needed(order) for order in itertools.permutations(chosen)), chosen)
            for chosen in itertools.combinations(names, count)
        ]
        most, chosen = max(sets, key=lambda one: one[0])
        if most > width_m + _STEP_M:
            return chosen
    return tuple(names)


class _Table:
    """Distances between the axes of all pairs, and of each line from a facade."""

    def __init__(self, lines: Mapping[str, LaneLine], book: ClearanceBook, place: Place) -> None:
        self.lines = lines
        profile = {name: book.profile(line.facts) for name, line in lines.items()}
        self.wall = {name: book.to_object(profile[name], place, _BUILDING) for name in lines}
        self.pair = {
            (a, b): book.horizontal(profile[a], place, profile[b], place) for a, b in itertools.permutations(lines, 2)
        }
        self.edge_m = {name: _metres(self.wall[name]) + lines[name].width_m / 2.0 for name in lines}
        self.apart_m = {
            (a, b): _metres(rule) + (lines[a].width_m + lines[b].width_m) / 2.0 for (a, b), rule in self.pair.items()
        }

    def offsets(self, order: Sequence[str]) -> dict[str, float]:
        """Return the least offset of each line in this order: the longest path from the facade."""
        at: dict[str, float] = {}
        for name in order:
            at[name] = max([self.edge_m[name], *(x + self.apart_m[other, name] for other, x in at.items())])
        return {name: round(value, 6) for name, value in at.items()}

    def needed(self, order: Sequence[str]) -> float:
        """Return the width between facades that this order needs."""
        at: dict[str, float] = {}
        width = 0.0
        for name in order:
            at[name] = max([self.edge_m[name], *(x + self.apart_m[other, name] for other, x in at.items())])
            width = max(width, at[name] + self.edge_m[name])
        return round(width, 6)

    def reasons(self, names: Sequence[str]) -> tuple[TooClose, ...]:
        """Return the requirements among ``names``, facades first."""
        found = [(name, _BUILDING, self.wall[name]) for name in names]
        found += [(a, b, self.pair[a, b]) for a, b in itertools.combinations(names, 2)]
        return tuple(TooClose(a, b, one.upper_m, one.upper_rule.shown) for a, b, one in found if one is not None)

    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs that no row covers."""
        pairs = [(a, b) for a, b in itertools.combinations(self.lines, 2) if self.pair[a, b] is None]
        return (*pairs, *((name, _BUILDING) for name in self.lines if self.wall[name] is None))


def _metres(requirement: Requirement | None) -> float:
    return 0.0 if requirement is None else requirement.upper_m
