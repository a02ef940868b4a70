"""What the search may be asked: every number is looked at first, and all faults are told at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gisplanner.domain.measures import SIZE, plain
from gisplanner.errors import Fault, InfeasibleError, InputError, UsageError
from gisplanner.planning.bundling.board import Floats, Ints, component_of
from gisplanner.planning.bundling.measures import Measure
from gisplanner.text import Text

Namer = Callable[[int], str]

_LISTED = 10


def read_sizes(size: npt.ArrayLike, name: Namer, column: str = "size") -> Floats:
    """Return the numbers of one measure as floats.

    Raises
    ------
    InputError
        Not one row of numbers; sizes that are missing, infinite or negative, one fault for each.
    """
    values = np.asarray(size, dtype=np.float64)
    if values.ndim != 1:
        raise InputError(Text(f"{column} 必须是一维数组。", en=f"{column} must have one dimension."))
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if bad.size:
        raise InputError(
            Text(f"{bad.size} 个小区的 {column} 不能使用。", en=f"{bad.size} values of {column} cannot be used."),
            [
                Fault(
                    row=int(row),
                    column=column,
                    value=str(values[row]),
                    allowed=Text("不小于 0 的数", en="a number, 0 or more"),
                    hint=Text(f"小区 {name(int(row))}", en=f"estate {name(int(row))}"),
                )
                for row in bad
            ],
        )
    return values


def read_pairs(pairs: npt.ArrayLike | Sequence[tuple[int, int]], count: int, what: str) -> Ints:
    """Return pairs of positions as an (m, 2) integer array.

    Raises
    ------
    InputError
        Another shape, numbers that are not whole, or positions that do not exist.
    """
    raw: npt.NDArray[Any] = np.asarray(pairs)
    if not raw.size:
        return np.zeros((0, 2), dtype=np.int64)
    if raw.ndim != 2 or raw.shape[1] != 2 or not np.issubdtype(raw.dtype, np.integer):  # noqa: PLR2004
        raise InputError(
            Text(f"{what}必须是 (m, 2) 的整数数组。", en=f"{what} must be an integer array of shape (m, 2)."),
            [Fault(column=what, value=f"{raw.dtype} {raw.shape}")],
        )
    outside = np.flatnonzero(((raw < 0) | (raw >= count)).any(axis=1))
    if outside.size:
        raise InputError(
            Text(f"{what}指向不存在的小区。", en=f"{what} names estates that do not exist."),
            [
                Fault(row=int(row), column=what, value=str(raw[row].tolist()), allowed=f"0–{count - 1}")
                for row in outside
            ],
        )
    return raw.astype(np.int64)


def read_attributes(attributes: npt.ArrayLike | None, count: int, name: Namer) -> Floats:
    """Return attributes as an (n, k) float array; (n, 0) for none.

    Raises
    ------
    InputError
        Another number of rows, or values that are missing or infinite, one fault for each row.
    """
    if attributes is None:
        return np.zeros((count, 0))
    values = np.asarray(attributes, dtype=np.float64)
    if values.ndim == 1:
        values = values.reshape(-1, 1)
    if values.ndim != 2 or values.shape[0] != count:  # noqa: PLR2004
        raise InputError(
            Text("属性的行数与小区数不同。", en="attributes must have one row for each estate."),
            [Fault(column="attributes", value=str(values.shape), allowed=f"({count}, k)")],
        )
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if bad.size:
        raise InputError(
            Text(f"{bad.size} 个小区的属性有缺失。", en=f"{bad.size} estates have missing attributes."),
            [
                Fault(
                    row=int(row),
                    column="attributes",
                    value=str(values[row].tolist()),
                    hint=Text(f"小区 {name(int(row))}", en=f"estate {name(int(row))}"),
                )
                for row in bad
            ],
        )
    return values


def read_measures(measures: Sequence[Measure], count: int, name: Namer) -> Floats:
    """Return measures side by side, (n, m), the size first.

    Raises
    ------
    InputError, UsageError
        As :func:`read_sizes` and :func:`check_bounds`; another number of rows than there are estates.
    """
    columns = []
    for number, one in enumerate(measures):
        check_bounds(one.at_least, one.at_most, None if number == 0 else one.name)
        columns.append(read_sizes(one.size, name, one.name if number else "size"))
        if columns[-1].size != count:
            raise InputError(
                Text(f"{one.name} 的行数与小区数不同。", en=f"{one.name} must have one row for each estate."),
                [Fault(column=one.name, value=str(columns[-1].size), allowed=str(count))],
            )
    return np.column_stack(columns)


def check_bounds(min_size: float, max_size: float | None, measure: str | None = None) -> None:
    """Refuse bounds that contradict each other; ``measure`` is what is bounded, if not the size.

    Raises
    ------
    UsageError
        Not numbers, negative, or the maximum below the minimum.
    """
    top = math.inf if max_size is None else max_size
    if math.isnan(min_size) or math.isinf(min_size) or math.isnan(top) or min_size < 0 or top < min_size or top <= 0:
        raise UsageError(
            Text(
                f"{measure or '规模'}的下限与上限不合理。", en=f"The bounds on {measure or 'the size'} make no sense."
            ),
            [Fault(column=measure or "--min/--max", value=f"{min_size}, {max_size}", allowed="0 ≤ min ≤ max")],
        )


def names_of(estates: Sequence[int] | Ints, name: Namer) -> str:
    """Return the names of estates in a row, the rest of a long row counted."""
    told = "、".join(name(int(estate)) for estate in estates[:_LISTED])
    return told if len(estates) <= _LISTED else f"{told}…（{len(estates)}）"


def refuse_infeasible(size: Floats, neighbours: Ints, measures: Sequence[Measure], name: Namer) -> None:
    """Refuse what can be seen at a glance to have no answer; ``size`` (n, m) holds the measures.

    Raises
    ------
    InfeasibleError
        Connected components that cannot reach a minimum, and estates above a maximum, one fault for each.
    """
    component = component_of(len(size), neighbours)
    faults: list[Fault] = []
    for column, one in zip(size.T, measures, strict=True):
        faults += [*_too_small(column, component, one, name), *_too_large(column, one, name)]
    if faults:
        raise InfeasibleError(
            Text(f"没有可行的片区方案：{faults[0].hint}。", en=f"No feasible plan: {_english(faults[0])}."), faults
        )


def _too_small(size: Floats, component: Ints, measure: Measure, name: Namer) -> Iterator[Fault]:
    total = np.bincount(component, weights=size)
    for number in np.flatnonzero(total < measure.low):
        estates = np.flatnonzero(component == number)
        who = names_of(estates, name)
        hint = Text(
            f"{estates.size} 个小区连在一起仍达不到下限：{who}",
            en=f"{estates.size} estates together do not reach the minimum: {who}",
        )
        value = plain(total[number])
        yield Fault(column=_column(measure), value=value, allowed=f"≥ {plain(measure.at_least)}", hint=hint)


def _too_large(size: Floats, measure: Measure, name: Namer) -> Iterator[Fault]:
    for estate in np.flatnonzero(size > measure.high).tolist():
        over = "预算" if measure.budget else "上限"
        hint = Text(f"小区 {name(estate)} 单独已超过{over}", en=f"estate {name(estate)} alone is too large")
        yield Fault(
            row=estate,
            column=_column(measure),
            value=plain(size[estate]),
            allowed=f"≤ {plain(measure.at_most or 0.0)}",
            hint=hint,
        )


def _column(measure: Measure) -> str:
    return "size" if measure.name is SIZE else str(measure.name)


def _english(fault: Fault) -> str:
    return fault.hint.en if isinstance(fault.hint, Text) else str(fault.hint)
