"""The eligibility map (资格审查图): estates by their answer on the scope; what is unknown is grey, never green."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.layers import LayerSpec
from gisplanner.domain.policy_answer import (
    BY_HAND,
    FAILS,
    FAILS_IN_PRINCIPLE,
    MEETS,
    UNKNOWN,
    UNSTATED,
    Answer,
    Verdict,
)
from gisplanner.maps.context import Context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.estates import EstateLook, estate_name
from gisplanner.maps.features import add_features
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.outlines import as_degrees
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

LOOKS: Final[Mapping[Verdict, EstateLook]] = {
    MEETS: EstateLook(MEETS, "#4d9f6e", "#2b5f40", mark="符"),
    FAILS: EstateLook(FAILS, "#c8553d", "#7c2d1d", mark="否"),
    FAILS_IN_PRINCIPLE: EstateLook(FAILS_IN_PRINCIPLE, "#e39b4b", "#8a5a1c", mark="原"),
    BY_HAND: EstateLook(BY_HAND, "#8a79b8", "#4e4274", mark="认"),
    UNKNOWN: EstateLook(UNKNOWN, "#e4e4e0", "#6b7075", dashed=True, mark="缺"),
    UNSTATED: EstateLook(UNSTATED, "#ffffff", "#9aa0a5", dashed=True, mark="无"),
}
"""Each answer has a colour and a sign of its own, so that the map also reads without colours."""

_AREA_LOOK: Final = {"name": "排除范围", "fill": "#7c2d1d", "line": "#7c2d1d", "opacity": 0.14, "dash": "8 4"}


@dataclass(frozen=True, slots=True)
class EligibilityPlan:
    """What the map shows beside the estates.

    Attributes
    ----------
    document
        Title of the document, with 征求意见稿 where it is a draft.
    answers
        Answers of each estate by code; the first is the one on the whole.
    requests
        Rows of the request list: sub-district, community, estate, what is missing, who can supply it.
    notes
        Further lines every reader has to see.
    hypothetical
        Whether facts were assumed for the question (假设).
    """

    document: str
    answers: Mapping[str, Sequence[Answer]]
    requests: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()
    hypothetical: bool = False


def eligibility_map(
    estates: gpd.GeoDataFrame,
    plan: EligibilityPlan,
    *,
    layer: LayerSpec,
    sheet: Sheet,
    exclusions: gpd.GeoDataFrame | None = None,
    context: Context | None = None,
) -> str:
    """Return the eligibility map with its table as one HTML page.

    The public version has the answers and their clauses, neither reasons nor the request list nor the areas.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    made = EstatesMap(estates, sheet=sheet, context=context)
    order = list(LOOKS)
    overall = [plan.answers[code][0] for code in made.shown["code"]]
    areas = [] if sheet.public or exclusions is None or exclusions.empty else [_areas(made.page, exclusions)]
    drawn = made.draw_estates(
        layer,
        looks=list(LOOKS.values()),
        look_of=[order.index(one.answer) for one in overall],  # type: ignore[arg-type]
        first_rows=_popup(overall, public=sheet.public),
    )
    return made.finish(
        render_template("eligibility.html", _panel(estates, plan, public=sheet.public)),
        {"资格": [*areas, *drawn]},
        warnings=[*sheet.warnings(illustrative=made.illustrative), *_warnings(plan)],
        notes=plan.notes,
    )


def _rows(estates: gpd.GeoDataFrame) -> list[Any]:
    return list(estates[["code", "name", "subdistrict", "community"]].itertuples(index=False))


def _popup(overall: Sequence[Answer], *, public: bool) -> list[tuple[str, list[str]]]:
    clauses = [f"「{one.quote}」—— {one.document_title}" if one.quote else "没有条文" for one in overall]
    rows = [("答复", [one.answer for one in overall]), ("依据", clauses)]
    return rows if public else [rows[0], ("理由", [str(one.reason) for one in overall]), rows[1]]


def _areas(page: OfflineMap, exclusions: gpd.GeoDataFrame) -> ScriptedLayer:
    shown = [(0, name or kind, (kind,)) for name, kind in zip(exclusions["name"], exclusions["kind"], strict=True)]
    return add_features(
        page, "exclusions", "排除范围", as_degrees(exclusions.geometry), shown,
        headings=("类别",), looks=[_AREA_LOOK], zIndex=405,
    )  # fmt: skip


def _warnings(plan: EligibilityPlan) -> list[str]:
    lines = []
    if any(one.document_status == "draft" for answers in plan.answers.values() for one in answers):
        lines.append("征求意见稿：所依据的文件尚未生效")
    if plan.hypothetical:
        lines.append("假设：部分事实是为本次提问假设的，没有存储")
    return lines


def _panel(estates: gpd.GeoDataFrame, plan: EligibilityPlan, *, public: bool) -> dict[str, Any]:
    tally = Counter(answers[0].answer for answers in plan.answers.values())
    inferred = any(answers[0].inherited for answers in plan.answers.values())
    cited = list(dict.fromkeys(name for answers in plan.answers.values() for name in answers[0].cited_not_held))
    return {
        "document": plan.document,
        "cited": cited,
        "inferred": inferred,
        "rows": [(look, tally.get(verdict, 0)) for verdict, look in LOOKS.items()],
        "total": len(plan.answers),
        "table": [_table_row(row, plan.answers[row.code], cited, public=public) for row in _rows(estates)],
        "requests": [] if public else list(plan.requests),
        "public": public,
    }


def _table_row(row: Any, answers: Sequence[Answer], cited: Sequence[str], *, public: bool) -> dict[str, Any]:
    whole = answers[0]
    return {
        "name": estate_name(row.name, row.code),
        "answer": whole.answer,
        "look": LOOKS[whole.answer],  # type: ignore[index]
        "reason": "" if public else str(whole.reason),
        "quote": whole.quote,
        "document": whole.document_title,
        "cited": "".join(f"〔{cited.index(name) + 1}〕" for name in whole.cited_not_held),
    }
