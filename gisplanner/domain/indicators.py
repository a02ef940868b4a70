"""Indicators of progress (指标): figures of estates or projects, told of any place with the name of their weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from gisplanner.domain.progress import ProgressState

Level = Literal["district", "subdistrict", "community", "renewal_area", "project", "estate"]
LEVELS: Final[dict[Level, str]] = {
    "district": "区",
    "subdistrict": "街道",
    "community": "社区",
    "renewal_area": "片区",
    "project": "项目",
    "estate": "小区",
}
Way = Literal["share", "sum", "worst"]
"""A share of parts in wholes, a sum, or the worst of all."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator; ``basis`` names what a percentage is a percentage of (权重)."""

    key: str
    title: str
    unit: str
    basis: str
    way: Way


@dataclass(frozen=True, slots=True)
class Measure:
    """What is known of one estate: ``owner`` (estate or project) is counted once however many estates share it."""

    owner: str
    part: Decimal
    whole: Decimal | None = None


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """An indicator of one place; ``unknown`` estates have no such figure and are in nothing (资料不足)."""

    indicator: Indicator
    part: Decimal | None
    whole: Decimal | None
    percent: Decimal | None
    unknown: int

    @property
    def told(self) -> str:
        """Return the value as a person reads it."""
        if self.part is None:
            return "资料不足"
        if self.indicator.way == "share":
            return "资料不足" if self.percent is None else f"{self.percent}%"
        return f"{self.part.normalize():f}"


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """Every indicator of every place of one level; ``stages`` says how many estates stand where (当前阶段)."""

    level: Level
    state: ProgressState
    indicators: tuple[Indicator, ...]
    values: Mapping[str, Mapping[str, IndicatorValue]]
    """Place → indicator → value."""
    stages: Mapping[str, str]
    estates: Mapping[str, int]
    illustrative: bool

    def document(self, district: str) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "district": district,
            "as_of": self.state.as_of.isoformat(),
            "level": self.level,
            "illustrative": self.illustrative,
            "indicators": [
                {"key": one.key, "title": one.title, "unit": one.unit, "weight": one.basis} for one in self.indicators
            ],
            "places": [
                {
                    "name": name,
                    "estates": self.estates[name],
                    "stage": self.stages[name],
                    "values": {key: _value(value) for key, value in values.items()},
                }
                for name, values in self.values.items()
            ],
        }


def _value(value: IndicatorValue) -> dict[str, Any]:
    return {
        "part": None if value.part is None else str(value.part),
        "whole": None if value.whole is None else str(value.whole),
        "percent": None if value.percent is None else float(value.percent),
        "unknown_estates": value.unknown,
        "weight": value.indicator.basis,
    }
