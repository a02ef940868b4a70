"""The demonstration: the published plan of a district, reconciled, sketched, bundled, mapped and exported.

A training ground: the outlines are illustrative (示意数据) and so is the history of the works (示例进度).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.profiles import published_rows
from gisplanner.domain.district import District
from gisplanner.errors import InternalError
from gisplanner.files import write_text
from gisplanner.services.bundling.example import FILES as PROPOSALS
from gisplanner.services.bundling.example import write_example_proposals
from gisplanner.services.bundling.propose import BundleResult, bundle_district, write_bundles
from gisplanner.services.districts import ensure_builtin_district
from gisplanner.services.export import export_layer
from gisplanner.services.fire.district import plan_fire_district, write_district_lanes
from gisplanner.services.fire.district_plan import DistrictFirePlan
from gisplanner.services.fire.kept import keep_fire_plan, kept_fire_plans
from gisplanner.services.fire.map import map_fire
from gisplanner.services.fire.outputs import handover_of_district
from gisplanner.services.fire.wishes import FireWishes
from gisplanner.services.maps import map_bundles, map_progress
from gisplanner.services.networks.conflicts import conflicts_of_district, write_conflicts
from gisplanner.services.networks.map import map_pipelines
from gisplanner.services.networks.scheme import estate_scheme
from gisplanner.services.networks.section import write_section
from gisplanner.services.networks.sketch import record_example_filing, sketch_networks
from gisplanner.services.pipes.ask_gas import record_example_watch, watched_now
from gisplanner.services.pipes.district import plan_district, project_of_size
from gisplanner.services.pipes.outputs import write_outputs
from gisplanner.services.pipes.plan import write_plan
from gisplanner.services.pipes.works import plan_works, wanted_digs
from gisplanner.services.progress.dossier import Area, read_ground, write_dossiers
from gisplanner.services.progress.events import progress_state
from gisplanner.services.progress.example import record_example
from gisplanner.services.progress.fire_figures import record_fire
from gisplanner.services.progress.indicators import measured
from gisplanner.services.progress.weekly import write_weekly
from gisplanner.services.register.register import check_document, import_register, register_summary
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database
from gisplanner.text import Text

DEMO_PROFILE: Final = "nankang"
SECOND_PROFILE: Final = "fenggang"
DEMO_ESTATE: Final = "芙蓉花苑"
"""The estate whose scheme and cross-section are shown."""
DEMO_GAP_M: Final = 15.0
"""Gap tolerance of the demonstration; no document gives one (本工具参数)."""

FILES: Final = (
    "bundles.geojson",
    "bundles.html",
    "conflicts.geojson",
    "estates.geojson",
    "fire.html",
    "fire_lanes.geojson",
    "network_scheme.docx",
    "network_section.svg",
    "pipelines.html",
    "pipes.geojson",
    "progress.html",
    *PROPOSALS,
    "summary.json",
    "weekly.docx",
    "weekly.xlsx",
)
"""What the demonstration writes."""

_EXAMPLE_FILING: Final = date(2024, 9, 2)
"""Day of the example filing; no document gives one (示例)."""
_EXAMPLE_MEASURED: Final = date(2024, 6, 15)
DOSSIERS: Final = "dossiers"
"""Folder of the dossiers in the demonstration's output."""

FIRE: Final = "fire"
"""Folder of what the brigade prints: its workbook, the demolition list, a page for each station."""
EXAMPLE_FIRE_PLAN: Final = "示例方案"

PIPES: Final = "pipes"
"""Folder of the pipeline plan."""
_PIPES_BUILDINGS: Final = 10
_PIPES_SECONDS: Final = 6.0
_PIPES_WORKS: Final = (date(2024, 9, 2), date(2024, 12, 31))
"""First day (示例) and the plan's own deadline."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demonstration made: the summary, as it also stands in ``summary.json``, and the folder."""

    district: District
    summary: dict[str, Any]
    out: Path


def run_demo(db: Database, out: Path, *, tell: Progress) -> Demo:
    """Run the whole chain into ``out``; running it again gives the same.

    Parameters
    ----------
    db
        The demonstration's own database.
    out
        Folder for maps, exports and ``summary.json``; made if it is not there.
    tell
        Called with one sentence per step.
    """
    out.mkdir(parents=True, exist_ok=True)
    district = _load(db, tell)
    tell(Text("划定连片片区…", en="bundling …"))
    bundles = bundle_district(db, district, gap_m=DEMO_GAP_M, barriers_layers=("barriers",))
    tell(Text("出图、导出…", en="maps and exports …"))
    write_text(out / "progress.html", map_progress(db, district))
    write_text(out / "bundles.html", map_bundles(db, district, bundles))
    write_bundles(bundles, out / "bundles.geojson")
    export_layer(db, district, "estates", "geojson", out / "estates.geojson")
    tell(Text("存入几个片区方案，并列比较…", en="proposals side by side …"))
    write_example_proposals(db, district, out)
    tell(Text("综合规划一个片区的管线…", en="planning the pipelines of one project together …"))
    pipes = _pipes(db, district, out)
    tell(Text("按条文核对管线净距…", en="checking clearances of the lines by clause …"))
    conflicts = conflicts_of_district(db, district)
    write_text(out / "pipelines.html", map_pipelines(db, district, conflicts))
    write_conflicts(conflicts, out / "conflicts.geojson")
    paper = estate_scheme(
        db, district, DEMO_ESTATE, out / "network_scheme.docx", on=_EXAMPLE_FILING, checked=conflicts
    )
    if paper.section is not None:
        write_section(paper.section, out / "network_section.svg", f"{DEMO_ESTATE} A–A 断面")
    tell(Text("计算消防车可达与最省打通…", en="fire engines: who is reached, and the cheapest opening …"))
    lanes = plan_fire_district(db, district, FireWishes(profile=DEMO_PROFILE))
    write_text(out / "fire.html", map_fire(db, district, lanes))
    write_district_lanes(lanes, out / "fire_lanes.geojson")
    fire = _fire(db, district, lanes, out)
    tell(Text("写每个片区的方案册…", en="one dossier for each area …"))
    dossiers = _dossiers(db, district, bundles, lanes, out)
    write_weekly(db, district, out / "weekly.xlsx")
    write_weekly(db, district, out / "weekly.docx")
    register = check_document(register_summary(db, district))
    summary: dict[str, Any] = {
        "district": district.id,
        "illustrative": True,
        "counts": register["counts"],
        "mismatches": register["mismatches"],
        "suspicious": register["suspicious"],
        "projects": len(register["projects"]),
        "bundles": len(bundles.bundles),
        "conflicts": len(conflicts.report.conflicts),
        "files": sorted([*FILES, *dossiers, *pipes, *fire]),
    }
    write_text(out / "summary.json", json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    return Demo(district, summary, out)


def _pipes(db: Database, district: District, out: Path) -> list[str]:
    """Plan the pipelines of one project on its sketched streets and return the names of the files."""
    project = project_of_size(db, district, _PIPES_BUILDINGS)
    planned = plan_district(db, district, project=project, time_limit_s=_PIPES_SECONDS)
    record_example_watch(db, district, wanted_digs(planned, *_PIPES_WORKS), *_PIPES_WORKS)
    works = plan_works(watched_now(db, district, planned), *_PIPES_WORKS)
    write_plan(planned, out / "pipes.geojson")
    title = f"{district.name}管线综合规划图（示意）"
    files = write_outputs(planned, out / PIPES, works=works, profile_name=DEMO_PROFILE, title=title)
    return [f"{PIPES}/{file}" for file in files]


def _fire(db: Database, district: District, lanes: DistrictFirePlan, out: Path) -> list[str]:
    """Keep the fire plan, write what the brigade prints, and return the names of the files."""
    if EXAMPLE_FIRE_PLAN not in {one.name for one in kept_fire_plans(db, district, withdrawn=True)}:
        keep_fire_plan(db, district, lanes, EXAMPLE_FIRE_PLAN, "演示：费用最省，能打通的一次打通")
    files = handover_of_district(db, district, lanes).write_papers(out / FIRE, on=_EXAMPLE_MEASURED)
    return [f"{FIRE}/{file}" for file in files]


def _dossiers(
    db: Database, district: District, bundles: BundleResult, lanes: DistrictFirePlan, out: Path
) -> list[str]:
    """Write a dossier for each bundle, with what the fire plan measured, and return the names of the files."""
    if "fire_lanes" not in measured(db, district).measures:
        record_fire(db, district, lanes, on=_EXAMPLE_MEASURED, illustrative=True)
    ground = read_ground(db, district)
    names = {one.estate_code: one.name or one.estate_code for one in ground.found.state.estates}
    areas = []
    for codes in (tuple(str(code) for code in one.estates) for one in bundles.bundles):
        title = f"{names[codes[0]]}{'片区' if len(codes) > 1 else ''}改造方案"
        areas.append(Area(title, "片区", codes))
    files = write_dossiers(db, ground, areas, out / DOSSIERS)
    return [f"{DOSSIERS}/{file.name}" for file in files]


def _load(db: Database, tell: Progress) -> District:
    rows = published_rows(DEMO_PROFILE)
    if rows is None:
        raise InternalError(Text("安装不完整：缺少已公布的台账。", en="The published register is missing."))
    tell(Text("核对并导入南康区2024年计划…", en="reconciling and importing the 2024 plan of 南康 …"))
    district = ensure_builtin_district(db, DEMO_PROFILE)
    import_register(db, district, rows)
    tell(Text("文件没有图形，绘制示意轮廓…", en="the plan has no geometry: sketching illustrative outlines …"))
    sketch_outlines(db, district)
    tell(Text("绘制七家单位的示意管线…", en="sketching illustrative lines of the seven companies …"))
    sketch_networks(db, district)
    record_example_filing(db, district, on=_EXAMPLE_FILING)
    if all(estate.stage_no is None for estate in progress_state(db, district).estates):
        tell(Text("记入示例进度（非真实进度）…", en="recording an example history (not facts) …"))
        record_example(db, district, DEMO_PROFILE)
    _load_second(db, tell)
    return district


def _load_second(db: Database, tell: Progress) -> None:
    """Store the plan of the second district, as little as its document tells: names and households."""
    rows = published_rows(SECOND_PROFILE)
    if rows is not None:
        tell(Text("导入第二个区县凤冈县2020年计划（只有户数）…", en="importing the plan of 凤冈 (households only) …"))
        import_register(db, ensure_builtin_district(db, SECOND_PROFILE), rows)
