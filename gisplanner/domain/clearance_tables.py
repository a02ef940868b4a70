"""Clearance tables (净距、覆土) of the standards as records: classes of lines and rows with clause and status."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Place = Literal["municipal_road", "courtyard"]
Surface = Literal["carriageway", "footway", "green", "farmland"]
ObjectKind = Literal["building", "tree", "shrub", "pole", "kerb", "culvert", "rail"]
Obligation = Literal["强制", "应", "宜"]
YieldRule = Literal[
    "pressure_to_gravity", "flexible_to_rigid", "new_to_existing", "temporary_to_permanent", "small_to_large"
]

PLACES: Final[tuple[Place, ...]] = ("municipal_road", "courtyard")
SURFACES: Final[tuple[Surface, ...]] = ("carriageway", "footway", "green", "farmland")
PRESSURES: Final = ("low", "medium_b", "medium_a", "sub_high_b", "sub_high_a")

_RANGE: Final = re.compile(r"^([\[(])\s*([\d.]*)\s*,\s*([\d.]*)\s*([\])])$")


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Range:
    """A range of numbers, written ``(200, 500]``; an empty end is open.

    Examples
    --------
    >>> Range.of("(200, 500]").holds(200), Range.of("(200, 500]").holds(500), Range.of("[35, )").ends
    (False, True, (35.0,))
    """

    low: float | None
    high: float | None
    low_closed: bool
    high_closed: bool

    @classmethod
    def of(cls, text: str) -> Range:
        """Read the written form.

        Raises
        ------
        ValueError
            It is none.
        """
        found = _RANGE.match(text.strip())
        if found is None:
            raise ValueError(f"not a range like (200, 500]: {text!r}")
        opening, low, high, closing = found.groups()
        return cls(float(low) if low else None, float(high) if high else None, opening == "[", closing == "]")

    def holds(self, value: float) -> bool:
        """Return whether ``value`` lies in the range."""
        above = self.low is None or value > self.low or (self.low_closed and value == self.low)
        below = self.high is None or value < self.high or (self.high_closed and value == self.high)
        return above and below

    @property
    def ends(self) -> tuple[float, ...]:
        """Return the ends there are."""
        return tuple(end for end in (self.low, self.high) if end is not None)


def _range(value: object) -> object:
    return Range.of(value) if isinstance(value, str) else value


def _blank(value: object) -> object:
    return None if value == "" else value


WrittenRange = Annotated[Range | None, BeforeValidator(_range)]
Metres = Annotated[float, Field(gt=0)]
OptionalMetres = Annotated[Metres | None, BeforeValidator(_blank)]
OptionalText = Annotated[str | None, BeforeValidator(_blank)]


class LineClass(_Definition):
    """A class of lines, or a kind of object, that a table has a row or column for."""

    title: str
    utilities: tuple[str, ...] = ()
    pressures: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    laying: tuple[str, ...] = ("buried", "duct")
    diameter_mm: WrittenRange = None
    voltage_kv: WrittenRange = None
    object: ObjectKind | None = None
    """Not a line but a thing of this kind; of poles ``utilities`` and ``voltage_kv`` are what they carry."""


class _Row(_Definition):
    id: str
    min_m: Metres
    where: Literal["municipal_road", "courtyard", "any"]
    obligation: Obligation
    standard: str = Field(min_length=1)
    clause: OptionalText
    doubt: OptionalText
    """What reviewers doubt about the row, and how sure they are."""
    evidence: str
    """Where the number was found."""
    status: Literal["未核对原文", "已核对原文"]
    """Whether a person compared it with the printed standard."""
    origin: str | None = None
    """Who put the row here in place of or beside the national one, on what ground; ``None`` is the national table."""

    @property
    def shown(self) -> str:
        """Return standard and clause with whether anybody compared them with print, for people to read.

        Examples
        --------
        >>> from gisplanner.catalog.clearances import clearance_standards
        >>> clearance_standards().horizontal[0].shown
        'GB 50289-2016 4.1.9（未核对原文）'
        """
        marks = ["条款号待核"] if self.clause_is_open else []
        marks += [self.status] + ([] if self.origin is None else ["区县修正"])
        return f"{self.cited}（{'，'.join(marks)}）"

    @property
    def clause_is_open(self) -> bool:
        """Return whether the number of the clause itself is doubted, not the figure alone."""
        return self.status == "未核对原文" and "条款号待核" in (self.doubt or "")

    @property
    def cited(self) -> str:
        """Return standard and clause as they are quoted."""
        return " ".join(part for part in (self.standard, self.clause) if part)


class ClearanceRule(_Row):
    """One row of a clearance table: net distance between two classes, outer wall to outer wall, in metres."""

    a: str
    b: str
    preferred_m: OptionalMetres
    """Upper end where the standard gives a range; between both ends a distance is allowed but not advised."""
    condition: OptionalText
    """When the row applies; a row with a condition that data cannot tell is advice only."""
    lower_only_for: OptionalText
    """Class for which the requirement is known to be larger than ``min_m``, nobody here knows how much."""

    @model_validator(mode="after")
    def _range_rises(self) -> ClearanceRule:
        if self.preferred_m is not None and self.preferred_m < self.min_m:
            raise ValueError("preferred_m is below min_m")
        return self


class CoverRule(_Row):
    """One row of the cover table (覆土): least depth of the pipe's top under a surface, in metres."""

    pipe: str
    surface: Surface


class YieldStep(_Definition):
    """One step of the order in which lines yield to each other (避让)."""

    rule: YieldRule
    title: str
    clause: str
    status: Literal["未核对原文", "已核对原文"] = "未核对原文"

    @property
    def shown(self) -> str:
        """Return the rule with its clause and whether anybody compared it with print."""
        return f"{self.title}（{self.clause}，{self.status}）"


class Standards(_Definition):
    """All tables together, cross-checked: what a clearance check is made with.

    ``order`` says which standard decides where several have a row for a pair.
    """

    classes: dict[str, LineClass]
    horizontal: tuple[ClearanceRule, ...]
    vertical: tuple[ClearanceRule, ...]
    cover: tuple[CoverRule, ...]
    order: dict[Place, tuple[str, ...]]
    cover_order: dict[Place, tuple[str, ...]]
    accuracy_m: dict[str, Annotated[float, Field(ge=0)]]
    yields: tuple[YieldStep, ...]

    @model_validator(mode="after")
    def _rows_refer_to_what_there_is(self) -> Standards:
        for row in (*self.horizontal, *self.vertical):
            missing = {row.a, row.b, *([row.lower_only_for] if row.lower_only_for else [])} - self.classes.keys()
            if missing:
                raise ValueError(f"{row.id}: no class {', '.join(sorted(missing))}")
        for cover in self.cover:
            if cover.pipe not in self.classes:
                raise ValueError(f"{cover.id}: no class {cover.pipe}")
        for place in PLACES:
            used = {row.standard for row in (*self.horizontal, *self.vertical) if row.where in (place, "any")}
            left = used - set(self.order.get(place, ()))
            left |= {row.standard for row in self.cover if row.where in (place, "any")} - set(
                self.cover_order.get(place, ())
            )
            if left:
                raise ValueError(f"the order for {place} lacks {', '.join(sorted(left))}")
        return self

    @cached_property
    def diameter_ends(self) -> tuple[float, ...]:
        """Return the diameters at which classes change, mm, rising."""
        return _ends(one.diameter_mm for one in self.classes.values())

    @cached_property
    def voltage_ends(self) -> tuple[float, ...]:
        """Return the voltages at which classes change, kV, rising."""
        return _ends(one.voltage_kv for one in self.classes.values())


def _ends(ranges: Iterable[Range | None]) -> tuple[float, ...]:
    found = [one for one in ranges if one is not None]
    return tuple(sorted({end for one in found for end in one.ends}))
