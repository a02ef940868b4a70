"""Bundles of contiguous estates (连片 / 片区) and the links that hold them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Contact = Literal["共边", "共角", "间距"]

EstateId = str | int
"""Code of a stored estate; for a file the value of its ``id`` column, else the row number from 0."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two estates within the gap tolerance; lengths in metres, rounded to the millimetre."""

    a: EstateId
    b: EstateId
    gap_m: float
    shared_edge_m: float
    contact: Contact


@dataclass(frozen=True, slots=True)
class CutLink:
    """A link that a barrier (阻隔) cuts, and which barrier."""

    a: EstateId
    b: EstateId
    gap_m: float
    barrier: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two estates whose outlines overlap: a finding about the data, in m²."""

    a: EstateId
    b: EstateId
    area_m2: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle (片区): estates that hang together. ``size`` is summed in the unit of the chosen measure.

    ``id`` is a number where the program made it, the planner's own word or the code of a project elsewhere.
    """

    id: int | str
    estates: tuple[EstateId, ...]
    size: float


@dataclass(frozen=True, slots=True)
class LeftOver:
    """An estate in no bundle, and why."""

    estate: EstateId
    reason: str


@dataclass(frozen=True, slots=True)
class BundleRules:
    """What a planner asks of bundles.

    Attributes
    ----------
    gap_m
        Estates this far apart or less are neighbours.
    corners
        Whether estates that meet in one point are neighbours.
    min_size, max_size
        Bounds on the size of a bundle; without a minimum a bundle is whatever hangs together.
    within, needs
        Columns: estates of a bundle are of one ``within``; neighbours have one of the ``needs`` in common.
    alike
        Columns by which a bundle is to be homogeneous: era, building type, needs.
    together, keep_apart
        Pairs that must, or must not, be in one bundle.
    barrier_kinds
        Values of ``highway`` that cut; ``None`` for main roads.
    time_limit_s, iterations, seed
        How long to search, and the dice.
    """

    gap_m: float = 15.0
    corners: bool = True
    min_size: float | None = None
    max_size: float | None = None
    within: str | None = None
    needs: str | None = None
    alike: tuple[str, ...] = ()
    together: tuple[tuple[EstateId, EstateId], ...] = ()
    keep_apart: tuple[tuple[EstateId, EstateId], ...] = ()
    barrier_kinds: tuple[str, ...] | None = None
    time_limit_s: float = 10.0
    iterations: int | None = None
    seed: int = 0
