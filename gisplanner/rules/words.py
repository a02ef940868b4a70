"""Compare the words of facts with the words of a profile: full-width forms, spaces and brackets do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_DENIALS = ("非", "未", "无", "不属于", "未纳入", "未列入", "不是", "不在")


@lru_cache(maxsize=8192)
def plain(word: str) -> str:
    """Return a word without what does not distinguish it.

    Examples
    --------
    >>> plain(" 一户一表（水） ") == plain("一户一表(水)")
    True
    """
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


def stands_in(word: str, terms: Iterable[str]) -> bool:
    """Whether ``word`` is one of ``terms``."""
    return plain(word) in {plain(term) for term in terms}


def denies(word: str, terms: Iterable[str]) -> bool:
    """Whether ``word`` says that one of ``terms`` does not hold.

    Examples
    --------
    >>> denies("非城中村", ["城中村"]), denies("未纳入今后5年规划征迁", ["今后5年规划征迁"])
    (True, True)
    """
    negated = plain(word)
    return any(negated == plain(denial + term) for term in terms for denial in _DENIALS)


def touches(word: str, terms: Iterable[str]) -> bool:
    """Whether ``word`` holds one of ``terms`` without being it.

    Examples
    --------
    >>> touches("部分城中村", ["城中村"]), touches("城中村", ["城中村"])
    (True, False)
    """
    given = plain(word)
    return any(plain(term) in given and plain(term) != given for term in terms)
