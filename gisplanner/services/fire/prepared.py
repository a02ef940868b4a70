"""An estate made ready for questions: barriers judged, regions cut, numbers at hand (备算)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gisplanner.catalog.fire_lanes import fire_standards
from gisplanner.domain.fire_details import FireGate
from gisplanner.domain.fire_rules import FireParameters
from gisplanner.planning.fire.intake import Ground, check_width, read_ground
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.situation import Situation
from gisplanner.services.fire.details import HoseRule, hose_rule
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.opening_hours import passable
from gisplanner.services.fire.wishes import FireWishes


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An estate on which any removals can be asked about.

    Attributes
    ----------
    ground
        Its layers without what an engine passes under and without gates it cannot pass.
    gates
        Every barrier with hours, a key or a height, judged.
    checked, reach
        The same layers for planning, and who is served after which removals.
    today, hose
        The estate with nothing removed; how long the hose is and where it has to get to.
    parameters, width_m, tolerance_m
        Numbers of the profile, the lane width and the survey accuracy that hold.
    """

    ground: FireGround
    gates: tuple[FireGate, ...]
    checked: Ground
    reach: Reach
    today: Situation
    hose: HoseRule
    parameters: FireParameters
    width_m: float
    tolerance_m: float


def prepare(ground: FireGround, wishes: FireWishes) -> Prepared:
    """Return an estate ready for questions.

    Raises
    ------
    InputError
        Rows that cannot be used, all at once.
    UsageError
        A width that makes no sense.
    """
    parameters = fire_standards().parameters(wishes.profile)
    width = parameters.lane_width_m.value if wishes.width_m is None else wishes.width_m
    check_width(width)
    ground, gates = passable(ground, parameters.clear_height_m.value)
    checked = read_ground(ground.site, ground.buildings, ground.obstacles, ground.entrances, ground.roads)
    tolerance = parameters.survey_tolerance_m.value if wishes.tolerance_m is None else wishes.tolerance_m
    reach = Reach(checked, width)
    today = Situation(reach, np.zeros(len(checked.soft), dtype=bool))
    hose = hose_rule(ground, checked, parameters.hose_route_m.value)
    return Prepared(ground, gates, checked, reach, today, hose, parameters, width, tolerance)
