"""Facts that policy answers are asked about: estates, segments and the project, as a person states them.

What is left out is unknown, never false. Unknown keys, impossible figures and contradictions are faults.
"""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 - the field `date` would hide it
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from gisplanner.domain.clause import Definition
from gisplanner.domain.years import YEAR_MAX, YEAR_MIN, read_years

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Count = Annotated[StrictInt, Field(ge=0)]


def _year_range(value: Any) -> Any:
    """Read 1998, "1998年", "1998-2001" or "80年代" as a closed range of years."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return (value, value)
    if not isinstance(value, str):
        return value
    return read_years(value)


def _plausible(value: tuple[int, int]) -> tuple[int, int]:
    first, last = value
    if not YEAR_MIN <= first <= last <= YEAR_MAX:
        raise ValueError(f"年份应在 {YEAR_MIN}–{YEAR_MAX} 之间、先后有序 (years in order)")
    return value


YearRange = Annotated[tuple[StrictInt, StrictInt], BeforeValidator(_year_range), AfterValidator(_plausible)]


def _as_map(value: Any) -> Any:
    """Read a list of terms as a map of what is stated: each of them true."""
    if isinstance(value, list):
        wrong = [one for one in value if not isinstance(one, str)]
        if wrong:
            raise ValueError("应为中文词的列表 (a list of words)")
        return dict.fromkeys((one.strip() for one in value), True)
    return value


class Gate(Definition):
    """A tick with its day and document (勾选)."""

    done: StrictBool = True
    date: Day | None = None
    document: str | None = None


def _gates(value: Any) -> Any:
    stated = _as_map(value)
    if not isinstance(stated, dict):
        return stated
    return {key: {"done": one} if isinstance(one, bool) else one for key, one in stated.items() if one is not None}


Stated = Annotated[dict[str, StrictBool | None], BeforeValidator(_as_map)]


class EstateFacts(Definition):
    """What is known of one estate.

    ``flags`` given as a list means that somebody looked: an exclusion that is not in the list does not apply.
    Given as a map, only what stands in it is known.
    """

    name: Name
    place: Name | None = None
    year_built: YearRange | None = None
    households: Count | None = None
    willing: Count | None = None
    strong_will: StrictBool | None = None
    active_participation: StrictBool | None = None
    flags: Stated | None = None
    flags_complete: StrictBool = False
    works: tuple[Name, ...] | None = None
    omitted: dict[str, Name] = Field(default_factory=dict)
    """Reasons (理由) for 必改 items that are left out, by item."""
    site_conditions: tuple[Name, ...] = ()
    """Conditional items whose site condition was confirmed."""
    buildings: Count | None = None
    owners_committee: StrictBool | None = None
    management: Name | None = None
    """Mode of management (管理模式) that is in place or planned."""

    @model_validator(mode="before")
    @classmethod
    def _a_list_is_complete(cls, data: Any) -> Any:
        if isinstance(data, dict) and "flags_complete" in data:
            raise ValueError("flags_complete 由 flags 的写法决定，不能填写 (it follows from the form of flags)")
        if isinstance(data, dict) and isinstance(data.get("flags"), list):
            return {**data, "flags_complete": True}
        return data

    @field_validator("willing")
    @classmethod
    def _within_households(cls, willing: int | None, others: ValidationInfo) -> int | None:
        households = others.data.get("households")
        if willing is not None and households is not None and willing > households:
            raise ValueError(f"意愿户数 {willing} 大于总户数 {households} (more willing than there are)")
        return willing


class SegmentFacts(Definition):
    """A stretch of works that somebody must pay for: what is done, and to which network."""

    item: Name
    utility: Name | None = None
    name: Name | None = None


class FundFacts(Definition):
    """Money from one source."""

    source: Name
    amount_cny: Annotated[Decimal, Field(ge=0)] | None = None
    project: Name | None = None


class CompanyFacts(Definition):
    """What a pipeline company has told of its part: what it will cost, and the day its design was settled."""

    kind: Name
    budget_cny: Annotated[Decimal, Field(ge=0)] | None = None
    designed_on: Day | None = None


class OutsideWork(Definition):
    """Works outside the estates: what, and how it lies to them."""

    item: Name
    touches: StrictBool | None = None
    """Whether it touches a member estate."""
    connected: StrictBool | None = None
    """Whether it is connected to the network of a member estate."""
    name: Name | None = None


class ScheduledWork(Definition):
    """Works on one piece of ground with their days."""

    item: Name
    ground: Name
    layer: Literal["地下", "地上"]
    starts_on: Day
    ends_on: Day
    excavates: StrictBool = False

    @field_validator("ends_on")
    @classmethod
    def _in_order(cls, ends_on: Day, others: ValidationInfo) -> Day:
        starts_on = others.data.get("starts_on")
        if starts_on is not None and ends_on < starts_on:
            raise ValueError("ends_on 早于 starts_on (ends before it starts)")
        return ends_on


class AcceptanceFacts(Definition):
    """The joint acceptance as it stands."""

    organiser: Name | None = None
    signed: tuple[Name, ...] | None = None
    open_defects: Count | None = None


class Asset(Definition):
    """Something that is handed over."""

    kind: Name
    name: Name | None = None
    in_municipal_road: StrictBool | None = None


class SurveyFacts(Definition):
    """A round in which residents were asked."""

    key: Name
    issued: Count | None = None
    returned: Count | None = None
    agreed: Count | None = None

    @field_validator("returned", "agreed")
    @classmethod
    def _within(cls, count: int | None, others: ValidationInfo) -> int | None:
        whole = others.data.get("issued" if others.field_name == "returned" else "returned")
        if count is not None and whole is not None and count > whole:
            raise ValueError("应有 issued ≥ returned ≥ agreed (no more returned than issued, agreed than returned)")
        return count


class ProjectFacts(Definition):
    """What is known of the project; dates by the event's name (开工, 完工, 公示开始 …)."""

    name: Name = "项目"
    dates: dict[Name, Day] = Field(default_factory=dict)
    plan_year: StrictInt | None = None
    stage: Annotated[Name, BeforeValidator(lambda value: str(value) if type(value) is int else value)] | None = None
    plan_unit: Literal["小区", "片区"] | None = None
    gates: Annotated[dict[str, Gate], BeforeValidator(_gates)] = Field(default_factory=dict)
    funding: tuple[FundFacts, ...] | None = None
    plan_cost_cny: Annotated[Decimal, Field(ge=0)] | None = None
    fiscal_limit_cny: Annotated[Decimal, Field(ge=0)] | None = None
    companies: tuple[CompanyFacts, ...] = ()
    outside_works: tuple[OutsideWork, ...] = ()
    schedule: tuple[ScheduledWork, ...] = ()
    acceptance: AcceptanceFacts | None = None
    assets: tuple[Asset, ...] = ()
    surveys: tuple[SurveyFacts, ...] = ()
    permits: tuple[Name, ...] = ()
    """Further permits to be asked about."""
    government_led: StrictBool | None = None
    new_construction_land: StrictBool | None = None
    land_tenure_changes: StrictBool | None = None
    layout_changes: StrictBool | None = None
    joint_review_passed: StrictBool | None = None
    expert_opinion: StrictBool | None = None


class Facts(Definition):
    """Everything a question is asked about."""

    estates: tuple[EstateFacts, ...] = ()
    segments: tuple[SegmentFacts, ...] = ()
    project: ProjectFacts | None = None
