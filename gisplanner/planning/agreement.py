"""How far two groupings of the same estates agree (与现有项目对比)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

Verdict = Literal["一致", "拆分", "合并", "移动"]
Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What became of each official group.

    Attributes
    ----------
    rows
        Official group, verdict, and the groups of the proposal that hold its members.
    adjusted_rand
        Agreement of pairs corrected for chance, 1 for equal groupings (Hubert & Arabie, doi:10.1007/BF01908075).
    moved
        Members outside the group that matches theirs, by the one-to-one matching with most members in place.
    """

    rows: tuple[tuple[str, Verdict, tuple[str, ...]], ...]
    adjusted_rand: float
    moved: tuple[str, ...]


def agreement(official: Groups, proposed: Groups) -> Agreement:
    """Compare a proposal with the official grouping; an estate in no group of the proposal stands alone.

    Examples
    --------
    >>> found = agreement({"P1": "ab", "P2": "cd"}, {"1": "abc", "2": "d"})
    >>> found.rows
    (('P1', '合并', ('1',)), ('P2', '移动', ('1', '2')))
    >>> found.moved
    ('c',)
    """
    theirs = {estate: name for name, estates in official.items() for estate in estates}
    placed = {estate: name for name, estates in proposed.items() for estate in estates}
    mine = {estate: placed.get(estate, f"∅{estate}") for estate in theirs}
    cells = Counter((theirs[estate], mine[estate]) for estate in theirs)
    left, right = list(official), sorted(set(mine.values()))
    table = np.array([[cells[a, b] for b in right] for a in left]).reshape(len(left), len(right))
    pairs = set(zip(*(side.tolist() for side in linear_sum_assignment(-table)), strict=True))
    kept = {(left[a], right[b]) for a, b in pairs}
    return Agreement(
        tuple((name, *_verdict(name, cells, right, official)) for name in left),
        _adjusted_rand(table),
        tuple(estate for estate in theirs if (theirs[estate], mine[estate]) not in kept),
    )


def _verdict(
    name: str, cells: Counter[tuple[str, str]], right: Sequence[str], official: Groups
) -> tuple[Verdict, tuple[str, ...]]:
    held = tuple(group for group in right if cells[name, group])
    shared = any(cells[other, group] for group in held for other in official if other != name)
    if len(held) == 1:
        return ("合并" if shared else "一致"), held
    return ("移动" if shared else "拆分"), held


def _adjusted_rand(table: np.ndarray) -> float:
    joint = sum(comb(int(cell), 2) for cell in table.ravel())
    rows, columns = (sum(comb(int(one), 2) for one in table.sum(axis=axis)) for axis in (1, 0))
    every = comb(int(table.sum()), 2)
    expected = rows * columns / every if every else 0.0
    top = (rows + columns) / 2
    return 1.0 if top == expected else (joint - expected) / (top - expected)
