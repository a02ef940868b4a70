"""The text of a policy document: TXT in UTF-8 or GBK, or DOCX; paragraphs as lines, tables cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from gisplanner.errors import Fault, FileFormatError, NotFoundError
from gisplanner.formats.text_encoding import decode_text
from gisplanner.text import Text

SUFFIXES = (".txt", ".docx")


def document_text(path: Path) -> str:
    """Return the text of a document, one paragraph or table cell a line.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError
        It is neither text nor DOCX, or damaged.
    """
    if not path.is_file():
        raise NotFoundError(Text(f"没有文件 {path}。", en=f"There is no file {path}."), [Fault(file=str(path))])
    match path.suffix.lower():
        case ".txt":
            return decode_text(path.read_bytes(), file=path.name).replace("\r\n", "\n").replace("\r", "\n")
        case ".docx":
            return "\n".join(_lines(_opened(path)))
        case _:
            raise FileFormatError(
                Text(f"{path.name} 不是 TXT 或 DOCX。", en=f"{path.name} is neither TXT nor DOCX."),
                [
                    Fault(
                        file=str(path),
                        allowed="、".join(SUFFIXES),
                        hint=Text("DOC、PDF、WPS 请另存为 DOCX 或 TXT", en="save DOC, PDF or WPS as DOCX or TXT"),
                    )
                ],
            )


def _opened(path: Path) -> Document:
    try:
        return docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise FileFormatError(
            Text(f"{path.name} 不是完好的 DOCX。", en=f"{path.name} is not an intact DOCX."),
            [Fault(file=str(path), hint=str(error))],
        ) from error


def _lines(document: Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    yield cell.text
