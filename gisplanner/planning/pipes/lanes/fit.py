"""Lanes side by side in the width there is (横断面布置): the legal order, any order, or the smallest set too many."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisplanner.domain.clearance import Requirement
from gisplanner.domain.clearance_tables import Place
from gisplanner.planning.pipes.corridors.roads import Floats
from gisplanner.planning.pipes.lanes.design import LEGAL_ORDER, MAINS, MARGIN_M, RED_LINE_ORDER, Design
from gisplanner.rules.clearances import ClearanceBook

UNCOVERED_M: Final = 0.5
"""Kept from lines and walls that no row of the tables speaks of; told as 资料不足 (本工具参数)."""
_STEP: Final = 1e-9
_GRID_M: Final = 0.05
_MOST: Final = 40_000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why lines need the room they need: two of them, or one and a wall (``b`` is ``building``)."""

    a: str
    b: str
    required_m: float
    clause: str


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """What lies in a street.

    Attributes
    ----------
    names, utilities
        Networks that need a lane each; telecoms of all owners are one (四网合一).
    low, high
        Least and greatest offset of each lane axis, metres left of the centre line.
    apart
        (k, k) least distance of the axes; 0 where two never lie beside each other.
    """

    names: tuple[str, ...]
    utilities: tuple[str, ...]
    low: Floats
    high: Floats
    apart: Floats

    def only(self, chosen: Sequence[int]) -> Lanes:
        """Return the lanes chosen."""
        rows = list(chosen)
        return Lanes(
            tuple(self.names[k] for k in rows),
            tuple(self.utilities[k] for k in rows),
            self.low[rows],
            self.high[rows],
            self.apart[np.ix_(rows, rows)],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Offsets of lanes, and whether the order is that of the standard."""

    offset_m: Floats
    legal_order: bool


class Distances:
    """Distances between axes by the tables, each looked up once."""

    def __init__(self, book: ClearanceBook) -> None:
        self._book = book

    def pair(self, a: Design, place_a: Place, b: Design, place_b: Place) -> Requirement | None:
        """Return what two lines beside each other are asked."""
        return self._book.horizontal(self._book.profile(a.facts), place_a, self._book.profile(b.facts), place_b)

    def wall(self, one: Design, place: Place) -> Requirement | None:
        """Return what a line is asked from a building."""
        return self._book.to_object(self._book.profile(one.facts), place, "building")

    def pair_m(self, a: Design, place_a: Place, b: Design, place_b: Place) -> float:
        """Return the least distance of two axes."""
        return _metres(self.pair(a, place_a, b, place_b)) + (a.width_m + b.width_m) / 2.0 + MARGIN_M

    def wall_m(self, one: Design, place: Place) -> float:
        """Return the least distance of an axis from a wall."""
        return _metres(self.wall(one, place)) + one.width_m / 2.0 + MARGIN_M

    def reasons(self, utilities: Sequence[str], place: Place) -> tuple[Reason, ...]:
        """Return the requirements among mains of ``utilities``, walls first."""
        found = [(one, "building", self.wall(MAINS[one], place)) for one in utilities]
        found += [
            (a, b, self.pair(MAINS[a], place, MAINS[b], place)) for a, b in itertools.combinations(utilities, 2)
        ]
        return tuple(Reason(a, b, one.upper_m, one.upper_rule.shown) for a, b, one in found if one is not None)


def _metres(requirement: Requirement | None) -> float:
    return UNCOVERED_M if requirement is None else requirement.upper_m


def fit_lanes(lanes: Lanes, *, turned: bool = False, red_line: int = 0) -> Fit | None:
    """Return offsets that keep every distance, near the middle of the street; ``None`` where there are none.

    The order of the standard is tried from either side, then every other.

    Parameters
    ----------
    turned
        Whether the order of the standard starts on the left side rather than the right.
    red_line
        Side of the red line where lanes lie on one side of a wide road, 1 left, -1 right: only from there towards the
        middle is the order that of the standard, and ``turned`` means the contrary.
    """
    count = len(lanes.names)
    order = RED_LINE_ORDER if red_line else LEGAL_ORDER
    ranked = sorted(range(count), key=lambda k: (order.index(lanes.utilities[k]), lanes.names[k]))
    ways = [(ranked, red_line <= 0), (ranked[::-1], red_line >= 0)]
    for way, legal in ways[::-1] if turned != (red_line > 0) else ways:
        at = _packed(lanes, way)
        if at is not None:
            return Fit(_centred(lanes, way, at), legal_order=legal)
    found = _any_order(lanes)
    return None if found is None else Fit(_centred(lanes, found, _packed(lanes, found)), legal_order=False)


def smallest_misfit(lanes: Lanes) -> tuple[int, ...]:
    """Return the smallest set that fits in no order, of several the first."""
    for count in range(1, len(lanes.names) + 1):
        for chosen in itertools.combinations(range(len(lanes.names)), count):
            if fit_lanes(lanes.only(chosen)) is None:
                return chosen
    return tuple(range(len(lanes.names)))


def _packed(lanes: Lanes, order: Sequence[int]) -> Floats | None:
    """Return the least offsets in this order, by lane."""
    at = np.full(len(lanes.names), -np.inf)
    for position, k in enumerate(order):
        before = list(order[:position])
        at[k] = max([lanes.low[k], *(at[before] + lanes.apart[before, k])])
        if at[k] > lanes.high[k] + _STEP:
            return None
    return at


def _centred(lanes: Lanes, order: Sequence[int], least: Floats | None) -> Floats:
    """Return offsets as close together and as near to the centre line as they go."""
    assert least is not None
    if not order:
        return least
    most = np.full(len(lanes.names), np.inf)
    for position in range(len(order) - 1, -1, -1):
        k = order[position]
        after = list(order[position + 1 :])
        most[k] = min([lanes.high[k], *(most[after] - lanes.apart[k, after])])
    first = order[0]
    begins = np.append(np.arange(least[first], most[first], _GRID_M), most[first])
    tight = float(np.ptp(_behind(lanes, order, most[[first]])))
    begins = np.append(begins, np.clip(-tight / 2.0, least[first], most[first]))
    at = np.minimum(_behind(lanes, order, begins), most)
    span, middle = np.ptp(at, axis=1), np.abs(at.min(axis=1) + at.max(axis=1)) / 2.0
    best = int(np.argmin(np.round(span + middle, 6)))
    return np.asarray(np.round(at[best], 3), dtype=np.float64)


def _behind(lanes: Lanes, order: Sequence[int], begins: Floats) -> Floats:
    """Return the offsets of all lanes, each as near to those before it as it may, one row for each begin."""
    at = np.empty((len(begins), len(lanes.names)))
    at[:, order[0]] = begins
    for position, k in enumerate(order[1:], start=1):
        before = list(order[:position])
        at[:, k] = np.maximum(lanes.low[k], (at[:, before] + lanes.apart[before, k]).max(axis=1))
    return at


def _any_order(lanes: Lanes) -> list[int] | None:
    """Return an order that fits, by depth-first search; ``None`` where none does or the search is given up."""
    count = len(lanes.names)
    steps = 0
    stack: list[tuple[list[int], Floats]] = [([], np.full(count, -np.inf))]
    while stack and steps < _MOST:
        steps += 1
        order, at = stack.pop()
        if len(order) == count:
            return order
        rest = [k for k in range(count) if k not in order]
        soonest = {k: max([lanes.low[k], *(at[order] + lanes.apart[order, k])]) for k in rest}
        if any(soonest[k] > lanes.high[k] + _STEP for k in rest):
            continue
        for k in sorted(rest, key=lambda k: (-soonest[k], k)):
            placed = at.copy()
            placed[k] = soonest[k]
            stack.append(([*order, k], placed))
    return None
