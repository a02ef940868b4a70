"""In which encoding the text of a Shapefile is: what its bytes are, beside what the file says about itself.

A ``.dbf`` holds bytes; ``.cpg`` and the language driver (LDID, byte 29 of the header) say what they mean, often
wrongly or not at all. Bytes are therefore tried: text is read in an encoding only if every heading and value is
text in it, and Chinese is told from other scripts by its everyday characters (GB 2312). What cannot be told is
refused: a file never arrives as gibberish.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from gisplanner.errors import Fault, FileFormatError
from gisplanner.text import Text

TRANSPARENT: Final = "ISO-8859-1"
"""Encoding in which a Shapefile is read first: each byte becomes the character of its number, nothing is lost."""

NAME_BYTES: Final = 10
"""A heading of this many bytes may have been cut."""

_LANGUAGE_DRIVERS: Final = MappingProxyType(
    {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950", 0x13: "cp932", 0x03: "cp1252", 0x59: "cp1252"}
)
"""LDID → encoding, of those that name one; 0x57 «ANSI» and 0 name none."""

_CHINESE: Final = frozenset({"gb2312", "gbk", "gb18030"})
_SINGLE_BYTE: Final = frozenset({"iso8859-1", "iso8859-15", "cp1252", "cp437", "cp850", "latin-1"})
_NEVER_IN_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_EVERYDAY_SHARE: Final = 0.9
_LAST_TWO_BYTE_UTF8: Final = "\u07ff"


@dataclass(frozen=True, slots=True)
class DecodedTable:
    """The table in text, with what a person should know about how it was read.

    Attributes
    ----------
    cut_names
        Headings that fill all ten bytes a heading may have, so that their end may be missing.
    """

    table: pd.DataFrame
    encoding: str
    notes: tuple[Text, ...]
    cut_names: tuple[str, ...]


def stated_encoding(shapefile: Path) -> str | None:
    """Return what ``.cpg``, else the language driver says, as a codec's name; ``None`` if neither names one."""
    companions = {file.suffix.lower(): file for file in shapefile.parent.iterdir() if file.stem == shapefile.stem}
    if ".cpg" in companions:
        named = _codec(companions[".cpg"].read_bytes()[:64].decode("ascii", "ignore").strip("\ufeff \r\n\t\x00"))
        if named is not None:
            return named
    if ".dbf" in companions:
        with companions[".dbf"].open("rb") as file:
            head = file.read(32)
        if len(head) == 32:  # noqa: PLR2004 - the fixed part of a header
            return _LANGUAGE_DRIVERS.get(head[29])
    return None


def _codec(name: str) -> str | None:
    """Return the codec of what stands in a ``.cpg``: a name, or the number of a Windows code page."""
    number = re.sub(r"^(?:ansi|cp|windows|oem)[\s_-]*", "", name, flags=re.IGNORECASE)
    for tried in (name, {"936": "gbk", "54936": "gb18030", "65001": "utf-8"}.get(number, f"cp{number}")):
        try:
            found = codecs.lookup(tried).name
        except (LookupError, ValueError):
            continue
        return "gb18030" if found in _CHINESE else found
    return None


def decode_table(raw: pd.DataFrame, *, file: str, stated: str | None, demanded: str | None) -> DecodedTable:
    """Return a table that was read as :data:`TRANSPARENT` in the encoding it is in.

    Parameters
    ----------
    stated
        What the file says, see :func:`stated_encoding`.
    demanded
        What a person said by ``--encoding``; then nothing is tried.

    Raises
    ------
    FileFormatError
        The text is not in the encoding demanded, or in none that can be told.

    Examples
    --------
    >>> raw = pd.DataFrame({"小区".encode("gbk").decode("latin-1"): ["甲苑".encode("gbk").decode("latin-1")]})
    >>> decode_table(raw, file="a.shp", stated="iso8859-1", demanded=None).table
       小区
    0  甲苑
    """
    names = [str(name).encode(TRANSPARENT, "replace") for name in raw.columns]
    texts = {column: _bytes_of(raw[column]) for column in raw.columns if _may_hold_text(raw[column])}
    distinct = list(dict.fromkeys([*names, *(value for values in texts.values() for value in values if value)]))
    encoding = told_encoding(distinct, stated, demanded, file)
    made = raw.copy(deep=False)
    cut = 0
    for column, values in texts.items():
        decoded = [None if value is None else _whole(value, encoding) for value in values]
        cut += sum(
            text is not None and text.encode(encoding) != value for text, value in zip(decoded, values, strict=True)
        )
        made[column] = pd.Series(decoded, index=raw.index, dtype=object)
    headings = [_whole(name, encoding) for name in names]
    made.columns = pd.Index(_different(headings))
    filled = tuple(made.columns[i] for i, name in enumerate(names) if len(name) >= NAME_BYTES - 1)
    return DecodedTable(made, encoding, tuple(_notes(encoding, stated, demanded, distinct, cut)), filled)


def told_encoding(distinct: Sequence[bytes], stated: str | None, demanded: str | None, file: str) -> str:
    """Return the encoding of all these texts: the one demanded if they are text in it, else the one they are in.

    Raises
    ------
    FileFormatError
        The texts are not in the encoding demanded, or in none that can be told.
    """
    return _demanded(distinct, demanded, file) if demanded else _told(distinct, stated, file)


def _may_hold_text(values: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_object_dtype(values.dtype) or pd.api.types.is_string_dtype(values.dtype))


def _bytes_of(values: pd.Series[Any]) -> list[bytes | None]:
    return [value.encode(TRANSPARENT) if isinstance(value, str) else None for value in values]


def _demanded(distinct: Sequence[bytes], demanded: str, file: str) -> str:
    encoding = _codec(demanded)
    if encoding is None:
        raise FileFormatError(
            Text(f"不认识的文字编码：{demanded}。", en=f"Unknown text encoding: {demanded}."),
            [Fault(file=file, column="--encoding", value=demanded, allowed="UTF-8、GBK、GB18030")],
        )
    if not _is_text(distinct, encoding):
        raise _refused(file, demanded, Text("文字不是所声明的编码", en="the text is not in this encoding"))
    return encoding


def _told(distinct: Sequence[bytes], stated: str | None, file: str) -> str:
    """Return the encoding the bytes are in.

    UTF-8 first: bytes of another encoding are valid UTF-8 only by chance, and then never as Han characters.
    """
    foreign = [text for text in distinct if not text.isascii()]
    if not foreign:
        return stated or "utf-8"
    utf8, chinese = _is_text(foreign, "utf-8"), _is_text(foreign, "gb18030")
    everyday = chinese and _everyday_share(foreign) >= _EVERYDAY_SHARE
    if utf8 and not (everyday and _by_chance(foreign)):
        return "utf-8"
    if chinese and (everyday or stated == "gb18030"):
        return "gb18030"
    usable = stated is not None and stated not in {"utf-8", "gb18030"} and _is_text(foreign, stated)
    if stated is not None and usable and not (chinese and stated in _SINGLE_BYTE and _mostly_pairs(foreign)):
        return stated
    raise _refused(
        file,
        stated,
        Text("文字编码无法确定，请用 --encoding 说明", en="the encoding cannot be told: say it with --encoding"),
    )


def _by_chance(foreign: Sequence[bytes]) -> bool:
    letters = "".join(_whole(text, "utf-8") for text in foreign)
    return max(letters) <= _LAST_TWO_BYTE_UTF8


def _mostly_pairs(foreign: Sequence[bytes]) -> bool:
    """Return whether high bytes come in pairs, as in Chinese; in Western text they stand among letters."""
    joined = b"\n".join(foreign)
    high = sum(byte >= 0x80 for byte in joined)  # noqa: PLR2004 - the first byte that is not ASCII
    paired = sum(len(run) for run in re.findall(rb"(?:[\x81-\xfe][\x80-\xfe])+", joined))
    return 2 * paired > high


def _everyday_share(foreign: Sequence[bytes]) -> float:
    letters = [letter for text in foreign for letter in _whole(text, "gb18030") if not letter.isascii()]
    return sum(_encodes(letter, "gb2312") for letter in letters) / len(letters) if letters else 0.0


def _encodes(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _is_text(texts: Iterable[bytes], encoding: str) -> bool:
    try:
        return not any(_NEVER_IN_TEXT.search(_whole(text, encoding)) for text in texts)
    except UnicodeDecodeError:
        return False


def _whole(text: bytes, encoding: str) -> str:
    """Return text without the part of a character that was cut off at its end.

    Raises
    ------
    UnicodeDecodeError
        The bytes before it are not of this encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    decode: Callable[[bytes], str] = decoder.decode
    return decode(text)


def _different(headings: Sequence[str]) -> list[str]:
    """Return headings that are all different: two that were cut to the same text get numbers."""
    made: list[str] = []
    for heading in headings:
        name, number = heading, 1
        while name in made:
            number += 1
            name = f"{heading}_{number}"
        made.append(name)
    return made


def _notes(
    encoding: str, stated: str | None, demanded: str | None, distinct: Sequence[bytes], cut: int
) -> list[Text]:
    notes = []
    shown = "GBK" if encoding == "gb18030" else encoding.upper()
    if demanded is None and stated != encoding and not all(text.isascii() for text in distinct):
        said = "没有说明编码" if stated is None else f"自称 {stated}"
        said_en = "the file names none" if stated is None else f"the file says {stated}"
        notes.append(Text(f"文字按 {shown} 读取（文件{said}）。", en=f"Text was read as {shown} ({said_en})."))
    if cut:
        notes.append(
            Text(
                f"{cut} 个文字值在文件里就被截断，末尾的半个字已去掉。",
                en=f"{cut} texts were cut in the file; half a character at their ends was left out.",
            )
        )
    return notes


def _refused(file: str, value: str | None, reason: Text) -> FileFormatError:
    return FileFormatError(
        Text(f"{file} 的{reason}。", en=f"{file}: {reason.en}."),
        [
            Fault(
                file=file,
                column="--encoding",
                value=value,
                allowed="UTF-8、GBK、GB18030",
                hint=Text("试用 --encoding GBK 或 --encoding UTF-8", en="try --encoding GBK or --encoding UTF-8"),
            )
        ],
    )
