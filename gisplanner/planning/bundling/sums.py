"""Sums of measures, a row for each piece or region, against the bounds. Compiled."""

from __future__ import annotations

from numba import njit

from gisplanner.planning.bundling.board import Floats


@njit(cache=True)
def reaches(low: Floats, total: Floats, row: int) -> bool:
    """Tell whether a row of sums reaches every minimum."""
    good = True
    for m in range(low.size):
        good = good and total[row, m] >= low[m]
    return good


@njit(cache=True)
def reaches_without(low: Floats, total: Floats, row: int, what: Floats, other_row: int) -> bool:
    """Tell whether a row of sums reaches every minimum without another row."""
    good = True
    for m in range(low.size):
        good = good and total[row, m] - what[other_row, m] >= low[m]
    return good


@njit(cache=True)
def fits(high: Floats, total: Floats, row: int) -> bool:
    """Tell whether a row of sums stays within every maximum."""
    good = True
    for m in range(high.size):
        good = good and total[row, m] <= high[m]
    return good


@njit(cache=True)
def fits_with(high: Floats, one: Floats, row: int, other: Floats, other_row: int) -> bool:
    """Tell whether two rows of sums together stay within every maximum."""
    good = True
    for m in range(high.size):
        good = good and one[row, m] + other[other_row, m] <= high[m]
    return good


@njit(cache=True)
def add(to: Floats, row: int, what: Floats, other_row: int) -> None:
    """Add one row of sums to another."""
    for m in range(to.shape[1]):
        to[row, m] += what[other_row, m]


@njit(cache=True)
def copy(to: Floats, row: int, what: Floats, other_row: int) -> None:
    """Write one row of sums over another."""
    for m in range(to.shape[1]):
        to[row, m] = what[other_row, m]
