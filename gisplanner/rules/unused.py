"""Words of the facts that a document has no rule for: told, so that a slip of the pen does not pass in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gisplanner.domain.policy_facts import EstateFacts, Facts, ProjectFacts
from gisplanner.domain.profile import Profile
from gisplanner.rules.companies import DESIGN_SETTLED
from gisplanner.rules.deadlines import NOTICE_END, NOTICE_START, event_words
from gisplanner.rules.words import denies, stands_in, touches


class UnusedFact(NamedTuple):
    """A word that changed no answer: where it stands and what it is."""

    subject: str
    fact: str
    word: str


def unused_facts(profile: Profile, facts: Facts) -> list[UnusedFact]:
    """Return the flags, gates, dates, companies and surveys that no rule of the document reads."""
    found = [one for estate in facts.estates for one in _of_estate(profile, estate)]
    return found + (list(_of_project(profile, facts.project)) if facts.project is not None else [])


def _of_estate(profile: Profile, estate: EstateFacts) -> Iterator[UnusedFact]:
    scope = profile.eligibility
    known = [word for one in scope.exclusions for word in one.terms]
    known += [word for one in scope.conditions for word in (*one.terms, *one.contrary)]
    known += [word for score in profile.scores for part in score.parts for word in part.flags]
    for word in estate.flags or {}:
        if not (stands_in(word, known) or denies(word, known) or touches(word, known)):
            yield UnusedFact(estate.name, "flags", word)


def _of_project(profile: Profile, project: ProjectFacts) -> Iterator[UnusedFact]:
    gates = [word for one in profile.checklists for item in one.items for word in (item, *one.synonyms.get(item, ()))]
    gates += [word for score in profile.scores for part in score.parts for word in part.gates]
    events = [word for one in profile.deadlines for word in event_words(one.event)]
    if profile.public_notice is not None:
        events += [*event_words(NOTICE_START), *event_words(NOTICE_END)]
    if profile.companies:
        events += event_words(DESIGN_SETTLED)
    surveys = [word for one in profile.surveys for word in (one.key, one.title)]
    yield from (UnusedFact(project.name, "gates", word) for word in project.gates if not stands_in(word, gates))
    yield from (UnusedFact(project.name, "dates", word) for word in project.dates if not stands_in(word, events))
    kinds = [kind for rule in profile.companies for kind in rule.kinds]
    yield from (
        UnusedFact(project.name, "companies", one.kind) for one in project.companies if not stands_in(one.kind, kinds)
    )
    yield from (
        UnusedFact(project.name, "surveys", one.key) for one in project.surveys if not stands_in(one.key, surveys)
    )
