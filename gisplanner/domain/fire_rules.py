"""Fire-lane numbers (消防车道参数): rows of the standards, what the tool counts with, and who says so."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from gisplanner.text import Text

TOOL: str = "本工具参数"
NATIONAL: str = "国家标准参数"


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FireRule(_Definition):
    """One number of a standard: value, clause, how binding it is, and whether anybody compared it with print."""

    id: str = Field(min_length=2)
    topic: str
    rule: str
    op: str
    value: str
    """As written; several numbers are separated by ``/`` or ``..``."""
    unit: str
    standard: str
    clause: str
    obligation: Annotated[Literal["强制", "应", "宜"] | None, BeforeValidator(lambda value: value or None)]
    applies_to: str
    status: Literal["未核对原文", "已核对原文"]
    origin: Literal["公开转引", "凭记忆"]
    note: str


class Parameter(_Definition):
    """A number the tool counts with, and where it comes from."""

    value: float = Field(gt=0)
    rule: str | None = None
    """Row of the standards."""
    source: str | None = None
    """Who relaxed it, for the numbers of a city."""
    note: str | None = None


class FireParameters(_Definition):
    """All numbers of one plan."""

    lane_width_m: Parameter
    clear_height_m: Parameter
    dead_end_m: Parameter
    turnaround_m: Parameter
    turnaround_high_m: Parameter
    turnaround_heavy_m: Parameter
    outer_radius_m: Parameter
    lane_wall_m: Parameter
    slope_percent: Parameter
    hydrant_radius_m: Parameter
    hydrant_spacing_m: Parameter
    hydrant_wall_m: Parameter
    hydrant_kerb_m: Parameter
    box_spacing_m: Parameter
    reach_m: Parameter
    wall_step_m: Parameter
    hose_route_m: Parameter
    survey_tolerance_m: Parameter
    line_width_m: Parameter
    hatch_depth_m: Parameter
    high_rise_m: Parameter
    tall_m: Parameter
    operating_near_m: Parameter
    operating_far_m: Parameter
    operating_length_m: Parameter
    operating_tall_length_m: Parameter
    operating_depth_m: Parameter


class VehicleSpec(_Definition):
    """A design vehicle (设计车型): dimensions in metres, and who says so."""

    title: str
    length_m: float = Field(gt=0)
    width_m: float = Field(gt=0)
    wheelbase_m: float = Field(gt=0)
    front_overhang_m: float = Field(ge=0)
    outer_radius_m: float = Field(gt=0)
    rule: str
    status: str


class ExtinguisherRule(_Definition):
    """How many extinguishers (灭火器) a building needs by the words of a plan."""

    per_floor: int = Field(gt=0)
    kilograms: float = Field(gt=0)
    quote: str


class FireStandards(_Definition):
    """Everything read from the files."""

    rules: tuple[FireRule, ...]
    national: FireParameters
    cities: dict[str, dict[str, Parameter]] = {}
    extinguishers: dict[str, ExtinguisherRule] = {}
    vehicles: dict[str, VehicleSpec] = {}

    @model_validator(mode="after")
    def _known(self) -> FireStandards:
        rows = {rule.id for rule in self.rules}
        named = dict(self.national)
        wrong = [name for name, one in named.items() if one.rule is not None and one.rule not in rows]
        wrong += [f"vehicles.{name}" for name, one in self.vehicles.items() if one.rule not in rows]
        for city, changes in self.cities.items():
            wrong += [f"{city}.{name}" for name, one in changes.items() if name not in named or one.source is None]
        if wrong:
            raise ValueError("no such rule or parameter, or no source: " + ", ".join(wrong))
        return self

    def parameters(self, profile: str | None) -> FireParameters:
        """Return the numbers that hold under a profile."""
        return self.national.model_copy(update=self.cities.get(profile or "", {}))

    def origin(self, parameter: Parameter) -> Text:
        """Return where a number comes from, for a person: never as if the renovation plan had said it."""
        if parameter.source is not None:
            return Text(f"{parameter.source}（城市参数）", en=f"{parameter.source} (city parameter)")
        if parameter.rule is None:
            return Text(TOOL, en="parameter of this tool")
        row = next(rule for rule in self.rules if rule.id == parameter.rule)
        return Text(
            f"{row.standard} {row.clause}（{NATIONAL}，{row.status}）",
            en=f"{row.standard} {row.clause} (national standard, not compared with print)",
        )
