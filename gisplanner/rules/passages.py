"""Cut the text of a document into paragraphs, sentences and clauses, each with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ENUMERATOR: Final = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d+\s*[.．、](?!\d)|[（(]\d+[）)]|附件|第[一二三四五六七八九十]+[章条])"
)
_HEADING: Final = re.compile(r"^[一二三四五六七八九十]+、[^。；：]{2,20}$")
_SHORT_HEADING: Final = re.compile(r"^[（(][一二三四五六七八九十]+[）)][^。；：，、]{2,14}$")
"""A heading on a line of its own; a sentence that a page breaks off is longer."""
_NUMBERED: Final = re.compile(r"^(?:\d+[.．、]|[（(]\d+[）)])")
_INLINE_HEAD: Final = re.compile(r"^[（(][一二三四五六七八九十]+[）)]([^。；：，（(]{2,24})(?:[。：（(]|$)")
_ITEM: Final = re.compile(r"^(?:[（(][一二三四五六七八九十]+[）)]|\d+[.．、]|[（(]\d+[）)])")
_HEAD_END: Final = re.compile(r"[。：:（(；]")
_MARKUP: Final = re.compile(r"[*#_`]")
_FINAL: Final = "。；！？：:;!?"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the text without white space; ``offsets`` are the places of its characters in the file."""

    text: str
    offsets: tuple[int, ...]

    def part(self, start: int, end: int) -> Stretch:
        """Return the characters from ``start`` to before ``end``."""
        return Stretch(self.text[start:end], self.offsets[start:end])

    def pieces(self, marks: str) -> Iterator[Stretch]:
        """Yield the pieces between ``marks``, each with its closing mark left out."""
        start = 0
        for found in re.finditer(f"[{re.escape(marks)}]|$", self.text):
            piece = self.part(start, found.start())
            if piece.text:
                yield piece
            start = found.end()


@dataclass(frozen=True, slots=True)
class Paragraph(Stretch):
    """A paragraph and the headings it stands under; ``level`` is 1 for （一）, 2 for 1., 0 without a number."""

    top: str = ""
    second: str = ""
    level: int = 0

    @property
    def heading(self) -> tuple[int, int]:
        """Where the item's own heading stands in ``text``: from after its number to its first mark."""
        number = _ITEM.match(self.text)
        begin = number.end() if number else 0
        end = _HEAD_END.search(self.text, begin)
        return begin, len(self.text) if end is None else end.start()


def paragraphs(text: str) -> list[Paragraph]:
    r"""Return the paragraphs of a document; lines that a page break cut are joined again.

    Examples
    --------
    >>> [one.text for one in paragraphs("一、总则\n坚持以人为\n\n本。\n（一）范围。老旧小区。")]
    ['一、总则', '坚持以人为本。', '（一）范围。老旧小区。']
    """
    made: list[Paragraph] = []
    top, second = "", ""
    for stretch in _joined(text):
        level = 0
        if _HEADING.match(stretch.text):
            top, second = stretch.text, ""
        elif found := _INLINE_HEAD.match(stretch.text):
            second, level = found[1], 1
        elif _NUMBERED.match(stretch.text):
            level = 2
        made.append(Paragraph(stretch.text, stretch.offsets, top, second, level))
    return made


def _joined(text: str) -> Iterator[Stretch]:
    characters: list[str] = []
    offsets: list[int] = []
    start = 0
    for line in text.splitlines(keepends=True):
        kept = [(start + at, character) for at, character in enumerate(line) if _kept(character)]
        start += len(line)
        if not kept:
            continue
        words = "".join(character for _, character in kept)
        if characters and (_ends(characters) or _ENUMERATOR.match(words)):
            yield Stretch("".join(characters), tuple(offsets))
            characters, offsets = [], []
        characters += [character for _, character in kept]
        offsets += [offset for offset, _ in kept]
    if characters:
        yield Stretch("".join(characters), tuple(offsets))


def _kept(character: str) -> bool:
    return not character.isspace() and not _MARKUP.match(character)


def _ends(characters: list[str]) -> bool:
    words = "".join(characters)
    return words[-1] in _FINAL or bool(_HEADING.match(words) or _SHORT_HEADING.match(words))
