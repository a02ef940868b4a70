"""Ask a policy document about facts, or all of them side by side. Nothing is stored: a question is a what-if."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.layers import utilities
from gisplanner.catalog.profiles import documents, profile_from, profile_names
from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.clause import Contradiction
from gisplanner.domain.policy_answer import UNSTATED, Answer
from gisplanner.domain.profile import Profile
from gisplanner.errors import Fault, FileFormatError, NotFoundError
from gisplanner.rules.approvals import permits_of
from gisplanner.rules.facts import read_facts
from gisplanner.rules.policy import PolicyAnswers, policy_answers
from gisplanner.text import Language, Text, in_language

DRAFT: Final = Text("征求意见稿，未生效", en="draft for comment, not in force")


@dataclass(frozen=True, slots=True)
class PolicyComparison:
    """The same facts under several documents; ``rows`` are rule and subject in order of first appearance.

    ``cells`` are the answers by profile, rule and subject; where a document has several, the first.
    """

    replies: tuple[PolicyAnswers, ...]
    rows: tuple[tuple[str, str], ...]
    cells: Mapping[tuple[str, str, str], Answer]

    def cell(self, reply: PolicyAnswers, row: tuple[str, str]) -> Answer | None:
        """Return the answer of one document in one row; ``None`` where it has no such row."""
        return self.cells.get((reply.profile.name, *row))


def load(name: str) -> Profile:
    """Return a shipped profile by name, or the profile in a ``.toml`` file.

    Raises
    ------
    NotFoundError
        There is neither.
    FileFormatError
        The file is not a profile.
    """
    file = Path(name)
    return profile_from(file) if file.suffix == ".toml" and file.is_file() else load_profile(name)


def ask(profile_name: str, raw: Any, *, file: str | None = None) -> PolicyAnswers:
    """Return what a document answers to facts.

    Parameters
    ----------
    profile_name
        A shipped profile, or the path of a profile file.
    raw
        The facts, as read from JSON.

    Raises
    ------
    NotFoundError
        There is no such profile.
    InputError
        The facts have faults; all at once.
    """
    return _answered(load(profile_name), raw, file)


def compare(raw: Any, *, profiles: Iterable[str] = (), file: str | None = None) -> PolicyComparison:
    """Return the answers of several documents (default: all that are shipped) to the same facts."""
    replies = tuple(_answered(load(name), raw, file) for name in (*profiles,) or profile_names())
    rows = dict.fromkeys((one.rule, one.subject) for reply in replies for one in reply.answers)
    cells: dict[tuple[str, str, str], Answer] = {}
    for reply in replies:
        for one in reply.answers:
            cells.setdefault((reply.profile.name, one.rule, one.subject), one)
    return PolicyComparison(replies, tuple(rows), cells)


def read_facts_file(file: Path) -> Any:
    """Return the JSON document of a facts file.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError
        It is not JSON in UTF-8.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFoundError(
            Text(f"没有文件 {file}。", en=f"There is no file {file}."), [Fault(file=str(file))]
        ) from error
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            Text("事实文件不是 UTF-8 的 JSON。", en="The facts file is not JSON in UTF-8."),
            [Fault(file=str(file), hint=str(error))],
        ) from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _answered(profile: Profile, raw: Any, file: str | None) -> PolicyAnswers:
    facts = read_facts(raw, file=file)
    permits = permits_of(exemption for name in profile_names() for exemption in load_profile(name).exemptions)
    return policy_answers(profile, facts, utilities=utilities(), permits=permits)


def reply_document(reply: PolicyAnswers, language: Language = "zh") -> dict[str, Any]:
    """Return the JSON document of a reply."""
    return {
        "profile": reply.profile.name,
        "documents": [
            {
                "code": one.code,
                "title": one.title,
                "number": one.number,
                "file": one.file,
                "status": one.status,
                "inferred": one is not reply.profile.document,
            }
            for one in (reply.profile.document, *reply.profile.parents)
        ],
        "answers": [one.as_dict(language) for one in reply.answers],
        "scores": [one.as_dict() for one in reply.scores],
        "subsidy_application": {
            "physical": list(reply.split.physical),
            "applied": list(reply.split.applied),
            "excluded": list(reply.split.excluded),
            "undecided": list(reply.split.undecided),
            "related_works": list(reply.split.related_works),
            "suspected_works": list(reply.split.suspected_works),
        },
        "unused_facts": [one._asdict() for one in reply.unused],
        "contradictions": [_contradiction(one) for one in reply.profile.contradictions],
        "cited_not_held": [one.name for one in reply.profile.cited],
    }


def _contradiction(one: Contradiction) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "texts": [{"quote": text.quote, "document": text.document} for text in one.texts],
        "reading": one.reading,
        "inherited": one.inherited,
    }


def comparison_document(comparison: PolicyComparison, language: Language = "zh") -> dict[str, Any]:
    """Return the JSON document of a comparison: one row per rule and subject, one cell per document."""
    return {
        "profiles": [reply.profile.name for reply in comparison.replies],
        "documents": {
            code: {"title": one.title, "number": one.number, "status": one.status}
            for code, one in documents().items()
        },
        "rows": [
            {
                "rule": row[0],
                "subject": row[1],
                "cells": {
                    reply.profile.name: _cell(comparison.cell(reply, row), reply.profile, language)
                    for reply in comparison.replies
                },
            }
            for row in comparison.rows
        ],
    }


def _cell(answer: Answer | None, profile: Profile, language: Language) -> dict[str, Any]:
    if answer is not None:
        return answer.as_dict(language)
    return {
        "answer": UNSTATED,
        "reason": in_language(Text("本方案无此规则", en="this document has no such rule"), language),
        "quote": None,
        "document": profile.document.code,
        "document_status": profile.document.status,
        "inherited": False,
        "cited_not_held": [],
    }
