"""One row of an uploaded network: what was met, what it is read as, what is wrong with it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from gisplanner.domain.pipe_values import CHOICES, Section, read_section, read_word
from gisplanner.domain.point_kinds import read_point_kind
from gisplanner.errors import Fault
from gisplanner.formats.dxf_lines import BLOCK, DRAWN_ON, GIVEN, HANDLE
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
    "part": "part",
}
"""Columns of the table that hold fixed words, and the name of their vocabulary."""
NUMBERS: Final = ("voltage_kv", "depth_m")
TEXTS: Final = ("code", "name", "section_text", "year_built", "common_trench")
COLUMNS: Final = (*TEXTS, "utility", "owner", "diameter_mm", "width_mm", "height_mm", *WORDS, *NUMBERS, "drawn_on")
POINT_COLUMNS: Final = (
    "code", "owner", "utility", "kind", "feature_text", "name", "ground_m", "depth_m", "voltage_kv",
    "status", "drawn_on",
)  # fmt: skip

_LINES: Final = (1, 5)
_LEAST_MM: Final = 5.0
_MOST_MM: Final = 10_000.0
"""No line is thinner or thicker: what is, was written in another unit."""


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


class RowReader:
    """One row read as a line: what was met, what it was read as, what is wrong with it."""

    def __init__(self, file: VectorFile, row: int, met: dict[str, Any]) -> None:
        whole = file.frame.iloc[row]
        self.number = int(whole[ROW]) if ROW in whole else row
        self.sheet = str(whole[SHEET]) if SHEET in whole else None
        self.drawn_on = str(whole[DRAWN_ON]) if DRAWN_ON in whole else None
        self.handle = None if _blank(whole.get(HANDLE)) else f"{self.drawn_on}-{whole[HANDLE]}"
        self.handle = self.handle if _blank(whole.get(GIVEN)) else str(whole[GIVEN])
        self.block = None if _blank(whole.get(BLOCK)) else str(whole[BLOCK])
        self.problem = whole.get(PROBLEM)
        self.faults: list[Rejected] = []
        self.repeats = False
        self._met = {name: value for name, value in met.items() if not _blank(value)}

    def is_decoration(self, only: str | None) -> bool:
        """Return whether it is a block of a drawing that belongs to no network."""
        return self.block is not None and only is None and self._stated_utility() is None

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
        section = self._section()
        made["diameter_mm"] = None if section is None else section.diameter_mm
        made["width_mm"] = None if section is None else section.width_mm
        made["height_mm"] = None if section is None else section.height_mm
        for name, vocabulary in WORDS.items():
            made[name] = self._word(name, vocabulary)
        made["status"] = made["status"] or "existing"
        made["voltage_kv"] = self._read("voltage_kv", lambda value: _number(value, above=True), "> 0")
        made["depth_m"] = self._read("depth_m", lambda value: _number(value, above=False), "≥ 0")
        made["drawn_on"] = self.drawn_on
        return made

    def code(self, values: dict[str, Any], line: Any, seen: Mapping[str, int]) -> str:
        """Return the code: the file's own, what the drawing knows it by, else one made of its place."""
        if values["code"] is None and self.handle is not None:
            code = self.handle
        elif values["code"] is None:
            place = b"" if line is None else shapely.to_wkb(shapely.set_precision(line, 0.001))
            first = code = f"N{hashlib.blake2b(place, digest_size=6).hexdigest()}"
            twins = itertools.count(2)
            while code in seen:  # drawn twice: supply and return, or several ducts
                code, self.repeats = f"{first}-{next(twins)}", True
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
        found = self._stated_utility()
        if found is None and only is not None and "utility" not in self._met:
            return only
        if found is None:
            self._fault(
                "utility", None if stated is None else str(stated), Text("不认识的管线种类", en="no such utility")
            )
        elif only is not None and found != only:
            self._fault("utility", str(stated), Text(f"本次只报 {only}", en=f"this upload is of {only} only"))
        return found

    def _section(self) -> Section | None:
        found = self._read("section_text", read_section, "DN300、Φ300mm、300×200")
        if found is not None and not _LEAST_MM <= found.diameter_mm <= _MOST_MM:
            reason = Text(
                f"读成 {found.diameter_mm:g} mm：单位似乎不是毫米，写成 0.1m 或 DN100",
                en=f"read as {found.diameter_mm:g} mm: another unit? write 0.1m or DN100",
            )
            self._fault("section_text", str(self._met["section_text"]), reason)
        return found if isinstance(found, Section) else None

    def _stated_utility(self) -> str | None:
        stated = self._met.get("utility", self.drawn_on)
        return None if stated is None else utility_code(stated) or utility_code(_leading(str(stated)))

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


class PointReader(RowReader):
    """One row read as a point: a valve, a manhole, a hydrant."""

    def geometry(self, line: Any, misplaced: Text | None) -> Any:
        """Return the point, flat; faults where there is none."""
        if isinstance(self.problem, Text):
            self._fault("geometry", None, self.problem)
        elif misplaced is not None:
            self._fault("geometry", None, misplaced)
        elif line is None or line.is_empty or not np.isfinite(shapely.get_coordinates(line)).all():
            self._fault("geometry", None, Text("坐标不是有限的数", en="a coordinate is no finite number"))
        return None if line is None else shapely.force_2d(line)

    def values(self, owner: str, utility: str | None) -> dict[str, Any]:
        """Return the attributes as the table of points holds them."""
        text = self._text("feature_text")
        return {
            "owner": self._owner(owner),
            "utility": self._utility(utility),
            "kind": read_point_kind(text or ""),
            "feature_text": text,
            "code": self._text("code"),
            "name": self._text("name"),
            "ground_m": self._read("ground_m", _finite, "米"),
            "depth_m": self._read("depth_m", lambda value: _number(value, above=False), "≥ 0"),
            "voltage_kv": self._read("voltage_kv", lambda value: _number(value, above=True), "> 0"),
            "status": self._word("status", "status") or "existing",
            "drawn_on": self.drawn_on,
        }


def _leading(text: str) -> str:
    """Return what a drawing's layer begins with: ``JS_LINE`` is JS, ``给水管线`` is 给水."""
    return text.split("_", maxsplit=1)[0].split("-", maxsplit=1)[0].removesuffix("管线").removesuffix("线").strip()


def _finite(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _number(value: Any, *, above: bool) -> float | None:
    number = _finite(value)
    return number if number is not None and (number > 0 if above else number >= 0) else None


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN is not itself
