"""What the search may be asked: every number is looked at first, and all faults are told at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gisplanner.errors import Fault, InfeasibleError, InputError, UsageError
from gisplanner.planning.bundling.board import Floats, Ints, component_of
from gisplanner.text import Text

Namer = Callable[[int], str]

_LISTED = 10


def read_sizes(size: npt.ArrayLike, name: Namer) -> Floats:
    """Return sizes as floats.

    Raises
    ------
    InputError
        Not one row of numbers; sizes that are missing, infinite or negative, one fault for each.
    """
    values = np.asarray(size, dtype=np.float64)
    if values.ndim != 1:
        raise InputError(Text("规模必须是一维数组。", en="size must have one dimension."))
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if bad.size:
        raise InputError(
            Text(f"{bad.size} 个小区的规模不能使用。", en=f"{bad.size} sizes cannot be used."),
            [
                Fault(
                    row=int(row),
                    column="size",
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


def check_bounds(min_size: float, max_size: float | None) -> None:
    """Refuse bounds that contradict each other.

    Raises
    ------
    UsageError
        Not numbers, negative, or the maximum below the minimum.
    """
    top = math.inf if max_size is None else max_size
    if math.isnan(min_size) or math.isinf(min_size) or math.isnan(top) or min_size < 0 or top < min_size or top <= 0:
        raise UsageError(
            Text("规模的下限与上限不合理。", en="The bounds on the size make no sense."),
            [Fault(column="--min/--max", value=f"{min_size}, {max_size}", allowed="0 ≤ min ≤ max")],
        )


def names_of(estates: Sequence[int] | Ints, name: Namer) -> str:
    """Return the names of estates in a row, the rest of a long row counted."""
    told = "、".join(name(int(estate)) for estate in estates[:_LISTED])
    return told if len(estates) <= _LISTED else f"{told}…（{len(estates)}）"


def refuse_infeasible(
    size: Floats, neighbours: Ints, *, min_size: float, max_size: float | None, name: Namer
) -> None:
    """Refuse what can be seen at a glance to have no answer.

    Raises
    ------
    InfeasibleError
        Connected components that cannot reach the minimum, and estates above the maximum, one fault for each.
    """
    component = component_of(size.size, neighbours)
    total = np.bincount(component, weights=size)
    slack = 1e-9 * max(1.0, min_size)
    faults = []
    for number in np.flatnonzero(total < min_size - slack):
        estates = np.flatnonzero(component == number)
        who = names_of(estates, name)
        hint = Text(
            f"{estates.size} 个小区连在一起仍达不到下限：{who}",
            en=f"{estates.size} estates together do not reach the minimum: {who}",
        )
        faults.append(Fault(column="size", value=f"{total[number]:g}", allowed=f"≥ {min_size:g}", hint=hint))
    if max_size is not None:
        for estate in np.flatnonzero(size > max_size + 1e-9 * max(1.0, max_size)):
            hint = Text(
                f"小区 {name(int(estate))} 单独已超过上限", en=f"estate {name(int(estate))} alone is too large"
            )
            faults.append(
                Fault(row=int(estate), column="size", value=f"{size[estate]:g}", allowed=f"≤ {max_size:g}", hint=hint)
            )
    if faults:
        raise InfeasibleError(
            Text(f"没有可行的片区方案：{faults[0].hint}。", en=f"No feasible plan: {_english(faults[0])}."), faults
        )


def _english(fault: Fault) -> str:
    return fault.hint.en if isinstance(fault.hint, Text) else str(fault.hint)
