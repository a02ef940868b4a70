"""Planned works (改造内容) of a file, ready to be judged: what, where, and at what cost."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from gisplanner.catalog.layers import utilities
from gisplanner.errors import Fault, InputError
from gisplanner.formats.vector import VectorFile, read_vector
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

_HEADINGS: Final = {"内容": "item", "改造内容": "item", "名称": "name", "费用（元）": "cost_cny", "cost": "cost_cny"}


def read_works(
    path: Path, crs: CRS, *, layer: str | None = None, declared: str | None = None, encoding: str | None = None
) -> gpd.GeoDataFrame:
    """Return planned works: ``item``, ``name``, ``cost_cny`` (Decimal or ``None``) and geometry in ``crs``.

    The index is the row number in the file. ``item`` (内容) is the work in the words of the documents; ``name``
    (名称) is what it is called there; ``cost_cny`` (费用（元）) its cost in yuan.

    Parameters
    ----------
    layer
        Layer of the file; ``works`` or the only one where it is not given.
    declared
        What the file's coordinates are, where it does not say.

    Raises
    ------
    InputError
        The file cannot be read, or rows have no item, no geometry or no sensible cost; all of them at once.
    """
    file = read_vector(path, prefer="works", layer=layer, crs=declared, encoding=encoding)
    frame = file.frame.rename(columns=_HEADINGS)
    faults: list[Fault] = []
    rows = [_work(row, number, file, faults) for number, row in enumerate(frame.to_dict("records"))]
    bare = frame.index[frame.geometry.isna() | frame.geometry.is_empty]
    faults += [_fault(file, int(number), "geometry", None, Text("有图形", en="a geometry")) for number in bare]
    if faults:
        raise InputError(Text("改造内容图层有错误。", en="The works have faults."), faults)
    columns = pd.DataFrame(rows, columns=["item", "name", "cost_cny"], index=frame.index, dtype=object)
    return gpd.GeoDataFrame(columns, geometry=frame.geometry.to_crs(crs))


def network_of(item: str) -> str | None:
    """Return the kind of pipeline a work belongs to; ``None`` for what is no pipeline.

    Examples
    --------
    >>> network_of("燃气管道"), network_of("公园")
    ('gas', None)
    """
    bare = item.removesuffix("管线").removesuffix("管道").removesuffix("管网").removesuffix("设施")
    names = {code: (one.name, code, *one.synonyms) for code, one in utilities().items()}
    return next((code for code, words in names.items() if stands_in(item, words) or stands_in(bare, words)), None)


def _work(row: dict[str, Any], number: int, file: VectorFile, faults: list[Fault]) -> tuple[Any, ...]:
    item, name, cost = (_text(row.get(column)) for column in ("item", "name", "cost_cny"))
    if item is None:
        faults.append(_fault(file, number, "item", None, Text("改造内容", en="what is done")))
    try:
        amount = None if cost is None else Decimal(cost)
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount is not None and not (amount.is_finite() and amount >= 0):
        faults.append(_fault(file, number, "cost_cny", cost, Text("不小于 0 的元数", en="yuan, 0 or more")))
    return item, name, amount


def _fault(file: VectorFile, row: int, column: str, value: str | None, allowed: Text) -> Fault:
    return Fault(file=file.path.name, layer=file.layer, row=row, column=column, value=value, allowed=allowed)


def _text(value: Any) -> str | None:
    if value is None or pd.isna(value) or not str(value).strip():
        return None
    return str(value).strip()
