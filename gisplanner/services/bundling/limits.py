"""Bounds of bundles as a planner gives them (上下限、预算): from options, on figures of estates, in proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.bundling import BundleRules, Limit, Weights
from gisplanner.domain.measures import SIZE, Bounds
from gisplanner.errors import Fault, InputError, UsageError
from gisplanner.planning.bundling.measures import Measure
from gisplanner.text import Text

COST_COLUMN: Final = "cost_10k_cny"
"""Column of the stored estates that a budget bounds: 估算投资, in 万元."""

_AIMS: Final = tuple(field.name for field in fields(Weights))


def limits_of(
    at_least: Iterable[str], at_most: Iterable[str], budget: float | None, cost_column: str = COST_COLUMN
) -> tuple[Limit, ...]:
    """Return limits as they are given on the command line: ``COLUMN=N`` …, and the budget of a bundle.

    Raises
    ------
    UsageError
        Not of that form, no number, or a bound given twice; all of them.

    Examples
    --------
    >>> limits_of(["户数=300"], ["户数=2000"], None)
    (Limit(measure='户数', at_least=300.0, at_most=2000.0, budget=False),)
    >>> limits_of([], [], 5000, "造价")
    (Limit(measure='造价', at_least=None, at_most=5000.0, budget=True),)
    """
    found: dict[str, Limit] = {}
    faults: list[Fault] = []
    for text, is_minimum in (*((text, True) for text in at_least), *((text, False) for text in at_most)):
        column, _, number = (part.strip() for part in text.replace("＝", "=").rpartition("="))
        value = pd.to_numeric(number, errors="coerce")
        known = found.get(column, Limit(column))
        if not column or pd.isna(value) or (known.at_least if is_minimum else known.at_most) is not None:
            option = "--at-least" if is_minimum else "--at-most"
            faults.append(Fault(column=option, value=text, allowed="COLUMN=N", hint=_ONCE))
        elif is_minimum:
            found[column] = replace(known, at_least=float(value))
        else:
            found[column] = replace(known, at_most=float(value))
    if budget is not None:
        known = found.get(cost_column, Limit(cost_column))
        if known.at_most is not None:
            faults.append(Fault(column="--budget", value=f"{budget:g}", hint=_ONCE))
        found[cost_column] = replace(known, at_most=float(budget), budget=True)
    if faults:
        raise UsageError(
            Text("上下限要写成 列=数，每列各一次。", en="Limits are written COLUMN=N, one of a kind for a column."),
            faults,
        )
    return tuple(found.values())


_ONCE: Final = Text("每列的上限、下限各一次", en="one of a kind for a column")


def weights_of(given: Iterable[str]) -> Weights:
    """Return weights as they are given on the command line: ``compact=0.5`` …; what is not named keeps its default.

    Raises
    ------
    UsageError
        Not of that form, or no such aim.

    Examples
    --------
    >>> weights_of(["homogeneous=0", "compact=2"])
    Weights(homogeneous=0.0, compact=2.0, balanced=0.0)
    """
    found: dict[str, float] = {}
    for text in given:
        name, _, number = text.partition("=")
        value = pd.to_numeric(number.strip(), errors="coerce")
        if name.strip() not in _AIMS or pd.isna(value):
            raise UsageError(
                Text(f"不认识权重 {text}。", en=f"There is no weight {text}."),
                [Fault(column="--weight", value=text, allowed="、".join(f"{one}=N" for one in _AIMS))],
            )
        found[name.strip()] = float(value)
    return Weights(**found)


def measures_of(estates: gpd.GeoDataFrame, rules: BundleRules, names: Mapping[Any, str]) -> list[Measure]:
    """Return what the limits bound, read from the estates.

    Raises
    ------
    UsageError
        There is no such column.
    InputError
        Estates whose figure is not known (资料不足): nobody can tell whether a bundle keeps the bound.
    """
    missing = [one.measure for one in rules.limits if one.measure not in estates.columns]
    if missing:
        known = "、".join(str(column) for column in estates.columns if column != estates.geometry.name)
        raise UsageError(
            Text(f"小区图层没有列 {'、'.join(missing)}。", en=f"The estates have no column {', '.join(missing)}."),
            [Fault(column=one, allowed=known) for one in missing],
        )
    read = [(bounds_of(one), one.measure, numbers_of(estates[one.measure])) for one in rules.limits]
    faults = [
        Fault(
            row=row,
            column=column,
            value=None if pd.isna(cell) else str(cell),
            allowed=Text("数", en="a number"),
            hint=Text(f"小区 {names.get(estate, estate)}", en=f"estate {names.get(estate, estate)}"),
        )
        for _, column, numbers in read
        for row, (estate, cell) in enumerate(estates[column].items())
        if pd.isna(numbers.iloc[row])
    ]
    if faults:
        told = "、".join(dict.fromkeys(str(fault.hint).removeprefix("小区 ") for fault in faults))
        raise InputError(
            Text(
                f"资料不足：{told} 没有填写上下限所用的数，无法判断片区是否守住；请补上，或不设这一条。",
                en=f"Figures that limits bound are not known of {told}: fill them in, or leave the limit out.",
            ),
            faults,
        )
    return [
        Measure(
            numbers.to_numpy(dtype=float),
            at_least=bounds.at_least,
            at_most=bounds.at_most,
            name=bounds.name,
            unit=bounds.unit,
            budget=bounds.budget,
        )
        for bounds, _, numbers in read
    ]


def bounds_of(limit: Limit) -> Bounds:
    """Return a limit in a person's words."""
    name, unit = called(limit.measure)
    return Bounds(at_least=limit.at_least or 0.0, at_most=limit.at_most, name=name, unit=unit, budget=limit.budget)


def called(column: str) -> tuple[str, str]:
    """Return what a person calls a column of estates, and its unit.

    Examples
    --------
    >>> called("floor_area_10k_m2"), called("造价")
    (('总建筑面积', '万㎡'), ('造价', ''))
    """
    spec = next((one for one in layer_spec("estates").columns if one.name == column), None)
    return (column, "") if spec is None else (spec.label.partition("（")[0], spec.unit or "")


def stored_bounds(
    parameters: Mapping[str, Any], estates: gpd.GeoDataFrame
) -> list[tuple[Bounds, dict[str, float | None]]]:
    """Return the bounds a proposal was made with, and the value of every estate by code; ``None``: not known."""
    found: list[tuple[Bounds, dict[str, float | None]]] = []
    low, high, measure = (parameters.get(key) for key in ("min_size", "max_size", "measure"))
    if low is not None or high is not None:
        one = pd.Series(1.0, index=estates.index) if measure is None else numbers_of(estates[measure])
        found.append((Bounds(at_least=low or 0.0, at_most=high, name=SIZE), _by_code(estates, one)))
    limits = stored_limits(parameters)
    return [*found, *((bounds_of(one), _by_code(estates, numbers_of(estates[one.measure]))) for one in limits)]


def stored_limits(parameters: Mapping[str, Any]) -> tuple[Limit, ...]:
    """Return the limits a proposal was made with; one of an earlier version had none."""
    return tuple(Limit(**one) for one in parameters.get("limits", ()))


def limits_told(limits: Sequence[Limit], *, public: bool = False) -> list[str]:
    """Return limits as a legend prints them; ``public``: without households and money.

    Examples
    --------
    >>> limits_told([Limit("households", 300, 2000), Limit("cost_10k_cny", None, 5000, budget=True)])
    ['户数 300–2000 户', '每片区预算 5000 万元']
    """
    shown = {one.name for one in layer_spec("estates").columns if one.public}
    return [_told(one) for one in limits if not public or one.measure in shown]


def _told(limit: Limit) -> str:
    name, unit = called(limit.measure)
    low, high = (None if one is None else f"{one:g}" for one in (limit.at_least, limit.at_most))
    if limit.budget and low is None:
        return f"每片区预算 {high} {unit}".strip()
    told = f"{low}–{high}" if low and high else f"不小于 {low}" if low else f"不大于 {high}"
    return f"{name} {told} {unit}".strip()


def numbers_of(values: pd.Series[Any]) -> pd.Series[float]:
    """Return a column as numbers, NaN where there is none."""
    return pd.to_numeric(values.map(lambda value: None if value is None else str(value)), errors="coerce").astype(
        float
    )


def _by_code(estates: gpd.GeoDataFrame, numbers: pd.Series[float]) -> dict[str, float | None]:
    pairs = zip(estates["code"], numbers, strict=True)
    return {str(code): None if pd.isna(value) else float(value) for code, value in pairs}
