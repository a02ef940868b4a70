"""Joint acceptance (联合竣工验收) and handover (移交): who must be there, and who takes over what."""

from __future__ import annotations

from typing import Final

from gisplanner.domain.policy_answer import FAILS, MEETS, UNKNOWN, UNSTATED, Answer
from gisplanner.domain.policy_facts import Asset, ProjectFacts
from gisplanner.domain.policy_works import Acceptance
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import plain, stands_in
from gisplanner.text import Text

ACCEPTANCE: Final = "acceptance"
HANDOVER: Final = "handover"
_PARTIES = Text("联合验收参加单位", en="parties of the joint acceptance")
_ORGANISER = Text("联合验收组织单位", en="organiser of the joint acceptance")
_DEFECTS = Text("验收问题整改", en="defects found at acceptance")
_HANDOVER = Text("移交", en="handover")


def required_parties(rule: Acceptance) -> tuple[str, ...]:
    """Return the parties by name, with the members of those that stand for several."""
    return tuple(name for party in rule.parties for name in (party.members or (party.name,)))


def acceptance(desk: Desk, project: ProjectFacts) -> list[Answer]:
    """Return who organises, whether every required party has signed, and whether defects are open."""
    rule = desk.profile.acceptance
    if rule is None:
        return [desk.silent(ACCEPTANCE, _PARTIES, project.name)]
    return [_organiser(desk, project, rule), parties(desk, project, rule), *defects(desk, project, rule)]


def _organiser(desk: Desk, project: ProjectFacts, rule: Acceptance) -> Answer:
    name, given = f"{ACCEPTANCE}.organiser", project.acceptance.organiser if project.acceptance else None
    if given is None:
        reason = Text(
            f"应由{rule.organiser}组织；未填由谁组织", en=f"{rule.organiser} must organise it; not given who does"
        )
        return desk.answer(name, _ORGANISER, project.name, UNKNOWN, reason, rule)
    right = plain(rule.organiser) in plain(given) or plain(given) in plain(rule.organiser)
    reason = Text(f"应由{rule.organiser}组织，现为{given}", en=f"to be organised by {rule.organiser}, is by {given}")
    return desk.answer(name, _ORGANISER, project.name, MEETS if right else FAILS, reason, rule)


def parties(desk: Desk, project: ProjectFacts, rule: Acceptance) -> Answer:
    """Return whether every required party has signed."""
    required, clause = required_parties(rule), rule.signing or rule
    signed = project.acceptance.signed if project.acceptance else None
    if signed is None:
        reason = Text(f"应有：{'、'.join(required)}；未填签字单位", en="the signatures are not given")
        return desk.answer(ACCEPTANCE, _PARTIES, project.name, UNKNOWN, reason, clause)
    missing = [party for party in required if not stands_in(party, signed)]
    if missing:
        reason = Text(f"缺：{'、'.join(missing)}", en=f"missing: {', '.join(missing)}")
        return desk.answer(ACCEPTANCE, _PARTIES, project.name, FAILS, reason, clause)
    return desk.answer(
        ACCEPTANCE, _PARTIES, project.name, MEETS, Text("各方都已签字", en="every party has signed"), clause
    )


def defects(desk: Desk, project: ProjectFacts, rule: Acceptance) -> list[Answer]:
    """Return whether what the acceptance found is mended; nothing where the text does not speak of it."""
    if rule.defects is None:
        return []
    name, count = "defects", project.acceptance.open_defects if project.acceptance else None
    if count is None:
        reason = Text("未填未销号的问题数", en="the number of open defects is not given")
        return [desk.answer(name, _DEFECTS, project.name, UNKNOWN, reason, rule.defects)]
    reason = Text(f"未销号 {count} 处", en=f"{count} open")
    return [desk.answer(name, _DEFECTS, project.name, FAILS if count else MEETS, reason, rule.defects)]


def handover(desk: Desk, asset: Asset) -> Answer:
    """Return who takes over an asset; for roads and drains it depends on whether they lie in a municipal road."""
    subject = asset.name or asset.kind
    fitting = [one for one in desk.profile.handover if stands_in(asset.kind, one.kinds)]
    if not fitting:
        told = Text("原文没有写明移交给谁", en="the text does not say who takes it over")
        return desk.answer(HANDOVER, _HANDOVER, subject, UNSTATED, told)
    spatial = [one for one in fitting if one.in_municipal_road is not None]
    if len(fitting) > 1 and len(spatial) == len(fitting) and asset.in_municipal_road is None:
        told = Text("未填是否在市政道路范围内", en="whether it lies in a municipal road is not given")
        return desk.answer(HANDOVER, _HANDOVER, subject, UNKNOWN, told, fitting[-1])
    chosen = next((one for one in fitting if one.in_municipal_road in {None, asset.in_municipal_road}), fitting[0])
    reason = Text(f"移交{chosen.receiver}", en=f"handed over to {chosen.receiver}")
    return desk.answer(HANDOVER, _HANDOVER, subject, MEETS, reason, chosen)
