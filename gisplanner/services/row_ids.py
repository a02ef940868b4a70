"""Ids of the rows of a file, as results name them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.errors import Fault, InputError
from gisplanner.formats.vector import VectorFile
from gisplanner.text import Text

RowId = int | str


def row_ids(column: pd.Series[Any], file: VectorFile, what: Text) -> pd.Index[Any]:
    """Return the ids a file gives: whole numbers as such, everything else as text.

    Parameters
    ----------
    what
        What a row is, e.g. 小区.

    Raises
    ------
    InputError
        Ids are missing or repeat; all of them.
    """
    values = [_id(value) for value in column]
    seen: dict[RowId, int] = {}
    faults = []
    where = {"file": file.path.name, "layer": file.layer, "column": "id"}
    for row, value in enumerate(values):
        if value is None:
            allowed, hint = Text("不为空", en="not empty"), Text("补上编号", en="give it an id")
            faults.append(Fault(row=row, allowed=allowed, hint=hint, **where))
        elif value in seen:
            hint = Text(f"与第 {seen[value]} 行重复", en=f"the same as row {seen[value]}")
            faults.append(Fault(row=row, value=str(value), allowed=Text("不重复", en="unique"), hint=hint, **where))
        else:
            seen[value] = row
    if faults:
        raise InputError(
            Text(
                f"{what}编号有 {len(faults)} 处缺失或重复。",
                en=f"{len(faults)} {what.en} ids are missing or repeat.",
            ),
            faults,
        )
    return pd.Index(values, dtype=object)


def indexed_rows(file: VectorFile, what: Text) -> gpd.GeoDataFrame:
    """Return the rows of a file under the ids it gives, or under their row numbers where it has none.

    Raises
    ------
    InputError
        As :func:`row_ids`.
    """
    frame = file.frame.copy()
    frame.index = row_ids(frame["id"], file, what) if "id" in frame.columns else pd.RangeIndex(len(frame))
    return frame


def _id(value: Any) -> RowId | None:
    if value is None or value is pd.NA or value != value or not str(value).strip():  # noqa: PLR0124 - NaN is not itself
        return None
    if isinstance(value, int | np.integer) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return str(value).strip()
