"""Priority and readiness (优先安排, 优先支持): visible parts, counted; the documents give no weights."""

from __future__ import annotations

from collections.abc import Sequence

from gisplanner.domain.policy_answer import ScoredPart, ScoreResult
from gisplanner.domain.policy_eligibility import Score, ScorePart
from gisplanner.domain.policy_facts import EstateFacts, ProjectFacts
from gisplanner.domain.profile import Profile
from gisplanner.rules.flags import flag_state
from gisplanner.rules.words import stands_in


def estate_scores(profile: Profile, estate: EstateFacts) -> list[ScoreResult]:
    """Return the scores of an estate: the parts that speak of estates, those of several passages put together."""
    parts = [(score, part) for score in profile.scores for part in score.parts if part.fact or part.flags]
    return _counted(estate.name, [(score, part, _of_estate(part, estate)) for score, part in parts])


def project_scores(profile: Profile, project: ProjectFacts) -> list[ScoreResult]:
    """Return the scores of a project: the parts that speak of its papers."""
    parts = [(score, part) for score in profile.scores for part in score.parts if part.gates]
    return _counted(project.name, [(score, part, _of_project(part, project)) for score, part in parts])


def _counted(subject: str, parts: Sequence[tuple[Score, ScorePart, bool | None]]) -> list[ScoreResult]:
    titles = {score.key: score.title for score, _, _ in reversed(parts)}
    return [
        ScoreResult(
            key=key,
            title=titles[key],
            subject=subject,
            parts=tuple(
                ScoredPart(part.title, met, part.quote, part.document, part.inherited)
                for score, part, met in parts
                if score.key == key
            ),
        )
        for key in dict.fromkeys(score.key for score, _, _ in parts)
    ]


def _of_estate(part: ScorePart, estate: EstateFacts) -> bool | None:
    if part.fact is not None:
        value: bool | None = getattr(estate, part.fact)
        return value
    return {"yes": True, "no": False, "doubtful": None, "unknown": None}[flag_state(estate, part.flags)]


def _of_project(part: ScorePart, project: ProjectFacts) -> bool | None:
    gate = next((gate for name, gate in project.gates.items() if stands_in(name, part.gates)), None)
    return None if gate is None else gate.done
