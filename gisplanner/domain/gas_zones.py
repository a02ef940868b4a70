"""Zones beside gas lines (最小保护范围、最小控制范围) as data, and what was found in them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Zone = Literal["on_pipe", "protection", "control"]
ZONE_NAMES: dict[Zone, str] = {"on_pipe": "直接占压", "protection": "保护范围内", "control": "控制范围内"}


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PressureZone(_Definition):
    """The zones of lines of some pressures, metres from the outer wall."""

    title: str
    pressures: tuple[str, ...] = Field(min_length=1)
    protection_m: float = Field(gt=0)
    control_m: float = Field(gt=0)


class GasZones(_Definition):
    """The zones with their clause, and whether a person compared it with print."""

    standard: str
    clause: str
    obligation: Literal["强制", "应", "宜"]
    evidence: str
    doubt: str
    status: Literal["未核对原文", "已核对原文"]
    low_medium: PressureZone
    sub_high: PressureZone

    @property
    def cited(self) -> str:
        """Return standard and clause as they are quoted."""
        return f"{self.standard} {self.clause}"

    @property
    def shown(self) -> str:
        """Return standard and clause with whether anybody compared them with print, for people to read."""
        return f"{self.cited}（{self.status}）"

    def of(self, pressure: str | None) -> PressureZone:
        """Return the zones of a pressure; unknown counts as low or medium."""
        return self.sub_high if pressure in self.sub_high.pressures else self.low_medium
