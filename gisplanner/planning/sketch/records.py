"""What a sketch is made from and what it consists of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gisplanner.errors import Fault, RegisterError
from gisplanner.text import Text

Floats: TypeAlias = npt.NDArray[np.float64]
RemarkKind = Literal["buildings_unknown", "floor_area_unknown", "floor_area_not_reached"]

_NAMES: Final = {"name": ("name", "estate")}


@dataclass(frozen=True, slots=True)
class SketchRow:
    """One estate of the register (台账) as far as a sketch needs it; ``None`` is 未填."""

    code: str
    seq: int | None
    subdistrict: str
    community: str
    name: str
    households: int | None
    buildings: int | None
    floor_area_10k_m2: Decimal | None
    project: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Where the sketch could not follow the register; ``drawn`` and ``registered`` are in the figure's unit."""

    estate: str
    kind: RemarkKind
    registered: Decimal | None
    drawn: Decimal | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """Illustrative geometry (示意数据) of a register: every row of every frame has ``illustrative=True``.

    All frames share one metric CRS and start with a column ``code``; ``estate`` is the code of the estate a
    row belongs to.
    """

    estates: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    obstacles: gpd.GeoDataFrame
    connection_points: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    remarks: tuple[Remark, ...]


def read_rows(register: pd.DataFrame | Iterable[Any]) -> list[SketchRow]:
    """Return the rows of a register in canonical order (by code), whatever order they came in.

    Parameters
    ----------
    register
        A data frame, or mappings or records with the fields of :class:`SketchRow` (``estate`` may stand for
        ``name``). A row without project is a project of its own.

    Raises
    ------
    RegisterError
        Codes missing or given twice, figures that are no counts; all of them at once.

    Examples
    --------
    >>> [row] = read_rows([{"code": "A1", "name": "一建公司", "households": 118, "buildings": 6}])
    >>> row.households, row.floor_area_10k_m2, row.project
    (118, None, 'A1')
    """
    records: Sequence[Any] = register.to_dict("records") if isinstance(register, pd.DataFrame) else list(register)
    faults: list[Fault] = []
    rows = [_row(number, record, faults) for number, record in enumerate(records)]
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if not row.code or row.code in seen:
            hint = Text("每个小区一个编码", en="one code for each estate")
            faults.append(Fault(row=number, column="code", value=row.code, hint=hint))
        seen.add(row.code)
    if faults:
        raise RegisterError(Text("台账不能用来绘制示意图。", en="The register cannot be sketched."), faults)
    return sorted(rows, key=lambda row: row.code)


def _row(number: int, record: Any, faults: list[Fault]) -> SketchRow:
    code = _text(record, "code")
    area = _figure(number, record, "floor_area_10k_m2", faults)
    counts = {name: _count(number, record, name, faults) for name in ("seq", "households", "buildings")}
    return SketchRow(
        code=code,
        subdistrict=_text(record, "subdistrict"),
        community=_text(record, "community"),
        name=_text(record, "name") or code,
        floor_area_10k_m2=area,
        project=_text(record, "project") or code,
        **counts,
    )


def _value(record: Any, name: str) -> Any:
    for key in _NAMES.get(name, (name,)):
        value = record.get(key) if isinstance(record, Mapping) else getattr(record, key, None)
        if value is not None and not (isinstance(value, float) and math.isnan(value)) and value is not pd.NA:
            return value
    return None


def _text(record: Any, name: str) -> str:
    value = _value(record, name)
    return "" if value is None else str(value).strip()


def _figure(number: int, record: Any, name: str, faults: list[Fault]) -> Decimal | None:
    value = _value(record, name)
    if value is None or value == "":
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        figure = Decimal("NaN")
    if not figure.is_finite() or figure < 0:
        allowed = Text("不小于 0 的数", en="a number not below 0")
        faults.append(Fault(row=number, column=name, value=str(value), allowed=allowed))
        return None
    return figure


def _count(number: int, record: Any, name: str, faults: list[Fault]) -> int | None:
    figure = _figure(number, record, name, faults)
    if figure is not None and figure != figure.to_integral_value():
        allowed = Text("整数", en="a whole number")
        faults.append(Fault(row=number, column=name, value=str(figure), allowed=allowed))
    return None if figure is None else int(figure)
