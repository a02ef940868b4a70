"""Tell UTF-8 from GBK (GB 18030) without a guess: a text is one of them for a reason, or it is refused."""

from __future__ import annotations

import re
from typing import Final

from gisplanner.errors import Fault, FileFormatError
from gisplanner.text import Text

_BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UTF8_HAN: Final = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_ABOVE_ASCII: Final = bytes(range(0x80, 0x100))
_HAN: Final = re.compile("[㐀-䶿一-鿿]")
_NEVER_IN_A_TABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff�]")


def decode_text(data: bytes, *, file: str) -> str:
    """Return the text of a file in UTF-8 (with or without byte order mark), UTF-16 with one, GBK or GB 18030.

    Parameters
    ----------
    data
        The whole file.
    file
        Its name, for the error.

    Raises
    ------
    FileFormatError
        The bytes are neither, or damaged UTF-8.

    Examples
    --------
    >>> decode_text("备注,户数".encode("gbk"), file="a.csv")
    '备注,户数'
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding, file)
    utf8 = _attempt(data, "utf-8")
    if utf8 is not None and (utf8.isascii() or max(utf8) >= "\u0800"):
        return _plain(utf8, file)
    gbk = _attempt(data, "gb18030")
    if utf8 is not None and not (gbk is not None and _is_chance_utf8(utf8, gbk)):
        return _plain(utf8, file)
    damaged = _looks_like_utf8(data)
    if gbk is None or damaged or _NEVER_IN_A_TABLE.search(gbk):
        return _strictly(data, "utf-8", file)
    return gbk


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_chance_utf8(utf8: str, gbk: str) -> bool:
    # A few GBK characters can be valid two-byte UTF-8 by chance: Greek or Cyrillic letters, never a Han character.
    if utf8.isascii() or max(utf8) >= "\u0800":
        return False
    return all(_HAN.match(character) for character in gbk if not character.isascii())


def _looks_like_utf8(data: bytes) -> bool:
    # A UTF-8 file with one broken byte must not be read as GBK gibberish.
    above = len(data) - len(data.translate(None, _ABOVE_ASCII))
    return above > 0 and 2 * 3 * sum(1 for _ in _UTF8_HAN.finditer(data)) >= above


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return _plain(data.decode(encoding), file)
    except UnicodeError as error:
        where = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise _not_text(file, where) from error


def _plain(text: str, file: str) -> str:
    found = _NEVER_IN_A_TABLE.search(text)
    if found:
        raise _not_text(file, text.count("\n", 0, found.start()) + 1)
    return text


def _not_text(file: str, line: int) -> FileFormatError:
    return FileFormatError(
        Text("文件不是可识别的文本。", en="The file is not readable text."),
        [
            Fault(
                file=file,
                row=line,
                allowed=Text("UTF-8 或 GBK（GB 18030）文本", en="UTF-8 or GBK (GB 18030) text"),
                hint=Text(
                    "在电子表格中另存为“CSV UTF-8”，或直接使用 .xlsx。",
                    en="Save it as “CSV UTF-8” from the spreadsheet, or hand in the .xlsx itself.",
                ),
            )
        ],
    )
