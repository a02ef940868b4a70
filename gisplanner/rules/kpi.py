"""Rates (开工率, 完工率) by project, community and subdistrict, always with the name of their weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from gisplanner.domain.profile import StageSpec
from gisplanner.domain.progress import EstateProgress, Rates, Weight
from gisplanner.rules.progress import rates

Level = Literal["subdistrict", "community", "project"]
LEVELS: Final[dict[Level, str]] = {"subdistrict": "街道", "community": "社区", "project": "项目"}
NOT_STATED: Final = "未注明"


def rates_by(
    estates: Sequence[EstateProgress], stages: Sequence[StageSpec], level: Level, weight: Weight
) -> dict[str, Rates]:
    """Return the rates of each subdistrict, community or project by one weight, in the order of the plan.

    Estates without that place in the register stand together under 未注明.
    """
    groups: dict[str, list[EstateProgress]] = {}
    for estate in estates:
        groups.setdefault(getattr(estate, level) or NOT_STATED, []).append(estate)
    return {name: rates(members, stages, weight) for name, members in groups.items()}
