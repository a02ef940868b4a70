"""What the forms of entry (进度与填报) sent: texts, days, numbers, files, photos."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from starlette.datastructures import FormData, UploadFile

from gisplanner.errors import Fault, InputError
from gisplanner.services.progress.estate_entry import COUNTS, EstateEntry
from gisplanner.services.progress.evidence import EvidenceFile, evidence_of
from gisplanner.services.progress.photos import Shot
from gisplanner.text import Text

VOTE: Final = "vote:"
"""Before the word of the menu in the name of a field."""


def text_of(form: FormData, name: str) -> str | None:
    """Return what was typed, ``None`` where nothing was."""
    value = form.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def day_of(form: FormData, name: str) -> date:
    """Return a day.

    Raises
    ------
    InputError
        It is none.
    """
    given = text_of(form, name) or ""
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        told = Text("没有记录：日期有误。", en="Nothing was recorded: the day is wrong.")
        raise InputError(told, [Fault(column=Text("日期", en="day"), value=given, allowed="YYYY-MM-DD")]) from error


def _upload(value: UploadFile | str) -> tuple[bytes, str] | None:
    if isinstance(value, str) or not value.filename:
        return None
    return value.file.read(), value.filename


def files_of(form: FormData, name: str) -> list[EvidenceFile]:
    """Return the files that were chosen, as they are kept.

    Raises
    ------
    TooLargeError, FileFormatError
        One cannot be taken.
    """
    given = (_upload(value) for value in form.getlist(name))
    return [evidence_of(*one) for one in given if one is not None]


def shot_of(form: FormData) -> Shot:
    """Return the photo that was chosen.

    Raises
    ------
    InputError
        There is none, or no day.
    """
    given = _upload(form.get("photo") or "")
    if given is None:
        told = Text("没有选择照片。", en="No photo was chosen.")
        raise InputError(told, [Fault(column=Text("照片", en="photo"))])
    content, name = given
    return Shot(content, name, day_of(form, "on"), text_of(form, "caption"), text_of(form, "taken_by"))


def entry_of(form: FormData) -> EstateEntry:
    """Return what the form of an estate says; empty fields say nothing.

    Raises
    ------
    InputError
        Numbers that are none, all at once.
    """
    faults: list[Fault] = []

    def number(key: str, label: str) -> Decimal | None:
        given = text_of(form, key)
        try:
            made = None if given is None else Decimal(given)
        except InvalidOperation:
            made = Decimal(-1)
        if made is not None and not (made.is_finite() and made >= 0):
            faults.append(Fault(column=label, value=given, allowed=Text("0 或正整数", en="0 or more")))
            return None
        return made

    counts = {kind: number(kind, kind) for kind in COUNTS}
    votes = {key.removeprefix(VOTE): number(key, key.removeprefix(VOTE)) for key in form if key.startswith(VOTE)}
    if faults:
        raise InputError(Text("填报有误，没有存入。", en="The form is wrong; nothing was stored."), faults)
    return EstateEntry(
        day_of(form, "on"), text_of(form, "year_built"), text_of(form, "ownership"),
        {kind: count for kind, count in counts.items() if count is not None},
        {word: count for word, count in votes.items() if count is not None},
        text_of(form, "source"), (text_of(form, "seen_year"), text_of(form, "seen_ownership")),
    )  # fmt: skip
