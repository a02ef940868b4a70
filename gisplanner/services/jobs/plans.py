"""Plans and checks as jobs: bundles, routes of pipelines, clearance conflicts, fire lanes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from pydantic import Field

from gisplanner.domain.accounts import NETWORK_OFFICES, Role
from gisplanner.domain.bundling import BundleRules, Limit
from gisplanner.errors import Fault, InputError
from gisplanner.formats.reading_limits import reading_within
from gisplanner.services.bundling.propose import bundle_district, write_bundles
from gisplanner.services.districts import get_district
from gisplanner.services.fire.comparison import plans_document
from gisplanner.services.fire.district import plan_fire_district, write_district_lanes
from gisplanner.services.fire.kept import keep_fire_plan
from gisplanner.services.fire.wishes import DEFAULT_PROFILE, FireWishes
from gisplanner.services.jobs.processes import Inputs, Process, Work
from gisplanner.services.networks.conflicts import write_conflicts
from gisplanner.services.networks.own_conflicts import conflicts_for
from gisplanner.services.pipes.plan import plan_pipes, write_plan
from gisplanner.services.pipes.plan_document import plan_document
from gisplanner.services.uploads.process import LIMITS
from gisplanner.services.uploads.spool import file_of_upload
from gisplanner.text import Text

_PLANNERS: Final[frozenset[Role]] = NETWORK_OFFICES | {"reviewer"}
_MAX_SEARCH_S: Final = 600


class OfDistrict(Inputs):
    """Inputs of a process that looks at a stored district."""

    district: str = Field(description="区县代号 (district)")


class Searching(Inputs):
    """Inputs of a process that searches as long as it may."""

    time_limit_s: float = Field(default=60.0, gt=0, le=_MAX_SEARCH_S, description="搜索时间，秒 (seconds to search)")
    seed: int = Field(default=0, ge=0, lt=2**31, description="随机种子 (seed)")


class LimitInput(Inputs):
    """Bounds on the sum of a column over a bundle."""

    measure: str = Field(min_length=1, max_length=80, description="列，如 households (column)")
    at_least: float | None = Field(default=None, ge=0, description="合计下限 (least sum)")
    at_most: float | None = Field(default=None, gt=0, description="合计上限 (largest sum)")
    budget: bool = Field(default=False, description="上限是预算 (the maximum is money)")


class BundleInputs(Searching, OfDistrict):
    """Inputs of ``bundle``."""

    gap_m: float = Field(default=15.0, ge=0, le=1000, description="间距不超过多少米为相邻 (gap)")
    corners: bool = Field(default=True, description="只共一个角点也算相邻 (corners count)")
    min_size: float | None = Field(default=None, gt=0, description="片区规模下限 (least size)")
    max_size: float | None = Field(default=None, gt=0, description="片区规模上限 (largest size)")
    limits: tuple[LimitInput, ...] = Field(
        default=(), max_length=12, description="其他列的上下限与预算 (other bounds)"
    )
    size_column: str | None = Field(default=None, description="规模所取的列，如 households；缺省按小区个数")
    barriers: tuple[str, ...] = Field(default=("barriers",), description="作为阻隔的图层 (layers that cut)")
    time_limit_s: float = Field(default=10.0, gt=0, le=_MAX_SEARCH_S, description="搜索时间，秒 (seconds to search)")


class PipesPlanInputs(Searching):
    """Inputs of ``pipes-plan``."""

    upload: UUID = Field(description="POST /uploads 返回的文件编号，含 buildings、roads、sources 图层 (file)")
    crs: str | None = Field(default=None, description="文件没有坐标系时：EPSG:n、gcj02、bd09 (its CRS)")
    encoding: str | None = Field(default=None, description="属性文字的编码 (encoding)")


class FirePlanInputs(OfDistrict):
    """Inputs of ``fire-plan``."""

    estate: str | None = Field(default=None, description="一个小区，编码或名称；空 = 全部 (one estate)")
    profile: str | None = Field(default=DEFAULT_PROFILE, description="政策依据；空 = 只用国家标准 (profile)")
    width_m: float | None = Field(default=None, gt=0, le=20, description="车道净宽，米 (lane width)")
    tolerance_m: float | None = Field(default=None, ge=0, le=5, description="测量误差，米 (survey accuracy)")
    budget: float | None = Field(default=None, ge=0, description="各小区合计费用上限，元 (budget of all estates)")
    households: float | None = Field(default=None, ge=0, description="至少可达户数，各小区合计 (goal)")
    curve_step: float | None = Field(default=None, ge=1, description="预算曲线的步长，元 (budget curve)")
    time_limit_s: float = Field(default=60.0, gt=0, le=_MAX_SEARCH_S, description="每个小区的搜索时间，秒")
    keep: str | None = Field(default=None, max_length=100, description="留存的方案名称 (keep the plan under a name)")
    because: str | None = Field(default=None, description="留存理由 (why it is kept)")


def _bundle(work: Work, inputs: BundleInputs) -> Mapping[str, Any]:
    district = get_district(work.db, inputs.district)
    rules = BundleRules(
        gap_m=inputs.gap_m,
        corners=inputs.corners,
        min_size=inputs.min_size,
        max_size=inputs.max_size,
        limits=tuple(Limit(**one.model_dump()) for one in inputs.limits),
        time_limit_s=inputs.time_limit_s,
        seed=inputs.seed,
    )
    work.tell(10, Text("划分片区…", en="bundling …"))
    result = bundle_district(
        work.db, district, rules, barriers_layers=inputs.barriers, size_column=inputs.size_column
    )
    return _answer(result.document(), lambda path: write_bundles(result, path))


def _pipes_plan(work: Work, inputs: PipesPlanInputs) -> Mapping[str, Any]:
    with file_of_upload(work.program, work.viewer, work.uploads, inputs.upload) as path:
        if path.suffix.lower() != ".gpkg":
            raise InputError(
                Text("综合路由的输入是含多个图层的 GeoPackage。", en="Routes are planned from a GeoPackage."),
                [Fault(file=path.name, allowed=".gpkg")],
            )
        work.tell(10, Text("读取、布线…", en="reading and routing …"))
        with reading_within(LIMITS):
            result = plan_pipes(
                path, crs=inputs.crs, encoding=inputs.encoding, time_limit_s=inputs.time_limit_s, seed=inputs.seed
            )
    return _answer(plan_document(result), lambda path: write_plan(result, path))


def _conflicts(work: Work, inputs: OfDistrict) -> Mapping[str, Any]:
    district = get_district(work.db, inputs.district)
    work.tell(10, Text("逐对核对净距…", en="checking clearances …"))
    result = conflicts_for(work.program, district, work.viewer)
    return _answer(result.document(), lambda path: write_conflicts(result, path))


def _fire_plan(work: Work, inputs: FirePlanInputs) -> Mapping[str, Any]:
    district = get_district(work.db, inputs.district)
    wishes = FireWishes(**inputs.model_dump(exclude={"district", "estate", "keep", "because"}))

    def tell(done: int, many: int, name: str) -> None:
        work.tell(5 + 90 * done // many, Text(f"计算消防车道：{name}", en=f"planning fire lanes: {name}"))

    plan = plan_fire_district(work.db, district, wishes, estate=inputs.estate, tell=tell)
    if inputs.keep is not None:
        keep_fire_plan(work.db, district, plan, inputs.keep, inputs.because or "")
    return _answer(plan.document(), lambda path: write_district_lanes(plan, path))


def _fire_plans(work: Work, inputs: OfDistrict) -> Mapping[str, Any]:
    return plans_document(work.db, get_district(work.db, inputs.district))


def _answer(document: Mapping[str, Any], write: Callable[[Path], object]) -> Mapping[str, Any]:
    """Return the document with the features that ``write`` puts into a GeoJSON file."""
    with TemporaryDirectory(prefix="gisplanner-") as folder:
        path = Path(folder) / "result.geojson"
        write(path)
        return {**document, "features": json.loads(path.read_text("utf-8"))}


PLANS: Final = (
    Process(
        id="bundle",
        title=Text("划定连片片区", en="Bundle contiguous estates"),
        description=Text(
            "按间距、阻隔和规模把区县里的老旧小区划成连片片区。",
            en="Bundles the estates of a district by gap, barriers and size.",
        ),
        inputs=BundleInputs,
        roles=_PLANNERS,
        run=_bundle,
    ),
    Process(
        id="pipes-plan",
        title=Text("各管线综合路由", en="Plan the routes of all utilities together"),
        description=Text(
            "给出各类管线的综合路由和同沟方案，每段都经净距核对。",
            en="Routes all utilities together with joint trenches; every line passes the clearance check.",
        ),
        inputs=PipesPlanInputs,
        roles=NETWORK_OFFICES,
        run=_pipes_plan,
    ),
    Process(
        id="conflicts",
        title=Text("管线净距冲突", en="Clearance conflicts"),
        description=Text(
            "按条文逐对核对净距；管线单位只得到自己管线的冲突。",
            en="Checks clearances by pair and clause; a company gets the conflicts of its own lines.",
        ),
        inputs=OfDistrict,
        roles=NETWORK_OFFICES | {"operator"},
        run=_conflicts,
    ),
    Process(
        id="fire-plan",
        title=Text("消防车道最省打通", en="The cheapest opening of fire lanes"),
        description=Text(
            "逐个小区计算消防车可达的楼栋和费用最省的打通方案。",
            en="Which buildings a fire engine reaches in each estate, and the cheapest opening.",
        ),
        inputs=FirePlanInputs,
        roles=_PLANNERS,
        run=_fire_plan,
    ),
    Process(
        id="fire-plans",
        title=Text("留存的消防方案", en="Kept fire plans"),
        description=Text(
            "列出区县留存的消防方案：费用、可达户数、理由、输入与条文版本。",
            en="The fire plans kept of a district: cost, households, reason, provenance.",
        ),
        inputs=OfDistrict,
        roles=_PLANNERS,
        run=_fire_plans,
    ),
)
