"""``gisplanner map``: maps as single HTML files that open without a network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import DAY, DISTRICT, options_of
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.files import write_text
from gisplanner.services.bundling.alternatives import map_alternatives
from gisplanner.services.bundling.maps import map_adopted, map_proposal
from gisplanner.services.bundling.proposals import get_proposal
from gisplanner.services.bundling.propose import BundleRules, bundle_district
from gisplanner.services.districts import get_district
from gisplanner.services.fire.map import map_fire
from gisplanner.services.ingest.coverage_map import map_coverage
from gisplanner.services.maps import PUBLIC_GRID_M, MapOptions, map_bundles, map_progress
from gisplanner.services.networks.access import acting
from gisplanner.services.networks.own_conflicts import map_pipelines_for
from gisplanner.services.policy.answers import read_facts_file
from gisplanner.services.policy.eligibility import TOLERANCE_M2, review_eligibility
from gisplanner.services.policy.eligibility_map import map_eligibility
from gisplanner.text import Text


@root.group("map")
def maps() -> None:
    """出图：单个 HTML 文件，断网可开 (maps as single HTML files)."""


_COMMON = options_of(
    DISTRICT,
    click.option("--public", is_flag=True, help="公众版：无户数、无楼栋，坐标概化 (public version)"),
    click.option("--public-grid", default=PUBLIC_GRID_M, show_default=True, metavar="M", type=float,
                 help="公众版坐标概化网格，米 (grid of the public version, m)"),
    click.option("--out", required=True, type=click.Path(path_type=Path), metavar="X.html", help="写出的文件"),
)  # fmt: skip


@command(maps, "progress")
@click.option("--as-of", type=DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@_COMMON
def progress(session: Session, district: str, out: Path, as_of: datetime | None, **options: Any) -> None:
    """进度图：按阶段着色，比率注明权重和计划版本 (progress map)."""
    with session.database() as db:
        html = map_progress(
            db,
            get_district(db, district),
            as_of=None if as_of is None else as_of.date(),
            options=_options(session, **options),
        )
    _write(session, "progress", district, out, html, public=options["public"])


@command(maps, "alternatives")
@click.argument("names", nargs=-1, required=True)
@_COMMON
def alternatives(session: Session, names: tuple[str, ...], district: str, out: Path, **options: Any) -> None:
    """方案比选图：几个方案画在一张图上，一个方案一层 (several proposals on one map)."""
    with session.database() as db:
        found = get_district(db, district)
        chosen = [get_proposal(db, found, name) for name in names]
        html = map_alternatives(db, found, chosen, options=_options(session, **options))
    _write(session, "alternatives", district, out, html, public=options["public"])


@command(maps, "proposal")
@click.argument("name")
@_COMMON
def proposal(session: Session, name: str, district: str, out: Path, **options: Any) -> None:
    """方案图：存入的方案现在的样子，图例列出每次调整和理由 (a stored proposal as it stands)."""
    with session.database() as db:
        html = map_proposal(db, get_district(db, district), name, options=_options(session, **options))
    _write(session, "proposal", district, out, html, public=options["public"])


@command(maps, "areas")
@_COMMON
def areas(session: Session, district: str, out: Path, **options: Any) -> None:
    """改造片区图：已采用的片区 (adopted renewal areas)."""
    with session.database() as db:
        html = map_adopted(db, get_district(db, district), options=_options(session, **options))
    _write(session, "areas", district, out, html, public=options["public"])


@command(maps, "bundles")
@click.option("--gap", default=15.0, show_default=True, metavar="M", help="间距容差，米 (gap tolerance, m)")
@click.option("--no-corners", is_flag=True, help="仅共角的不算相邻 (a shared corner is no link)")
@click.option("--size-column", metavar="C", help="规模取自该列；缺省按小区个数 (column of sizes)")
@click.option("--min", "min_size", type=float, metavar="N", help="片区规模下限 (minimum size)")
@click.option("--max", "max_size", type=float, metavar="N", help="片区规模上限 (maximum size)")
@click.option("--within", metavar="COLUMN", help="片区不跨该列的值，如社区 (stay within)")
@click.option("--needs", metavar="COLUMN", help="改造需求列，相邻小区须有一项相同 (a need in common)")
@click.option(
    "--alike", multiple=True, metavar="COLUMN", help="片区内要相近的列，如建成时间、改造需求，可重复 (alike)"
)
@click.option("--barriers-layer", "barriers_layers", multiple=True, metavar="B", help="阻隔图层，可重复 (barriers)")
@click.option("--time-limit", default=10.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)")
@click.option("--iterations", type=click.IntRange(min=1), metavar="N", help="搜索轮数；给定则结果处处相同 (rounds)")
@click.option("--seed", default=0, show_default=True, metavar="K", help="随机种子 (seed)")
@_COMMON
def bundles(session: Session, district: str, out: Path, *, public: bool, public_grid: float, **asked: Any) -> None:
    """片区图：划定连片片区并着色，标出连片关系和阻隔 (bundle map)."""
    rules = BundleRules(
        gap_m=asked["gap"],
        corners=not asked["no_corners"],
        min_size=asked["min_size"],
        max_size=asked["max_size"],
        within=asked["within"],
        needs=asked["needs"],
        alike=tuple(asked["alike"]),
        time_limit_s=asked["time_limit"],
        iterations=asked["iterations"],
        seed=asked["seed"],
    )
    with session.database() as db:
        found = get_district(db, district)
        result = bundle_district(
            db, found, rules, barriers_layers=asked["barriers_layers"], size_column=asked["size_column"]
        )
        html = map_bundles(db, found, result, options=_options(session, public=public, public_grid=public_grid))
    _write(session, "bundles", district, out, html, public=public)


@command(maps, "coverage")
@_COMMON
def coverage(session: Session, district: str, out: Path, **options: Any) -> None:
    """不重不漏核对图：重叠、跨小区和不在小区内的楼栋、不通道路的出入口 (what is twice, what is left out)."""
    with session.database() as db:
        html = map_coverage(db, get_district(db, district), options=_options(session, **options))
    _write(session, "coverage", district, out, html, public=options["public"])


@command(maps, "fire")
@_COMMON
def fire(session: Session, district: str, out: Path, **options: Any) -> None:
    """消防车道图：今天与打通后的可达楼栋、最窄处、拆移 (fire map)."""
    with session.database() as db:
        html = map_fire(db, get_district(db, district), options=_options(session, **options))
    _write(session, "fire", district, out, html, public=options["public"])


@command(maps, "pipelines")
@_COMMON
def pipelines(session: Session, district: str, out: Path, **options: Any) -> None:
    """管线图：按种类和权属单位画线，标出净距冲突和方案备案情况；公众版不含管线 (pipeline map)."""
    with session.database() as db:
        viewer = acting(db, session.actor)
        html = map_pipelines_for(db, get_district(db, district), viewer, options=_options(session, **options))
    _write(session, "pipelines", district, out, html, public=options["public"])


@command(maps, "eligibility")
@click.option("--profile", metavar="P", help="政策依据；缺省为区县自己的 (profile)")
@click.option("--facts", type=click.Path(path_type=Path), help="假设的事实，不存储 (assumed facts)")
@click.option(
    "--tolerance", default=TOLERANCE_M2, show_default=True, metavar="M2", help="重叠容差，㎡ (tolerance, m²)"
)
@_COMMON
def eligibility(
    session: Session,
    district: str,
    out: Path,
    profile: str | None,
    facts: Path | None,
    tolerance: float,
    **options: Any,
) -> None:
    """资格审查图：按答复着色，附逐小区条文和补料清单 (eligibility map)."""
    assumed = None if facts is None else read_facts_file(facts)
    with session.database() as db:
        found = get_district(db, district)
        review = review_eligibility(
            db,
            found,
            profile=profile,
            what_if=assumed,
            file=None if facts is None else str(facts),
            tolerance_m2=tolerance,
        )
        html = map_eligibility(db, found, review, options=_options(session, **options))
    _write(session, "eligibility", district, out, html, public=options["public"])


def _options(session: Session, *, public: bool, public_grid: float) -> MapOptions:
    key = session.settings.tianditu_key
    return MapOptions(
        public=public,
        public_grid_m=public_grid,
        tianditu_key=None if key is None else key.get_secret_value(),
    )


def _write(session: Session, name: str, district: str, out: Path, html: str, *, public: bool) -> None:
    write_text(out, html)
    size = len(html.encode("utf-8"))
    session.result(
        {"map": name, "district": district, "out": str(out), "bytes": size, "public": public},
        Text(
            f"已写 {out}（{size / 1e6:.1f} MB），用浏览器打开即可，不需要网络。"
            + ("公众版：未经地图审核不得公开。" if public else ""),
            en=f"Wrote {out} ({size / 1e6:.1f} MB); open it in a browser, no network needed."
            + (" Public version: not to be published before the map review." if public else ""),
        ),
    )
