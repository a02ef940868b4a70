"""The passages a paper (文书) stands on; a document that says nothing of it is said to be silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gisplanner.domain.clause import Passage
from gisplanner.domain.profile import Profile

SILENT: Final = "本方案没有相应规定"
Chooser = Callable[[Profile], Iterable[Passage | None]]


def _duties(*words: str) -> Chooser:
    return lambda profile: (one for one in profile.duties if any(word in one.role for word in words))


_CHOSEN: Final[dict[str, Chooser]] = {
    "relocation": _duties("管线迁改", "管线迁移", "弱电迁改"),
    "excavation": _duties("开挖审批"),
    "demolition_task": lambda profile: (one for one in profile.duties if one.removes),
    "notice": lambda profile: (profile.public_notice,),
    "commitment": lambda profile: profile.exemptions[:1],
    "joint_review": lambda profile: (one for one in profile.checklists if one.kind == "review"),
    "joint_acceptance": lambda profile: (
        (profile.acceptance, profile.acceptance.signing) if profile.acceptance is not None else ()
    ),
    "rectification": lambda profile: (profile.acceptance.defects,) if profile.acceptance is not None else (),
    "handover": lambda profile: profile.handover,
    "survey": lambda profile: profile.surveys[:1],
}


def basis_of(key: str, profile: Profile | None) -> str:
    """Return the passages a paper stands on, each with its document; inferred ones marked 推定."""
    found = [] if profile is None else [one for one in _CHOSEN[key](profile) if one is not None]
    if profile is None or not found:
        return SILENT
    quotes = dict.fromkeys(
        f"「{one.quote}」（《{profile.document_of(one.document).title}》{'，推定' if one.inherited else ''}）"
        for one in found
    )
    draft = "（征求意见稿，未生效）" if profile.document.status == "draft" else ""
    return "；".join(quotes) + draft
