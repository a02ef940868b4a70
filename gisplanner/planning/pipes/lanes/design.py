"""What a planned line is taken to be (设计假定): size, laying and class, so that the tables can be looked up.

No document of the plan gives sizes; these are parameters of this tool, stated in every result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gisplanner.domain.clearance import LineFacts

MARGIN_M: Final = 0.03
"""Added to every distance: drawing and setting out are not exact to the millimetre (本工具参数)."""

LEGAL_ORDER: Final = (
    "power",
    "lighting",
    "telecom",
    "sewage",
    "storm",
    "drain",
    "water",
    "gas",
    "heat",
    "reclaimed",
)
"""From the building line outward (GB 50289-2016 4.1.6, 未核对原文)."""

RED_LINE_ORDER: Final = (
    "power",
    "lighting",
    "telecom",
    "water",
    "gas",
    "heat",
    "reclaimed",
    "sewage",
    "drain",
    "storm",
)
"""From the red line of a city road towards its middle (GB 50289-2016 4.1.4, 未核对原文)."""

DOWNWARD: Final = (
    "telecom",
    "lighting",
    "power",
    "gas",
    "heat",
    "water",
    "reclaimed",
    "storm",
    "drain",
    "sewage",
)
"""Where lines cross, from the ground downward (GB 50289-2016 4.1.12, 未核对原文)."""

GRAVITY: Final = frozenset({"sewage", "storm", "drain"})

FIRMNESS: Final = (
    "sewage",
    "drain",
    "water",
    "gas",
    "storm",
    "power",
    "telecom",
    "heat",
    "reclaimed",
    "lighting",
)
"""Who stays where not all fit, first to last (本工具参数): sewers, then what a dwelling cannot do without."""

WORTH: Final = {
    "sewage": 3.0,
    "drain": 3.0,
    "water": 3.0,
    "power": 3.0,
    "gas": 2.0,
    "heat": 2.0,
    "storm": 1.0,
    "telecom": 1.0,
    "reclaimed": 0.5,
    "lighting": 0.5,
}
"""What a building without a network counts when something has to leave a street (本工具参数)."""


Leaver = Callable[[Sequence[str], int], str]
"""Who of some networks leaves a corridor edge."""


def least_firm(utility: Mapping[str, str]) -> Leaver:
    """Return the rule by which the least firm network leaves."""
    return lambda names, _edge: max(names, key=lambda name: (FIRMNESS.index(utility[name]), name))


@dataclass(frozen=True, slots=True)
class Design:
    """A line of a utility as planned.

    Attributes
    ----------
    section
        As owners write it: ``DN300``, ``300×200``.
    """

    facts: LineFacts
    section: str
    width_m: float
    height_m: float


def _design(facts: LineFacts, section: str, size_mm: tuple[float, float]) -> Design:
    return Design(facts, section, size_mm[0] / 1000.0, size_mm[1] / 1000.0)


def _round(utility: str, diameter_mm: float, material: str, pressure: str | None = None) -> Design:
    facts = LineFacts(utility, pressure, diameter_mm, material, None, "buried")
    return _design(facts, f"DN{diameter_mm:g}", (diameter_mm, diameter_mm))


MAINS: Final = {
    "water": _round("water", 160.0, "pe"),
    "gas": _round("gas", 110.0, "pe", "low"),
    "heat": _round("heat", 200.0, "steel"),
    "reclaimed": _round("reclaimed", 110.0, "pe"),
    "sewage": _round("sewage", 300.0, "plastic"),
    "storm": _round("storm", 400.0, "plastic"),
    "drain": _round("drain", 400.0, "plastic"),
    "power": _design(LineFacts("power", None, 250.0, "plastic", 0.4, "duct"), "250×150", (250.0, 150.0)),
    "lighting": _design(LineFacts("lighting", None, 50.0, "plastic", 0.4, "duct"), "DN50", (50.0, 50.0)),
    "telecom": _design(LineFacts("telecom", None, 250.0, "plastic", None, "duct"), "250×250", (250.0, 250.0)),
}
"""In the street."""

SERVICES: Final = {
    "water": _round("water", 63.0, "pe"),
    "gas": _round("gas", 63.0, "pe", "low"),
    "heat": _round("heat", 100.0, "steel"),
    "reclaimed": _round("reclaimed", 63.0, "pe"),
    "sewage": _round("sewage", 200.0, "plastic"),
    "storm": _round("storm", 300.0, "plastic"),
    "drain": _round("drain", 300.0, "plastic"),
    "power": _design(LineFacts("power", None, 150.0, "plastic", 0.4, "duct"), "DN150", (150.0, 150.0)),
    "lighting": _design(LineFacts("lighting", None, 50.0, "plastic", 0.4, "duct"), "DN50", (50.0, 50.0)),
    "telecom": _design(LineFacts("telecom", None, 150.0, "plastic", None, "duct"), "DN150", (150.0, 150.0)),
}
"""To a building."""
