"""A policy profile (政策依据) as data: what ``rules/profiles/<name>.toml`` says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Progress = Literal["not_started", "under_way", "completed"]


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentSpec(_Definition):
    """The document a profile was read from."""

    code: str
    title: str
    number: str | None = None
    issued_on: date | None = None
    status: Literal["issued", "draft"]


class DistrictSpec(_Definition):
    """The district the document speaks of; where its built-in data are stored."""

    id: str
    name: str
    crs: str
    bounds_lonlat: tuple[float, float, float, float]
    """West, south, east, north in degrees; what lies outside is refused (超出区界)."""
    centre_lonlat: tuple[float, float]


class StatedTotals(_Definition):
    """Totals the document states about its own register, with the sentence."""

    estates: int
    communities: int | None = None
    subdistricts: int | None = None
    buildings: int | None = None
    households: int | None = None
    floor_area_10k_m2: Decimal | None = None
    quote: str


class RegisterSpec(_Definition):
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


class StageSpec(_Definition):
    """A stage of the works (阶段) and what it counts as in 开工率/完工率."""

    no: int
    name: str
    progress: Progress
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")


class DemonstrationSpec(_Definition):
    """A demonstration area (示范片区) named in the document; apart from the projects, n:m."""

    name: str
    estates: tuple[str, ...] = ()
    quote: str
    note: str | None = None


class Profile(_Definition):
    """A policy document as data. Every value that was read from the text stands with its quote."""

    name: str
    title: str
    document: DocumentSpec
    district: DistrictSpec | None = None
    register_: RegisterSpec | None = Field(default=None, alias="register")
    stages: tuple[StageSpec, ...] = ()
    demonstration_areas: tuple[DemonstrationSpec, ...] = ()
