"""What the flags (标注) of an estate state about a term: yes, no, doubtful, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gisplanner.domain.policy_facts import EstateFacts
from gisplanner.rules.words import denies, stands_in, touches

FlagState = Literal["yes", "no", "doubtful", "unknown"]


def flag_state(
    estate: EstateFacts, terms: Sequence[str], contrary: Sequence[str] = (), *, absent_means_no: bool = False
) -> FlagState:
    """Return what the flags say of ``terms``.

    Parameters
    ----------
    absent_means_no
        A complete list of flags that does not name the term denies it: true of exclusions, never of merits.

    Examples
    --------
    >>> flag_state(EstateFacts.model_validate({"name": "甲", "flags": ["城中村"]}), ["城中村"])
    'yes'
    >>> flag_state(EstateFacts.model_validate({"name": "甲", "flags": []}), ["城中村"], absent_means_no=True)
    'no'
    >>> flag_state(EstateFacts.model_validate({"name": "甲"}), ["城中村"], absent_means_no=True)
    'unknown'
    """
    if estate.flags is None:
        return "unknown"
    stated: set[FlagState] = set()
    for word, value in estate.flags.items():
        if value is None:
            continue
        if stands_in(word, terms):
            stated.add("yes" if value else "no")
        elif denies(word, terms) or stands_in(word, contrary):
            stated.add("no" if value else "yes")
        elif value and touches(word, terms):
            stated.add("doubtful")
    if len(stated) > 1:
        return "doubtful"
    if stated:
        return stated.pop()
    return "no" if absent_means_no and estate.flags_complete else "unknown"
