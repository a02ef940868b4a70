"""Where files that were handed in lie until a worker has read them: under names of our own, within limits."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final
from uuid import UUID

from gisplanner.domain.accounts import Viewer
from gisplanner.errors import Fault, InputError, NotFoundError, TooLargeError, TooManyRequestsError
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

KEPT_HOURS: Final = 24
MAX_FILES: Final = 50
MAX_BYTES_OF_ACCOUNT: Final = 2 << 30
MAX_AT_ONCE: Final = 3
"""How many files of one account are on their way in at the same time: what is not there yet takes room, too."""
_LEFT_BEHIND_HOURS: Final = KEPT_HOURS + 1
_NAME_BYTES: Final = 200
_CONTROL: Final = frozenset(map(chr, (*range(32), 127)))


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it was received."""

    id: UUID
    file_name: str
    size_bytes: int
    sha256: str


class Receiving:
    """A file on its way in: bytes are counted and written as they come.

    Parameters
    ----------
    folder
        Folder of all files that were handed in.
    limit_bytes
        Most bytes that are taken.
    """

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.id = uuid.uuid4()
        self.size_bytes = 0
        self._limit_bytes = limit_bytes
        self._path = folder / str(self.id)
        self._sha256 = hashlib.sha256()
        self._file: IO[bytes] = self._path.open("xb")

    def write(self, chunk: bytes) -> None:
        """Take some bytes.

        Raises
        ------
        TooLargeError
            They are too many; what came before is removed.
        """
        self.size_bytes += len(chunk)
        if self.size_bytes > self._limit_bytes:
            self.discard()
            raise too_large(self._limit_bytes)
        self._sha256.update(chunk)
        self._file.write(chunk)

    def discard(self) -> None:
        """Remove what came."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def keep(self, db: Database, viewer: Viewer, file_name: str) -> Uploaded:
        """Enter the file as one that ``viewer`` handed in.

        Raises
        ------
        InputError
            It is empty, or its name is none.
        TooManyRequestsError
            The account has handed in more than is kept of it.
        """
        self._file.close()
        try:
            self._enter(db, viewer, file_name)
        except BaseException:
            self.discard()
            raise
        return Uploaded(self.id, file_name, self.size_bytes, self._sha256.hexdigest())

    def _enter(self, db: Database, viewer: Viewer, file_name: str) -> None:
        if not self.size_bytes:
            raise InputError(Text("文件是空的。", en="The file is empty."), [Fault(file=file_name)])
        check_name(file_name)
        with db.transaction() as connection:
            queries().uploads_lock(connection, account=viewer.name)
            _check_room(connection, viewer, self.size_bytes)
            queries().upload_insert(
                connection,
                id=str(self.id),
                account=viewer.name,
                file_name=file_name,
                size_bytes=self.size_bytes,
                sha256=self._sha256.hexdigest(),
            )


def check_room(db: Database, viewer: Viewer, size_bytes: int) -> None:
    """Refuse, before it comes, a file there is no room for any more.

    Raises
    ------
    TooManyRequestsError
        The account has handed in as much as is kept of it.
    """
    with db.transaction() as connection:
        _check_room(connection, viewer, size_bytes)


def _check_room(connection: Connection, viewer: Viewer, size_bytes: int) -> None:
    held = queries().uploads_of_account(connection, account=viewer.name)
    if held.files >= MAX_FILES or held.bytes + size_bytes > MAX_BYTES_OF_ACCOUNT:
        raise _too_many(viewer)


def too_many_at_once(viewer: Viewer) -> TooManyRequestsError:
    """Return the refusal of one more file while others of the account are on their way in."""
    return TooManyRequestsError(
        Text(
            f"账户 {viewer.name} 正在上传 {MAX_AT_ONCE} 个文件，请等其中一个传完。",
            en=f"The account {viewer.name} is handing in {MAX_AT_ONCE} files already; wait for one of them.",
        ),
        retry_after_s=60,
    )


def _too_many(viewer: Viewer) -> TooManyRequestsError:
    room = f"{MAX_BYTES_OF_ACCOUNT >> 30} GB"
    return TooManyRequestsError(
        Text(
            f"账户 {viewer.name} 一天内报送的文件过多（至多 {MAX_FILES} 个、{room}）。",
            en=f"The account {viewer.name} handed in too much in a day: at most {MAX_FILES} files, {room}.",
        ),
        retry_after_s=3600,
    )


def check_name(file_name: str) -> None:
    r"""Refuse a name that leads anywhere.

    Raises
    ------
    InputError
        It holds a slash, a control character, or is too long.

    Examples
    --------
    >>> check_name("管线.gpkg")
    >>> check_name("../../etc/passwd")
    Traceback (most recent call last):
    gisplanner.errors.InputError: 文件名不能用。
    """
    bad = (
        not file_name.strip(". ")
        or len(file_name.encode("utf-8", "replace")) > _NAME_BYTES
        or any(character in "/\\" or character in _CONTROL for character in file_name)
        or not file_name.isprintable()
    )
    if bad:
        raise InputError(
            Text("文件名不能用。", en="The file name cannot be used."),
            [Fault(file=ascii(file_name), allowed=Text("不含路径，200 字节以内", en="no path, 200 bytes at most"))],
        )


def too_large(limit_bytes: int) -> TooLargeError:
    """Return the refusal of a file that is too large."""
    return TooLargeError(
        Text(
            f"文件过大，至多 {limit_bytes >> 20} MB。", en=f"The file is too large: at most {limit_bytes >> 20} MB."
        ),
        [Fault(allowed=f"{limit_bytes >> 20} MB")],
    )


@contextmanager
def file_of_upload(db: Database, viewer: Viewer, folder: Path, upload_id: UUID) -> Iterator[Path]:
    """Yield a path to a file that ``viewer`` handed in, under the name it had.

    Raises
    ------
    NotFoundError
        There is none of that id, at least not of this account, or it is kept no more.
    """
    with db.transaction() as connection:
        row = queries().upload_get(connection, id=str(upload_id))
    stored = folder / str(upload_id)
    if row is None or row.account != viewer.name or not stored.is_file():
        raise NotFoundError(
            Text(
                f"没有交来的文件 {upload_id}，或已超过 {KEPT_HOURS} 小时，请重新上传。",
                en=f"There is no file {upload_id}, or it is older than {KEPT_HOURS} hours: hand it in again.",
            ),
            [Fault(column="upload", value=str(upload_id))],
        )
    with TemporaryDirectory(prefix="gisplanner-", dir=folder) as place:
        path = Path(place) / row.file_name
        os.link(stored, path)
        yield path


def forget_uploads(db: Database, folder: Path) -> int:
    """Remove files that are kept no more and return how many; and what a server or a worker that was killed left."""
    with db.transaction() as connection:
        gone = [row.id for row in queries().uploads_forget(connection, hours=KEPT_HOURS)]
    for one in gone:
        (folder / str(one)).unlink(missing_ok=True)
    before = time.time() - _LEFT_BEHIND_HOURS * 3600
    for left in folder.iterdir():
        if left.lstat().st_mtime < before:
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    return len(gone)
