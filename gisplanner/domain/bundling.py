"""Bundles of contiguous estates (连片 / 片区) and the links that hold them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Contact = Literal["共边", "共角", "间距"]


@dataclass(frozen=True, slots=True)
class Link:
    """Two estates within the gap tolerance; lengths in metres, rounded to the millimetre."""

    a: str
    b: str
    gap_m: float
    shared_edge_m: float
    contact: Contact


@dataclass(frozen=True, slots=True)
class CutLink:
    """A link that a barrier (阻隔) cuts, and which barrier."""

    a: str
    b: str
    gap_m: float
    barrier: str
