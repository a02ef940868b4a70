"""The progress map (进度图): estates coloured by stage, rates by a weight the reader chooses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, get_args

import geopandas as gpd
import pandas as pd

from gisplanner.domain.layers import LayerSpec
from gisplanner.domain.progress import EstateProgress, ProgressState, Rates, StageMoment, Weight
from gisplanner.maps.context import Context
from gisplanner.maps.demonstration import DemonstrationArea, add_demonstration_areas, area_legend
from gisplanner.maps.embedding import render_template
from gisplanner.maps.estates import EstateLook, Photo, estate_name
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.progress_history import Past, past_data, past_of
from gisplanner.maps.sheet import Sheet
from gisplanner.rules.progress import NO_RECORD, rates

WEIGHTS: Final[dict[Weight, tuple[str, str]]] = {
    "estates": ("小区数", "个"),
    "households": ("户数", "户"),
    "buildings": ("栋数", "栋"),
    "floor_area": ("面积", "万㎡"),
}
"""Name and unit of each weight, as pages write them."""

NOT_IN_PLAN: Final = "未列入计划"
BEHIND: Final = "滞后"
LATE_LINE: Final = "#d7191c"
"""Line of an estate whose project is behind a deadline."""
_WITHHELD: Final[Weight] = "households"
"""The weight of which the public sees the rates of the whole plan only."""


def progress_map(
    estates: gpd.GeoDataFrame,
    state: ProgressState,
    *,
    layer: LayerSpec,
    sheet: Sheet,
    context: Context | None = None,
    moments: Sequence[StageMoment] = (),
    photos: Mapping[str, Sequence[Photo]] | None = None,
    areas: Sequence[DemonstrationArea] = (),
) -> str:
    """Return the progress map as one HTML page.

    Every percentage names its weight and its baseline and counts all estates of the plan, also those without
    geometry (未上图). An estate without any record is grey and dashed, apart from the first stage.

    Parameters
    ----------
    estates
        Rows of the layer ``estates`` in a metric CRS; geometry may be missing.
    state
        Where the estates of the plan stand, by ``estate_code``.
    layer
        Definition of the layer: which columns a popup lists, which the public may see.
    moments
        What the time slider goes through; without any there is none.
    photos
        Pictures before and after the works by code of the estate; the public sees none.
    areas
        Demonstration areas (示范片区), a layer of their own.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    by_code = {estate.estate_code: estate for estate in state.estates}
    made = EstatesMap(estates, sheet=sheet, context=context)
    page, shown = made.page, made.shown
    looks, look_of = _looks(state, shown, by_code)
    stages = [by_code[code].stage_name or NO_RECORD if code in by_code else NOT_IN_PLAN for code in shown["code"]]
    plan = made.draw_estates(
        layer, looks=looks, look_of=look_of, first_rows=[("当前阶段", stages)],
        register=_register(estates, state), photos=None if sheet.public else photos,
    )  # fmt: skip
    plan += add_demonstration_areas(page, shown, areas)
    tallies = [rates(state.estates, state.stages, weight) for weight in get_args(Weight)]
    tables = [_table(tally, state, public=sheet.public) for tally in tallies]
    page.embed("weights", tables)
    past = past_of(state, moments) if moments else None
    if past is not None:
        page.embed("past", _past(past, state, shown, by_code, looks, public=sheet.public))
    drawn = set(shown["code"])
    missing = [
        estate_name(estate.name, estate.estate_code) for estate in state.estates if estate.estate_code not in drawn
    ]
    return made.finish(
        render_template("progress.html", {**_panel(state, tables, looks, past), **area_legend(shown, areas)}),
        {"改造": plan},
        warnings=sheet.warnings(illustrative=made.illustrative, example_progress=state.illustrative),
        unmapped=missing,
    )


def _looks(
    state: ProgressState, shown: gpd.GeoDataFrame, by_code: dict[str, EstateProgress]
) -> tuple[list[EstateLook], list[int]]:
    looks = [EstateLook(NO_RECORD, "#fbfbfa", "#6b7075", dashed=True)]
    place: dict[int | None, int] = {None: 0}
    for stage in state.stages:
        place[stage.no] = len(looks)
        looks.append(EstateLook(stage.name, stage.colour, "#44484c"))
    outside = len(looks)
    codes = list(shown["code"])
    if any(code not in by_code for code in codes):
        looks.append(EstateLook(NOT_IN_PLAN, "#ffffff", "#b9b9b4", dashed=True))
    chosen = [place.get(by_code[code].stage_no, 0) if code in by_code else outside for code in codes]
    behind = state.behind  # gathered anew each time it is asked for
    late = [code in by_code and by_code[code].project_code in behind for code in codes]
    # Any day of the slider may show any stage late, so each has its late look.
    ever = any(
        one.due is not None and one.due < min(one.happened_on or state.as_of, state.as_of) for one in state.deadlines
    )
    return looks, _behind(looks, chosen, late, all_stages=len(state.stages) + 1 if ever else 0)


def _behind(looks: list[EstateLook], chosen: list[int], late: list[bool], *, all_stages: int) -> list[int]:
    """Add a look with a red line and a sign for each stage in which an estate is behind, and return the choice."""
    red: dict[int, int] = {}
    for index in sorted({*range(all_stages), *(look for look, is_late in zip(chosen, late, strict=True) if is_late)}):
        red[index] = len(looks)
        own = looks[index]
        looks.append(EstateLook(f"{own.name}（{BEHIND}）", own.fill, LATE_LINE, dashed=own.dashed, mark="滞"))
    return [red[look] if is_late else look for look, is_late in zip(chosen, late, strict=True)]


def _register(estates: gpd.GeoDataFrame, state: ProgressState) -> pd.DataFrame:
    planned = pd.DataFrame(
        [(one.estate_code, one.name, one.community) for one in state.estates],
        columns=["code", "name", "community"],
    )
    extra = estates[~estates["code"].isin(set(planned["code"]))]
    return pd.concat([planned, pd.DataFrame(extra[["code", "name", "community"]])], ignore_index=True)


def _table(tally: Rates, state: ProgressState, *, public: bool) -> dict[str, Any]:
    """Return one weight's rates as the page shows them, every figure already written."""
    label, unit = WEIGHTS[tally.weight]
    withheld = public and tally.weight == _WITHHELD
    notes = [f"{tally.unknown} 个小区无{label}，未计入"] if tally.unknown else []
    if withheld:
        notes.append("公众版不分阶段公布")
    return {
        "label": label,
        "unit": unit,
        "started": _percent(tally.started_percent),
        "completed": _percent(tally.completed_percent),
        "started_part": "" if withheld else f"{_amount(tally.started)}/{_amount(tally.total)} {unit}",
        "completed_part": "" if withheld else f"{_amount(tally.completed)}/{_amount(tally.total)} {unit}",
        "note": "；".join(notes),
        "basis": f"按{label}计，基线：{baseline_name(state)}",
        "stages": [
            {
                "amount": "不公布" if withheld else _amount(stage.amount),
                "percent": "—" if withheld else _percent(stage.percent),
                "share": 0.0 if withheld or stage.percent is None else float(stage.percent),
            }
            for stage in tally.stages
        ],
    }


def baseline_name(state: ProgressState) -> str:
    """Return the plan the percentages refer to, as one phrase."""
    if state.baseline is None:
        return "台账现状（尚无下达计划）"
    return f"计划第 {state.baseline.version} 版（{state.baseline.document_number}）"


def _percent(value: Decimal | None) -> str:
    return "资料不足" if value is None else f"{value} %"


def _amount(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _past(
    past: Past,
    state: ProgressState,
    shown: gpd.GeoDataFrame,
    by_code: Mapping[str, EstateProgress],
    looks: list[EstateLook],
    *,
    public: bool,
) -> dict[str, Any]:
    """Return what the time slider needs, with a late look for every stage that any day may show late."""
    stages = [0, *(stage.no for stage in state.stages)]
    red = {look.name: index for index, look in enumerate(looks) if look.mark}
    pairs = {stage: (place, red.get(f"{looks[place].name}（{BEHIND}）")) for place, stage in enumerate(stages)}
    tables = [[_table(one, state, public=public) for one in day] for day in past.rates]
    for day, told in zip(past.rates, tables, strict=True):
        heads = [stage.estates for stage in next(one for one in day if one.weight == "estates").stages]
        for one, table in zip(day, told, strict=True):
            if public and one.weight == _WITHHELD and day is not past.rates[-1]:
                # From one day to the next the rate would tell the households of the project that moved.
                table.update(started="不公布", completed="不公布")
            for count, row in zip(heads, table["stages"], strict=True):
                row["estates"] = count
    data = past_data(
        past,
        state.deadlines,
        projects=[by_code[code].project_code if code in by_code else None for code in shown["code"]],
        looks=pairs,
        tables=tables,
        sizes=Counter(one.project_code for one in state.estates if one.project_code is not None),
    )
    return {**data, "names": {str(stage): looks[place].name for place, stage in enumerate(stages)}}


def _panel(
    state: ProgressState, tables: list[dict[str, Any]], looks: list[EstateLook], past: Past | None
) -> dict[str, Any]:
    estates, behind = rates(state.estates, state.stages, "estates"), state.behind
    rows = [
        {"name": stage.name, "look": look, "estates": stage.estates, **told}
        for stage, look, told in zip(estates.stages, looks, tables[0]["stages"], strict=False)
    ]
    # Stages in their order, the unknown last: it is what remains to be asked, not a first step.
    order = [*range(1, len(rows)), 0]
    return {
        "as_of": state.as_of.isoformat(),
        "days": 0 if past is None else len(past.days),
        "tables": tables,
        "first": tables[0],
        "rows": [{**rows[index], "index": index} for index in order],
        "extra": [look for look in looks[len(rows) :] if not look.mark],
        "ever_behind": any(look.mark for look in looks),
        "behind": sum(estate.project_code in behind for estate in state.estates),
        "late_line": LATE_LINE,
        "baseline": baseline_name(state),
    }
