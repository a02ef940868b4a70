"""Find the passages of a new document that may carry a rule (文件进, 规则出): deterministic text rules, no guessing.

A candidate answers nothing: only what a person has confirmed goes into a profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gisplanner.domain.candidate import Candidate, CueSpec, Place
from gisplanner.rules.candidate_values import value_of
from gisplanner.rules.passages import Paragraph, Stretch, paragraphs

_SENTENCE = "。！？"
_CLAUSE = "。！？；;"


def candidates(text: str, cues: Sequence[CueSpec]) -> list[Candidate]:
    """Return the candidate passages of a document in the order of ``cues``, then of the text.

    The same words found twice under one rule are one candidate with two places.
    """
    whole = paragraphs(text)
    made: list[Candidate] = []
    for cue in cues:
        found: dict[str, list[Stretch]] = {}
        for key, passage in _found(whole, cue):
            found.setdefault(key, []).append(passage)
        for passages in found.values():
            quote = passages[0].text
            made.append(
                Candidate(
                    id=f"c{len(made) + 1}",
                    section=cue.section,
                    title=cue.title,
                    quote=quote,
                    places=tuple(_place(text, one) for one in passages),
                    value=value_of(cue.section, quote),
                )
            )
    return made


def _found(whole: Sequence[Paragraph], cue: CueSpec) -> Iterator[tuple[str, Stretch]]:
    if cue.under is not None:
        for passage in _items(whole, cue):
            yield passage.text, passage
        return
    pattern, unless = _compiled(cue.patterns), _compiled(cue.unless)
    for paragraph in whole:
        for unit in paragraph.pieces(_SENTENCE if cue.unit != "clause" else _CLAUSE):
            if unless is not None and unless.search(unit.text):
                continue
            for match in pattern.finditer(unit.text) if pattern is not None else ():
                passage = unit.part(*match.span()) if cue.unit == "match" else unit
                yield match[0] if cue.merge else passage.text, passage
                if cue.unit != "match":
                    break


def _items(whole: Sequence[Paragraph], cue: CueSpec) -> Iterator[Stretch]:
    """Yield what stands in the numbered items under the headings a rule names."""
    pattern, unless = _compiled(cue.patterns), _compiled(cue.unless)
    assert pattern is not None
    for items in _lists(whole, cue):
        for item in items:
            begin, end = item.heading
            if cue.name_only:
                yield item.part(begin, end)
                continue
            body = item.part(end + 1 if end + 1 < len(item.text) else begin, len(item.text))
            for sentence in body.pieces(_SENTENCE):
                if pattern.search(sentence.text) and not (unless is not None and unless.search(sentence.text)):
                    yield sentence


def _lists(whole: Sequence[Paragraph], cue: CueSpec) -> Iterator[list[Paragraph]]:
    """Yield the lists of items under matching headings: （一） under 一、, and 1. under （一）."""
    under, sibling = _compiled((cue.under or "",)), _compiled((cue.needs_sibling,) if cue.needs_sibling else ())
    assert under is not None
    tops = dict.fromkeys(one.top for one in whole if one.top and under.search(one.top))
    seconds = dict.fromkeys((one.top, one.second) for one in whole if one.second and under.search(one.second))
    lists = [[one for one in whole if one.top == top and one.level == 1] for top in tops]
    lists += [
        [one for one in whole if (one.top, one.second) == place and one.level == 2]  # noqa: PLR2004 - 1. under （一）
        for place in seconds
    ]
    for items in lists:
        names = [item.text[slice(*item.heading)] for item in items]
        if sibling is None or any(sibling.search(name) for name in names):
            yield items


@lru_cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{one})" for one in patterns)) if patterns else None


def _place(text: str, passage: Stretch) -> Place:
    start, end = passage.offsets[0], passage.offsets[-1] + 1
    return Place(text.count("\n", 0, start) + 1, start, end)
