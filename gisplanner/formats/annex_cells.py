"""The cells of a register: exact numbers and clean names out of what people type, every tidying noted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from gisplanner.domain.register import Normalisation
from gisplanner.errors import Fault
from gisplanner.formats.table import Cell
from gisplanner.text import Text

_STRAY: Final = re.compile("[\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACE: Final = re.compile(r"\s+")
_CJK: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_SPACE_BESIDE_HAN: Final = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_LARGEST_COUNT: Final = 10_000_000
_LARGEST_FLOOR_AREA_10K_M2: Final = Decimal(100_000)

_WHOLE: Final = Text("不小于 0 的整数；未知则留空", en="a whole number, 0 or more; blank if unknown")
_POSITIVE: Final = Text("大于 0 的整数", en="a whole number above 0")
_DECIMAL: Final = Text("不小于 0 的数；未知则留空", en="a number, 0 or more; blank if unknown")


@dataclass(slots=True)
class Findings:
    """What is collected while a register is read: faults to mend, cells that were tidied."""

    file: str
    sheet: str | None = None
    faults: list[Fault] = field(default_factory=list)
    normalised: list[Normalisation] = field(default_factory=list)

    def fault(
        self, row: int, column: str, value: str | None, *, allowed: str | None = None, hint: str | None = None
    ) -> None:
        """Add one thing to mend."""
        self.faults.append(Fault(self.file, self.sheet, row, column, value, allowed, hint))

    def tidied(self, row: int, column: str, value: str, read_as: str) -> None:
        """Note that a cell was read as something else than it shows."""
        if value != read_as:
            self.normalised.append(Normalisation(row, column, value, read_as))


def clean(text: str) -> str:
    r"""Return ``text`` without stray spaces, line breaks and invisible characters.

    Between Latin words one space stays; beside a Chinese character none does.

    Examples
    --------
    >>> clean(" 一建\u3000公司\n")
    '一建公司'
    >>> clean("Block  A")
    'Block A'
    """
    return _SPACE_BESIDE_HAN.sub("", _SPACE.sub(" ", _STRAY.sub("", text)).strip())


def read_text(cell: Cell, row: int, column: str, findings: Findings) -> str:
    """Return the text of a cell, ``""`` if it is blank."""
    if cell.problem is not None:
        findings.fault(row, column, cell.text or None, hint=cell.problem)
        return ""
    text = clean(cell.text)
    if text:
        findings.tidied(row, column, cell.text, text)
    return text


def read_count(cell: Cell, row: int, column: str, findings: Findings, *, least: int = 0) -> int | None:
    """Return a whole number (户数, 栋数, 序号); ``None`` for a blank cell."""
    allowed = _WHOLE if least == 0 else _POSITIVE
    number = _read_number(cell, row, column, findings, allowed)
    if number is None:
        return None
    if number != number.to_integral_value() or not least <= number <= _LARGEST_COUNT:
        findings.fault(row, column, cell.text, allowed=allowed)
        return None
    findings.tidied(row, column, cell.text, str(int(number)))
    return int(number)


def read_floor_area(cell: Cell, row: int, column: str, to_10k_m2: Decimal, findings: Findings) -> Decimal | None:
    """Return a floor area in 万㎡, exact; ``None`` for a blank cell."""
    number = _read_number(cell, row, column, findings, _DECIMAL)
    if number is None:
        return None
    area_10k_m2 = number if to_10k_m2 == 1 else number * to_10k_m2
    if not 0 <= area_10k_m2 <= _LARGEST_FLOOR_AREA_10K_M2:
        findings.fault(row, column, cell.text, allowed=_DECIMAL)
        return None
    findings.tidied(row, column, cell.text, format(number, "f"))
    return area_10k_m2


def _read_number(cell: Cell, row: int, column: str, findings: Findings, allowed: Text) -> Decimal | None:
    if cell.problem is not None:
        findings.fault(row, column, cell.text or None, allowed=allowed, hint=cell.problem)
        return None
    if cell.merge == "continued":
        findings.fault(
            row,
            column,
            None,
            allowed=allowed,
            hint=Text(
                "数字在合并单元格里，无法分到每个小区；请拆分后逐个填写。",
                en="The figure stands in a merged cell and cannot be shared out; unmerge it and fill in each estate.",
            ),
        )
        return None
    text = _SPACE.sub("", _STRAY.sub("", unicodedata.normalize("NFKC", cell.text)))
    if not text:
        return None
    if not text.isascii() or not _NUMBER.fullmatch(text):
        hint = None
        if re.fullmatch(r"[\d,]*,[\d,.]*", text):
            hint = Text("千分位逗号要每三位一个。", en="Thousands separators stand before every three digits.")
        findings.fault(row, column, cell.text, allowed=allowed, hint=hint)
        return None
    return Decimal(text.replace(",", ""))
