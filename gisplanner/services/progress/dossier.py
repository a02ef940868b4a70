"""Dossiers (方案册): one for each 片区 (一片区一方案) or each estate (一小区一方案)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from gisplanner.catalog.fire_lanes import fire_standards
from gisplanner.catalog.layers import utilities
from gisplanner.domain.district import District
from gisplanner.domain.dossier import Dossier
from gisplanner.domain.progress import EstateProgress
from gisplanner.errors import Fault, NotFoundError
from gisplanner.formats.charts import area_picture
from gisplanner.formats.dossier_paper import write_dossier
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.conflicts import ConflictResult, conflicts_of_district
from gisplanner.services.progress import dossier_rows
from gisplanner.services.progress.dossier_conflicts import CheckedLines, checked_lines
from gisplanner.services.progress.dossier_survey import survey_rows
from gisplanner.services.progress.indicators import Measured, measured
from gisplanner.services.progress.paper_desk import case_caption
from gisplanner.services.progress.weekly import documents_of
from gisplanner.services.survey.candidates import Candidates, candidates
from gisplanner.services.survey.red_lines import Inventory, red_line_inventory
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

EXAMPLE: Final = "含示意数据或示例记录，不是测绘成果和真实进度"
_PLAIN: Final = "#d9dde3"
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\s]+')


@dataclass(frozen=True, slots=True)
class Area:
    """What a dossier is about: its title and its estates (codes)."""

    title: str
    unit: str
    estates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """All of a district that dossiers draw on, read once."""

    district: District
    found: Measured
    events: Mapping[str, Sequence[Any]]
    frames: Mapping[str, gpd.GeoDataFrame]
    filing: Mapping[str, Mapping[str, str]]
    metres: Mapping[str, Mapping[str, float]]
    checked: CheckedLines
    inventory: Inventory
    resources: Candidates


def stored_areas(db: Database, district: District) -> list[Area]:
    """Return the adopted areas (片区) of a district."""
    found: dict[str, list[Any]] = {}
    with db.transaction() as connection:
        for row in queries().renewal_area_members(connection, district_id=district.id):
            found.setdefault(row.code, []).append(row)
    return [
        Area(f"{rows[0].name}改造方案", "片区", tuple(row.estate_code for row in rows)) for rows in found.values()
    ]


def estate_areas(db: Database, district: District) -> list[Area]:
    """Return one area for each estate of a district (一小区一方案)."""
    with db.transaction() as connection:
        rows = list(queries().works_estates(connection, district_id=district.id))
    return [Area(f"{row.name or row.code}改造方案", "小区", (row.code,)) for row in rows]


def read_ground(
    db: Database, district: District, *, as_of: date | None = None, conflicts: ConflictResult | None = None
) -> Ground:
    """Return what dossiers of a district draw on as of a day (default: today).

    ``conflicts`` are those of the district where they have been looked for already.
    """
    found = measured(db, district, as_of=as_of)
    day = found.state.as_of
    with db.transaction() as connection:
        events: dict[str, list[Any]] = {}
        for row in queries().stage_events_of_district(connection, district_id=district.id, as_of=day):
            events.setdefault(row.project_code, []).append(row)
        filing: dict[str, dict[str, str]] = {}
        for row in queries().works_filing(connection, district_id=district.id, as_of=day):
            filing.setdefault(row.estate_code, {})[row.owner] = row.state
        codes = [one.estate_code for one in found.state.estates]
        names = {code: one.name for code, one in utilities().items()}
        metres: dict[str, dict[str, float]] = {}
        for row in queries().pipe_metres(connection, district_id=district.id, estates=codes):
            metres.setdefault(row.estate_code, {})[names.get(row.utility, row.utility)] = row.length_m
    frames = {name: layer_frame(db, district, name) for name in ("estates", "roads", "buildings", "red_lines")}
    inventory, resources = red_line_inventory(db, district), candidates(db, district)
    checked = checked_lines(conflicts or conflicts_of_district(db, district, on=day))
    return Ground(district, found, events, frames, filing, metres, checked, inventory, resources)


def make_dossier(db: Database, ground: Ground, area: Area) -> Dossier:
    """Return the dossier of an area.

    Raises
    ------
    NotFoundError
        None of its estates is in the register.
    """
    state, book = ground.found.state, ground.found.book
    members = tuple(one for one in state.estates if one.estate_code in set(area.estates))
    if not members:
        raise NotFoundError(
            Text(f"{area.title}：没有小区。", en=f"{area.title}: no estates."),
            [Fault(column="estates", value="、".join(area.estates))],
        )
    picture, sketched = _picture(ground, members)
    projects = tuple(dict.fromkeys(one.project_code for one in members if one.project_code is not None))
    codes = [one.estate_code for one in members]
    frame = ground.frames["estates"]
    rows = dossier_rows.Rows(
        ground.found.profile, ground.found, members, projects, ground.filing, ground.metres,
        ground=ground.checked.within(frame[frame["code"].isin(codes)].geometry),
        extinguishers=fire_standards().extinguishers.get(ground.district.profile or ""),
    )  # fmt: skip
    illustrative = sketched or state.illustrative or book.illustrative
    return Dossier(
        title=area.title,
        unit=area.unit,
        as_of=state.as_of,
        warning=EXAMPLE if illustrative else None,
        estates=members,
        picture=picture,
        picture_note="，示意数据" if sketched else "",
        figures=rows.figures(),
        needs=rows.needs(),
        menu=rows.menu(),
        pipelines=rows.pipelines(),
        conflicts=rows.conflicts(),
        fire=rows.fire(),
        demolition=rows.demolition(),
        survey=survey_rows(ground.inventory, ground.resources, codes, projects),
        funding=rows.funding(),
        payers=rows.payers(),
        gates=rows.gates(ground.found.facts),
        schedule=rows.schedule(ground.events),
        deadlines=tuple(one for one in state.deadlines if one.project_code in projects),
        complaints=rows.complaints(),
        handover=rows.handover(),
        photos=_photos(db, ground, members),
        sources=_sources(db, ground),
        notes=rows.notes(),
    )


def write_dossiers(db: Database, ground: Ground, areas: Iterable[Area], folder: Path) -> list[Path]:
    """Write one dossier for each area into a folder and return the files.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, area in enumerate(areas, start=1):
        name = _UNSAFE.sub("_", area.title)[:60]
        made.append(folder / f"{number:02d}_{name}.docx")
        write_dossier(made[-1], make_dossier(db, ground, area))
    return made


def _picture(ground: Ground, members: Sequence[EstateProgress]) -> tuple[bytes | None, bool]:
    """Return the picture of the estates with an outline, numbered as in the table, and whether it is a sketch."""
    frame = ground.frames["estates"]
    frame = frame[frame.geometry.notna()].set_index("code")
    numbered = [(n, one) for n, one in enumerate(members, start=1) if one.estate_code in frame.index]
    if not numbered:
        return None, False
    drawn = [one for _, one in numbered]
    colours = {stage.no: stage.colour for stage in ground.found.state.stages}
    shown = frame.loc[[one.estate_code for one in drawn]]
    others = frame.drop(index=shown.index)
    sketched = bool(shown["illustrative"].any())
    png = area_picture(
        shown,
        [(one.stage_name or "无进度记录", colours.get(one.stage_no or 0, _PLAIN)) for one in drawn],
        numbers=[number for number, _ in numbered],
        around={
            "roads": ground.frames["roads"].geometry,
            "others": others.geometry,
            "buildings": ground.frames["buildings"].geometry,
            "red_lines": ground.frames["red_lines"].geometry,
        },
        note="示意数据，不是测绘成果" if sketched else "",
    )
    return png, sketched


def _photos(db: Database, ground: Ground, members: Sequence[EstateProgress]) -> list[tuple[str, bytes]]:
    names = {one.estate_code: one.name or one.estate_code for one in members}
    told = {"district_id": ground.district.id, "as_of": ground.found.state.as_of, "estates": list(names)}
    with db.transaction() as connection:
        of_estates = [
            (row.estate_code, f"{row.phase}　{row.happened_on}　{row.caption or ''}".strip(), bytes(row.jpeg))
            for row in queries().estate_photos(connection, **told)
        ]
        of_cases = [
            (row.estate_code, case_caption(row), bytes(row.jpeg))
            for row in queries().demolition_photos(connection, **told)
        ]
    return [(f"{names[code]}　{words}", jpeg) for code, words, jpeg in (*of_estates, *of_cases)]


def _sources(db: Database, ground: Ground) -> list[str]:
    with db.transaction() as connection:
        credited = queries().layer_credits(
            connection, district_id=ground.district.id, kinds=["register", "estates", "buildings", "roads", "sketch"]
        )
        credits_ = [f"数据：{row.credit}" for row in credited]
    state = ground.found.state
    plan = [] if state.baseline is None else [
        f"计划：{state.baseline.document_title}（{state.baseline.document_number}，第 {state.baseline.version} 版）"
    ]  # fmt: skip
    return [*(f"文件：{one}" for one in documents_of(ground.district)), *plan, *dict.fromkeys(credits_)]
