"""Files that prove a stage (佐证文件): looked at, photos made small, kept with the record they prove."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from gisplanner.errors import Fault, FileFormatError, TooLargeError
from gisplanner.services.progress.pictures import read_file, small_jpeg
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text

MOST_BYTES: Final = 8_000_000
LONGEST_NAME: Final = 200
JPEG: Final = "image/jpeg"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_PACKAGES: Final = {"word/": f"{_OFFICE}wordprocessingml.document", "xl/": f"{_OFFICE}spreadsheetml.sheet"}
_BEGINNINGS: Final = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": JPEG}
ALLOWED: Final = "PDF、JPEG、PNG、DOCX、XLSX"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file as it is kept; ``sha256`` is that of the file as it came."""

    name: str
    media_type: str
    content: bytes
    sha256: str


def evidence_of(content: bytes, name: str) -> EvidenceFile:
    """Return a file as it is kept: what it is, is told by its content; a photo is made small.

    Raises
    ------
    TooLargeError
        Above 8 MB.
    FileFormatError
        Neither PDF, picture, DOCX nor XLSX.
    """
    if len(content) > MOST_BYTES:
        raise TooLargeError(
            Text("佐证文件过大，至多 8 MB。", en="The evidence is too large: at most 8 MB."),
            [
                Fault(
                    file=name,
                    value=f"{name} {len(content) / 1e6:.1f} MB",
                    allowed=Text(f"每份至多 {MOST_BYTES // 1_000_000} MB：{ALLOWED}", en="8 MB each"),
                    hint=Text(
                        "请压缩后重新选择，或只填佐证材料的文号、名称；没有存入任何内容",
                        en="compress it, or give only its number; nothing was stored",
                    ),
                )
            ],
        )
    kind = _media_type(content)
    if kind is None:
        raise FileFormatError(
            Text("佐证文件不是可接受的种类。", en="Not a kind of file that is taken as evidence."),
            [Fault(file=name, allowed=ALLOWED)],
        )
    kept = small_jpeg(content, name) if kind == JPEG else content
    return EvidenceFile(name[-LONGEST_NAME:], kind, kept, hashlib.sha256(content).hexdigest())


def evidence_named(given: str) -> tuple[str, tuple[EvidenceFile, ...]]:
    """Return what is written down of ``given``, and the file to keep where it names one (else it is a document).

    Raises
    ------
    TooLargeError, FileFormatError
        It is a file that cannot be taken.
    """
    path = Path(given)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # longer than a path may be: surely the title of a document
        is_file = False
    if not is_file:
        return given, ()
    return path.name, (evidence_of(read_file(path), path.name),)


def keep_evidence(connection: Connection, stage_event_id: int, files: Sequence[EvidenceFile]) -> None:
    """Store files with the record they prove."""
    for one in files:
        queries().stage_evidence_insert(
            connection, stage_event_id=stage_event_id, file_name=one.name, media_type=one.media_type,
            content=one.content, sha256=one.sha256,
        )  # fmt: skip


def _media_type(content: bytes) -> str | None:
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    try:
        with ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
    except BadZipFile:
        return None
    return next((kind for folder, kind in _PACKAGES.items() if any(n.startswith(folder) for n in names)), None)
