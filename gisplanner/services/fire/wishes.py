"""What is asked of a fire plan (方案要求): the numbers, the purse, the goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gisplanner.errors import Fault, UsageError
from gisplanner.text import Text

DEFAULT_PROFILE: Final = "nankang"


@dataclass(frozen=True, slots=True)
class FireWishes:
    """What is asked.

    Attributes
    ----------
    profile
        Whose words and relaxations hold; ``None`` for national numbers only.
    width_m
        Lane width instead of the profile's.
    tolerance_m
        Survey accuracy instead of the default: widths this near the rule need a survey.
    budget
        Serve the most households within it, instead of everybody at the least cost; for a district one purse.
    households
        Serve at least so many households at the least cost, instead of everybody; for a district altogether.
    curve_step
        Tell what every further step of this much money buys.
    time_limit_s
        Seconds to search: for each estate, or for all together where they share a purse or a goal.

    Raises
    ------
    UsageError
        Numbers that make no sense; a purse and a goal at once.
    """

    profile: str | None = DEFAULT_PROFILE
    width_m: float | None = None
    tolerance_m: float | None = None
    budget: float | None = None
    households: float | None = None
    curve_step: float | None = None
    time_limit_s: float = 60.0

    def __post_init__(self) -> None:
        least = {"budget": 0.0, "households": 0.0, "tolerance": 0.0, "curve": 1.0}
        given = (self.budget, self.households, self.tolerance_m, self.curve_step)
        faults = [
            Fault(column=f"--{name}", value=str(value), allowed=f"≥ {bound:g}")
            for (name, bound), value in zip(least.items(), given, strict=True)
            if value is not None and not value >= bound
        ]
        if faults:
            raise UsageError(
                Text(
                    "预算、户数、测量误差不能为负，步长至少 1 元。",
                    en="Budget, households and accuracy are not negative, a step is at least 1 yuan.",
                ),
                faults,
            )
        if self.budget is not None and self.households is not None:
            raise UsageError(
                Text("预算与户数目标只能给一个。", en="Give a budget or a number of households, not both."),
                [Fault(column="--budget", value=f"{self.budget:g}", allowed="--households")],
            )

    @property
    def shared(self) -> bool:
        """Return whether estates of a district have to be decided together."""
        return self.budget is not None or self.households is not None

    def document(self) -> dict[str, Any]:
        """Return the goal for JSON."""
        kind = "budget" if self.budget is not None else "households" if self.households is not None else "all"
        return {"kind": kind, "budget": self.budget, "households": self.households}

    def sentence(self) -> Text | None:
        """Return the goal for a person, ``None`` where it is everybody at the least cost."""
        if self.budget is not None:
            return Text(
                f"目标：预算 {self.budget:g} 元以内可达户数最多。",
                en=f"Goal: the most households within {self.budget:g} yuan.",
            )
        if self.households is not None:
            return Text(
                f"目标：至少 {self.households:g} 户可达，费用最省。",
                en=f"Goal: at least {self.households:g} households at the least cost.",
            )
        return None


DEFAULT_WISHES: Final = FireWishes()
