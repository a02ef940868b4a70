"""Ask a profile about facts and find the answer that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisplanner.domain.policy_answer import Answer
from gisplanner.services.policy.answers import ask


def answers(profile: str, facts: Mapping[str, Any], rule: str) -> list[Answer]:
    """All answers of one rule."""
    return [one for one in ask(profile, facts).answers if one.rule == rule]


def answer(profile: str, facts: Mapping[str, Any], rule: str) -> Answer:
    """The one answer of a rule."""
    (found,) = answers(profile, facts, rule)
    return found


def of_estate(profile: str, rule: str, **facts: Any) -> Answer:
    """The one answer of a rule about one estate."""
    return answer(profile, {"estates": [{"name": "某小区", **facts}]}, rule)


def of_project(profile: str, rule: str, **facts: Any) -> Answer:
    """The one answer of a rule about a project."""
    return answer(profile, {"project": facts}, rule)


def payer_of(profile: str, item: str, utility: str | None = None) -> Answer:
    """The answer on who pays for a segment."""
    (found,) = (
        one
        for one in ask(profile, {"segments": [{"item": item, "utility": utility}]}).answers
        if one.rule.startswith("payer.")
    )
    return found
