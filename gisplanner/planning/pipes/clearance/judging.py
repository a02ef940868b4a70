"""Measured against required, for many pairs at once: 确定 / 可能 / 满足 / 资料不足."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisplanner.domain.clearance import Requirement
from gisplanner.planning.pipes.clearance.lines import Floats, Ints, Mask

TOLERANCE_M: Final = 0.001
"""Lengths are compared to the millimetre: 0.500 m keeps 0.5 m."""
UNCOVERED_WITHIN_M: Final = 1.5
"""A pair that no row covers is told when it is nearer than this (本工具参数)."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What each pair is asked; ``number`` points into ``requirements``, where ``None`` is a pair no row covers."""

    requirements: list[Requirement | None]
    number: Ints

    def of(self, position: int) -> Requirement:
        """Return the requirement of a pair that is covered."""
        found = self.requirements[int(self.number[position])]
        assert found is not None
        return found

    def column(self, get: Callable[[Requirement], float | None]) -> Floats:
        """Return a figure of every pair, NaN where there is none."""
        values = [None if one is None else get(one) for one in self.requirements]
        table = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        return table[self.number] if len(table) else np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What each pair is: at most one of the four is true, none means 满足.

    ``limit_m`` is what the verdict was measured by: the lower end where sure, the upper where possible.
    """

    sure: Mask
    possible: Mask
    unknown: Mask
    advised: Mask
    limit_m: Floats


def judge(asked: Asked, measured_m: Floats, tolerance_m: Floats) -> Verdicts:
    """Compare clear distances with their requirements.

    Parameters
    ----------
    tolerance_m
        ± of the measured distance.
    """
    lower, upper = asked.column(lambda one: one.lower_m), asked.column(lambda one: one.upper_m)
    preferred = asked.column(lambda one: one.preferred_m)
    open_ended = asked.column(lambda one: float(one.open_ended)) > 0
    covered = ~np.isnan(lower)
    sure = covered & (measured_m + tolerance_m < lower - TOLERANCE_M)
    possible = covered & ~sure & (measured_m - tolerance_m < upper - TOLERANCE_M)
    near = measured_m - tolerance_m < UNCOVERED_WITHIN_M - TOLERANCE_M
    unknown = ~sure & ~possible & near & (~covered | open_ended)
    advised = covered & ~sure & ~possible & ~unknown & (measured_m < preferred - TOLERANCE_M)
    return Verdicts(sure, possible, unknown, advised, np.where(sure, lower, upper))


def asked_of(first: Ints, second: Ints, look_up: Callable[[int, int], Requirement | None]) -> Asked:
    """Return what pairs of kinds are asked, each pair of kinds looked up once."""
    if not len(first):
        return Asked([], np.zeros(0, dtype=np.int64))
    width = int(second.max()) + 1
    keys, number = np.unique(first * width + second, return_inverse=True)
    return Asked([look_up(int(key // width), int(key % width)) for key in keys], number.reshape(-1))
