"""``gisplanner bundle``: contiguous bundles of estates, from a file or from a stored district."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import one_of, refuse
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.bundling.application import Application, WorksFile, application_of_file
from gisplanner.services.bundling.application_files import (
    application_document,
    application_sentences,
    write_application,
)
from gisplanner.services.bundling.limits import COST_COLUMN, limits_of, weights_of
from gisplanner.services.bundling.proposals import save_bundles
from gisplanner.services.bundling.propose import (
    BundleResult,
    BundleRules,
    bundle_district,
    bundle_file,
    pair_of,
    write_bundles,
)
from gisplanner.services.districts import get_district
from gisplanner.services.policy.answers import read_facts_file
from gisplanner.text import Text


@command(root, "bundle")
@click.option("--file", "path", type=click.Path(path_type=Path), help="含小区图层的文件 (file with the estates)")
@click.option("--district", metavar="D", help="区县代号 (stored district)")
@click.option("--estates-layer", metavar="L", help="文件里的小区图层 (layer of the estates)")
@click.option("--size-column", metavar="C", help="规模取自该列；缺省按小区个数 (column of sizes)")
@click.option("--gap", default=15.0, show_default=True, metavar="M", help="间距容差，米 (gap tolerance, m)")
@click.option("--no-corners", is_flag=True, help="仅共角的不算相邻 (a shared corner is no link)")
@click.option("--barriers-layer", "barriers_layers", multiple=True, metavar="B", help="阻隔图层，可重复 (barriers)")
@click.option(
    "--barrier-kinds", metavar="a,b", help="算作阻隔的道路等级，缺省为主次干道以上 (highway values that cut)"
)
@click.option("--min", "min_size", type=float, metavar="N", help="片区规模下限 (minimum size)")
@click.option("--max", "max_size", type=float, metavar="N", help="片区规模上限 (maximum size)")
@click.option(
    "--at-least",
    multiple=True,
    metavar="COLUMN=N",
    help="该列在片区内合计不小于 N，可重复 (minimum of another column)",
)
@click.option(
    "--at-most",
    multiple=True,
    metavar="COLUMN=N",
    help="该列在片区内合计不大于 N，可重复 (maximum of another column)",
)
@click.option("--budget", type=float, metavar="N", help="每个片区的预算，单位同造价列 (budget of a bundle)")
@click.option(
    "--cost-column", default=COST_COLUMN, show_default=True, metavar="C", help="预算所限的造价列 (column of costs)"
)
@click.option(
    "--first",
    type=click.Choice(["bundles", "estates"]),
    default="bundles",
    show_default=True,
    help="先求片区多，还是先求剩余小区少 (what counts first)",
)
@click.option("--no-leftovers", is_flag=True, help="不许有小区不入片区 (refuse to leave an estate over)")
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="AIM=N",
    help="其后：homogeneous 同质、compact 紧凑、balanced 均衡 各占多少，可重复 (what counts after that)",
)
@click.option("--within", metavar="COLUMN", help="片区不跨该列的值，如社区 (stay within)")
@click.option("--needs", metavar="COLUMN", help="改造需求列，相邻小区须有一项相同 (a need in common)")
@click.option(
    "--alike", multiple=True, metavar="COLUMN", help="片区内要相近的列，如建成时间、改造需求，可重复 (alike)"
)
@click.option("--keep-apart", multiple=True, metavar="a,b", help="不得同片区的两个小区，可重复 (keep apart)")
@click.option("--together", multiple=True, metavar="a,b", help="必须同片区的两个小区，可重复 (keep together)")
@click.option("--time-limit", default=10.0, show_default=True, metavar="S", help="搜索时间，秒 (seconds to search)")
@click.option("--iterations", type=click.IntRange(min=1), metavar="N", help="搜索轮数；给定则结果处处相同 (rounds)")
@click.option("--seed", default=0, show_default=True, metavar="K", help="随机种子 (seed)")
@click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)")
@click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)")
@click.option("--save", metavar="NAME", help="存为方案，只用于 --district (store as a proposal)")
@click.option("--profile", metavar="P", help="补助申报的政策依据，只用于 --file (profile of the application)")
@click.option(
    "--facts", type=click.Path(path_type=Path), help="小区的事实，JSON，用于补助申报 (facts of the estates)"
)
@click.option("--works-layer", metavar="L", help="文件里的改造内容图层，用于补助申报 (planned works)")
@click.option(
    "--reach", default=0.0, show_default=True, metavar="M", help="接触距离，米 (a work this near touches, m)"
)
@click.option(
    "--application",
    type=click.Path(path_type=Path),
    metavar="X.geojson|X.xlsx",
    help="写出可申报的部分 (write what may be applied for)",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="X.geojson", help="写出片区 (file to write)")
def bundle(session: Session, path: Path | None, district: str | None, out: Path | None, **options: Any) -> None:
    """划定连片片区 (bundle contiguous estates)."""
    one_of(path, district)
    rules = _rules(options)
    shared: dict[str, Any] = {
        "barriers_layers": options["barriers_layers"],
        "size_column": options["size_column"],
        "progress": _teller(session),
    }
    if path is not None:
        refuse(options, ("save",), "--district")
    _application_asked(options, of_file=path is not None)
    if path is not None:
        result = bundle_file(
            path,
            rules,
            estates_layer=options["estates_layer"],
            crs=options["crs"],
            encoding=options["encoding"],
            **shared,
        )
    else:
        result = _stored(session, str(district), rules, options, shared)
    if out is not None:
        write_bundles(result, out)
    document, sentences = result.document(session.language), result.sentences()
    if path is not None and options["profile"] is not None:
        made = _application(result, path, options)
        document["application"] = application_document(made, session.language)
        told = application_sentences(made)
        sentences = Text(f"{sentences}\n{told}", en=f"{sentences.en}\n{told.en}")
    session.result(document, sentences)


def _application_asked(options: dict[str, Any], *, of_file: bool) -> None:
    given = [f"--{name.replace('_', '-')}" for name in ("facts", "works_layer", "application") if options[name]]
    if options["profile"] is not None and not of_file:
        raise UsageError(
            Text(
                "存入区县的小区用 gisplanner proposal application。",
                en="For a stored district: gisplanner proposal application.",
            )
        )
    if given and options["profile"] is None:
        told = "、".join(given)
        raise UsageError(Text(f"{told} 要与 --profile 同用。", en=f"{told}: only with --profile."))


def _application(result: BundleResult, path: Path, options: dict[str, Any]) -> Application:
    facts, layer = options["facts"], options["works_layer"]
    made = application_of_file(
        result,
        options["profile"],
        None if facts is None else read_facts_file(facts),
        file=None if facts is None else str(facts),
        works=None if layer is None else WorksFile(path, layer, options["crs"], options["encoding"]),
        reach_m=options["reach"],
    )
    if options["application"] is not None:
        write_application(made, options["application"])
    return made


def _stored(
    session: Session, district: str, rules: BundleRules, options: dict[str, Any], shared: dict[str, Any]
) -> BundleResult:
    refuse(options, ("estates_layer", "crs", "encoding"), "--file")
    with session.database() as db:
        found = get_district(db, district)
        result = bundle_district(db, found, rules, **shared)
        if options["save"] is not None:
            save_bundles(db, found, result, options["save"], barriers_layers=shared["barriers_layers"])
        return result


def _rules(options: dict[str, Any]) -> BundleRules:
    kinds = options["barrier_kinds"]
    return BundleRules(
        gap_m=options["gap"],
        corners=not options["no_corners"],
        min_size=options["min_size"],
        max_size=options["max_size"],
        limits=limits_of(options["at_least"], options["at_most"], options["budget"], options["cost_column"]),
        leftovers=not options["no_leftovers"],
        first=options["first"],
        weights=weights_of(options["weights"]),
        within=options["within"],
        needs=options["needs"],
        alike=tuple(options["alike"]),
        together=tuple(pair_of(pair, "--together") for pair in options["together"]),
        keep_apart=tuple(pair_of(pair, "--keep-apart") for pair in options["keep_apart"]),
        barrier_kinds=None if kinds is None else tuple(kind.strip() for kind in kinds.split(",") if kind.strip()),
        time_limit_s=options["time_limit"],
        iterations=options["iterations"],
        seed=options["seed"],
    )


def _teller(session: Session) -> Callable[[float, int, float], None]:
    """Return a listener that tells each tenth of the search once."""
    told = 0

    def tell(done: float, regions: int, heterogeneity: float) -> None:
        nonlocal told
        if int(done * 10) > told:
            told = int(done * 10)
            value = "" if math.isnan(heterogeneity) else f" {heterogeneity:.4g}"
            session.progress(
                Text(f"{told * 10}%：{regions} 个片区{value}", en=f"{told * 10}%: {regions} bundles{value}")
            )

    return tell
