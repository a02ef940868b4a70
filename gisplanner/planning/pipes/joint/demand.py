"""What is asked for: one network of one owner, its sources and the buildings it serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

CABLES: Final = frozenset({"power", "telecom", "lighting"})
"""Utilities whose lines may run overhead (架空) where the ground cannot be dug."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A network to be routed.

    Attributes
    ----------
    name
        ``water`` or ``telecom:电信``.
    utility, owner
        Code of the utility; who owns the network, ``None`` where the file does not say.
    sources, buildings
        Rows of the sources that feed it and of the buildings that need it.
    own_duct
        Whether a telecom lies by itself rather than in the duct route of all four (四网合一).
    """

    name: str
    utility: str
    owner: str | None
    sources: tuple[int, ...]
    buildings: tuple[int, ...]
    own_duct: bool = False

    @property
    def may_hang(self) -> bool:
        """Return whether lines may run overhead where they must."""
        return self.utility in CABLES


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network may not use and what it must use: what a planner says, and what streets cannot hold.

    Attributes
    ----------
    forbidden
        Corridor edges it keeps out of.
    forced
        Street edges it has to run along, where streets connect them with the source.
    """

    forbidden: frozenset[int] = field(default_factory=frozenset)
    forced: frozenset[int] = field(default_factory=frozenset)


NO_LIMITS: Final = Limits()
