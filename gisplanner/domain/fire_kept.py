"""A fire plan that is kept (留存的消防方案), with what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class KeptFirePlan:
    """A plan as it was stored.

    Attributes
    ----------
    parameters, answer
        What was asked, and the JSON document of the answer.
    engine_version, rules_sha256, inputs_sha256
        Version of the program, of the numbers and clauses, and of the layers.
    made_at, withdrawn_at
        Moments in ISO 8601.
    """

    number: int
    name: str
    reason: str
    engine_version: str
    rules_sha256: str
    inputs_sha256: str
    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]
    cost_cny: Decimal
    cost_bound_cny: Decimal
    proven: bool
    illustrative: bool
    made_at: str
    made_by: str
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_because: str | None

    def figures(self) -> dict[str, Any]:
        """Return the plan in one row: goal, cost, who is served, provenance."""
        answer = self.answer
        return {
            "name": self.name,
            "reason": self.reason,
            "goal": answer["goal"],
            "cost": float(self.cost_cny),
            "cost_lower_bound": float(self.cost_bound_cny),
            "proven": self.proven,
            "estates": len(answer["estates"]),
            "buildings": sum(one["buildings"] for one in answer["estates"]),
            "served_today": len(answer["served_today"]),
            "served_after": len(answer["served_after"]),
            "households_today": answer["households"]["today"],
            "households_after": answer["households"]["after"],
            "removals": len(answer["removals"]),
            "needs_survey": len(answer["needs_survey"]),
            "profile": self.parameters["profile"],
            "width_m": self.parameters["width_m"],
            "engine_version": self.engine_version,
            "rules_sha256": self.rules_sha256,
            "inputs_sha256": self.inputs_sha256,
            "illustrative": self.illustrative,
            "made_at": self.made_at,
            "made_by": self.made_by,
            "withdrawn": None
            if self.withdrawn_at is None
            else {"at": self.withdrawn_at, "by": self.withdrawn_by, "because": self.withdrawn_because},
        }
