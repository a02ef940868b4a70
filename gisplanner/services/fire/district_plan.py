"""The fire plan of a district (区县消防方案): the plans of its estates, and what they say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.crs import crs_name
from gisplanner.domain.district import District
from gisplanner.domain.fire_details import BudgetStep
from gisplanner.services.fire.details import removals_by_unit
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.plan import FirePlan
from gisplanner.services.fire.report import lane_features
from gisplanner.services.fire.wishes import FireWishes
from gisplanner.text import Language, Text, in_language

_LISTS: Final = (
    "served_today", "served_after", "needs_survey", "unreachable", "not_opened", "removals", "extinguishers",
    "operating_areas", "gates", "flags",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class DistrictFirePlan:
    """Plans by estate code, and the estates nobody could plan with the reason.

    Attributes
    ----------
    grounds
        What each estate was planned on.
    bound, proven
        Of all estates together.
    stopped
        Whether somebody stopped it before all estates were planned.
    estate
        The one estate that was asked for; ``None`` is all of them.
    """

    district: District
    wishes: FireWishes
    plans: Mapping[str, FirePlan]
    grounds: Mapping[str, FireGround]
    left_out: Mapping[str, Text]
    bound: float
    proven: bool
    stopped: bool = False
    estate: str | None = None
    curve: tuple[BudgetStep, ...] = ()

    @property
    def illustrative(self) -> bool:
        """Return whether any of it is a sketch (示意数据)."""
        return any(plan.ground.illustrative for plan in self.plans.values())

    @property
    def cost(self) -> float:
        """Return what all removals cost."""
        return float(sum(plan.access.cost for plan in self.plans.values()))

    def _existing_hydrants(self) -> int | None:
        """Return how many there are; one between two estates serves both and is there once."""
        told = [plan for plan in self.plans.values() if plan.ground.hydrants is not None]
        return len({one.at for plan in told for one in plan.hydrants if one.existing}) if told else None

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract over all estates; ``estates`` has the figures of each."""
        documents = {code: plan.document(language) for code, plan in self.plans.items()}
        made: dict[str, Any] = {"crs": crs_name(self.district.crs)}
        made |= {name: [one for document in documents.values() for one in document[name]] for name in _LISTS}
        lanes = [(code, lane) for code, document in documents.items() for lane in document["lanes"]]
        made["lanes"] = [{**lane, "id": number, "estate": code} for number, (code, lane) in enumerate(lanes, start=1)]
        hydrants = [document["hydrants"] for document in documents.values()]
        made |= {
            "goal": self.wishes.document(),
            "cost": round(self.cost, 3),
            "cost_lower_bound": round(self.bound, 3),
            "proven": self.proven,
            "stopped": self.stopped,
            "seconds": round(sum(document["seconds"] for document in documents.values()), 3),
            "hydrants": {
                "existing": self._existing_hydrants(),
                "proposed": [place for one in hydrants for place in one["proposed"]],
                "proposed_lower_bound": sum(one["proposed_lower_bound"] for one in hydrants),
                "proven": all(one["proven"] for one in hydrants),
                "uncovered_points": sum(one["uncovered_points"] for one in hydrants),
            },
            "hours": _hours([document["hours"] for document in documents.values()]),
            "households": self._households(),
            "removals_by_unit": [
                {**asdict(one), "removals": list(one.removals), "quotes": list(one.quotes)}
                for one in removals_by_unit(
                    [removal for plan in self.plans.values() for removal in plan.removals], self.wishes.profile
                )
            ],
            "remarks": self._remarks(language),
            "parameters": next(iter(documents.values()))["parameters"] if documents else [],
            "illustrative": self.illustrative,
            "estates": [_figures(code, plan) for code, plan in self.plans.items()],
            "left_out": [
                {"estate": code, "reason": in_language(reason, language)} for code, reason in self.left_out.items()
            ],
        }
        if self.curve:
            made["budget_curve"] = [asdict(one) for one in self.curve]
        return made

    def _households(self) -> dict[str, float]:
        """Return households served today and afterwards, buildings where an estate tells none."""
        sums = {"today": 0.0, "after": 0.0}
        for plan in self.plans.values():
            weight = dict(zip(plan.reach.ground.building_labels, plan.reach.ground.households.tolist(), strict=True))
            sums["today"] += sum(weight[label] for label in plan.served_today)
            sums["after"] += sum(weight[label] for label in plan.served_after)
        return sums

    def _remarks(self, language: Language) -> list[str]:
        """Return the remarks, one that many estates share told once."""
        told = Counter(
            in_language(one, language) for plan in self.plans.values() for one in dict.fromkeys(plan.ground.remarks)
        )
        many = {"zh": "（{} 个小区）", "en": " ({} estates)"}[language]
        return [text + (many.format(times) if times > 1 else "") for text, times in told.items()]

    def sentences(self) -> Text:
        """Return the result for a person."""
        buildings = sum(len(plan.ground.buildings) for plan in self.plans.values())
        today, after, removals = (
            sum(len(getattr(plan, name)) for plan in self.plans.values())
            for name in ("served_today", "served_after", "removals")
        )
        goal, stopped = self.wishes.sentence(), "已中途停止。" if self.stopped else ""
        zh = [stopped] if stopped else []
        zh += [] if goal is None else [str(goal)]
        zh.append(
            f"{len(self.plans)} 个小区 {buildings} 栋：消防车今天可达 {today} 栋，拆移 {removals} 处"
            f"（费用 {self.cost:g}，下界 {self.bound:g}{'，已证明最优' if self.proven else ''}）后可达 {after} 栋；"
            f"未计入 {len(self.left_out)} 个小区{self._why_left_out('zh')}。"
        )
        en = ["Stopped on the way."] if stopped else []
        en += [] if goal is None else [in_language(goal, "en")]
        en.append(
            f"{len(self.plans)} estates, {buildings} buildings: {today} served today, {after} after "
            f"{removals} removals (cost {self.cost:g}, lower bound {self.bound:g}); {len(self.left_out)} left out"
            f"{self._why_left_out('en')}."
        )
        return Text("\n".join(zh), en="\n".join(en))

    def _why_left_out(self, language: Language) -> str:
        counts = Counter(in_language(reason, language) for reason in self.left_out.values())
        if not counts:
            return ""
        told = [f"{reason} {count}" for reason, count in counts.items()]
        return f"（{'、'.join(told)}）" if language == "zh" else f" ({', '.join(told)})"

    def features(self) -> gpd.GeoDataFrame:
        """Return everything the plans show, with the code of the estate in front of each label."""
        frames = [frame for frame in self._frames() if len(frame)]
        if not frames:
            return gpd.GeoDataFrame({"id": [], "role": []}, geometry=[], crs=self.district.crs)
        return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=self.district.crs)

    def _frames(self) -> Iterator[gpd.GeoDataFrame]:
        for code, plan in self.plans.items():
            frame = lane_features(plan)
            frame["id"] = [f"{code}-{number}" for number in frame["id"]]
            frame["estate"] = code
            # Frames are stacked: empty columns of mixed kinds would change their type on the way.
            yield gpd.GeoDataFrame(frame.astype(dict.fromkeys(frame.columns.drop("geometry"), object)))


def _hours(told: list[dict[str, list[Any]] | None]) -> dict[str, list[Any]] | None:
    known = [one for one in told if one is not None]
    return {name: [label for one in known for label in one[name]] for name in ("day", "night")} if known else None


def _figures(code: str, plan: FirePlan) -> dict[str, Any]:
    hours = plan.details.hours
    return {
        "estate": code,
        "buildings": len(plan.ground.buildings),
        "served_today": len(plan.served_today),
        "served_by_night": None if hours is None else len(hours.night),
        "served_after": len(plan.served_after),
        "removals": len(plan.removals),
        "cost": plan.access.cost,
        "proven": plan.access.proven,
    }


def name_of(ground: FireGround) -> str:
    """Return the name of an estate, its code where it has none."""
    row = ground.site.iloc[0]
    return str(row["name"]) if "name" in row.index and pd.notna(row["name"]) else str(ground.site.index[0])
