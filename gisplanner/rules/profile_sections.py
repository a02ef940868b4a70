"""Where a confirmed passage goes in a profile, and what record it must make there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from gisplanner.domain.clause import CitedDocument, Clause
from gisplanner.domain.policy_eligibility import (
    AntiHitchhiking,
    Built,
    Condition,
    EraBands,
    Exclusion,
    OutsideWorks,
    Place,
    Score,
    Subsidy,
    Willingness,
)
from gisplanner.domain.policy_review import ReviewedPassage
from gisplanner.domain.policy_works import (
    Acceptance,
    Checklist,
    CompanyRule,
    Deadline,
    Exemption,
    FundingCheck,
    FundSource,
    Goal,
    HandoverRule,
    ManagementRule,
    MenuGroup,
    OperatorSpec,
    PayerRemark,
    PayerRule,
    PlanUnit,
    PublicNotice,
    Sequence,
    Survey,
)
from gisplanner.domain.profile import DemonstrationSpec, StageSpec
from gisplanner.errors import Fault
from gisplanner.text import Text

LISTS: Final[Mapping[str, type[BaseModel]]] = {
    "goals": Goal,
    "cited": CitedDocument,
    "eligibility.conditions": Condition,
    "eligibility.exclusions": Exclusion,
    "scores": Score,
    "menu.groups": MenuGroup,
    "sequences": Sequence,
    "checklists": Checklist,
    "companies": CompanyRule,
    "payers.rules": PayerRule,
    "payers.remarks": PayerRemark,
    "exemptions": Exemption,
    "handover": HandoverRule,
    "management": ManagementRule,
    "funding.sources": FundSource,
    "funding.checks": FundingCheck,
    "deadlines": Deadline,
    "surveys": Survey,
    "operators": OperatorSpec,
    "demonstration_areas": DemonstrationSpec,
    "stages": StageSpec,
}
"""Sections that hold many entries."""

TABLES: Final[Mapping[str, type[BaseModel]]] = {
    "plan_unit": PlanUnit,
    "joint_tender": Clause,
    "lead_telecom": Clause,
    "eligibility.place": Place,
    "eligibility.built": Built,
    "eligibility.willingness": Willingness,
    "eligibility.era_bands": EraBands,
    "subsidy": Subsidy,
    "anti_hitchhiking": AntiHitchhiking,
    "outside_works": OutsideWorks,
    "menu": Clause,
    "acceptance": Acceptance,
    "funding.principle": Clause,
    "public_notice": PublicNotice,
}
"""Sections that hold one entry. Of ``menu`` only its own passage is checked here; its groups are a list."""


def entry_of(section: str, quote: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of a profile file: the values with the passage they stand on."""
    if section == "stages":
        return {**value, "passage": {"quote": quote}}
    if section == "scores":
        return {**value, "parts": [{**part, "quote": quote} for part in value.get("parts", ())]}
    return {"quote": quote, **value}


def entry_faults(passage: ReviewedPassage, value: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with the values a person wants to confirm for a passage.

    An empty text or list is something nobody has filled in yet.
    """
    quote = str(value.get("quote", passage.quote))
    if "".join(quote.split()) not in "".join(passage.quote.split()):
        hint = Text("引文只能取自所找到的原文", en="the quote must be part of the passage found")
        return [Fault(column="quote", value=quote, allowed=passage.quote, hint=hint)]
    faults = [Fault(column=path, hint=Text("还没有填写", en="not filled in yet")) for path in _empty(value, ())]
    try:
        {**LISTS, **TABLES}[passage.section].model_validate(entry_of(passage.section, passage.quote, value))
    except ValidationError as error:
        faults += [
            Fault(
                column=".".join(str(part) for part in one["loc"]),
                value=None if one["type"] == "missing" else str(one["input"]),
                hint=one["msg"],
            )
            for one in error.errors(include_url=False)
        ]
    return faults


def _empty(value: Any, path: tuple[str, ...]) -> Iterable[str]:
    if value in ("", [], ()):
        yield ".".join(path)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _empty(one, (*path, str(key)))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _empty(one, (*path, str(number)))


def placed(raw: dict[str, Any], passage: ReviewedPassage) -> None:
    """Put the entry of a decided passage into the raw profile; two passages on years share one section."""
    *outer, last = passage.section.split(".")
    table = raw
    for key in outer:
        table = table.setdefault(key, {})
    entry = entry_of(passage.section, passage.quote, passage.value or {})
    if passage.section in LISTS:
        table.setdefault(last, []).append(entry)
        return
    there = table.get(last)
    if there is None or "quote" not in there:
        table[last] = {**entry, **(there or {})}
    elif "bands" in there and "bands" in entry:
        bands = [*there["bands"], *entry["bands"]]
        doubtful = [*there.get("doubtful_years", ()), *entry.get("doubtful_years", ())]
        table[last] = {**there, "bands": sorted(bands, key=lambda band: band["until"]), "doubtful_years": doubtful}
