"""Fire lanes of a stored district: each estate planned by itself, results together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gisplanner.crs import crs_name
from gisplanner.domain.district import District
from gisplanner.formats.geojson import GeoJson
from gisplanner.services.fire.plan import DEFAULT_PROFILE, FirePlan, plan_ground
from gisplanner.services.fire.report import lane_features, write_features
from gisplanner.services.fire.stored import grounds_of_district
from gisplanner.store.database import Database
from gisplanner.text import Language, Text


@dataclass(frozen=True, slots=True, eq=False)
class DistrictFirePlan:
    """Plans by estate code, and the estates nobody could plan with the reason."""

    district: District
    plans: Mapping[str, FirePlan]
    left_out: Mapping[str, Text]

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract over all estates; ``estates`` has the figures of each."""
        documents = {code: plan.document(language) for code, plan in self.plans.items()}
        lists = (
            "served_today",
            "served_after",
            "needs_survey",
            "unreachable",
            "removals",
            "extinguishers",
            "remarks",
        )
        made: dict[str, Any] = {"crs": crs_name(self.district.crs)}
        made |= {name: [one for document in documents.values() for one in document[name]] for name in lists}
        lanes = [(code, lane) for code, document in documents.items() for lane in document["lanes"]]
        made["lanes"] = [{**lane, "id": number, "estate": code} for number, (code, lane) in enumerate(lanes, start=1)]
        for name in ("cost", "cost_lower_bound", "seconds"):
            made[name] = round(sum(document[name] for document in documents.values()), 3)
        made["proven"] = all(document["proven"] for document in documents.values())
        hydrants = [document["hydrants"] for document in documents.values()]
        made["hydrants"] = {
            "existing": sum(one["existing"] for one in hydrants),
            "proposed": [place for one in hydrants for place in one["proposed"]],
            "proven": all(one["proven"] for one in hydrants),
            "uncovered_points": sum(one["uncovered_points"] for one in hydrants),
        }
        made["parameters"] = next(iter(documents.values()))["parameters"] if documents else []
        made["illustrative"] = any(plan.ground.illustrative for plan in self.plans.values())
        made["estates"] = [_figures(code, plan) for code, plan in self.plans.items()]
        made["left_out"] = [{"estate": code, "reason": str(reason)} for code, reason in self.left_out.items()]
        return made

    def sentences(self) -> Text:
        """Return the result for a person."""
        document = self.document()
        buildings = sum(len(plan.ground.buildings) for plan in self.plans.values())
        today, after = len(document["served_today"]), len(document["served_after"])
        return Text(
            f"{len(self.plans)} 个小区 {buildings} 栋：消防车今天可达 {today} 栋，拆移 {len(document['removals'])} 处"
            f"（费用 {document['cost']:g}）后可达 {after} 栋；未计入 {len(self.left_out)} 个小区。",
            en=f"{len(self.plans)} estates, {buildings} buildings: {today} served today, {after} after "
            f"{len(document['removals'])} removals (cost {document['cost']:g}); {len(self.left_out)} left out.",
        )

    def features(self) -> gpd.GeoDataFrame:
        """Return everything the plans show, with the code of the estate in front of each label."""
        frames = [frame for frame in self._frames() if len(frame)]
        if not frames:
            return gpd.GeoDataFrame({"role": []}, geometry=[], crs=self.district.crs)
        return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=self.district.crs)

    def _frames(self) -> Iterator[gpd.GeoDataFrame]:
        for code, plan in self.plans.items():
            frame = lane_features(plan)
            frame["id"] = [f"{code}-{number}" for number in frame["id"]]
            frame["estate"] = code
            # Frames are stacked: empty columns of mixed kinds would change their type on the way.
            yield gpd.GeoDataFrame(frame.astype(dict.fromkeys(frame.columns.drop("geometry"), object)))


def _figures(code: str, plan: FirePlan) -> dict[str, Any]:
    return {
        "estate": code,
        "buildings": len(plan.ground.buildings),
        "served_today": len(plan.served_today),
        "served_after": len(plan.served_after),
        "removals": len(plan.removals),
        "cost": plan.access.cost,
        "proven": plan.access.proven,
    }


def plan_fire_district(
    db: Database,
    district: District,
    *,
    profile: str | None = DEFAULT_PROFILE,
    width_m: float | None = None,
    tolerance_m: float | None = None,
    time_limit_s: float = 60.0,
) -> DistrictFirePlan:
    """Plan every stored estate that has an outline, an entrance and buildings.

    Parameters
    ----------
    profile, width_m, tolerance_m
        As for :func:`gisplanner.services.fire.plan.plan_fire`.
    time_limit_s
        Seconds to search for each estate.
    """
    grounds, left_out = grounds_of_district(db, district)
    plans = {
        code: plan_ground(
            ground, profile=profile, width_m=width_m, tolerance_m=tolerance_m, time_limit_s=time_limit_s
        )
        for code, ground in grounds.items()
    }
    return DistrictFirePlan(district, plans, left_out)


def write_district_lanes(plan: DistrictFirePlan, path: Path) -> GeoJson:
    """Write the plans as GeoJSON, one feature for each thing in them."""
    width = next(iter(plan.plans.values())).width_m if plan.plans else None
    return write_features(plan.features(), path, members={"名称": "消防车道", "净宽（米）": width})
