"""A proposal (片区方案): bundles as they stand, and the changes a planner made to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

ChangeKind = Literal["made", "move", "merge", "split", "lock", "unlock", "reoptimise", "undo", "adopt"]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Bundles by id, with the codes of their estates, and the ids of those that are locked (锁定)."""

    bundles: Mapping[str, tuple[str, ...]]
    locked: frozenset[str] = frozenset()

    def bundle_of(self, estate: str) -> str | None:
        """Return the bundle an estate is in.

        Examples
        --------
        >>> Grouping({"1": ("a", "b")}).bundle_of("b")
        '1'
        """
        return next((name for name, estates in self.bundles.items() if estate in estates), None)


@dataclass(frozen=True, slots=True)
class ProposalChange:
    """One change: what, why, by whom, signed by whom where it is an exception, and how the bundles stand after it."""

    kind: ChangeKind
    what: str
    reason: str
    after: Grouping
    exceptions: tuple[str, ...]
    signed_by: str | None
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stored proposal with its changes, oldest first; ``answer`` is what the engine gave, bounds and links."""

    id: int
    name: str
    kind: Literal["bundled", "official"]
    engine_version: str
    inputs_sha256: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]
    made_at: datetime
    made_by: str
    changes: tuple[ProposalChange, ...]

    @property
    def standing(self) -> tuple[ProposalChange, ...]:
        """The changes that are not undone; an adoption is no change of the bundles."""
        stack: list[ProposalChange] = []
        for change in self.changes:
            if change.kind == "undo":
                stack.pop()
            elif change.kind != "adopt":
                stack.append(change)
        return tuple(stack)

    @property
    def grouping(self) -> Grouping:
        """The bundles as they stand now."""
        return self.standing[-1].after
