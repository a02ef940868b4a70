"""Years of construction (建成时间) as registers write them, read as a closed range."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

YEAR_MIN: Final = 1800
YEAR_MAX: Final = 2200

_CENTURY: Final = 1900
_DASH: Final = r"\s*[-–—~至到]+\s*"
_BETWEEN: Final = re.compile(r"\s*[、,;/和及]\s*|\s+")
_DECADE: Final = re.compile(r"(?:(?:\d{2}|二十|二〇)世纪)?(\d{2}|\d{4})年代")
_YEAR: Final = re.compile(r"(\d{4})年?(?:底|初|末)?(?:建成|建|竣工)?")
_SPAN: Final = re.compile(rf"(\d{{4}})年?{_DASH}(\d{{4}})年?")
_DAY: Final = re.compile(
    r"(\d{4})(?:年|[-./])(0?[1-9]|1[0-2])(?:月|(?:[-./月])(?:0?[1-9]|[12]\d|3[01])日?(?:T?00:00:00)?)?"
)
_TENS: Final = dict(zip("二三四五六七八九", range(2, 10), strict=True))
_CHINESE_DECADE: Final = re.compile(r"([二三四五六七八九])十年代")


def read_years(text: str) -> tuple[int, int]:
    """Return the closed range of years a text means.

    Several years are those of several buildings: the range runs from the first to the last. What is only said
    roughly (``约1998``, ``1998年以前``) is not read.

    Raises
    ------
    ValueError
        It cannot be read, or the years are out of order or beyond 1800–2200.

    Examples
    --------
    >>> read_years("1998年"), read_years("80年代"), read_years("2010、2021"), read_years("1975, 1979 , 1998")
    ((1998, 1998), (1980, 1989), (2010, 2021), (1975, 1998))
    >>> read_years("１９８５—1990年"), read_years("1998年5月"), read_years("1998-05-01"), read_years("八十年代")
    ((1985, 1990), (1998, 1998), (1998, 1998), (1980, 1989))
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("建于").removeprefix("建成于").rstrip("。;,、")
    plain = _CHINESE_DECADE.sub(lambda found: f"{_TENS[found[1]]}0年代", plain)
    whole = _one(plain)
    if whole is not None:
        return whole
    parts = [_one(part) for part in _BETWEEN.split(re.sub(_DASH, "-", plain))]
    if not parts or any(part is None for part in parts):
        raise ValueError("年份写作 1998、1998-2001 或 80年代 (a year, a range of years or a decade)")
    known = [part for part in parts if part is not None]
    return min(first for first, _ in known), max(last for _, last in known)


def _one(text: str) -> tuple[int, int] | None:
    if found := _DECADE.fullmatch(text):
        decade = int(found[1])
        first = decade if decade >= _CENTURY else _CENTURY + decade
        made = (first, first + 9)
    elif found := _SPAN.fullmatch(text):
        made = (int(found[1]), int(found[2]))
    elif found := _YEAR.fullmatch(text) or _DAY.fullmatch(text):
        made = (int(found[1]), int(found[1]))
    else:
        return None
    if not YEAR_MIN <= made[0] <= made[1] <= YEAR_MAX:
        raise ValueError(f"年份应在 {YEAR_MIN}–{YEAR_MAX} 之间、先后有序 (years in order)")
    return made


def year_range(text: str) -> tuple[int, int] | None:
    """Return the closed range of years a register cell means, ``None`` when it cannot be read.

    Examples
    --------
    >>> year_range("1998年"), year_range("不详"), year_range("约1998"), year_range("2001-1998")
    ((1998, 1998), None, None, None)
    """
    try:
        return read_years(text)
    except ValueError:
        return None
