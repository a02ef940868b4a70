"""Definition files (TOML): read into a model, or every fault of them told."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gisplanner.errors import CatalogueError, Fault
from gisplanner.text import Text

Model = TypeVar("Model", bound=BaseModel)


def read_definition(file: Path, kind: type[Model], wrong: Text) -> Model:
    """Return what a definition file holds.

    Raises
    ------
    CatalogueError
        The file does not fit ``kind``; the error says ``wrong``.
    """
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueError(wrong, faults_of(file, error)) from error


def faults_of(file: Path, error: tomllib.TOMLDecodeError | ValidationError) -> list[Fault]:
    """Return one fault for each thing that is wrong with a definition file."""
    if isinstance(error, ValidationError):
        return [
            Fault(
                file=str(file),
                column=".".join(str(part) for part in one["loc"]),
                value=str(one["input"]),
                hint=one["msg"],
            )
            for one in error.errors()
        ]
    return [Fault(file=str(file), hint=str(error))]
