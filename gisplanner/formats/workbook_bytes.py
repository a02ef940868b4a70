"""Office files whose bytes depend on what they say only, never on when they were written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook

_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_CORE: Final = "docProps/core.xml"
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def save_reproducibly(book: Workbook, path: Path, made: datetime) -> None:
    """Save a workbook as made and changed at ``made``; the same content gives the same bytes."""
    book.properties.created = made
    written = io.BytesIO()
    book.save(written)
    stamp = made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    repack(written, path, core=lambda content: _MODIFIED.sub(lambda found: found[1] + stamp, content))


def repack(written: io.BytesIO, path: Path, *, core: Callable[[bytes], bytes] | None = None) -> None:
    """Write an office file to ``path`` without the times its parts were made at; ``core`` edits its properties."""
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == _CORE and core is not None:
                content = core(content)
            target.writestr(zipfile.ZipInfo(member.filename, _FIXED_TIME), content, zipfile.ZIP_DEFLATED)
