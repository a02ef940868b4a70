"""Bundles of contiguous estates (连片 / 片区) and the links that hold them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Astride:
    """A pair to be together in two places that bundles otherwise stay within: a finding about what was asked."""

    a: EstateId
    b: EstateId
    place_a: str
    place_b: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle (片区): estates that hang together. ``size`` is summed in the unit of the chosen measure.

    ``id`` is a number where the program made it, the planner's own word or the code of a project elsewhere;
    ``measures`` are the sums that other limits bound, by column.
    """

    id: int | str
    estates: tuple[EstateId, ...]
    size: float
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """An estate in no bundle, and why."""

    estate: EstateId
    reason: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds on the sum of a column over a bundle, besides those on its size.

    ``budget`` tells that ``at_most`` is money to be spent (预算); ``None`` is no bound.
    """

    measure: str
    at_least: float | None = None
    at_most: float | None = None
    budget: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much once number and leftovers are settled; all are numbers of the same order.

    Attributes
    ----------
    homogeneous
        Likeness of the estates of a bundle in the ``alike`` columns (同质).
    compact
        Distance along streets between them, in typical distances of neighbours, less the edges they share (紧凑).
    balanced
        Like sizes of bundles (均衡).
    """

    homogeneous: float = 1.0
    compact: float = 0.0
    balanced: float = 0.0


First = Literal["bundles", "estates"]
"""What counts first: as many bundles as possible, or as few estates left over as possible."""


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
        Bounds on the size of a bundle; without any minimum a bundle is whatever hangs together.
    limits
        Bounds on other measures, a budget among them.
    leftovers
        Whether estates may lie in no bundle; otherwise what cannot be bundled is refused, named.
    first
        What counts first where not both can be had.
    weights
        What counts after that.
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
    limits: tuple[Limit, ...] = ()
    leftovers: bool = True
    first: First = "bundles"
    weights: Weights = Weights()
    within: str | None = None
    needs: str | None = None
    alike: tuple[str, ...] = ()
    together: tuple[tuple[EstateId, EstateId], ...] = ()
    keep_apart: tuple[tuple[EstateId, EstateId], ...] = ()
    barrier_kinds: tuple[str, ...] | None = None
    time_limit_s: float = 10.0
    iterations: int | None = None
    seed: int = 0
