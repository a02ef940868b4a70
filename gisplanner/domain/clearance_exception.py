"""Accepted exceptions (例外登记): a clearance below its clause that somebody took upon himself, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gisplanner.domain.clearance import ClearanceConflict, ConflictKind

_TOLERANCE_M: Final = 0.001

ExceptionKey = tuple[frozenset[str], str]
"""The ids of the pair, in no order, and the kind of clearance."""


@dataclass(frozen=True, slots=True)
class ClearanceException:
    """A smaller clearance with safety measures (采取安全措施后减小净距), accepted for one pair.

    Attributes
    ----------
    a, b
        Ids of the pair as the conflict has them; ``b`` is ``None`` for cover.
    required_m, accepted_m
        What the clause asks, and down to what a smaller distance is accepted.
    measure, ground, document
        What is done instead, why the clause cannot be kept, and the paper that says so.
    accepted_by, accepted_on, valid_until
        Who answers for it, since when and until when.
    """

    a: str
    b: str | None
    kind: ConflictKind
    required_m: float
    accepted_m: float
    clause: str
    measure: str
    ground: str
    document: str
    accepted_by: str
    accepted_on: date
    valid_until: date
    illustrative: bool = False
    status: str | None = None
    """Whether anybody compared the clause with print, as it stands now; not stored."""

    @property
    def key(self) -> ExceptionKey:
        """Return what it is looked up by."""
        return key_of(self.a, self.b, self.kind)

    def covers(self, conflict: ClearanceConflict, *, on: date) -> bool:
        """Return whether the conflict is accepted on a day: the same pair and clause, no nearer than accepted.

        Examples
        --------
        >>> day = date(2024, 9, 2)
        >>> one = ClearanceException("a", None, "cover", 0.9, 0.7, "c", "m", "g", "d", "w", day, day)
        >>> one.key == key_of("a", None, "cover")
        True
        """
        return (
            self.key == key_of(str(conflict.a), None if conflict.b is None else str(conflict.b), conflict.kind)
            and self.accepted_on <= on <= self.valid_until
            and conflict.measured_m >= self.accepted_m - _TOLERANCE_M
            and conflict.rule.cited == self.clause
        )

    def document_record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "a": self.a,
            "b": self.b,
            "kind": self.kind,
            "required_m": self.required_m,
            "accepted_m": self.accepted_m,
            "clause": self.clause,
            "status": self.status or "未核对原文",
            "measure": self.measure,
            "ground": self.ground,
            "document": self.document,
            "accepted_by": self.accepted_by,
            "accepted_on": self.accepted_on.isoformat(),
            "valid_until": self.valid_until.isoformat(),
        }


def key_of(a: str, b: str | None, kind: str) -> ExceptionKey:
    """Return the key of a pair."""
    return frozenset({a, "" if b is None else b}), kind
