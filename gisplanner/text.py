"""Sentences in both languages of the product: Chinese for screens and reports, English on request."""

from __future__ import annotations

from typing import Literal, Self

Language = Literal["zh", "en"]


class Text(str):
    """A Chinese sentence that carries its English twin.

    It *is* the Chinese string, so it can be printed, joined and stored like any other; ``in_language("en")``
    gives the twin.

    Parameters
    ----------
    zh
        The Chinese sentence.
    en
        The English sentence with the same facts.

    Examples
    --------
    >>> t = Text("小区 28 个", en="28 estates")
    >>> t
    '小区 28 个'
    >>> t.in_language("en")
    '28 estates'
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, *, en: str) -> Self:
        """Build the sentence from its two languages."""
        made = super().__new__(cls, zh)
        made.en = en
        return made

    def in_language(self, language: Language) -> str:
        """Return the sentence in ``language``."""
        return self.en if language == "en" else str.__str__(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep both languages when a worker process hands the text back."""
        return (_rebuild, (str.__str__(self), self.en))


def _rebuild(zh: str, en: str) -> Text:
    return Text(zh, en=en)


def in_language(value: str, language: Language) -> str:
    """Return ``value`` in ``language``; a plain string has only one.

    Examples
    --------
    >>> in_language("EPSG:4547", "en")
    'EPSG:4547'
    """
    return value.in_language(language) if isinstance(value, Text) else value
