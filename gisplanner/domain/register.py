"""The register of estates (台账) as a plan document prints it, and what a check of it finds (台账核对)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

ProjectSource = Literal["stated", "carried_down"]
"""Whether a row's 备注 cell was printed (``stated``) or is a merged cell that continues (``carried_down``)."""


EstateKind = Literal["小区", "散居楼"]
"""What an entry of the register is: an estate, or a building that stands by itself and is an entry of its own."""


ESTATE: Final[EstateKind] = "小区"
SCATTERED: Final[EstateKind] = "散居楼"


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One estate as the register prints it; ``None`` is 未填 and stays unknown.

    ``floor_area_10k_m2`` is exact (万平方米). ``source_row`` is the row number in the file, as a spreadsheet
    shows it.
    """

    seq: int
    subdistrict: str
    community: str
    estate: str
    households: int | None
    buildings: int | None
    floor_area_10k_m2: Decimal | None
    project: str
    project_source: ProjectSource
    source_row: int
    year_built: str | None = None
    ownership: str | None = None
    kind: EstateKind | None = None
    """``None`` is not said: an estate, or what it was before."""


@dataclass(frozen=True, slots=True)
class RegisterTotals:
    """The six totals of a plan: what a document states, or what the rows add up to."""

    estates: int | None = None
    communities: int | None = None
    subdistricts: int | None = None
    buildings: int | None = None
    households: int | None = None
    floor_area_10k_m2: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stated total that the rows do not give; ``difference`` = computed − stated.

    ``computed`` and ``difference`` are ``None`` when no row states the figure at all.
    """

    figure: str
    stated: int | Decimal
    computed: int | Decimal | None
    difference: int | Decimal | None


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """A project of the 备注 column and the estates under it, in register order.

    A figure is the sum over the estates that state it; ``None`` when none of them does. ``communities`` are in
    order of first appearance.
    """

    code: str
    name: str
    estates: tuple[str, ...]
    source: tuple[ProjectSource, ...]
    communities: tuple[str, ...]
    households: int | None
    buildings: int | None
    floor_area_10k_m2: Decimal | None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A figure to ask about (存疑); it is never changed. ``value`` is in the unit of ``figure``."""

    estate: str
    figure: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two rows that may be one estate.

    ``same``: one name in one community. ``near``: names of the district that differ only in how they are written
    (:func:`gisplanner.rules.estate_names.normalised_name`). ``rows`` are row numbers of the file.
    """

    a: str
    b: str
    rows: tuple[int, int]
    kind: Literal["same", "near"]


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A cell that was read although it was written untidily: what stood there, and what it was read as."""

    row: int
    column: str
    value: str
    read_as: str


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A register file as it was read.

    Attributes
    ----------
    rows
        The estates, in file order.
    totals
        What a 合计 row of the file states; all ``None`` without one.
    ignored_columns
        Headers that were not understood; their cells were not read.
    normalised
        Cells with full-width digits, thousands separators or stray spaces.
    notes
        What else a person should know: which sheet was used, which rows are not estates, gaps in 序号.
    """

    file: str
    sha256: str
    rows: tuple[RegisterRow, ...]
    totals: RegisterTotals = RegisterTotals()
    ignored_columns: tuple[str, ...] = ()
    normalised: tuple[Normalisation, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterCheck:
    """The whole result of 台账核对.

    ``missing`` counts estates without a fact: ``year_built``, ``ownership`` and ``boundary`` always, a figure of
    the register only where it is blank somewhere. ``scattered`` of the estates are single buildings (散居楼).
    """

    counts: RegisterTotals
    stated: RegisterTotals
    mismatches: tuple[Mismatch, ...]
    projects: tuple[ProjectGroup, ...]
    suspicious: tuple[Suspicion, ...]
    duplicates: tuple[Duplicate, ...]
    missing: dict[str, int]
    scattered: int = 0

    @property
    def consistent(self) -> bool:
        """Whether the rows give every total that is stated (一致)."""
        return not self.mismatches
