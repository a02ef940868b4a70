"""Drains by what they carry (污水、雨水、合流): which estates are separated, and every combined drain by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.formats.tables_book import Table
from gisplanner.text import Text

DRAINS: Final = ("sewage", "storm", "drain")
OUTSIDE: Final = "小区外"


@dataclass(frozen=True, slots=True)
class CombinedDrain:
    """A drain that carries rain and sewage together (合流管): to be separated where it can be (雨污分流)."""

    estate: str
    owner: str
    code: str
    section: str | None
    length_m: float
    illustrative: bool

    def record(self) -> dict[str, Any]:
        """Return the JSON record."""
        return {
            "estate": self.estate,
            "owner": self.owner,
            "code": self.code,
            "section": self.section,
            "length_m": self.length_m,
            "illustrative": self.illustrative,
        }


@dataclass(frozen=True, slots=True)
class Drains:
    """Combined drains, and by estate the metres of each kind."""

    combined: tuple[CombinedDrain, ...]
    metres: dict[str, dict[str, float]]

    def document(self) -> dict[str, Any]:
        """Return the members of the JSON document."""
        return {
            "drains": [
                {"estate": estate, **{f"{code}_m": round(one[code], 3) for code in DRAINS}, "state": state_of(one)}
                for estate, one in self.metres.items()
            ],
            "combined": [one.record() for one in self.combined],
        }

    def sentence(self) -> Text:
        """Return how much is combined."""
        count, length = len(self.combined), sum(one.length_m for one in self.combined)
        return Text(f"合流管 {count} 段，{length:,.0f} m。", en=f"{count} combined drains, {length:,.0f} m.")

    def tables(self) -> list[Table]:
        """Return the sheets: how each estate drains, and the combined drains."""
        estates: list[list[str | float]] = [
            [name, *(round(one[code], 1) for code in DRAINS), state_of(one)] for name, one in self.metres.items()
        ]
        combined: list[list[str | float | None]] = [
            [
                *(one.estate, one.owner, one.code, one.section, round(one.length_m, 1)),
                "示意数据" if one.illustrative else None,
            ]
            for one in self.combined
        ]
        return [
            Table("排水体制", (), ("小区", "污水（米）", "雨水（米）", "合流（米）", "体制"), estates),
            Table("合流管", (), ("小区", "权属单位", "编码", "断面", "米", "备注"), combined),
        ]


def state_of(metres: dict[str, float]) -> str:
    """Return how rain and sewage are drained: 分流, 合流, 混合 (both), or 资料不足 where only one of them is known.

    Examples
    --------
    >>> [state_of({"sewage": a, "storm": b, "drain": c}) for a, b, c in ((9, 9, 0), (0, 0, 9), (9, 0, 9), (9, 0, 0))]
    ['分流', '合流', '混合', '资料不足']
    """
    separate, together = bool(metres["sewage"] or metres["storm"]), bool(metres["drain"])
    if together:
        return "混合" if separate else "合流"
    return "分流" if metres["sewage"] and metres["storm"] else "资料不足"


def drains_of(lines: gpd.GeoDataFrame, places: Sequence[str]) -> Drains:
    """Return the drains among stored lines; ``places`` is the estate of each."""
    metres: dict[str, dict[str, float]] = {place: dict.fromkeys(DRAINS, 0.0) for place in sorted(set(places))}
    combined = []
    for place, line in zip(places, lines.itertuples(), strict=True):
        metres[place][line.utility] += float(line.geom.length)
        if line.utility == "drain":
            section = None if pd.isna(line.section_text) else str(line.section_text)
            length = round(float(line.geom.length), 3)
            combined.append(CombinedDrain(place, line.owner, line.code, section, length, bool(line.illustrative)))
    return Drains(tuple(combined), metres)
