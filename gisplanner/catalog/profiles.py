"""Policy profiles from ``rules/profiles/*.toml``."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, cast

from pydantic import ValidationError

from gisplanner import rules
from gisplanner.catalog.files import faults_of
from gisplanner.catalog.profiles_raw import Raw, completed
from gisplanner.domain.clause import DocumentSpec
from gisplanner.domain.profile import Profile
from gisplanner.domain.progress import FactKind
from gisplanner.errors import CatalogueError, Fault, FileFormatError, NotFoundError
from gisplanner.text import Text

PROFILE_DIR: Final = Path(rules.__file__).parent / "profiles"


class ExampleStage(NamedTuple):
    """One line of an invented history: a project reaches a stage on a day."""

    project_code: str
    stage: str
    on: date


class ExampleFact(NamedTuple):
    """One line of what an invented history needs at its gates: a tick, a signature, a defect."""

    project_code: str
    kind: FactKind
    name: str
    done: bool
    on: date


def profile_names() -> list[str]:
    """Return the names of all profiles.

    Examples
    --------
    >>> "nankang" in profile_names()
    True
    """
    return sorted(file.stem for file in PROFILE_DIR.glob("*.toml"))


@cache
def profile(name: str) -> Profile:
    """Return one profile.

    Raises
    ------
    NotFoundError
        There is none of that name.
    CatalogueError
        Its file is wrong; all faults at once.

    Examples
    --------
    >>> profile("nankang").register_.stated.households
    3433
    """
    file = _file_of(name)
    try:
        return Profile.model_validate(_completed(file))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueError(
            Text("政策依据文件有误。", en="The profile is wrong."), faults_of(file, error)
        ) from error


def profile_from(file: Path) -> Profile:
    """Return the profile of a file that stands anywhere; one it ``extends`` must be a shipped profile.

    Raises
    ------
    FileFormatError
        The file is not TOML or not a profile; all faults at once.
    """
    try:
        return Profile.model_validate(_completed(file))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileFormatError(
            Text("不是可读的政策依据文件。", en="Not a readable profile file."),
            [Fault(file=str(file), hint=str(error))],
        ) from error
    except ValidationError as error:
        raise FileFormatError(
            Text("政策依据文件有误。", en="The profile is wrong."), faults_of(file, error)
        ) from error


def documents() -> dict[str, DocumentSpec]:
    """Return all documents that are held, by code."""
    return {one.code: one for one in (profile(name).document for name in profile_names())}


def _file_of(name: str) -> Path:
    if name not in profile_names():
        raise NotFoundError(
            Text(f"没有政策依据 {name}。", en=f"There is no profile {name}."),
            [Fault(column="profile", value=name, allowed="、".join(profile_names()))],
        )
    return PROFILE_DIR / f"{name}.toml"


def _completed(file: Path) -> Raw:
    raw = tomllib.loads(file.read_text(encoding="utf-8"))
    return completed(raw, lambda parent: _completed(_file_of(parent)))


def example_progress(name: str) -> list[ExampleStage]:
    """Return the invented history (示例进度) of a profile's training ground, in file order; empty if it has none.

    Examples
    --------
    >>> example_progress("nankang")[0].stage
    '摸底调查'
    """
    register = profile(name).register_
    if register is None or register.example_progress is None:
        return []
    with (PROFILE_DIR / register.example_progress).open(encoding="utf-8", newline="") as file:
        return [
            ExampleStage(row["project_code"], row["stage"], date.fromisoformat(row["on"]))
            for row in csv.DictReader(file)
        ]


def example_facts(name: str) -> list[ExampleFact]:
    """Return what opened the gates of the invented history (示例进度) of a profile, in file order, if it has one."""
    register = profile(name).register_
    if register is None or register.example_facts is None:
        return []
    with (PROFILE_DIR / register.example_facts).open(encoding="utf-8", newline="") as file:
        return [
            ExampleFact(
                row["project_code"],
                cast("FactKind", row["kind"]),
                row["name"],
                row["done"] == "true",
                date.fromisoformat(row["on"]),
            )
            for row in csv.DictReader(file)
        ]


def example_records(name: str) -> dict[str, Path]:
    """Return the invented records of the works (示例台账) of a profile's training ground, a table for each kind."""
    register = profile(name).register_
    if register is None or register.example_records is None:
        return {}
    return {file.stem: file for file in sorted((PROFILE_DIR / register.example_records).glob("*.csv"))}


def published_rows(name: str) -> Path | None:
    """Return the CSV of the published register rows of a profile, if the product ships one."""
    register = profile(name).register_
    return None if register is None or register.rows is None else PROFILE_DIR / register.rows
