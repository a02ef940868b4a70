"""What a planner wishes of neighbours (划定要求): within one place, a need in common, together, apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.domain.bundling import BundleRules, EstateId
from gisplanner.errors import Fault, InputError, NotFoundError, UsageError
from gisplanner.planning.bundling.contiguity import CORNER
from gisplanner.planning.bundling.outlines import Bools
from gisplanner.text import Text

_SEPARATOR: Final = re.compile(r"[;；]")


def positions(pairs: Iterable[tuple[EstateId, EstateId]], position: dict[EstateId, int]) -> list[tuple[int, int]]:
    """Return pairs of estates as pairs of positions.

    Raises
    ------
    NotFoundError
        Estates there are not, all of them.
    UsageError
        A pair of an estate and itself.
    """
    pairs = list(pairs)
    unknown = sorted({str(estate) for pair in pairs for estate in pair if estate not in position})
    if unknown:
        raise NotFoundError(
            Text(f"没有小区 {'、'.join(unknown)}。", en=f"No such estate: {', '.join(unknown)}."),
            [Fault(column="--together/--keep-apart", value=estate) for estate in unknown],
        )
    same = [pair for pair in pairs if pair[0] == pair[1]]
    if same:
        raise UsageError(
            Text(f"{same[0][0]} 与它自己不成一对。", en=f"{same[0][0]} and itself are not a pair."),
            [Fault(column="--together/--keep-apart", value=f"{a},{b}") for a, b in same],
        )
    return [(position[a], position[b]) for a, b in pairs]


def _column(estates: gpd.GeoDataFrame, name: str) -> pd.Series[Any]:
    if name not in estates.columns:
        known = "、".join(str(column) for column in estates.columns if column != estates.geometry.name)
        raise NotFoundError(
            Text(f"小区图层没有列 {name}。", en=f"The estates have no column {name}."),
            [Fault(column=name, allowed=known)],
        )
    return cast("pd.Series[Any]", estates[name])


def needs_of(value: Any) -> frozenset[str]:
    """Return the needs (改造需求) a cell lists: text separated by ``;``, or a list; missing is none.

    Examples
    --------
    >>> sorted(needs_of("排水; 道路；"))
    ['排水', '道路']
    """
    if isinstance(value, list | tuple | set | np.ndarray):
        parts = [str(part) for part in value]
    elif value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN is not itself
        parts = []
    else:
        parts = _SEPARATOR.split(str(value))
    return frozenset(part.strip() for part in parts if part.strip())


def held(
    links: gpd.GeoDataFrame, estates: gpd.GeoDataFrame, rules: BundleRules, position: dict[EstateId, int]
) -> Bools:
    """Tell which links the rules leave."""
    held = np.ones(len(links), dtype=bool)
    a, b = (links[end].map(position).to_numpy(dtype=np.int64) for end in ("a", "b"))
    if not rules.corners:
        held &= (links["contact"] != CORNER).to_numpy()
    place = places(estates, rules.within)
    if place is not None:
        held &= np.fromiter((place[i] == place[j] for i, j in zip(a, b, strict=True)), bool, len(links))
    if rules.needs is not None:
        needs = [needs_of(value) for value in _column(estates, rules.needs)]
        held &= np.fromiter((not needs[i].isdisjoint(needs[j]) for i, j in zip(a, b, strict=True)), bool, len(links))
    return held


def places(estates: gpd.GeoDataFrame, within: str | None) -> list[str] | None:
    """Return the place of each estate that its bundle must not leave; unknown places are no two the same."""
    if within is None:
        return None
    known = _column(estates, within)
    return [
        f"?{row}" if missing else str(value)
        for row, (value, missing) in enumerate(zip(known, known.isna(), strict=True))
    ]


def is_apart(lines: gpd.GeoDataFrame, position: dict[EstateId, int], apart: list[tuple[int, int]]) -> Bools:
    """Tell which links join two estates that must be kept apart."""
    excluded = {frozenset(pair) for pair in apart}
    pairs = zip(lines["a"], lines["b"], strict=True)
    return np.fromiter((frozenset((position[a], position[b])) in excluded for a, b in pairs), bool, len(lines))


def require_numbers(values: pd.Series[Any], column: str) -> list[float]:
    """Return a column as numbers.

    Raises
    ------
    InputError
        Cells that are missing or no numbers, one fault for each.
    """
    numbers = pd.to_numeric(values.map(lambda value: None if value is None else str(value)), errors="coerce")
    bad = np.flatnonzero(numbers.isna())
    if bad.size:
        raise InputError(
            Text(f"列 {column} 有 {bad.size} 行不是数。", en=f"{column}: {bad.size} rows hold no number."),
            [
                Fault(
                    row=int(row),
                    column=column,
                    value=None if pd.isna(values.iloc[row]) else str(values.iloc[row]),
                    allowed=Text("不小于 0 的数", en="a number, 0 or more"),
                    hint=Text(f"小区 {values.index[row]}", en=f"estate {values.index[row]}"),
                )
                for row in bad.tolist()
            ],
        )
    return numbers.astype(float).tolist()
