"""What a document says about which estates are in its scope (改造范围) and what the central subsidy asks."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from gisplanner.domain.clause import Clause, Definition, Passage

EstateFact = Literal["strong_will", "active_participation"]


class Place(Clause):
    """The kinds of place in which an estate may lie (地点): words of the fact ``place``."""

    within: tuple[str, ...] = Field(min_length=1)
    outside: tuple[str, ...] = ()


class BuiltBand(Clause):
    """Estates built ``since`` … ``until`` (years, both included) are of class ``name``."""

    name: str
    since: int | None = None
    until: int
    requires: tuple[EstateFact, ...] = ()


class Built(Clause):
    """The limit on the year of completion (建成年代)."""

    bands: tuple[BuiltBand, ...] = Field(min_length=1)
    doubtful_years: tuple[int, ...] = ()
    """Years the words leave open (2000年以前: is 2000 itself before?)."""
    doubtful_reading: Literal["需人工认定", "符合", "不符合"] = "需人工认定"
    """How the district reads a doubtful year, once somebody competent has decided it."""

    @model_validator(mode="after")
    def _bands_in_order(self) -> Self:
        for before, after in zip(self.bands, self.bands[1:], strict=False):
            if after.since is None or after.since <= before.until:
                raise ValueError(f"the band {after.name} must start after {before.until}")
        return self


class Condition(Clause):
    """A condition the definition demands: a fact of the estate or a flag that must be set."""

    key: str
    title: str
    fact: EstateFact | None = None
    terms: tuple[str, ...] = ()
    """Flags that state it."""
    contrary: tuple[str, ...] = ()
    """Flags that deny it."""


class Exclusion(Clause):
    """What takes an estate out of the scope (排除)."""

    key: str
    title: str
    terms: tuple[str, ...] = Field(min_length=1)
    overlay: Literal["棚改", "征迁", "自建房", "城中村"] | None = None
    """Kind of stored exclusion areas that state it by overlap."""


class Willingness(Clause):
    """The share of households that must be willing.

    In whole numbers: ``denominator`` · willing ≥ ``numerator`` · households.
    """

    numerator: int = Field(gt=0)
    denominator: int = Field(gt=0)


class EraBand(Definition):
    """A band of decades by its words, with the years it certainly means and those it may mean."""

    name: str
    certain: tuple[int | None, int | None]
    possible: tuple[int | None, int | None]


class EraBands(Clause):
    """Bands of decades that the works are sorted by (时间段). The edges are a reading, printed with each answer."""

    bands: tuple[EraBand, ...] = Field(min_length=1)


class Eligibility(Definition):
    """Everything a document says about its scope."""

    place: Place | None = None
    built: Built | None = None
    conditions: tuple[Condition, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    willingness: Willingness | None = None
    era_bands: EraBands | None = None


class WorkClass(Definition):
    """One of the facility classes the subsidy counts (水、电、路、气) and the words for works of that class."""

    key: str
    terms: tuple[str, ...] = Field(min_length=1)
    doubtful: tuple[str, ...] = ()
    """Words for works whose class a person must decide (排水 as 水)."""


class Lift(Passage):
    """The alternative to the classes: adding a lift."""

    terms: tuple[str, ...] = Field(min_length=1)


class Subsidy(Clause):
    """The works a project must hold to be in the central subsidy plan (中央补助)."""

    minimum: int = Field(gt=0)
    classes: tuple[WorkClass, ...] = Field(min_length=1)
    lift: Lift
    repair_words: tuple[str, ...] = ()
    """Words that make a work a repair (维修), which the text's 更新 need not cover."""
    other_terms: tuple[str, ...] = ()
    """Known works of no class."""


class AntiHitchhiking(Clause):
    """The ban on applying for money for what does not belong there (搭车)."""


class OutsideKind(Definition):
    """A kind of works outside the estates that may be included, and its words."""

    name: str
    terms: tuple[str, ...] = ()


class OutsideWorks(Clause):
    """Works outside the estates that may be in the project when directly related (直接相关)."""

    kinds: tuple[OutsideKind, ...] = Field(min_length=1)


class ScorePart(Clause):
    """One visible part of a score: it is met, not met, or not known."""

    key: str
    title: str
    fact: EstateFact | None = None
    flags: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()


class Score(Definition):
    """A priority (优先) or readiness score: the number of its parts that are met. The documents give no weights."""

    key: Literal["priority", "readiness"]
    title: str
    parts: tuple[ScorePart, ...] = Field(min_length=1)
