"""What makes estates alike (同质性): era, building type, needs and other columns as numbers that can be compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.planning.bundling.board import Floats, Ints
from gisplanner.planning.bundling.wishes import needs_of
from gisplanner.text import Text

_YEAR: Final = re.compile(r"(\d{4})")
_DECADE: Final = re.compile(r"(?<!\d)(\d0)年代")


def likeness(estates: gpd.GeoDataFrame, columns: Sequence[str]) -> Floats:
    """Return the attributes (n, k) by which bundles are to be homogeneous; each column weighs the same.

    Numbers and years (1998, ``1998-2001``, 80年代) are standardised to mean 0 and deviation 1. Words become one
    attribute a word, lists (改造需求) one a need, scaled so that the column as a whole has deviation 1.

    Raises
    ------
    NotFoundError
        There is no such column.
    InputError
        Estates without a value: nobody can say what they are like. One fault each.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(
    ...     {"year": ["1980", "80年代", "2000"], "kind": ["砖混", "砖混", "框架"]}, geometry=[None] * 3)
    >>> likeness(frame, ["year"])[:, 0].round(2).tolist()
    [-0.95, -0.43, 1.38]
    >>> likeness(frame, ["year", "kind"]).shape
    (3, 3)
    """
    parts, faults = [np.zeros((len(estates), 0))], []
    for column in columns:
        if column not in estates.columns:
            known = "、".join(str(one) for one in estates.columns if one != estates.geometry.name)
            raise NotFoundError(
                Text(f"小区图层没有列 {column}。", en=f"The estates have no column {column}."),
                [Fault(column="--alike", value=column, allowed=known)],
            )
        values = [_known(value) for value in estates[column]]
        hint = Text("补上该值，或不按该列比较", en="fill it in, or leave the column out")
        faults += [
            Fault(
                row=row, column=column, value=str(estates.index[row]), allowed=Text("不为空", en="a value"), hint=hint
            )
            for row, value in enumerate(values)
            if value is None
        ]
        if not any(value is None for value in values):
            parts.append(_scaled(_numbers(values)))
    if faults:
        raise InputError(
            Text(
                f"按同质性比较，有 {len(faults)} 处没有填写。", en=f"{len(faults)} values to compare by are missing."
            ),
            faults,
        )
    return np.hstack(parts)


def heterogeneity(labels: Ints, values: Floats) -> float:
    """Return the sum over regions of the L1 distance between each unordered pair of members; label −1 is no region.

    Examples
    --------
    >>> heterogeneity(np.array([0, 0, 0, -1]), np.array([[0.0], [1.0], [3.0], [9.0]]))
    6.0
    """
    total = 0.0
    for region in range(int(labels.max(initial=-1)) + 1):
        ordered = np.sort(values[labels == region], axis=0)
        count = len(ordered)
        total += float(((2 * np.arange(count) - count + 1) @ ordered).sum())
    return total


def _known(value: Any) -> Any:
    if isinstance(value, list | tuple | np.ndarray):
        return list(value) or None
    return None if value is None or value is pd.NA or value != value or not str(value).strip() else value  # noqa: PLR0124


def _numbers(values: Sequence[Any]) -> Floats:
    if all(isinstance(value, str) for value in values):
        years = [_year(value) for value in values]
        if all(year is not None for year in years):
            return np.array(years, dtype=np.float64).reshape(-1, 1)
    numbers = pd.to_numeric(pd.Series([None if isinstance(v, list) else str(v) for v in values]), errors="coerce")
    if not numbers.isna().any():
        return cast("Floats", numbers.to_numpy(dtype=np.float64).reshape(-1, 1))
    words = [needs_of(value) for value in values]
    every = sorted(frozenset().union(*words))
    return np.array([[word in own for word in every] for own in words], dtype=np.float64)


def _year(text: str) -> float | None:
    found = [float(year) for year in _YEAR.findall(text)]
    if found:
        return sum(found) / len(found)
    decade = _DECADE.search(text)
    return None if decade is None else 1900.0 + int(decade[1]) + 4.5


def _scaled(values: Floats) -> Floats:
    spread = float(np.sqrt(values.var(axis=0).sum()))
    return (values - values.mean(axis=0)) / spread if spread > 0 else np.zeros_like(values)
