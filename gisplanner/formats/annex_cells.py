"""The cells of a register: exact numbers and clean names out of what people type, every tidying noted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from gisplanner.domain.register import Normalisation
from gisplanner.errors import Fault
from gisplanner.formats.annex_columns import TO_10K_M2
from gisplanner.formats.table import Cell
from gisplanner.text import Text

_STRAY: Final = re.compile("[\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACE: Final = re.compile(r"\s+")
_CJK: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_SPACE_BESIDE_HAN: Final = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_COUNTED: Final = {
    "households": re.compile(r"共?(.*?)户?"),
    "buildings": re.compile(r"共?(.*?)[栋幢座]?"),
    "seq": re.compile(r"第?(.*?)[、.]?"),
}
"""What may stand around a count, by column: another unit is another thing."""

CountColumn = Literal["households", "buildings", "seq"]
_AREA_UNIT: Final = re.compile(rf"(.*?)({'|'.join(sorted(TO_10K_M2, key=len, reverse=True))})", re.IGNORECASE)
LONGEST_NAME: Final = 100
"""Characters of a name; no place is called longer (本工具参数). Names of projects may have twice as many."""

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


def read_text(cell: Cell, row: int, column: str, findings: Findings, *, longest: int = LONGEST_NAME) -> str:
    """Return the text of a cell, ``""`` if it is blank."""
    if cell.problem is not None:
        findings.fault(row, column, cell.text or None, hint=cell.problem)
        return ""
    text = clean(cell.text)
    if len(text) > longest:
        allowed = Text(f"不超过 {longest} 个字", en=f"at most {longest} characters")
        findings.fault(row, column, f"{text[:20]}…", allowed=allowed)
        return text[:longest]
    if text:
        findings.tidied(row, column, cell.text, text)
    return text


def read_count(
    cell: Cell, row: int, column: str, findings: Findings, *, of: CountColumn, least: int = 0
) -> int | None:
    """Return a whole number (户数, 栋数, 序号); ``None`` for a blank cell."""
    allowed = _WHOLE if least == 0 else _POSITIVE
    number = _read_number(cell, row, column, findings, allowed, taken_off=_COUNTED[of])
    if number is None:
        return None
    if number != number.to_integral_value() or not least <= number <= _LARGEST_COUNT:
        findings.fault(row, column, cell.text, allowed=allowed)
        return None
    findings.tidied(row, column, cell.text, str(int(number)))
    return int(number)


def read_floor_area(cell: Cell, row: int, column: str, to_10k_m2: Decimal, findings: Findings) -> Decimal | None:
    """Return a floor area in 万㎡, exact; ``None`` for a blank cell.

    A unit in the cell (``5600㎡``, ``0.8公顷``) goes before the one of the header.
    """
    own = _AREA_UNIT.fullmatch(_bare(cell.text))
    factor = to_10k_m2 if own is None else TO_10K_M2[own[2].casefold()]
    number = _read_number(cell, row, column, findings, _DECIMAL, taken_off=_AREA_UNIT)
    if number is None:
        return None
    area_10k_m2 = number if factor == 1 else number * factor
    if not 0 <= area_10k_m2 <= _LARGEST_FLOOR_AREA_10K_M2:
        findings.fault(row, column, cell.text, allowed=_DECIMAL)
        return None
    findings.tidied(row, column, cell.text, format(number if own is None else area_10k_m2, "f"))
    return area_10k_m2


def _bare(text: str) -> str:
    """Return what a cell says without any white space and differences of width."""
    return _SPACE.sub("", _STRAY.sub("", unicodedata.normalize("NFKC", text)))


def _read_number(
    cell: Cell, row: int, column: str, findings: Findings, allowed: Text, *, taken_off: re.Pattern[str]
) -> Decimal | None:
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
    text = _bare(cell.text)
    if not text:
        return None
    with_unit = taken_off.fullmatch(text)
    text = with_unit[1] if with_unit else text
    if not text.isascii() or not _NUMBER.fullmatch(text):
        hint = None
        if re.fullmatch(r"[\d,]*,[\d,.]*", text):
            hint = Text("千分位逗号要每三位一个。", en="Thousands separators stand before every three digits.")
        findings.fault(row, column, cell.text, allowed=allowed, hint=hint)
        return None
    return Decimal(text.replace(",", ""))
