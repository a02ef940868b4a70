"""Read values from a candidate passage: years, shares, days, payers. What the words do not give stays open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

_CHINESE_DIGITS: Final = {character: value for value, character in enumerate("零一二三四五六七八九十")}
_UTILITY_WORDS: Final = {
    "电力": "power", "供电": "power", "供水": "water", "燃气": "gas", "供气": "gas", "通信": "telecom",
    "有线电视": "telecom", "广电": "telecom", "排水": "drain", "供热": "heat", "照明": "lighting",
}  # fmt: skip


def value_of(section: str, quote: str) -> dict[str, Any] | None:
    """Return the fields of a section of a profile that the passage gives, or ``None``.

    Examples
    --------
    >>> value_of("eligibility.willingness", "原则上居民改造意愿户数占小区总数的2/3")
    {'numerator': 2, 'denominator': 3, 'strength': 'soft'}
    >>> value_of("public_notice", "公示时间不少于5个工作日")
    {'working_days': 5}
    >>> value_of("acceptance", "由建设单位组织联合验收") is None
    True
    """
    read = _READERS.get(section)
    return None if read is None else read(quote)


def _built(quote: str) -> dict[str, Any] | None:
    if found := re.search(r"(\d{4})年后(\d{4})年底前建成", quote):
        band = {"name": "", "since": int(found[1]) + 1, "until": int(found[2]), "quote": quote}
    elif found := re.search(r"(\d{4})年底前建成", quote):
        band = {"name": f"{found[1]}年底前建成", "until": int(found[1]), "quote": quote}
    elif found := re.search(r"建成于(\d{4})年以前|(\d{4})年以前建成", quote):
        year = int(found[1] or found[2])
        # 以前 may or may not hold the year itself: it is left to a person.
        band = {"name": f"{year}年以前建成", "until": year - 1, "quote": quote}
        return {"bands": [band], "doubtful_years": [year]}
    else:
        return None
    return {"bands": [band]}


def _willingness(quote: str) -> dict[str, Any] | None:
    strength = "soft" if "原则上" in quote else "hard"
    if found := re.search(r"(\d+)/(\d+)", quote):
        numerator, denominator = int(found[1]), int(found[2])
    elif found := re.search("([一二三四五六七八九十])分之([一二三四五六七八九十])", quote):
        numerator, denominator = _CHINESE_DIGITS[found[2]], _CHINESE_DIGITS[found[1]]
    elif found := re.search(r"(\d+)[%％]", quote):
        numerator, denominator = int(found[1]), 100
    else:
        return None
    return {"numerator": numerator, "denominator": denominator, "strength": strength}


def _notice(quote: str) -> dict[str, Any] | None:
    found = re.search(r"(\d+)个?工作日", quote)
    return None if found is None else {"working_days": int(found[1])}


def _plan_unit(quote: str) -> dict[str, Any] | None:
    for unit in ("片区", "小区"):
        if f"一{unit}一方案" in quote:
            return {"unit": unit}
    return {"unit": "小区"} if re.search("每个小区|小区改造方案", quote) else None


def _payer(quote: str) -> dict[str, Any] | None:
    found = re.search("由([^，。；由]{1,12}?)(?:负责改造|承担)", quote)
    if found is None:
        return None
    utilities = list(dict.fromkeys(code for word, code in _UTILITY_WORDS.items() if word in quote))
    value: dict[str, Any] = {"key": "", "items": [], "payer": found[1]}
    return {**value, "utilities": utilities} if utilities else value


def _cited(quote: str) -> dict[str, Any] | None:
    found = re.match(r"《(.+)》(?:[（(](.+)[）)])?$", quote)
    if found is None:
        return {"title": quote, "affects": ["eligibility"]}
    value: dict[str, Any] = {"title": found[1], "affects": ["eligibility"]}
    return {**value, "number": found[2]} if found[2] else value


def _titled(quote: str) -> dict[str, Any]:
    return {"key": "", "title": quote[:20]}


_READERS: Final[dict[str, Callable[[str], dict[str, Any] | None]]] = {
    "eligibility.built": _built,
    "eligibility.willingness": _willingness,
    "public_notice": _notice,
    "plan_unit": _plan_unit,
    "payers.rules": _payer,
    "cited": _cited,
    "surveys": _titled,
    "anti_hitchhiking": lambda _quote: {},
    "funding.principle": lambda _quote: {},
}
