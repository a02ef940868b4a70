"""Roads with lines on both sides (两侧布管) as data: from which width on, by which clause."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class BothSides(BaseModel):
    """The rule with its clause, and whether a person compared it with print."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    standard: str
    clause: str
    obligation: Literal["强制", "应", "宜"]
    over_m: float = Field(gt=0)
    """Width within the red line above which both sides have lines."""
    evidence: str
    doubt: str
    status: Literal["未核对原文", "已核对原文"]
    strip_m: float = Field(gt=0)
    crossing_every_m: float = Field(gt=0)

    @property
    def shown(self) -> str:
        """Return the clause with its force and whether anybody compared it with print, for people to read."""
        return f"{self.standard} {self.clause}，{self.obligation}，{self.status}"
