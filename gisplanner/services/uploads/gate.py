"""What is looked at before a file from outside is read: whether it is what its name says, and how it unfolds."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from gisplanner.errors import Fault, FileFormatError, TooLargeError
from gisplanner.services.uploads.kinds import UploadKind
from gisplanner.text import Text

MAX_UNPACKED_BYTES: Final = 1 << 30
MAX_RATIO: Final = 200
"""Geometry and tables shrink to a tenth or a fiftieth; what shrinks more is made to burst."""
_RATIO_FROM_BYTES: Final = 10 << 20
_HEAD_BYTES: Final = 1 << 16

_ZIP: Final = rb"PK(?:\x03\x04|\x05\x06)"
_HEADS: Final[Mapping[str, re.Pattern[bytes]]] = MappingProxyType(
    {
        ".zip": re.compile(_ZIP),
        ".xlsx": re.compile(_ZIP),
        ".gpkg": re.compile(rb"SQLite format 3\x00"),
        ".parquet": re.compile(rb"PAR1"),
        ".geojson": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
        ".json": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
        ".kml": re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
        ".osm": re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
    }
)
_BINARY: Final = re.compile(
    rb"PK\x03\x04|\xd0\xcf\x11\xe0|%PDF|\x7fELF|SQLite format 3|\x1f\x8b|Rar!|7z\xbc\xaf|MZ\x90"
)
_TEXT: Final = (".csv", ".txt", ".dxf")
_ENTITIES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_file(path: Path, kind: UploadKind) -> None:
    """Refuse a file that is not what it says, or that would unfold without measure.

    Raises
    ------
    FileFormatError
        Its name has none of the endings of its kind; its content is of another format; it holds links, paths that
        lead out, or XML entities.
    TooLargeError
        It unpacks to more than is taken.
    """
    suffix = path.suffix.lower()
    if not path.name.lower().endswith(kind.suffixes):
        raise _refused(path, Text("文件类型不对", en="a file of another kind"), allowed=" ".join(kind.suffixes))
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    expected = _HEADS.get(suffix)
    if expected is not None and not expected.match(head):
        raise _refused(path, Text(f"内容不是 {suffix} 格式", en=f"the content is no {suffix}"))
    if suffix in _TEXT and _BINARY.match(head) and not head.startswith(b"AutoCAD"):
        hint = Text("内容不是文本，像是改了后缀的其他文件", en="the content is no text; its ending was changed")
        raise _refused(path, hint)
    if suffix in {".kml", ".osm"}:
        _refuse_entities(path)
    if suffix in {".zip", ".xlsx"}:
        _check_archive(path)


def _refuse_entities(path: Path) -> None:
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if _ENTITIES.search(tail + chunk.replace(b"\x00", b"")):
                raise _refused(
                    path, Text("XML 中有 DOCTYPE 或实体声明", en="the XML declares a document type or entities")
                )
            tail = chunk[-16:].replace(b"\x00", b"")


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _refused(path, Text("压缩包已损坏", en="the archive is damaged")) from error
    for member in members:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(path, Text("压缩包里有符号链接", en="the archive holds a symbolic link"), member.filename)
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or member.filename.startswith(("/", "\\")):
            hint = Text("压缩包里的路径指向包外", en="a path in the archive leads out of it")
            raise _refused(path, hint, member.filename)
    unpacked = sum(member.file_size for member in members)
    burst = unpacked > _RATIO_FROM_BYTES and unpacked > MAX_RATIO * path.stat().st_size
    if unpacked > MAX_UNPACKED_BYTES or burst:
        raise TooLargeError(
            Text(
                f"{path.name} 解压后有 {unpacked >> 20} MB，疑似压缩炸弹，未解压。",
                en=f"{path.name} would unpack to {unpacked >> 20} MB; it was not unpacked.",
            ),
            [Fault(file=path.name, value=f"{unpacked >> 20} MB", allowed=f"{MAX_UNPACKED_BYTES >> 20} MB")],
        )


def _refused(path: Path, hint: Text, value: str | None = None, *, allowed: str | None = None) -> FileFormatError:
    return FileFormatError(
        Text(f"{path.name} 未被接收：{hint}。", en=f"{path.name} is not accepted: {hint.en}."),
        [Fault(file=path.name, value=value, allowed=allowed, hint=hint)],
    )
