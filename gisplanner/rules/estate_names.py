"""When two estate names may mean one place: the differences of writing, and what is left when they are undone."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RESIDENCE: Final = re.compile(
    r"(?:职工|单位|员工)?(?:宿舍(?:大院|楼|院|区)?|家属(?:宿舍|大院|楼|院|房|区)|住宅(?:小区|楼|区)|生活区|居民楼)"
)
_ESTATE: Final = re.compile(r"小区$")
_BLOCK: Final = re.compile(r"(?<=[0-9a-z])(?:号楼|号院|栋|幢|座)")
_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_NUMERAL: Final = re.compile("[〇零一二三四五六七八九十]+")
_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}


def normalised_name(name: str) -> str:
    """Return ``name`` without the differences that mean nothing: a key to compare names by, not a name.

    Undone are width and case of letters, spaces and punctuation, Chinese numerals (``二`` and ``2``), words for
    a block (``栋``, ``幢``, ``号楼``) and words for housing of a work unit (``宿舍``, ``家属楼``, ``家属院`` …). A
    side (``南``, ``北``), a road or a number stays: those tell neighbours apart.

    Examples
    --------
    >>> normalised_name("老车队 宿舍（南）") == normalised_name("老车队家属楼南")
    True
    >>> normalised_name("老车队家属楼南") == normalised_name("老车队家属楼北")
    False
    >>> normalised_name("二轻局三栋") == normalised_name("2轻局３幢")
    True
    """
    text = _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", name)).casefold()
    text = _NUMERAL.sub(lambda found: _arabic(found.group()), text)
    text = _BLOCK.sub("栋", text)
    short = _ESTATE.sub("", _RESIDENCE.sub("", text))
    return short or text


def _arabic(numeral: str) -> str:
    if "十" not in numeral:
        return "".join(str(_DIGITS[digit]) for digit in numeral)
    tens, _, ones = numeral.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return numeral
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
