"""Bounds on what is summed over a bundle (片区的上下限): size, households, floor area, cost; in words and numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from gisplanner.text import Text, in_language

SIZE: Final = Text("规模", en="size")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds on the sum of one additive measure.

    Attributes
    ----------
    at_least, at_most
        Bounds; 0 for no minimum, ``None`` for no maximum.
    name
        What a person calls the measure.
    unit
        What the numbers count, as it is written behind them.
    budget
        Whether ``at_most`` is money to be spent (预算).
    """

    at_least: float = 0.0
    at_most: float | None = None
    name: str = SIZE
    unit: str = ""
    budget: bool = False

    @property
    def low(self) -> float:
        """Return the minimum, lowered by what the summing of decimal fractions may lose."""
        return self.at_least - 1e-9 * max(1.0, self.at_least) if self.at_least > 0 else 0.0

    @property
    def high(self) -> float:
        """Return the maximum, raised in the same way; ``inf`` for none."""
        return math.inf if self.at_most is None else self.at_most + 1e-9 * max(1.0, self.at_most)

    def too_much(self, value: float) -> Text:
        """Return in words that a sum passes the maximum.

        Examples
        --------
        >>> Bounds(at_most=5000.0, name="估算投资", unit="万元", budget=True).too_much(6200.0)
        '估算投资 6200 万元 超过预算 5000 万元'
        """
        zh, en = ("预算", "the budget") if self.budget else ("上限", "the maximum")
        most = self._with_unit(math.inf if self.at_most is None else self.at_most)
        return Text(f"{self.told(value)} 超过{zh} {most}", en=f"{self.told(value).en} exceeds {en} {most}")

    def too_little(self, value: float) -> Text:
        """Return in words that a sum is below the minimum.

        Examples
        --------
        >>> Bounds(at_least=300, name="户数", unit="户").too_little(120).en
        '户数 120 户 is below the minimum 300 户'
        """
        least = self._with_unit(self.at_least)
        return Text(f"{self.told(value)} 低于下限 {least}", en=f"{self.told(value).en} is below the minimum {least}")

    def told(self, value: float) -> Text:
        """Return a sum in words."""
        return Text(
            f"{self.name} {self._with_unit(value)}",
            en=f"{in_language(self.name, 'en')} {self._with_unit(value)}",
        )

    def not_known(self, whose: str) -> Text:
        """Return in words that a value is missing, so that nothing can be said of the sum.

        Examples
        --------
        >>> Bounds(at_least=3).not_known("金赣小区"), Bounds(at_least=3).not_known("金赣小区").en
        ('资料不足：金赣小区 的规模未填', 'size of 金赣小区 is not known')
        """
        return Text(
            f"资料不足：{whose} 的{self.name}未填", en=f"{in_language(self.name, 'en')} of {whose} is not known"
        )

    def range(self) -> str:
        """Return the bounds as an error message lists them.

        Examples
        --------
        >>> Bounds(at_least=300, at_most=2000).range()
        '≥ 300, ≤ 2000'
        """
        parts = [f"≥ {plain(self.at_least)}"] if self.at_least > 0 else []
        parts += [] if self.at_most is None else [f"≤ {plain(self.at_most)}"]
        return ", ".join(parts)

    def _with_unit(self, value: float) -> str:
        return f"{plain(value)} {self.unit}".strip()


def plain(value: float) -> str:
    """Return a number as people write it: no exponent, at most three decimals.

    Examples
    --------
    >>> plain(62_000_000.0), plain(0.1 + 0.2)
    ('62000000', '0.3')
    """
    return f"{value:.3f}".rstrip("0").rstrip(".")
