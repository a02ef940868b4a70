"""Lines as arrays, ready to be compared: every column read once, all faults told together."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisplanner.crs import require_metric
from gisplanner.domain.clearance import LineFacts, LineId
from gisplanner.domain.clearance_tables import Place
from gisplanner.domain.pipe_values import CHOICES, read_section, read_word
from gisplanner.errors import Fault, GeometryError, InputError
from gisplanner.rules.clearance_states import Profile
from gisplanner.rules.clearances import ClearanceBook
from gisplanner.text import Text

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Geometry = npt.NDArray[np.object_]

_LINES: Final = (1, 5)
_MM: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Kind:
    """What lines that ask for the same clearances have in common."""

    profile: Profile
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The buried lines of a check, one place of each array a line, in the order of their ids.

    Attributes
    ----------
    kind
        Position in ``kinds``.
    radius_m, height_m
        Half the outer width and the outer height, unknown counts 0.
    depth_m
        Cover to the top, NaN where unknown.
    tolerance_m
        ± of the drawn place.
    network
        Same number, same carrier: what may be joined. Sewage, storm and combined drains are one.
    trench
        Number of the shared trench a line of its utility lies in, -1 for none.
    """

    ids: list[LineId]
    geometry: Geometry
    kinds: list[Kind]
    kind: Ints
    radius_m: Floats
    height_m: Floats
    depth_m: Floats
    tolerance_m: Floats
    diameter_mm: Floats
    utility: list[str]
    status: list[str | None]
    surface: list[str | None]
    network: Ints
    trench: Ints
    overhead: int
    abandoned: int

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.ids)


def read_lines(frame: gpd.GeoDataFrame, book: ClearanceBook, *, utilities: Collection[str]) -> Lines:
    """Return the buried lines of a frame; overhead and abandoned ones are counted and left out.

    Parameters
    ----------
    frame
        Lines in a metric CRS, indexed by id; columns as in :func:`gisplanner.planning.pipes.clearance.check`.
    utilities
        Codes that are allowed.

    Raises
    ------
    CrsError
        No metric CRS.
    GeometryError
        Rows that are no lines.
    InputError
        Values that cannot be read; all of them.
    """
    require_metric(frame, Text("管线", en="pipelines"))
    geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
    _refuse_bad_geometry(geometry, frame.index)
    read = _Columns(frame)
    facts, columns = _facts(read, utilities), _other_columns(read)
    if read.faults:
        raise InputError(
            Text(f"管线属性有 {len(read.faults)} 处不能用。", en=f"{len(read.faults)} values cannot be used."),
            read.faults,
        )
    laying, status = [one.laying for one in facts], columns["status"]
    overhead = np.array([one == "overhead" for one in laying], dtype=bool)
    gone = np.array([one in {"abandoned", "connected"} for one in status], dtype=bool) & ~overhead
    kept = np.flatnonzero(~(overhead | gone))
    order = sorted(kept.tolist(), key=lambda row: _natural(frame.index[row]))
    chosen = {name: [values[row] for row in order] for name, values in columns.items()}
    made = _lines(geometry[order], [facts[row] for row in order], chosen, book)
    ids = [_plain(frame.index[row]) for row in order]
    return replace(made, ids=ids, overhead=int(overhead.sum()), abandoned=int(gone.sum()))


def _lines(
    geometry: Geometry, facts: Sequence[LineFacts], chosen: dict[str, list[Any]], book: ClearanceBook
) -> Lines:
    kinds: dict[Kind, int] = {}
    numbers: dict[tuple[LineFacts, Place], int] = {}
    kind = np.empty(len(facts), dtype=np.int64)
    for position, known in enumerate(zip(facts, chosen["where"], strict=True)):
        if known not in numbers:
            made = Kind(book.profile(known[0]), known[1])
            numbers[known] = kinds.setdefault(made, len(kinds))
        kind[position] = numbers[known]
    utility = [one.utility for one in facts]
    accuracy = book.standards.accuracy_m
    return Lines(
        ids=[],
        geometry=geometry,
        kinds=list(kinds),
        kind=kind,
        radius_m=_numbers(chosen["width_mm"], 0.0) * _MM / 2.0,
        height_m=_numbers(chosen["height_mm"], 0.0) * _MM,
        depth_m=_numbers(chosen["depth_m"], math.nan),
        tolerance_m=np.array([0.0 if one is None else accuracy[one] for one in chosen["accuracy"]]),
        diameter_mm=_numbers([one.diameter_mm for one in facts], math.nan),
        utility=utility,
        status=chosen["status"],
        surface=chosen["surface"],
        network=_codes(["drain" if one in {"sewage", "storm"} else one for one in utility]),
        trench=_codes(
            [None if one is None else (one, use) for one, use in zip(chosen["trench"], utility, strict=True)]
        ),
        overhead=0,
        abandoned=0,
    )


class _Columns:
    """Columns of a frame, read by name; a column that is not there is unknown in every row."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self._frame = frame
        self.faults: list[Fault] = []

    def read(self, name: str, reader: Callable[[Any], Any], allowed: str) -> list[Any]:
        """Return a column; what ``reader`` turns into ``None`` is a fault."""
        if name not in self._frame.columns:
            return [None] * len(self._frame)
        made: list[Any] = []
        cache: dict[Any, Any] = {}
        for row, value in enumerate(self._frame[name].tolist()):
            if _missing(value):
                made.append(None)
                continue
            if value not in cache:
                cache[value] = reader(value)
            if cache[value] is None:
                self.faults.append(Fault(row=row, column=name, value=str(value), allowed=allowed))
            made.append(cache[value])
        return made

    def word(self, name: str) -> list[str | None]:
        """Return a column of fixed words."""
        return self.read(name, lambda value: read_word(name, value), "、".join(CHOICES[name]))


def _facts(read: _Columns, utilities: Collection[str]) -> list[LineFacts]:
    allowed = "、".join(utilities)
    utility = read.read("utility", lambda value: value if value in utilities else None, allowed)
    told = {fault.row for fault in read.faults}
    read.faults += [
        Fault(row=row, column="utility", allowed=allowed, hint=Text("补上管线种类", en="give the utility"))
        for row, value in enumerate(utility)
        if value is None and row not in told
    ]
    sections = read.read("diameter_mm", read_section, "DN300、300、300×200")
    voltage = read.read("voltage_kv", _positive, "> 0")
    rows = zip(
        utility, read.word("pressure"), sections, read.word("material"), voltage, read.word("laying"), strict=True
    )
    return [
        LineFacts(
            use or "",
            pressure,
            None if section is None else section.diameter_mm,
            material if material in {None, "pe", "steel", "plastic", "concrete"} else "other",
            volts,
            laying,
        )
        for use, pressure, section, material, volts, laying in rows
    ]


def _other_columns(read: _Columns) -> dict[str, list[Any]]:
    sections = _Columns(read._frame).read("diameter_mm", read_section, "")  # noqa: SLF001 - faults are told once
    return {
        "where": [one or "courtyard" for one in read.word("where")],
        "accuracy": read.word("accuracy"),
        "status": read.word("status"),
        "surface": read.word("surface"),
        "depth_m": read.read("depth_m", _not_negative, "≥ 0"),
        "width_mm": [None if one is None else one.width_mm for one in sections],
        "height_mm": [None if one is None else one.height_mm for one in sections],
        "trench": read.read("common_trench", str, ""),
    }


def _refuse_bad_geometry(geometry: Geometry, index: pd.Index[Any]) -> None:
    bad = (
        ~np.isin(shapely.get_type_id(geometry), _LINES) | shapely.is_empty(geometry) | (shapely.length(geometry) <= 0)
    )
    bad |= ~np.isfinite(shapely.bounds(geometry).reshape(-1, 4)).all(axis=1)
    if bad.any():
        names = dict(enumerate(shapely.get_type_id(geometry).tolist()))
        raise GeometryError(
            Text(f"{int(bad.sum())} 行不是有长度的线。", en=f"{int(bad.sum())} rows are no lines with a length."),
            [
                Fault(
                    row=int(row),
                    column="geometry",
                    value=str(index[int(row)]),
                    allowed="LineString、MultiLineString",
                    hint=f"type {names[int(row)]}",
                )
                for row in np.flatnonzero(bad)
            ],
        )


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN is not itself


def _positive(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _not_negative(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _numbers(values: Sequence[float | None], gap: float) -> Floats:
    return np.array([gap if value is None else value for value in values], dtype=np.float64)


def _codes(values: Sequence[Any]) -> Ints:
    seen: dict[Any, int] = {}
    return np.array([-1 if value is None else seen.setdefault(value, len(seen)) for value in values], dtype=np.int64)


def _natural(name: Any) -> tuple[bool, int, str]:
    return (True, 0, name) if isinstance(name, str) else (False, int(name), "")


def _plain(name: Any) -> LineId:
    return name if isinstance(name, str) else int(name)
