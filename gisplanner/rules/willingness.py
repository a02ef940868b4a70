"""The share of households that must be willing (意愿户数), in whole numbers."""

from __future__ import annotations

from gisplanner.domain.policy_answer import FAILS, FAILS_IN_PRINCIPLE, MEETS, UNKNOWN, Verdict
from gisplanner.domain.policy_eligibility import Willingness


def reaches(willing: int, households: int, *, numerator: int, denominator: int) -> bool:
    """Whether ``willing`` of ``households`` is at least ``numerator``/``denominator``, without any rounding.

    Examples
    --------
    >>> [reaches(w, 256, numerator=2, denominator=3) for w in (170, 171)]
    [False, True]
    """
    return denominator * willing >= numerator * households


def least_willing(households: int, *, numerator: int, denominator: int) -> int:
    """Return the least number of willing households that reaches the share.

    Examples
    --------
    >>> [least_willing(n, numerator=2, denominator=3) for n in (55, 220, 107, 256, 170)]
    [37, 147, 72, 171, 114]
    """
    return -(-numerator * households // denominator)


def willingness_verdict(rule: Willingness, willing: int | None, households: int | None) -> Verdict:
    """Return the verdict; an estate without households has no share to speak of."""
    if willing is None or not households:
        return UNKNOWN
    if reaches(willing, households, numerator=rule.numerator, denominator=rule.denominator):
        return MEETS
    return FAILS if rule.strength == "hard" else FAILS_IN_PRINCIPLE
