"""The gap between the bound and the best tree is closed by turns: retreat, cut, shake, suppose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from gisplanner.planning.pipes.steiner.ascent import lifted_by, reach_of, useful_arcs
from gisplanner.planning.pipes.steiner.duals import bound_of
from gisplanner.planning.pipes.steiner.stars import worth_keeping
from gisplanner.planning.pipes.steiner.state import Dual, Search
from gisplanner.planning.pipes.steiner.turns import LEAST_TURN_S, cut, lighten, perturb, retreat

_CUT_EDGES: Final = 6_000
"""Networks with more edges are not cut: the first programme alone takes too long."""
_CUT_EDGES_A_SECOND: Final = 1_300
_CUT_GROWTH: Final = 0.4
"""Programmes of so many edges times the seconds left to this power are mostly solved in time."""
_WORTH_CUTTING_AGAIN: Final = 0.8
_CUT_SHARE: Final = 0.5
_TURN_SHARE: Final = 0.1
_SHAKING_SHARE: Final = 0.5
_SUPPOSED_EDGES: Final = 0.4
"""Part of the edges that trees lighter than supposed may need, at least."""
_SUPPOSED_SHARE: Final = 0.3
_WORTH_SUPPOSING_S: Final = 1.0
_FIRST_STEP: Final = 0.25
_LONGEST_STEP: Final = 0.8
_LONGER: Final = 1.5
_SHORTER: Final = 0.6
_LONGEST_REST: Final = 7
_FIRST_REST: Final = 1


class Helper(Protocol):
    """What has a turn after each round of the search."""

    def turn(self, search: Search) -> None:
        """Raise the bound or find a better tree."""


def close(search: Search, helpers: Sequence[Helper] = (), turn: float = LEAST_TURN_S) -> None:
    """Raise the bound and look for better trees by turns until they meet or time is up."""
    edges_cut = math.inf
    while not search.done():
        retreat(search, turn)
        soon = min(_CUT_EDGES, _CUT_EDGES_A_SECOND * max(search.left(), 0.0) ** _CUT_GROWTH)
        if search.net.weight.size <= min(soon, _WORTH_CUTTING_AGAIN * edges_cut) and not search.done():
            edges_cut = search.net.weight.size
            cut(search, search.left() * _CUT_SHARE)
        if not helpers and not search.done():
            perturb(search, _SHAKING_SHARE * turn)
        for helper in helpers:
            if not search.done():
                helper.turn(search)
        turn = max(min(2.0 * turn, search.left() * _TURN_SHARE), LEAST_TURN_S)


@dataclass(slots=True)
class Supposing:
    """How far below the best tree one is supposed, as a part of the gap, and turns to rest before it is again."""

    step: float = _FIRST_STEP
    rest: int = 0
    left: int = _FIRST_REST

    def turn(self, search: Search) -> None:
        """Suppose, unless it did not help lately."""
        if search.left() <= _WORTH_SUPPOSING_S:
            return
        self.left -= 1
        if self.left >= 0:
            return
        before = search.best
        settled = suppose(search, self.step)
        self.step = min(_LONGER * self.step, _LONGEST_STEP) if settled else _SHORTER * self.step
        self.rest = 0 if settled or search.best < before else min(2 * self.rest + 1, _LONGEST_REST)
        self.left = self.rest


def suppose(search: Search, step: float) -> bool:
    """Suppose a tree only ``step`` of the gap above the bound, and search among the few edges that it may need.

    That finds one, lighter than the best so far and often the best of all, or none: then the bound rises as far.
    Return whether either is certain.
    """
    net, dual = search.net, search.dual
    if dual is None:
        return True
    bound, slack = bound_of(net, dual.duals), dual.duals.slack.copy()
    reach = reach_of(net, dual.root, slack, math.inf)
    room = float(np.quantile(lifted_by(net, reach), _SUPPOSED_EDGES))
    most = max(search.bound + step * (search.goal() - search.bound), search.base + bound + room)
    most = math.floor(most) + 1.0 if search.whole else most
    if most >= search.goal():
        return True
    part = search.part(most, search.left() * _SUPPOSED_SHARE)
    reach.gap[0] = part.room_above(part.base + bound)
    useful = useful_arcs(net, reach)
    slack[~useful] = np.inf
    part.dual = Dual(dual.root, dual.duals._replace(slack=slack), dual.desk)
    part.shrink(worth_keeping(net, useful[0::2] | useful[1::2], reach))
    lighten(part)
    if not part.done():
        part.offer(part.chosen.copy())
        close(part)
    search.learn(part)
    return part.proven()
