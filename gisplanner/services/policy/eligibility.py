"""资格审查: the estates of a district against its policy document, by stored facts, stored areas and a what-if."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import UNKNOWN, Answer
from gisplanner.domain.profile import Profile
from gisplanner.domain.years import year_range
from gisplanner.errors import Fault, UsageError
from gisplanner.rules.answers import Desk
from gisplanner.rules.eligibility import OVERALL, eligibility
from gisplanner.rules.facts import read_facts
from gisplanner.services.layers import layer_frame
from gisplanner.services.policy.answers import load
from gisplanner.services.policy.eligibility_facts import (
    WillingFigure,
    assumed_facts,
    measured_overlaps,
    stored_facts,
    subjects_of,
    willing_figures,
)
from gisplanner.store.database import Database
from gisplanner.text import Language, Text, in_language

TOLERANCE_M2: Final = 1.0
"""Overlap up to which two outlines only touch (本工具参数): survey and drawing tolerance."""

SUPPLIERS: Final[Mapping[str, Text]] = {
    "overlay": Text("棚改、征迁等范围的主管部门", en="the authority of the area plan"),
    "field": Text("街道、社区（调查摸底）", en="sub-district and community (survey)"),
}
"""Who can supply what is missing (本工具建议); no document assigns it item by item."""


@dataclass(frozen=True, slots=True)
class ReviewedEstate:
    """One estate and what the document says of it; ``answers`` begins with the answer on the whole."""

    code: str
    name: str
    subdistrict: str
    community: str
    mapped: bool
    answers: tuple[Answer, ...]

    @property
    def overall(self) -> Answer:
        """The answer on the whole."""
        return self.answers[0]

    @property
    def missing(self) -> tuple[Answer, ...]:
        """The items that are 资料不足, without the whole."""
        return tuple(one for one in self.answers[1:] if one.answer == UNKNOWN and one.rule.startswith(f"{OVERALL}."))


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask for (补料): which sub-district, which estate, what, of whom."""

    subdistrict: str
    community: str
    estate: str
    item: Text
    supplier: Text


@dataclass(frozen=True, slots=True)
class EligibilityReview:
    """The review of a district; ``hypothetical`` when facts were assumed for the question (假设)."""

    profile: Profile
    district: str
    estates: tuple[ReviewedEstate, ...]
    requests: tuple[Request, ...]
    hypothetical: bool
    unread_years: tuple[str, ...]
    unclassified_areas: int
    willing: tuple[WillingFigure, ...] = ()

    @property
    def notes(self) -> tuple[Text, ...]:
        """What a reader must know of the facts beside the answers."""
        notes = []
        if self.unread_years:
            notes.append(
                Text(
                    f"读不懂的建成时间，按未填处理：{'、'.join(self.unread_years)}",
                    en=f"years that could not be read count as not given: {', '.join(self.unread_years)}",
                )
            )
        if self.unclassified_areas:
            notes.append(
                Text(
                    f"{self.unclassified_areas} 块排除范围没有类别，没有参与审查",
                    en=f"{self.unclassified_areas} exclusion areas have no kind and took no part",
                )
            )
        return (*notes, *_notes_on_willing(self.willing))

    @property
    def public_notes(self) -> tuple[Text, ...]:
        """What the public must know, without figures of single estates."""
        shown = sum(one.used and one.illustrative for one in self.willing)
        if not shown:
            return ()
        return (
            Text(f"{shown} 个小区的同意户数为示例", en=f"willing households of {shown} estate(s) are an example"),
        )

    @property
    def tally(self) -> dict[str, int]:
        """Number of estates by answer on the whole."""
        return dict(Counter(estate.overall.answer for estate in self.estates))

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "district": self.district,
            "profile": self.profile.name,
            "document": self.profile.document.code,
            "document_status": self.profile.document.status,
            "hypothetical": self.hypothetical,
            "tally": self.tally,
            "estates": [
                {
                    "code": estate.code,
                    "name": estate.name,
                    "subdistrict": estate.subdistrict,
                    "community": estate.community,
                    "mapped": estate.mapped,
                    "answers": [one.as_dict(language) for one in estate.answers],
                }
                for estate in self.estates
            ],
            "requests": [
                {
                    "subdistrict": one.subdistrict,
                    "community": one.community,
                    "estate": one.estate,
                    "item": in_language(one.item, language),
                    "supplier": in_language(one.supplier, language),
                }
                for one in self.requests
            ],
            "unread_years": list(self.unread_years),
            "unclassified_areas": self.unclassified_areas,
            "willing_figures": [one.as_dict() for one in self.willing],
        }


def review_eligibility(
    db: Database,
    district: District,
    *,
    profile: str | None = None,
    what_if: Any = None,
    file: str | None = None,
    tolerance_m2: float = TOLERANCE_M2,
) -> EligibilityReview:
    """Return the answers on the scope for every estate of a district. Nothing is stored.

    Parameters
    ----------
    profile
        Profile name or file; ``None`` is the district's own.
    what_if
        Facts by estate name or code that are assumed for this question beside what is stored.
    tolerance_m2
        Overlap with an exclusion area up to which it does not count.

    Raises
    ------
    UsageError
        The district has no profile and none is given, or the tolerance is negative.
    InputError
        The assumed facts have faults, or speak of estates that are not in the register.
    """
    known = load(_profile_name(district, profile))
    if not 0 <= tolerance_m2 < float("inf"):
        raise UsageError(
            Text("容差不能为负。", en="The tolerance must not be negative."),
            [Fault(column="--tolerance", value=str(tolerance_m2), allowed="≥ 0")],
        )
    frame = layer_frame(db, district, "estates")
    rows = [
        {key: None if isinstance(value, float) and value != value else value for key, value in row.items()}  # noqa: PLR0124
        for row in frame.to_dict("records")
    ]
    subjects = subjects_of(rows)
    assumed = assumed_facts(what_if, rows, subjects, file)
    willing = willing_figures(db, district, rows, subjects)
    agreed = {one.subject: one for one in willing}
    stored = [stored_facts(row, subject, agreed.get(subject)) for row, subject in zip(rows, subjects, strict=True)]
    facts = read_facts({"estates": [{**one, **assumed.get(one["name"], {})} for one in stored]}, file=file)
    overlaps, unclassified = measured_overlaps(db, district, rows, subjects, tolerance_m2)
    desk = Desk(known)
    estates = tuple(
        _reviewed(row, estate.name, eligibility(desk, estate, overlaps.get(estate.name)))
        for row, estate in zip(rows, facts.estates, strict=True)
    )
    return EligibilityReview(
        profile=known,
        district=district.id,
        estates=estates,
        requests=_requests(estates, known),
        hypothetical=bool(assumed),
        unread_years=tuple(
            f"{subject}：{row['year_built']}"
            for row, subject in zip(rows, subjects, strict=True)
            if row["year_built"] and year_range(row["year_built"]) is None
        ),
        unclassified_areas=unclassified,
        willing=willing,
    )


def _notes_on_willing(figures: Sequence[WillingFigure]) -> list[Text]:
    notes = []
    if used := [one for one in figures if one.used]:
        first, last = min(one.on for one in used), max(one.on for one in used)
        days = f"{first}" if first == last else f"{first} – {last}"
        sources = "、".join(sorted({one.source for one in used if one.source})) or "未注明来源"
        shown = sum(one.illustrative for one in used)
        notes.append(
            Text(
                f"同意户数取自登记：{len(used)} 个小区，{days}，{sources}"
                + (f"；其中 {shown} 个为示例" if shown else ""),
                en=f"willing households as recorded: {len(used)} estate(s), {days}, {sources}"
                + (f"; {shown} of them an example" if shown else ""),
            )
        )
    if left := [f"{one.subject}（{one.amount}）" for one in figures if not one.used]:
        notes.append(
            Text(
                f"登记的同意户数多于总户数或不是整数，按未填处理：{'、'.join(left)}",
                en=f"recorded willing households above the total or not whole count as not given: {', '.join(left)}",
            )
        )
    return notes


def _profile_name(district: District, given: str | None) -> str:
    name = given or district.profile
    if name is None:
        raise UsageError(
            Text(
                f"区县 {district.id} 没有政策依据，请用 --profile 指定。", en="The district has no profile; give one."
            )
        )
    return name


def _reviewed(row: Mapping[str, Any], subject: str, answers: Sequence[Answer]) -> ReviewedEstate:
    scope = [one for one in answers if one.rule == OVERALL or one.rule.startswith(f"{OVERALL}.")]
    return ReviewedEstate(
        code=row["code"],
        name=subject,
        subdistrict=row["subdistrict"] or "",
        community=row["community"] or "",
        mapped=row["geom"] is not None,
        answers=tuple(scope),
    )


def _requests(estates: Sequence[ReviewedEstate], profile: Profile) -> tuple[Request, ...]:
    overlaid = {f"{OVERALL}.{one.key}" for one in profile.eligibility.exclusions if one.overlay}
    asked = [
        Request(
            estate.subdistrict,
            estate.community,
            estate.name,
            one.title,
            SUPPLIERS["overlay" if one.rule in overlaid else "field"],
        )
        for estate in estates
        for one in estate.missing
    ]
    return tuple(sorted(asked, key=lambda one: one.subdistrict))
