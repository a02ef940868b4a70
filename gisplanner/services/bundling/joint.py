"""What tendering a bundle as one and accepting it jointly would contain (打包招标、联合验收), by the documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

from gisplanner.catalog.profiles import profile_names
from gisplanner.domain.policy_answer import MEETS
from gisplanner.domain.profile import Profile
from gisplanner.planning.bundling.wishes import needs_of
from gisplanner.rules.answers import Desk
from gisplanner.services.bundling.totals import Figures, totals_document, totals_of
from gisplanner.services.policy.answers import load
from gisplanner.text import Text

RULE = "joint_tender"
_TITLE = Text("打包招标和联合验收", en="joint tender and acceptance")


def joint_package(
    estates: gpd.GeoDataFrame, figures: Figures, codes: Sequence[str], bundle: str, profile: Profile | None
) -> dict[str, Any]:
    """Return the tender package and the acceptance group of a bundle.

    ``tender`` holds the estates with their figures, the totals and the works by the needs that are recorded;
    ``answer`` is what the district's document says of tendering together, ``elsewhere`` what another one says, which
    is shown and never borrowed.

    Parameters
    ----------
    estates
        Stored estates, indexed by code.
    figures
        Their figures.
    profile
        The district's document; ``None`` where it has none.
    """
    members = estates.loc[[code for code in codes if code in estates.index]]
    works: dict[str, list[str]] = {}
    for code, value in zip(members.index, members["needs"], strict=True):
        for need in sorted(needs_of(value)):
            works.setdefault(need, []).append(code)
    return {
        "tender": {
            "estates": [{"estate": code, **totals_document(totals_of(figures, [code]))} for code in members.index],
            "totals": totals_document(totals_of(figures, codes)),
            "works": works,
            "works_unknown": [
                code for code, value in zip(members.index, members["needs"], strict=True) if not needs_of(value)
            ],
        },
        "answer": None if profile is None else _answer(profile, bundle),
        "elsewhere": [] if profile is not None and profile.joint_tender else _elsewhere(),
        "acceptance": None if profile is None or profile.acceptance is None else _acceptance(profile, members),
    }


def _answer(profile: Profile, bundle: str) -> dict[str, Any]:
    desk, subject = Desk(profile), f"片区 {bundle}"
    if profile.joint_tender is None:
        return desk.silent(RULE, _TITLE, subject).as_dict()
    reason = Text("原文鼓励，不是必须", en="the text encourages it, it is no duty")
    return desk.answer(RULE, _TITLE, subject, MEETS, reason, profile.joint_tender).as_dict()


def _elsewhere() -> list[dict[str, Any]]:
    known = [load(name) for name in profile_names()]
    return [
        {
            "quote": one.joint_tender.quote,
            "document": one.document.code,
            "document_title": one.document.title,
            "note": Text(
                "其他地区的文件，仅供参考，不适用于本区县", en="another place's document, for reference only"
            ),
        }
        for one in known
        if one.joint_tender is not None and not one.joint_tender.inherited
    ]


def _acceptance(profile: Profile, members: gpd.GeoDataFrame) -> dict[str, Any]:
    assert profile.acceptance is not None
    known = profile.acceptance
    return {
        "organiser": known.organiser,
        "parties": [{"name": one.name, "members": list(one.members)} for one in known.parties],
        "subdistricts": sorted(set(members["subdistrict"].dropna())),
        "communities": sorted(set(members["community"].dropna())),
        "quote": known.quote,
        "document": known.document,
    }
