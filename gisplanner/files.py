"""Files appear whole or not at all: written beside their place, then moved onto it (原子写入)."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gisplanner.errors import Fault, InputError
from gisplanner.text import Text

_REASONS: Final = {
    errno.ENOENT: Text("文件夹不存在", en="the folder does not exist"),
    errno.ENOTDIR: Text("路径中有一段不是文件夹", en="a part of the path is not a folder"),
    errno.EISDIR: Text("该路径是文件夹", en="the path is a folder"),
    errno.EACCES: Text("没有写入权限", en="no permission to write"),
    errno.EPERM: Text("没有写入权限", en="no permission to write"),
    errno.EROFS: Text("磁盘只读", en="the disk is read-only"),
    errno.ENOSPC: Text("磁盘已满", en="the disk is full"),
    errno.EDQUOT: Text("超出磁盘配额", en="the disk quota is used up"),
    errno.ENAMETOOLONG: Text("文件名过长", en="the file name is too long"),
}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path in a new folder beside ``path`` to write to; at the end it takes the place of ``path``.

    The yielded path has the name of ``path``, so writers that look at the suffix, or that put helper files
    beside their output, do as usual; helper files are thrown away. Readers see the old file or the new one,
    never a part; on any error the old file stays.

    Raises
    ------
    InputError
        The place cannot be written to, and why.

    Examples
    --------
    >>> folder = tempfile.TemporaryDirectory()
    >>> place = Path(folder.name) / "片区.csv"
    >>> with replacing(place) as writing:
    ...     _ = writing.write_text("甲,乙")
    >>> place.read_text(), [file.name for file in Path(folder.name).iterdir()]
    ('甲,乙', ['片区.csv'])
    >>> folder.cleanup()
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".gisplanner-") as folder:
            writing = Path(folder) / path.name
            yield writing
            writing.replace(path)
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        reason = _REASONS[error.errno]
        raise InputError(
            Text(f"不能写入 {path}：{reason}。", en=f"Cannot write {path}: {reason.en}."),
            [Fault(file=str(path), hint=reason)],
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write ``text`` in UTF-8 with line feeds, whole or not at all.

    Raises
    ------
    InputError
        The place cannot be written to, and why.
    """
    with replacing(path) as writing:
        writing.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content``, whole or not at all.

    Raises
    ------
    InputError
        The place cannot be written to, and why.
    """
    with replacing(path) as writing:
        writing.write_bytes(content)
