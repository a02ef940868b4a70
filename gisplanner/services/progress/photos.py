"""Photos before and after: of an estate (改造前、改造后) and of what is pulled down in it (拆除前、拆除后)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.services.progress.permission import recording
from gisplanner.services.progress.pictures import read_file, small_jpeg
from gisplanner.services.progress.projects import find_estate, yet_to_come
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

Phase = Literal["改造前", "改造后"]
DemolitionPhase = Literal["拆除前", "拆除后"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as it comes: its bytes, its name, when and by whom it was taken."""

    content: bytes
    name: str
    on: date
    caption: str | None = None
    taken_by: str | None = None

    @classmethod
    def of_file(cls, path: Path, on: date, *, caption: str | None = None, taken_by: str | None = None) -> Shot:
        """Return the picture of a file.

        Raises
        ------
        NotFoundError
            There is no such file.
        """
        return cls(read_file(path), path.name, on, caption, taken_by)


def add_photo(
    db: Database, district: District, estate: str, phase: Phase, shot: Shot, *, illustrative: bool = False
) -> int:
    """Store a photo of an estate (code or name) and return its size in bytes; the same file again changes nothing.

    Raises
    ------
    NotFoundError
        No such estate.
    FileFormatError
        It is no picture.
    InputError
        The day is yet to come, or the name fits several estates.
    PermissionDeniedError
        The estate is not of the account's streets.
    """
    jpeg = _checked(shot)
    with recording(db) as connection:
        found = find_estate(connection, district, estate)
        _insert(connection, (found.id, None), (phase, shot, jpeg), illustrative=illustrative)
    return len(jpeg)


def add_demolition_photo(
    db: Database, district: District, code: str, phase: DemolitionPhase, shot: Shot, *, illustrative: bool = False
) -> int:
    """Store a photo of a demolition (拆违事项, by its code) and return its size in bytes.

    Raises
    ------
    NotFoundError
        No such demolition.
    FileFormatError, InputError, PermissionDeniedError
        As for :func:`add_photo`.
    """
    jpeg = _checked(shot)
    with recording(db) as connection:
        case = queries().demolition_of_district(connection, district_id=district.id, code=code)
        if case is None:
            raise NotFoundError(
                Text(f"没有拆违事项 {code}。", en=f"There is no demolition {code}."),
                [Fault(column=Text("编号", en="code"), value=code)],
            )
        _insert(connection, (case.estate_id, case.id), (phase, shot, jpeg), illustrative=illustrative)
    return len(jpeg)


def _checked(shot: Shot) -> bytes:
    early = yet_to_come("--on", shot.on)
    if early:
        raise InputError(Text(f"{shot.on} 还没有到。", en=f"{shot.on} is yet to come."), early)
    return small_jpeg(shot.content, shot.name)


def _insert(
    connection: Connection, of: tuple[int, int | None], taken: tuple[str, Shot, bytes], *, illustrative: bool
) -> None:
    (estate_id, demolition_id), (phase, shot, jpeg) = of, taken
    queries().estate_photo_insert(
        connection, estate_id=estate_id, demolition_id=demolition_id, phase=phase, caption=shot.caption or None,
        happened_on=shot.on, taken_by=shot.taken_by or None, jpeg=jpeg,
        sha256=hashlib.sha256(shot.content).hexdigest(), illustrative=illustrative,
    )  # fmt: skip
