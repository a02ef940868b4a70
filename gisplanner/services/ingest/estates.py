"""Estates of a file and estates of the register: which row stands for which estate, never by guessing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from gisplanner.rules.estate_names import normalised_name
from gisplanner.services.ingest.report import EstateMatch, Finding, Leftover, Suggestion
from gisplanner.text import Text

Mask = npt.NDArray[np.bool_]

_NOT_A_WORD: Final = re.compile(r"[\W_]+")

LEAST_SCORE: Final = 60
"""Likeness of two names, 0–100, below which nothing is suggested (本工具参数)."""

MAX_SUGGESTIONS: Final = 3

NO_ESTATE: Final = Text("台账中没有对应的小区", en="no estate of the register corresponds")
SEVERAL_ESTATES: Final = Text("台账中有多个同名小区，未作猜测", en="several estates have this name; none was guessed")
SEVERAL_ROWS: Final = Text("文件中有多行对应同一小区，未作猜测", en="several rows name one estate; none was guessed")


@dataclass(frozen=True, slots=True)
class Matching:
    """Rows of a file against the stored estates.

    Attributes
    ----------
    code_of
        Row → code of the stored estate it stands for.
    matches
        The same with how it was found.
    new
        Rows that become new estates.
    left
        Rows that stand for no estate and are not to be added.
    absent
        Code and name of stored estates no row stands for.
    """

    code_of: Mapping[int, str]
    matches: tuple[EstateMatch, ...]
    new: frozenset[int]
    left: tuple[Leftover, ...]
    absent: tuple[tuple[str, str | None], ...]


def match_estates(
    rows: pd.DataFrame, stored: pd.DataFrame, *, add_new: bool, aliases: Mapping[str, str] = MappingProxyType({})
) -> Matching:
    """Return which row stands for which stored estate: by code, by the very name, by the name normalised.

    A name that several stored estates or several rows have decides nothing. Where the district has no register
    at all, or with ``add_new``, rows that stand for no stored estate become new estates; but a row whose name is
    one of several stored ones never does.

    Parameters
    ----------
    rows
        ``code`` and ``name`` of the file's rows, gaps ``None``; index = row number.
    stored
        ``code``, ``name``, ``from_register`` of the stored estates.
    aliases
        Code by other names somebody confirmed (别名), as :func:`normalised` gives them.

    Examples
    --------
    >>> stored = pd.DataFrame({"code": ["1", "2"], "name": ["芙蓉新城", "新园（北）"], "from_register": [True, True]})
    >>> rows = pd.DataFrame({"code": [None, None, None], "name": ["芙蓉新城", "新园 (北)", "怡然居"]}, dtype=object)
    >>> found = match_estates(rows, stored, add_new=False)
    >>> [(match.code, match.by) for match in found.matches], [left.name for left in found.left]
    ([('1', 'name'), ('2', 'normalised')], ['怡然居'])
    """
    names = dict(zip(stored["code"], _plain(stored["name"]), strict=True))
    wanted = dict(zip((int(row) for row in rows.index), _plain(rows["name"]), strict=True))
    codes = dict(zip((int(row) for row in rows.index), rows["code"], strict=True))
    matches = {row: EstateMatch(row, code, names[code], "code") for row, code in codes.items() if code in names}
    reasons: dict[int, Text] = {}
    taken = {match.code for match in matches.values()}
    for row, name in wanted.items():
        code = aliases.get(normalised(name)) if name and row not in matches and name not in names.values() else None
        if code is not None and code in names and code not in taken:
            matches[row] = EstateMatch(row, code, names[code], "alias")
            taken.add(code)
    for by, key in (("name", str.strip), ("normalised", normalised), ("normalised", normalised_name)):
        found, unsure = _by_name(wanted, names, matches, key)
        matches |= {row: EstateMatch(row, code, names[code], by) for row, code in found.items()}
        reasons |= unsure
    taken = {match.code for match in matches.values()}
    free = {code: name for code, name in names.items() if name and code not in taken}
    may_add = add_new or not stored["from_register"].any()
    rest = [row for row in wanted if row not in matches]
    new = frozenset(row for row in rest if may_add and reasons.get(row) is not SEVERAL_ESTATES)
    return Matching(
        code_of={row: match.code for row, match in matches.items()},
        matches=tuple(matches[row] for row in sorted(matches)),
        new=new,
        left=tuple(
            Leftover(row, wanted[row], reasons.get(row, NO_ESTATE), suggestions(wanted[row], free))
            for row in rest
            if row not in new
        ),
        absent=tuple((code, name) for code, name in names.items() if code not in taken),
    )


def suggestions(name: str | None, free: Mapping[str, str]) -> tuple[Suggestion, ...]:
    """Return the at most three free estates whose names are most like a name: for a person to decide.

    Examples
    --------
    >>> [(one.name, one.score) for one in suggestions("芙蓉新成", {"1": "芙蓉新城", "2": "怡然居小区"})]
    [('芙蓉新城', 75)]
    """
    if not name:
        return ()
    keys = {code: normalised_name(other) for code, other in free.items()}
    found = process.extract(
        normalised_name(name), keys, scorer=fuzz.ratio, limit=MAX_SUGGESTIONS, score_cutoff=LEAST_SCORE
    )
    return tuple(Suggestion(code, free[code], round(score)) for _, score, code in found)


def normalised(name: str) -> str:
    """Return a name without white space, brackets, punctuation and differences of width and case.

    Examples
    --------
    >>> normalised("新园（北） Ａ区") == normalised("新园(北)a区")
    True
    """
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _by_name(
    wanted: Mapping[int, str | None],
    names: Mapping[str, str | None],
    matches: Mapping[int, EstateMatch],
    key: Callable[[str], str],
) -> tuple[dict[int, str], dict[int, Text]]:
    """Return what a way of reading names finds among the rows and estates still free, and what it leaves unsure."""
    taken = {match.code for match in matches.values()}
    free = {code: key(name) for code, name in names.items() if name and code not in taken}
    asked = {row: key(name) for row, name in wanted.items() if name and row not in matches}
    estates_of, rows_of = Counter(free.values()), Counter(asked.values())
    code_of = {name: code for code, name in free.items()}
    found, unsure = {}, {}
    for row, name in asked.items():
        if not name or not estates_of[name]:
            continue
        if estates_of[name] > 1:
            unsure[row] = SEVERAL_ESTATES
        elif rows_of[name] > 1:
            unsure[row] = SEVERAL_ROWS
        else:
            found[row] = code_of[name]
    return found, unsure


def _plain(values: Iterable[Any]) -> list[str | None]:
    return [None if value is None or pd.isna(value) else str(value) for value in values]


def may_lack_outline(rows: pd.DataFrame, matching: Matching, stored: pd.DataFrame) -> Mask:
    """Return which rows may come without geometry: estates that are 未上图, in the register as in the file.

    An export of ours lists every estate of the register and leaves the geometry of those without outline null;
    brought in again it says nothing new. A row without geometry never takes away an outline that is stored, and
    makes a new estate only when it brings code and name along, as such an export does.
    """
    bare = set(stored.loc[stored["geom"].isna() | stored["illustrative"].astype(bool), "code"])
    named = rows["code"].notna() & rows["name"].notna()
    return np.array(
        [matching.code_of[row] in bare if row in matching.code_of else bool(named[row]) for row in rows.index],
        dtype=bool,
    )


def attribute_differences(incoming: pd.DataFrame, stored: pd.DataFrame, columns: Iterable[str]) -> list[Finding]:
    """Return where a file says something else than the register; the register stays as it is.

    Both frames have a ``code``; blank values of either say nothing.
    """
    before = stored.set_index("code")
    items = [
        {"code": row["code"], "column": column, "file": str(row[column]), "register": str(held)}
        for row in incoming.to_dict("records")
        for column in columns
        if _said(row[column]) and _said(held := before.loc[row["code"], column]) and not _equal(row[column], held)
    ]
    if not items:
        return []
    message = Text(
        f"{len(items)} 处属性与台账不同，台账未改。",
        en=f"{len(items)} attributes differ from the register, which was not changed.",
    )
    return [Finding("differs_from_register", message, tuple(items))]


def _said(value: Any) -> bool:
    return isinstance(value, list) or not pd.isna(value)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return normalised(a) == normalised(b)
    return bool(a == b)
