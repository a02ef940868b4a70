"""Each row of an uploaded network judged by itself (逐行预检): accepted with its values read, or rejected and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.district import District
from gisplanner.domain.pipe_values import CHOICES, read_section, read_word
from gisplanner.errors import CrsError, Fault
from gisplanner.formats.coordinates import coordinate_faults, summary_of
from gisplanner.formats.dxf_lines import DRAWN_ON
from gisplanner.formats.survey_book import PROBLEM, ROW, SHEET
from gisplanner.formats.vector import VectorFile
from gisplanner.services.networks.columns import utility_code
from gisplanner.text import Text

WORDS: Final = {
    "material": "material",
    "pressure": "pressure",
    "laying": "laying",
    "accuracy": "accuracy",
    "place": "where",
    "surface": "surface",
    "status": "status",
}
"""Columns of the table that hold fixed words, and the name of their vocabulary."""
NUMBERS: Final = ("voltage_kv", "depth_m")
TEXTS: Final = ("code", "name", "section_text", "year_built", "common_trench")
COLUMNS: Final = (*TEXTS, "utility", "owner", "diameter_mm", "width_mm", "height_mm", *WORDS, *NUMBERS)

_LINES: Final = (1, 5)
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken."""

    row: int
    sheet: str | None
    column: str
    value: str | None
    reason: Text

    def as_fault(self, file: VectorFile) -> Fault:
        """Return it as the fault of a file."""
        return Fault(file.path.name, self.sheet or file.layer, self.row, self.column, self.value, hint=self.reason)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Accepted rows in the district's metric CRS, and the others with their reasons."""

    accepted: gpd.GeoDataFrame
    rejected: tuple[Rejected, ...]


def judge_rows(
    file: VectorFile, district: District, headings: Mapping[str, str], *, owner: str, utility: str | None
) -> Judged:
    """Read every row of a file as a line of ``owner``.

    Raises
    ------
    CrsError
        Most rows lie elsewhere: the declared reference system is wrong, not the rows.
    """
    misplaced = _misplaced(file, district)
    metric = file.frame.geometry.to_crs(district.crs)
    table = {name: file.frame[heading].tolist() for name, heading in headings.items() if heading in file.frame}
    seen: dict[str, int] = {}
    accepted: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    for row in range(len(file.frame)):
        reader = _Row(file, row, {name: values[row] for name, values in table.items()})
        line = reader.geometry(metric.iloc[row], misplaced.get(row))
        values = reader.values(owner, utility)
        code = reader.code(values, line, seen)
        if reader.faults:
            rejected += reader.faults
        else:
            seen[code] = reader.number
            accepted.append({**values, "code": code, "geom": line})
    frame = gpd.GeoDataFrame(accepted, columns=[*COLUMNS, "geom"], geometry="geom", crs=district.crs)
    return Judged(frame, tuple(rejected))


def _misplaced(file: VectorFile, district: District) -> dict[int, Text]:
    found = coordinate_faults(file.frame, district.bounds_lonlat, file=file.path.name, layer=file.layer)
    rows = {fault.row: fault.hint for fault in found if fault.row is not None}
    drawn = int(file.frame.geometry.notna().sum())
    whole = any("行）" in str(fault.hint) for fault in found)
    if whole or (drawn and len(rows) > _MOST * drawn):
        raise CrsError(summary_of(found), found)
    return {row: hint for row, hint in rows.items() if isinstance(hint, Text)}


class _Row:
    """One row: what was met, what it was read as, what is wrong with it."""

    def __init__(self, file: VectorFile, row: int, met: dict[str, Any]) -> None:
        whole = file.frame.iloc[row]
        self.number = int(whole[ROW]) if ROW in whole else row
        self.sheet = str(whole[SHEET]) if SHEET in whole else None
        self.drawn_on = str(whole[DRAWN_ON]) if DRAWN_ON in whole else None
        self.problem = whole.get(PROBLEM)
        self.faults: list[Rejected] = []
        self._met = {name: value for name, value in met.items() if not _blank(value)}

    def geometry(self, line: Any, misplaced: Text | None) -> Any:
        """Return the line, flat; faults where there is none."""
        if isinstance(self.problem, Text):
            self._fault("geometry", None, self.problem)
        elif line is None or line.is_empty or shapely.get_type_id(line) not in _LINES or line.length <= 0:
            kind = None if line is None else line.geom_type
            self._fault("geometry", kind, Text("不是有长度的线", en="no line with a length"))
        elif misplaced is not None:
            self._fault("geometry", None, misplaced)
        elif not np.isfinite(shapely.get_coordinates(line)).all():
            self._fault("geometry", None, Text("坐标不是有限的数", en="a coordinate is no finite number"))
        return None if line is None else shapely.force_2d(line)

    def values(self, owner: str, utility: str | None) -> dict[str, Any]:
        """Return the attributes as the table holds them."""
        made: dict[str, Any] = {name: self._text(name) for name in TEXTS}
        made["owner"], made["utility"] = self._owner(owner), self._utility(utility)
        section = self._read("section_text", read_section, "DN300、Φ300mm、300×200")
        made["diameter_mm"] = None if section is None else section.diameter_mm
        made["width_mm"] = None if section is None else section.width_mm
        made["height_mm"] = None if section is None else section.height_mm
        for name, vocabulary in WORDS.items():
            made[name] = self._word(name, vocabulary)
        made["status"] = made["status"] or "existing"
        made["voltage_kv"] = self._read("voltage_kv", lambda value: _number(value, above=True), "> 0")
        made["depth_m"] = self._read("depth_m", lambda value: _number(value, above=False), "≥ 0")
        return made

    def code(self, values: dict[str, Any], line: Any, seen: Mapping[str, int]) -> str:
        """Return the line's code: the file's own, else one made of its place."""
        if values["code"] is None:
            place = b"" if line is None else shapely.to_wkb(shapely.set_precision(line, 0.001))
            code = f"N{hashlib.blake2b(place, digest_size=6).hexdigest()}"
        else:
            code = str(values["code"])
        if code in seen:
            told = Text(f"编码与第 {seen[code]} 行重复", en=f"the code is that of row {seen[code]}")
            self._fault("code", code, told)
        return code

    def _owner(self, owner: str) -> str:
        stated = self._text("owner")
        if stated is not None and stated != owner:
            reason = Text(
                f"权属单位不是报送单位 {owner}：由权属单位自行报送",
                en=f"its owner is not {owner}: the owner hands it in",
            )
            self._fault("owner", stated, reason)
        return owner

    def _utility(self, only: str | None) -> str | None:
        stated = self._met.get("utility", self.drawn_on)
        found = None if stated is None else utility_code(stated) or utility_code(_leading(str(stated)))
        if found is None and only is not None and "utility" not in self._met:
            return only
        if found is None:
            self._fault(
                "utility", None if stated is None else str(stated), Text("不认识的管线种类", en="no such utility")
            )
        elif only is not None and found != only:
            self._fault("utility", str(stated), Text(f"本次只报 {only}", en=f"this upload is of {only} only"))
        return found

    def _word(self, name: str, vocabulary: str) -> str | None:
        found = self._read(name, lambda value: read_word(vocabulary, value), "、".join(CHOICES[vocabulary]))
        return None if found is None else str(found)

    def _read(self, name: str, reader: Callable[[Any], Any], allowed: str) -> Any:
        if name not in self._met:
            return None
        found = reader(self._met[name])
        if found is None:
            self._fault(name, str(self._met[name]), Text(f"读不懂，应为 {allowed}", en=f"not read; give {allowed}"))
        return found

    def _text(self, name: str) -> str | None:
        if name not in self._met:
            return None
        value = self._met[name]
        whole = isinstance(value, float) and value.is_integer()
        return (str(int(value)) if whole else str(value)).strip()

    def _fault(self, column: str, value: str | None, reason: Text) -> None:
        self.faults.append(Rejected(self.number, self.sheet, column, value, reason))


def _leading(text: str) -> str:
    """Return what a drawing's layer begins with: ``JS_LINE`` is JS, ``给水管线`` is 给水."""
    return text.split("_", maxsplit=1)[0].split("-", maxsplit=1)[0].removesuffix("管线").removesuffix("线").strip()


def _number(value: Any, *, above: bool) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    fits = number > 0 if above else number >= 0
    return number if np.isfinite(number) and fits else None


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN is not itself
