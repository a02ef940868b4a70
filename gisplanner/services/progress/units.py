"""The responsible units (责任单位) of each stage of a district, as its document gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.rules.duties import StageUnits, phase_of, stage_units


@dataclass(frozen=True, slots=True)
class ToldUnits:
    """The units of one stage, with its phase and what else the text says."""

    told: StageUnits
    phase: str | None
    conflict: str | None

    @property
    def line(self) -> str:
        """Return the units as one line."""
        stage, more = self.told.stage, self.told.required_as_well
        added = f"；另需：{'、'.join(more)}（{self.conflict}）" if more else ""
        return f"{stage.no} {stage.name}：{'、'.join(self.told.units) or '文件未规定'}{added}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        told = self.told
        return {
            "no": told.stage.no,
            "stage": told.stage.name,
            "phase": self.phase,
            "units": list(told.units),
            "required_as_well": list(told.required_as_well),
            "quote": None if told.passage is None else told.passage.quote,
            "document": None if told.passage is None else told.passage.document,
            "conflict": None
            if told.conflict is None
            else {"title": told.conflict.title, "texts": [one.quote for one in told.conflict.texts]},
            "duties": [
                {"unit": one.unit, "role": one.role, "quote": one.quote, "document": one.document}
                for one in told.duties
            ],
        }


def district_units(district: District) -> list[ToldUnits]:
    """Return who is responsible for each stage; nothing for a district without a document."""
    if district.profile is None:
        return []
    profile = load_profile(district.profile)
    made = []
    for stage in profile.stages:
        told, phase = stage_units(profile, stage), phase_of(profile, stage)
        conflict = None if told.conflict is None else told.conflict.title
        made.append(ToldUnits(told, None if phase is None else phase.name, conflict))
    return made
