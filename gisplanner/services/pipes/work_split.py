"""Who does which part of the works on lines (施工分工): ducts and fibre here, mains and cut-overs there.

What the document says decides; a part it does not speak of is 文件未规定.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gisplanner.domain.policy_answer import UNSTATED, Answer
from gisplanner.planning.pipes.lanes.laying import network_of
from gisplanner.rules.answers import Desk
from gisplanner.rules.duties import done_by
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.quantities import trenches
from gisplanner.services.policy.answers import load

DUCTS: Final = "弱电管沟"
FIBRE: Final = "光纤到户"
MAINS: Final = "主线布放"
CUT_OVER: Final = "割接"
MOVING: Final = "管线迁改"
_PART: Final = {"main": MAINS, "service": FIBRE}


@dataclass(frozen=True, slots=True)
class WorkShare:
    """One part of the works on one network.

    Attributes
    ----------
    owner
        Whose network it is, where the plan knows.
    length_m, buildings
        Metres of trench or line; buildings that are cut over. ``None`` where the other one counts.
    """

    network: str
    work: str
    owner: str | None
    length_m: float | None
    buildings: int | None
    answer: Answer

    @property
    def unit(self) -> str:
        """Return who does it, in the document's words; 文件未规定 where it says nothing."""
        return UNSTATED if self.answer.quote is None else str(self.answer.reason)


def split_of_work(result: PipesPlan, profile_name: str) -> list[WorkShare]:
    """Return who does each part of the plan by a document.

    Raises
    ------
    NotFoundError
        There is no such profile.
    """
    desk = Desk(load(profile_name))
    return [
        WorkShare(network, work, owner, length, count, done_by(desk, f"{network} {work}", work))
        for network, work, owner, length, count in _parts(result)
    ]


def _parts(result: PipesPlan) -> Iterator[tuple[str, str, str | None, float | None, int | None]]:
    dug = trenches(result)
    ducts = list(dict.fromkeys(network_of(one) for one in result.ground.demands if one.utility == "telecom"))
    for network in ducts:
        yield network, DUCTS, None, sum(one.length_m for one in dug if network in one.networks), None
    for k, demand in enumerate(result.ground.demands):
        metres = {
            part: sum(float(one.line.length) for one in result.lanes.lines if (one.demand, one.part) == (k, part))
            for part in _PART
        }
        if demand.utility != "telecom":
            yield demand.name, MOVING, demand.owner, sum(metres.values()), None
            continue
        for part, work in _PART.items():
            yield demand.name, work, demand.owner, metres[part], None
        yield demand.name, CUT_OVER, demand.owner, None, len(result.lanes.plan.joint[k].served)


def split_document(parts: list[WorkShare]) -> list[dict[str, Any]]:
    """Return the JSON records."""
    return [
        {
            "network": one.network,
            "work": one.work,
            "owner": one.owner,
            "length_m": None if one.length_m is None else round(one.length_m, 3),
            "buildings": one.buildings,
            "unit": one.unit,
            "quote": one.answer.quote,
        }
        for one in parts
    ]
