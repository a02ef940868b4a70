"""Who is responsible (责任单位): for a stage, and for pulling a structure down; contradicting texts side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gisplanner.domain.clause import Contradiction, Passage
from gisplanner.domain.policy_answer import BY_HAND, MEETS, Answer
from gisplanner.domain.profile import DutySpec, PhaseSpec, Profile, StageSpec
from gisplanner.rules.acceptance import required_parties
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import stands_in
from gisplanner.text import Text

RULE = "demolition"
WORK_RULE = "work_split"
_DONE_BY = Text("管线施工分工", en="who does the work on lines")
_REMOVED_BY = Text("拆除责任单位", en="who removes it")
_ACCEPTANCE_NEED = "acceptance"


@dataclass(frozen=True, slots=True)
class StageUnits:
    """The units of a stage as the text lists them, those another passage asks for as well, and the duties told."""

    stage: StageSpec
    units: tuple[str, ...]
    passage: Passage | None
    required_as_well: tuple[str, ...]
    conflict: Contradiction | None
    duties: tuple[DutySpec, ...]


def stage_units(profile: Profile, stage: StageSpec) -> StageUnits:
    """Return who is responsible for a stage.

    Where the acceptance needs parties that the stage's own list leaves out, they are required as well, and the
    contradiction between the two passages is told.
    """
    more: tuple[str, ...] = ()
    if stage.units and _ACCEPTANCE_NEED in stage.needs and profile.acceptance is not None:
        operators = {one.name for one in profile.operators}
        parties = required_parties(profile.acceptance)
        more = tuple(one for one in parties if one in operators and not stands_in(one, stage.units))
    conflict = next((one for one in profile.contradictions if one.key == "acceptance_units"), None) if more else None
    duties = tuple(one for one in profile.duties if stage.no in one.stages)
    units = stage.units or tuple(dict.fromkeys(one.unit for one in duties))
    return StageUnits(stage, units, stage.units_passage, more, conflict, duties)


def phase_of(profile: Profile, stage: StageSpec) -> PhaseSpec | None:
    """Return the phase (前期、实施、管护) a stage belongs to; ``None`` where the text has none."""
    return next((one for one in profile.phases if stage.no in one.stages), None)


def removed_by(desk: Desk, subject: str, kind: str) -> Answer:
    """Return who must remove a kind of structure: one unit, or 需人工认定 with every text that names it."""
    fitting = [one for one in desk.profile.duties if stands_in(kind, one.removes)]
    return _named(desk, RULE, _REMOVED_BY, subject, fitting)


def done_by(desk: Desk, subject: str, work: str) -> Answer:
    """Return who does a kind of work on lines (分工): 弱电管沟, 光纤到户, 主线布放, 割接, 管线迁改."""
    fitting = [one for one in desk.profile.duties if stands_in(work, one.does)]
    return _named(desk, WORK_RULE, _DONE_BY, subject, fitting)


def _named(desk: Desk, rule: str, title: Text, subject: str, fitting: Sequence[DutySpec]) -> Answer:
    if not fitting:
        return desk.silent(rule, title, subject)
    units = "；".join(dict.fromkeys(one.unit for one in fitting))
    if len(fitting) == 1:
        return desk.answer(rule, title, subject, MEETS, Text(units, en=units), fitting[0])
    told = Text(f"原文有 {len(fitting)} 处说法：{units}", en=f"{len(fitting)} passages: {units}")
    return desk.answer(rule, title, subject, BY_HAND, told, fitting[0], also=fitting[1:])
