"""Everything a plan is handed over with, in one folder."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.domain.policy_answer import UNSTATED
from gisplanner.files import write_text
from gisplanner.formats.works_book import DayBar, write_works_book
from gisplanner.planning.pipes.calendar import working_days
from gisplanner.services.pipes.costs import Share, costs_document, payers_told, shares
from gisplanner.services.pipes.pictures import plan_map, write_plan_dxf, write_plan_figures
from gisplanner.services.pipes.plan import PipesPlan, write_plan
from gisplanner.services.pipes.plan_document import plan_document
from gisplanner.services.pipes.plan_sentences import sentences
from gisplanner.services.pipes.quantities import permits, quantities, quantities_document
from gisplanner.services.pipes.work_split import WorkShare, split_document, split_of_work
from gisplanner.services.pipes.works import Works
from gisplanner.services.pipes.works_document import (
    day_bars,
    network_name,
    work_tables,
    works_document,
    works_told,
)
from gisplanner.services.policy.answers import load
from gisplanner.text import Language, Text

_PERMIT: Final = "开挖审批"


def full_document(
    result: PipesPlan, works: Works | None, profile_name: str | None, language: Language = "zh"
) -> dict[str, Any]:
    """Return the plan with quantities, permits, payers and works.

    Raises
    ------
    NotFoundError
        There is no such profile.
    """
    document = plan_document(result, language)
    document["quantities"] = quantities_document(quantities(result))
    document["permits"] = _permits(result, profile_name)
    if profile_name is not None:
        document["costs"] = costs_document(shares(result, profile_name))
        document["work_split"] = split_document(split_of_work(result, profile_name))
    if works is not None:
        document["works"] = works_document(works, language)
    return document


def full_sentences(result: PipesPlan, works: Works | None, profile_name: str | None) -> Text:
    """Return the plan for a person, with its calendar and payers where they were asked for.

    Raises
    ------
    NotFoundError
        There is no such profile.
    """
    told = [sentences(result)]
    if works is not None:
        told.append(works_told(works))
    if profile_name is not None:
        told.append(payers_told(shares(result, profile_name)))
    return Text("\n".join(told), en="\n".join(one.en for one in told))


def _permits(result: PipesPlan, profile_name: str | None) -> list[dict[str, Any]]:
    """Return what must be permitted, and by whom where the document names somebody."""
    duty = None
    if profile_name is not None:
        duty = next((one for one in load(profile_name).duties if _PERMIT in one.role), None)
    unit = UNSTATED if duty is None else duty.unit
    return [{**one, "permit": "道路开挖审批", "by": unit} for one in permits(result)]


def write_outputs(
    result: PipesPlan,
    folder: Path,
    *,
    works: Works | None,
    profile_name: str | None,
    title: str = "管线综合规划图",
    sources: tuple[str, ...] = (),
) -> list[str]:
    """Write GeoJSON, DXF, map, figures, workbook and JSON of a plan into a folder and return their names.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_plan(result, folder / "plan.geojson")
    write_plan_dxf(result, folder / "plan.dxf")
    write_text(folder / "plan.html", plan_map(result, works, title=title, sources=sources))
    written = ["plan.geojson", "plan.dxf", "plan.html", *write_plan_figures(result, works, folder)]
    write_plan_book(result, works, profile_name, folder / "plan.xlsx")
    document = full_document(result, works, profile_name)
    write_text(folder / "plan.json", json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return [*written, "plan.xlsx", "plan.json"]


def write_plan_book(result: PipesPlan, works: Works | None, profile_name: str | None, path: Path) -> None:
    """Write the workbook of a plan: calendar, works, notices, quantities, payers."""
    bars: list[DayBar] = []
    days: list[date] = []
    tables: dict[str, tuple[list[str], list[list[Any]]]] = {}
    if works is not None:
        bars, days = day_bars(works), working_days(works.start, works.deadline)
        tables = work_tables(works)
    rows = [
        [one.kind, network_name(one.network), one.detail, round(one.amount, 1), one.unit]
        for one in quantities(result)
    ]
    tables["工程量"] = (["类别", "管网", "内容", "数量", "单位"], rows)
    permitted = [[one["street"], one["dug_m"], one["permit"], one["by"]] for one in _permits(result, profile_name)]
    tables["开挖审批"] = (["市政道路", "开挖米数", "审批事项", "审批单位"], permitted)
    if profile_name is not None:
        tables["施工分工"] = _split_table(split_of_work(result, profile_name))
        tables |= _cost_tables(shares(result, profile_name))
    title = "管线综合施工日历（同一路段一次开挖，先深后浅，最后恢复路面）"
    write_works_book(path, bars, days, tables, title=title)


def _split_table(parts: list[WorkShare]) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [
            *(network_name(one.network), one.work, one.owner or "", one.unit),
            *("" if one.length_m is None else round(one.length_m, 1), "" if one.buildings is None else one.buildings),
            one.answer.quote or "",
        ]
        for one in parts
    ]
    return ["管网", "工作", "权属单位", "施工单位", "米", "割接栋数", "原文"], rows


def _cost_tables(parts: list[Share]) -> dict[str, tuple[list[str], list[list[Any]]]]:
    document = costs_document(parts)
    rows = [
        [
            network_name(one["network"]),
            one["item"],
            one["length_m"],
            float(one["cost_cny"]),
            one["payer"],
            one["reason"],
            one["quote"] or "",
        ]
        for one in document["parts"]
    ]
    totals = [[group, one["length_m"], float(one["cost_cny"])] for group, one in document["totals"].items()]
    return {
        "费用承担": (["管网", "内容", "米", "示意造价（元）", "出资方", "理由", "原文"], rows),
        "按出资方合计": (["出资方", "米", "示意造价（元）"], totals),
    }
