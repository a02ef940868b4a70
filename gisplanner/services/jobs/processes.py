"""What can be run as a job: each process with its inputs, who may run it, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from gisplanner.domain.accounts import Role, Viewer
from gisplanner.errors import Fault, UsageError
from gisplanner.store.database import Database
from gisplanner.text import Text

Tell = Callable[[int, str], None]
"""Called with the percentage done and the step under way."""


class Inputs(BaseModel):
    """Inputs of a process; the JSON schema of each stands in its description."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2000, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Work:
    """What a process is handed.

    Attributes
    ----------
    db
        The database as ``viewer`` may read and write it; a write counts only as long as the job does.
    program
        The same with the right of the program, for what a service looks at on the viewer's behalf; nothing is
        written with it.
    uploads
        Folder of the files that were handed in.
    tell
        Tells how far it is.
    """

    db: Database
    program: Database
    viewer: Viewer
    uploads: Path
    tell: Tell


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its id, what it does, its inputs, who may run it, and the service."""

    id: str
    title: Text
    description: Text
    inputs: type[Inputs]
    roles: frozenset[Role]
    run: Callable[[Work, Any], Mapping[str, Any]]
    version: ClassVar[str] = "1.0.0"

    def check(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs with their defaults filled in.

        Raises
        ------
        UsageError
            One fault for each input that is missing, unknown or wrong.
        """
        try:
            return self.inputs.model_validate(dict(given)).model_dump(mode="json")
        except ValidationError as error:
            faults = [
                Fault(
                    column=".".join(str(part) for part in one["loc"]) or None,
                    value=None if one["type"] == "missing" else str(one["input"]),
                    hint=one["msg"],
                )
                for one in error.errors()
            ]
            raise UsageError(Text("作业的输入有误。", en="Inputs of the job are wrong."), faults) from error
