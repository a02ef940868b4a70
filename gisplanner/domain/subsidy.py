"""An application for subsidy (补助申报) beside the bundle that is built: who and what may stand in it (反搭车)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gisplanner.domain.bundling import EstateId
from gisplanner.domain.policy_answer import MEETS, Answer

Lie = Literal["小区内", "接触小区", "与小区管网相连", "不接触"]


@dataclass(frozen=True, slots=True)
class Totals:
    """What some estates add up to; a figure that one of them lacks is ``None``: unknown is not zero.

    ``floor_area_10k_m2`` is in 万㎡ and exact.
    """

    estates: int
    households: int | None
    buildings: int | None
    floor_area_10k_m2: Decimal | None


@dataclass(frozen=True, slots=True)
class JudgedEstate:
    """A member of a bundle and whether it may be applied for, with the clause."""

    estate: EstateId
    name: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class JudgedWork:
    """A planned work: how it lies to the bundle and whether it may be applied for, with the clause.

    Attributes
    ----------
    lie
        小区内, 接触小区 (within the reach), 与小区管网相连 (by planned lines of its kind), or 不接触.
    estates
        The members it lies in, touches or is connected to.
    cost_cny
        Its cost in yuan, as given; ``None`` where it is not.
    """

    work: int
    name: str
    item: str
    lie: Lie
    estates: tuple[EstateId, ...]
    cost_cny: Decimal | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class BundleApplication:
    """One bundle: as it is built, and what of it may be applied for.

    ``estates`` are all members, ``works`` all planned works that belong to it; :attr:`applied` and
    :attr:`applied_works` are the subsidy-clean subset, and ``applied_totals`` adds up that subset only.
    """

    bundle: str
    estates: tuple[JudgedEstate, ...]
    works: tuple[JudgedWork, ...]
    totals: Totals
    applied_totals: Totals

    @property
    def applied(self) -> tuple[JudgedEstate, ...]:
        """Members that may stand in the application."""
        return tuple(one for one in self.estates if one.answer.answer == MEETS)

    @property
    def kept_out(self) -> tuple[JudgedEstate, ...]:
        """Members that are mapped and built but not applied for: out of scope, or not decided yet."""
        return tuple(one for one in self.estates if one.answer.answer != MEETS)

    @property
    def applied_works(self) -> tuple[JudgedWork, ...]:
        """Works that may stand in the application."""
        return tuple(one for one in self.works if one.answer.answer == MEETS)

    @property
    def works_kept_out(self) -> tuple[JudgedWork, ...]:
        """Works that may not, or not yet."""
        return tuple(one for one in self.works if one.answer.answer != MEETS)

    @property
    def applied_cost_cny(self) -> Decimal | None:
        """Cost of the works applied for; ``None`` where one has no cost."""
        return cost_of(self.applied_works)


def cost_of(works: Sequence[JudgedWork]) -> Decimal | None:
    """Return what works cost together in yuan; ``None`` where one has no cost.

    Examples
    --------
    >>> cost_of([])
    Decimal('0')
    """
    costs = [one.cost_cny for one in works]
    return None if None in costs else sum((one for one in costs if one is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class SubsidyApplication:
    """The bundles of a proposal as an application, and the works that belong to none of them.

    Attributes
    ----------
    profile, document, document_title, document_status
        What it was judged by.
    reach_m
        Distance in metres up to which a work touches an estate (本工具参数; no document gives one).
    hypothetical
        Whether facts were assumed for the question.
    illustrative
        Whether outlines are illustrative (示意数据).
    """

    profile: str
    document: str
    document_title: str
    document_status: str
    reach_m: float
    hypothetical: bool
    illustrative: bool
    bundles: tuple[BundleApplication, ...]
    elsewhere: tuple[JudgedWork, ...]
