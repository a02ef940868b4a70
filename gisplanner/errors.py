"""Every error the product raises on purpose.

::

    GisPlannerError
    ├── InputError                     exit 2   what was handed in is wrong; nothing was written
    │   ├── FileFormatError                     the file cannot be read as what it claims to be
    │   ├── CrsError                            coordinate reference missing, not metric or implausible
    │   ├── GeometryError                       geometry rows that cannot be used
    │   ├── RegisterError                       the printed register (台账) contradicts itself
    │   ├── NotFoundError                       no such district, layer, profile, estate …
    │   ├── TooLargeError                       more bytes, rows or vertices than are taken at once
    │   └── UsageError                          options that contradict each other
    ├── InfeasibleError                exit 3   no feasible plan exists; says why
    ├── DatabaseUnavailableError       exit 4   no PostGIS to talk to
    ├── RefusedError                   exit 5   a rule of the policy document forbids it
    │   ├── PermissionDeniedError               this account may not do it
    │   ├── ChangedMeanwhileError               somebody changed it since it was read
    │   └── TooManyRequestsError                not now: too many attempts, or too many jobs at once
    └── InternalError                  exit 70  our own fault, e.g. a broken installation
        └── CatalogueError                      a shipped definition file is wrong

``exit_code`` is the exit code of the command line; the HTTP status of each class stands in ``api.errors``.
Input faults are collected and reported together: an ``InputError`` carries one :class:`Fault` per thing to mend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gisplanner.text import Language, in_language

MAX_LISTED_VALUE = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in what was handed in: where it stands, what was met, what is allowed, what to do.

    ``row`` is the row number a person sees in the file (spreadsheets count from 1, header included; for
    geometry files the feature number from 0, as GDAL prints it).
    """

    file: str | None = None
    layer: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    allowed: str | None = None
    hint: str | None = None

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON form, texts in ``language``."""
        value = None if self.value is None else str(self.value)[:MAX_LISTED_VALUE]
        return {
            "file": self.file,
            "layer": self.layer,
            "row": self.row,
            "column": self.column,
            "value": value,
            "allowed": None if self.allowed is None else in_language(self.allowed, language),
            "hint": None if self.hint is None else in_language(self.hint, language),
        }


class GisPlannerError(Exception):
    """Base of all errors of the product.

    Parameters
    ----------
    message
        One sentence; a :class:`gisplanner.text.Text` where both languages are known.
    faults
        The single things to mend, in file order.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the error document of the contract: ``{"error": {"code", "message", "items"}}``."""
        return {
            "error": {
                "code": self.code,
                "message": in_language(self.message, language),
                "items": [fault.as_dict(language) for fault in self.faults],
            }
        }


class InputError(GisPlannerError, ValueError):
    """What was handed in is wrong; nothing was written."""

    code = "bad_input"
    exit_code = 2


class FileFormatError(InputError):
    """The file cannot be read as what it claims to be."""

    code = "file_format"


class CrsError(InputError):
    """Coordinate reference missing, not metric, or implausible for the coordinates met."""

    code = "crs"


class GeometryError(InputError):
    """Rows whose geometry cannot be used."""

    code = "geometry"


class RegisterError(InputError):
    """The printed register (台账) cannot be read without guessing."""

    code = "register"


class NotFoundError(InputError, LookupError):
    """No such district, layer, profile, estate, project or file."""

    code = "not_found"


class TooLargeError(InputError):
    """More bytes, rows or vertices than are taken at once."""

    code = "too_large"


class UsageError(InputError):
    """Options that contradict each other or make no sense together."""

    code = "usage"


class InfeasibleError(GisPlannerError):
    """No feasible plan exists; the message says which part makes it so."""

    code = "infeasible"
    exit_code = 3


class DatabaseUnavailableError(GisPlannerError, ConnectionError):
    """There is no PostGIS to talk to, and why."""

    code = "database_unavailable"
    exit_code = 4


class RefusedError(GisPlannerError):
    """A rule of the policy document forbids it; the clause is quoted."""

    code = "refused"
    exit_code = 5


class PermissionDeniedError(RefusedError, PermissionError):
    """The account may not do it."""

    code = "permission_denied"


class ChangedMeanwhileError(RefusedError):
    """Somebody changed it since the client read it (optimistic locking)."""

    code = "changed_meanwhile"


class TooManyRequestsError(RefusedError):
    """Not now: too many attempts, or too many jobs at once."""

    code = "too_many_requests"

    def __init__(self, message: str, faults: Sequence[Fault] = (), *, retry_after_s: int = 60) -> None:
        super().__init__(message, faults)
        self.retry_after_s = retry_after_s


class InternalError(GisPlannerError):
    """Our own fault, for example a broken installation."""

    code = "internal"
    exit_code = 70


class CatalogueError(InternalError):
    """A shipped definition file (layer, profile, utility, standard) is wrong."""

    code = "catalogue"
