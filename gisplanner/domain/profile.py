"""A policy profile (政策依据) as data: what ``rules/profiles/<name>.toml`` says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from gisplanner.domain.clause import CitedDocument, Clause, Contradiction, Definition, DocumentSpec, Passage, Unstated
from gisplanner.domain.policy_eligibility import AntiHitchhiking, Eligibility, OutsideWorks, Score, Subsidy
from gisplanner.domain.policy_works import (
    Acceptance,
    Checklist,
    CompanyRule,
    Deadline,
    Exemption,
    Funding,
    Goal,
    HandoverRule,
    ManagementRule,
    Menu,
    OperatorSpec,
    Payers,
    PlanUnit,
    PublicNotice,
    Sequence,
    Survey,
)

Progress = Literal["not_started", "under_way", "completed"]


class DistrictSpec(Definition):
    """The district the document speaks of; where its built-in data are stored."""

    id: str
    name: str
    crs: str
    bounds_lonlat: tuple[float, float, float, float]
    """West, south, east, north in degrees; what lies outside is refused (超出区界)."""
    centre_lonlat: tuple[float, float]


class StatedTotals(Passage):
    """Totals the document states about its own register, with the sentence."""

    estates: int
    communities: int | None = None
    subdistricts: int | None = None
    buildings: int | None = None
    households: int | None = None
    floor_area_10k_m2: Decimal | None = None


class ExampleDue(Definition):
    """An invented day (示例): what was due, and when that was said."""

    due_on: date
    set_on: date


class RegisterSpec(Definition):
    """How the register of this document is read."""

    plan_year: int
    project_code_prefix: str
    """Start of the codes of projects (``…-P01``) and estates (``…-001``)."""
    title: str | None = None
    """Title printed above the table."""
    stated: StatedTotals | None = None
    suspicious_floor_area_per_household_m2: Decimal = Decimal(40)
    """Tool parameter (本工具参数): below it a floor area per household is asked about, never changed."""
    rows: str | None = None
    """File of the published rows, beside the profile."""
    example_progress: str | None = None
    """File of an invented history (示例进度) for the training ground, beside the profile; not from the document."""
    example_facts: str | None = None
    """File of what opened the gates of that history, invented as well."""
    example_records: str | None = None
    """Folder of invented records of the works (示例台账), one table a kind, beside the profile."""
    example_filing_due: ExampleDue | None = None
    """Invented day by which plans of networks were due; the document gives none."""


class StageSpec(Definition):
    """A stage of the works (阶段) and what it counts as in 开工率/完工率."""

    no: int
    name: str
    progress: Progress
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    passage: Passage | None = None
    """Where the document names the stage."""
    needs: tuple[str, ...] = ()
    """What must be in hand before it: ``checklist.KEY``, ``survey.KEY``, ``notice``, ``acceptance``, ``defects``."""
    events: tuple[str, ...] = ()
    """What deadlines call the day on which it is reached: 开工, 完工 …"""
    parent: str | None = None
    """The stage of the parent document as which it is reported upwards (上报口径)."""
    units: tuple[str, ...] = ()
    """Units the text makes responsible for it (责任单位), in its words."""
    units_passage: Passage | None = None


class DemonstrationSpec(Passage):
    """A demonstration area (示范片区) named in the document; apart from the projects, n:m."""

    name: str
    estates: tuple[str, ...] = ()
    note: str | None = None
    note_en: str | None = None


class PhaseSpec(Clause):
    """A phase over several stages (前期、实施、管护), with the steps the text divides it into."""

    name: str
    stages: tuple[int, ...] = Field(min_length=1)
    steps: tuple[Passage, ...] = ()


class DutySpec(Clause):
    """What a unit must do (职责); ``removes`` names structures it is to pull down, ``does`` works on lines."""

    unit: str
    role: str
    stages: tuple[int, ...] = ()
    removes: tuple[str, ...] = ()
    does: tuple[str, ...] = ()


class OfficeSpec(Clause):
    """A part of the headquarters (一办七组) and its units; persons are entered by the district, never shipped."""

    name: str
    units: tuple[str, ...] = Field(min_length=1)


class AssessmentSpec(Clause):
    """What the works are assessed by (考核内容)."""

    items: tuple[str, ...] = Field(min_length=1)


class Profile(Definition):
    """A policy document as data. Every value that was read from the text stands with its quote.

    A profile that ``extends`` another takes over the sections it lists in ``inherits``; whatever comes from there
    keeps its own document and is marked ``inherited`` (推定).
    """

    name: str
    title: str
    document: DocumentSpec
    extends: str | None = None
    inherits: tuple[str, ...] = ()
    inference: str | None = None
    """Why the parent document is taken to apply."""
    inference_en: str | None = None
    parents: tuple[DocumentSpec, ...] = ()
    """Documents of the extended profiles, nearest first. Set on loading."""
    district: DistrictSpec | None = None
    register_: RegisterSpec | None = Field(default=None, alias="register")
    goals: tuple[Goal, ...] = ()
    plan_unit: PlanUnit | None = None
    joint_tender: Clause | None = None
    """Where the text speaks of tendering neighbours together and accepting jointly (打包招标、联合验收)."""
    lead_telecom: Clause | None = None
    """Where the text speaks of one network company that leads in an area."""
    cited: tuple[CitedDocument, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    unstated: tuple[Unstated, ...] = ()
    eligibility: Eligibility = Eligibility()
    subsidy: Subsidy | None = None
    anti_hitchhiking: AntiHitchhiking | None = None
    outside_works: OutsideWorks | None = None
    scores: tuple[Score, ...] = ()
    menu: Menu | None = None
    sequences: tuple[Sequence, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    companies: tuple[CompanyRule, ...] = ()
    payers: Payers = Payers()
    exemptions: tuple[Exemption, ...] = ()
    acceptance: Acceptance | None = None
    handover: tuple[HandoverRule, ...] = ()
    management: tuple[ManagementRule, ...] = ()
    funding: Funding = Funding()
    deadlines: tuple[Deadline, ...] = ()
    public_notice: PublicNotice | None = None
    surveys: tuple[Survey, ...] = ()
    operators: tuple[OperatorSpec, ...] = ()
    stages: tuple[StageSpec, ...] = ()
    demonstration_areas: tuple[DemonstrationSpec, ...] = ()
    phases: tuple[PhaseSpec, ...] = ()
    duties: tuple[DutySpec, ...] = ()
    offices: tuple[OfficeSpec, ...] = ()
    assessment: AssessmentSpec | None = None
    briefing: Passage | None = None
    """Where the text demands that progress is told regularly (定期通报)."""

    def document_of(self, code: str) -> DocumentSpec:
        """Return the held document of a code: the profile's own or one it extends.

        Raises
        ------
        KeyError
            It is neither.
        """
        held = {one.code: one for one in (self.document, *self.parents)}
        return held[code]
