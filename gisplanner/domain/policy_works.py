"""What a document says about the works: menus, preconditions, payers, approvals, acceptance, handover, management."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from gisplanner.domain.clause import Clause, Definition, Passage


class PlanUnit(Clause):
    """What one plan is made for: 小区 or 片区."""

    unit: Literal["小区", "片区"]


class MenuItem(Definition):
    """One entry of a menu, in the words of the text."""

    name: str
    terms: tuple[str, ...] = ()
    """Further words for it in facts."""
    condition: str | None = None
    """The words that make it conditional (有条件的, 根据实际情况); the site must be looked at first."""
    highlight: bool = False


class MenuGroup(Clause):
    """A group of a menu: an aspect, a category, a part."""

    key: str
    part: str | None = None
    level: Literal["必改", "提升"] | None = None
    items: tuple[MenuItem, ...] = ()
    quotes: tuple[Passage, ...] = ()
    """Where the list is too long for one sentence: the further passages its items stand in."""


class Menu(Clause):
    """The menu of works (改造内容) of a document."""

    groups: tuple[MenuGroup, ...] = Field(min_length=1)
    tiers: tuple[str, ...] = ()
    """Levels that the text names without saying which item belongs to which."""
    tiers_clause: Clause | None = None
    emphasis: Clause | None = None


class Sequence(Clause):
    """In which order works on one piece of ground must come."""

    key: Literal["underground_first", "one_dig"]
    title: str


class CompanyRule(Clause):
    """What the document asks of the pipeline companies (专营单位) before a project is settled."""

    key: Literal["budgets", "design"]
    kinds: tuple[str, ...] = Field(min_length=1)
    """Kinds of company in the words of the text (供电, 燃气 …)."""


class Checklist(Clause):
    """A list that must be complete before something: gates, consultations, documents, sign-offs."""

    key: str
    title: str
    kind: Literal["gate", "veto", "document", "consultation", "review", "after"]
    items: tuple[str, ...] = Field(min_length=1)
    synonyms: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    before: str | None = None
    """What may not happen until the list is complete."""


class PayerRule(Clause):
    """Who pays for one kind of works on a segment (费用承担)."""

    key: str
    items: tuple[str, ...] = Field(min_length=1)
    utilities: tuple[str, ...] = ()
    """Utility codes it is said of; empty: the item alone decides. ``""`` among them: also without a utility."""
    payer: str
    share: str | None = None
    """What the text leaves open about the share (比例未规定)."""


class PayerRemark(Clause):
    """A passage about a segment that does not say who pays, and must not be read as if it did."""

    key: str
    items: tuple[str, ...] = ()
    utilities: tuple[str, ...] = ()
    says: str


class Payers(Definition):
    """All a document says about who pays, and the words for kinds of works."""

    rules: tuple[PayerRule, ...] = ()
    remarks: tuple[PayerRemark, ...] = ()
    synonyms: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Exemption(Clause):
    """A permit or review that need not be obtained, and when (免办)."""

    permit: str
    when: dict[str, bool] = Field(default_factory=dict)
    """Facts of the project that must hold; empty: always."""
    words: str
    """The deciding words of the text: 无需, 可免于, 豁免."""
    perhaps: tuple[str, ...] = ()
    """Permits that the passage may cover without naming them."""


class Party(Definition):
    """One party of the joint acceptance; ``members`` where it stands for several units."""

    name: str
    members: tuple[str, ...] = ()


class Acceptance(Clause):
    """Who organises the joint acceptance (联合竣工验收) and who must take part."""

    organiser: str
    parties: tuple[Party, ...] = Field(min_length=1)
    signing: Passage | None = None
    """Where the parties stand, when that is another passage than the organiser's."""
    defects: Passage | None = None


class HandoverRule(Clause):
    """What is handed over to whom (移交)."""

    receiver: str
    kinds: tuple[str, ...] = Field(min_length=1)
    in_municipal_road: bool | None = None


class ManagementRule(Clause):
    """The mode of long-term management (长效管理) for one case."""

    mode: str
    case: Literal["single_building", "small", "large", "no_owners_committee", "any"]


class FundSource(Clause):
    """A source of money the document names (资金来源)."""

    key: str
    terms: tuple[str, ...] = ()
    attached_to_project: bool = False
    """Money that must be tied to one project, never to the programme."""


class FundingCheck(Clause):
    """A check of money the document demands."""

    key: Literal["affordability", "misuse"]
    title: str


class Funding(Definition):
    """All a document says about money."""

    principle: Clause | None = None
    sources: tuple[FundSource, ...] = ()
    checks: tuple[FundingCheck, ...] = ()


class Deadline(Clause):
    """A date the document sets.

    ``by`` is fixed; ``month_day`` counts in the plan year; ``spring_festival`` means before that of the year after.
    """

    key: str
    title: str
    event: str
    by: date | None = None
    month_day: tuple[int, int] | None = None
    spring_festival: bool = False
    since: date | None = None


class PublicNotice(Clause):
    """How long a design must be on show (公示) before the next step."""

    working_days: int = Field(gt=0)
    count_start_day: bool = False
    """民法典第二百零一条: the day itself is not counted, unless the district says so."""


class Survey(Clause):
    """A round in which residents are asked (征求意见)."""

    key: str
    title: str


class Goal(Clause):
    """A target of the document, with or without a list of estates."""

    title: str
    estates: int | None = None
    households: int | None = None
    floor_area_10k_m2: Decimal | None = None
    by: date | None = None


class OperatorSpec(Clause):
    """The company that owns and serves a network, by utility."""

    name: str
    utility: str
