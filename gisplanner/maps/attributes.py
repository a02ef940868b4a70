"""Attributes for popups: the columns a layer shows, their headings, and values as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.domain.layers import ColumnSpec, LayerSpec

UNFILLED: Final = "未填"


def popup_columns(layer: LayerSpec, *, public: bool, without: Sequence[str] = ()) -> tuple[ColumnSpec, ...]:
    """Return the columns a popup lists: marked ``popup``; for the public only those marked ``public``."""
    return tuple(
        column
        for column in layer.columns
        if column.popup and (column.public or not public) and column.name not in without
    )


def known(value: Any) -> bool:
    """Return whether a cell of a frame holds anything: pandas has four ways to say that it does not."""
    return bool(value is not None and value is not pd.NaT and value is not pd.NA and value == value)  # noqa: PLR0124 - NaN


def told(value: Any, missing: str = "—") -> str:
    """Return a cell as text; what is empty is a dash.

    Examples
    --------
    >>> told(None), told(float("nan")), told(""), told("人民路")
    ('—', '—', '—', '人民路')
    """
    return (str(value) if known(value) else "") or missing


def shown(value: Any, column: ColumnSpec) -> str:
    """Return a value as a person writes it; what is missing is 未填, never empty or zero.

    Examples
    --------
    >>> area = ColumnSpec(name="a", label="总建筑面积（万平方米）", type="decimal", unit="万㎡")
    >>> shown(None, area), shown(True, ColumnSpec(name="b", label="示意数据", type="boolean"))
    ('未填', '是')
    >>> shown(1141.0, ColumnSpec(name="c", label="户数", type="integer", unit="户"))
    '1,141 户'
    """
    if isinstance(value, list | tuple | np.ndarray):
        return "、".join(str(one) for one in value) or UNFILLED
    if not known(value):
        return UNFILLED
    text = _written(value, column)
    return f"{text} {column.unit}" if column.unit and f"（{column.unit}" not in column.label else text


def _written(value: Any, column: ColumnSpec) -> str:
    match column.type:
        case "boolean":
            return "是" if value else "否"
        case "integer":
            return f"{int(value):,}"
        case "number":
            return f"{float(value):g}"
        case "date":
            return value.isoformat() if isinstance(value, date) else str(value)
        case _:
            return str(value).strip() or UNFILLED


def popup_rows(frame: gpd.GeoDataFrame, columns: Sequence[ColumnSpec]) -> list[list[str]]:
    """Return for each row of ``frame`` its shown values, in the order of ``columns``; a missing column is 未填."""
    told = [
        [shown(value, column) for value in frame[column.name]] if column.name in frame else [UNFILLED] * len(frame)
        for column in columns
    ]
    return [list(row) for row in zip(*told, strict=True)] if told else [[] for _ in range(len(frame))]
