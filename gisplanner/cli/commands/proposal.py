"""``gisplanner proposal``: stored proposals of bundles, compared and changed with a reason each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.domain.proposals import Proposal
from gisplanner.errors import Fault, NotFoundError
from gisplanner.services.bundling import proposals as service
from gisplanner.services.bundling.adoption import adopt as adopt_proposal
from gisplanner.services.bundling.alternatives import make_alternatives
from gisplanner.services.bundling.application import WorksFile, application_of_proposal
from gisplanner.services.bundling.application_files import (
    application_document,
    application_sentences,
    write_application,
)
from gisplanner.services.bundling.comparison import comparison_document, comparison_sentences, write_comparison
from gisplanner.services.bundling.lead import set_lead_telecom
from gisplanner.services.bundling.limits import limits_of
from gisplanner.services.bundling.proposal_report import bundle_sentences, proposal_report
from gisplanner.services.bundling.propose import BundleRules
from gisplanner.services.bundling.reoptimise import reoptimise
from gisplanner.services.districts import get_district
from gisplanner.services.layers import layer_frame
from gisplanner.services.policy.answers import read_facts_file
from gisplanner.text import Text

_REASON = click.option("--reason", required=True, help="调整理由 (why)")
_SIGN = click.option("--sign", metavar="NAME", help="例外的签字人 (who signs for an exception)")


@root.group("proposal")
def proposal() -> None:
    """片区方案 (stored proposals of bundles)."""


@command(proposal, "list")
@DISTRICT
def list_command(session: Session, district: str) -> None:
    """列出方案 (list proposals)."""
    with session.database() as db:
        stored = service.proposals(db, get_district(db, district))
    rows = [
        {"name": one.name, "kind": one.kind, "p": len(one.grouping.bundles), "made_at": one.made_at.isoformat(),
         "made_by": one.made_by, "changes": len(one.changes) - 1}
        for one in stored
    ]  # fmt: skip
    session.result(
        {"proposals": rows},
        Text(
            "\n".join(f"{one['name']}：{one['p']} 个片区" for one in rows) or "还没有方案。",
            en="\n".join(f"{one['name']}: {one['p']} bundles" for one in rows) or "No proposals yet.",
        ),
    )


@command(proposal, "official")
@click.argument("name")
@DISTRICT
def official(session: Session, name: str, district: str) -> None:
    """把台账备注列的项目存为方案 NAME (store the official grouping)."""
    _run(session, district, lambda db, found: service.save_official(db, found, name))


@command(proposal, "show")
@click.argument("name")
@DISTRICT
def show(session: Session, name: str, district: str) -> None:
    """方案 NAME 的片区、理由和调整 (a proposal explained)."""
    _run(session, district, lambda db, found: service.get_proposal(db, found, name))


@command(proposal, "explain")
@click.argument("name")
@click.argument("bundle")
@DISTRICT
def explain(session: Session, name: str, bundle: str, district: str) -> None:
    """片区 BUNDLE 为何如此：相连、共同需求、相邻未入的原因、打包招标内容 (explain one bundle)."""
    with session.database() as db:
        found = get_district(db, district)
        document, _ = proposal_report(db, found, service.get_proposal(db, found, name))
    told = [one for one in document["bundles"] if one["id"] == bundle]
    if not told:
        raise NotFoundError(
            Text(f"方案里没有片区 {bundle}。", en=f"The proposal has no bundle {bundle}."),
            [Fault(value=bundle, allowed="、".join(one["id"] for one in document["bundles"]))],
        )
    session.result(told[0], bundle_sentences(document, bundle))


@command(proposal, "compare")
@click.argument("names", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="写成比选表 (table to write)")
@DISTRICT
def compare(session: Session, names: tuple[str, ...], district: str, out: Path | None) -> None:
    """并列比较方案，并与备注列对比 (compare proposals)."""
    with session.database() as db:
        found = get_district(db, district)
        chosen = [service.get_proposal(db, found, name) for name in names]
        document = comparison_document(chosen, layer_frame(db, found, "estates"))
    if out is not None:
        write_comparison(document, out)
    session.result(document, comparison_sentences(document))


@command(proposal, "alternatives")
@click.argument("prefix")
@click.option(
    "--gap",
    "gaps",
    multiple=True,
    type=float,
    default=(15.0, 30.0, 60.0),
    show_default=True,
    metavar="M",
    help="间距容差，米，可重复 (gap tolerances, m)",
)
@click.option("--needs", metavar="COLUMN", help="另做一组须有共同需求的 (also with a need in common)")
@click.option("--min", "minimums", multiple=True, type=float, metavar="N", help="规模下限，可重复 (minimum sizes)")
@click.option("--max", "max_size", type=float, metavar="N", help="规模上限 (maximum size)")
@click.option("--size-column", metavar="C", help="规模取自该列；缺省按小区个数 (column of sizes)")
@click.option("--at-least", multiple=True, metavar="COLUMN=N", help="该列合计不小于 N，可重复 (minimum of a column)")
@click.option("--at-most", multiple=True, metavar="COLUMN=N", help="该列合计不大于 N，可重复 (maximum of a column)")
@click.option("--budget", type=float, metavar="N", help="每个片区的预算，万元 (budget of a bundle)")
@click.option("--barriers-layer", "barriers", multiple=True, metavar="B", help="阻隔图层，可重复 (barriers)")
@click.option(
    "--iterations", type=click.IntRange(min=1), default=200, show_default=True, metavar="N", help="搜索轮数 (rounds)"
)
@DISTRICT
def alternatives_command(session: Session, prefix: str, district: str, **asked: Any) -> None:
    """按多个间距、有无共同需求、不同下限一次生成几个方案并比较 (several proposals at once)."""
    with session.database() as db:
        found = get_district(db, district)
        made = make_alternatives(
            db,
            found,
            prefix,
            BundleRules(
                max_size=asked["max_size"],
                limits=limits_of(asked["at_least"], asked["at_most"], asked["budget"]),
                iterations=asked["iterations"],
            ),
            gaps_m=asked["gaps"],
            needs=asked["needs"],
            minimums=asked["minimums"],
            barriers_layers=asked["barriers"],
            size_column=asked["size_column"],
        )
        document = comparison_document(made, layer_frame(db, found, "estates"))
    session.result(document, comparison_sentences(document))


@command(proposal, "application")
@click.argument("name")
@click.option("--profile", metavar="P", help="政策依据；缺省为区县自己的 (profile)")
@click.option("--facts", type=click.Path(path_type=Path), help="假设的事实，不存储 (assumed facts)")
@click.option("--works", type=click.Path(path_type=Path), help="改造内容图层所在文件 (file of planned works)")
@click.option("--works-layer", metavar="L", help="文件里的改造内容图层 (layer of the works)")
@click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明 (declare the CRS)")
@click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)")
@click.option(
    "--reach", default=0.0, show_default=True, metavar="M", help="接触距离，米 (a work this near touches, m)"
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="X.geojson|X.xlsx", help="写出可申报的部分 (file to write)"
)
@DISTRICT
def application_command(session: Session, name: str, district: str, **options: Any) -> None:
    """补助申报：方案里哪些小区和工程可以申报，哪些不列入 (what may be applied for)."""
    path, facts = options["works"], options["facts"]
    works = None if path is None else WorksFile(path, options["works_layer"], options["crs"], options["encoding"])
    with session.database() as db:
        made = application_of_proposal(
            db,
            get_district(db, district),
            name,
            profile=options["profile"],
            facts=None if facts is None else read_facts_file(facts),
            file=None if facts is None else str(facts),
            works=works,
            reach_m=options["reach"],
        )
    if options["out"] is not None:
        write_application(made, options["out"])
    session.result(application_document(made, session.language), application_sentences(made))


@command(proposal, "move")
@click.argument("name")
@click.argument("estate")
@click.argument("bundle")
@_REASON
@_SIGN
@DISTRICT
def move(session: Session, name: str, estate: str, bundle: str, district: str, **why: Any) -> None:
    """把小区 ESTATE 移入片区 BUNDLE (move an estate)."""
    _run(session, district, lambda db, found: service.move_estate(db, found, name, estate, bundle, **why))


@command(proposal, "merge")
@click.argument("name")
@click.argument("into")
@click.argument("other")
@_REASON
@_SIGN
@DISTRICT
def merge(session: Session, name: str, into: str, other: str, district: str, **why: Any) -> None:
    """把片区 OTHER 并入片区 INTO (merge bundles)."""
    _run(session, district, lambda db, found: service.merge_bundles(db, found, name, into, other, **why))


@command(proposal, "split")
@click.argument("name")
@click.argument("bundle")
@click.argument("estates", nargs=-1, required=True)
@click.option("--new", required=True, metavar="ID", help="新片区的编号 (id of the new bundle)")
@_REASON
@_SIGN
@DISTRICT
def split(session: Session, name: str, bundle: str, estates: tuple[str, ...], district: str, **why: Any) -> None:
    """把片区 BUNDLE 中的 ESTATES 拆为新片区 (split a bundle)."""
    _run(session, district, lambda db, found: service.split_bundle(db, found, name, bundle, estates, **why))


@command(proposal, "lock")
@click.argument("name")
@click.argument("bundle")
@click.option("--reoptimise", "again", is_flag=True, help="其余片区重新划定 (divide the rest again)")
@_REASON
@DISTRICT
def lock(session: Session, name: str, bundle: str, reason: str, again: bool, district: str) -> None:
    """锁定片区 BUNDLE (lock a bundle)."""

    def locked(db: Any, found: Any) -> Proposal:
        if again:
            return reoptimise(db, found, name, reason=reason, lock_first=bundle)
        return service.lock_bundle(db, found, name, bundle, reason=reason)

    _run(session, district, locked)


@command(proposal, "unlock")
@click.argument("name")
@click.argument("bundle")
@_REASON
@DISTRICT
def unlock(session: Session, name: str, bundle: str, reason: str, district: str) -> None:
    """解锁片区 BUNDLE (take a lock off)."""
    _run(session, district, lambda db, found: service.unlock_bundle(db, found, name, bundle, reason=reason))


@command(proposal, "reoptimise")
@click.argument("name")
@_REASON
@DISTRICT
def reoptimise_command(session: Session, name: str, reason: str, district: str) -> None:
    """锁定的片区不动，其余重新划定 (divide what is not locked again)."""
    _run(session, district, lambda db, found: reoptimise(db, found, name, reason=reason))


@command(proposal, "undo")
@click.argument("name")
@_REASON
@DISTRICT
def undo(session: Session, name: str, reason: str, district: str) -> None:
    """撤销最近一次调整 (take back the last change)."""
    _run(session, district, lambda db, found: service.undo(db, found, name, reason=reason))


@command(proposal, "adopt")
@click.argument("name")
@_REASON
@DISTRICT
def adopt(session: Session, name: str, reason: str, district: str) -> None:
    """采用方案：其片区成为区县的片区 (its bundles become renewal areas)."""
    _run(session, district, lambda db, found: adopt_proposal(db, found, name, reason=reason))


@command(proposal, "lead")
@click.argument("area")
@click.argument("company")
@DISTRICT
def lead(session: Session, area: str, company: str, district: str) -> None:
    """已采用的片区 AREA 由通信企业 COMPANY 牵头 (the network company that leads in an area)."""
    with session.database() as db:
        document = set_lead_telecom(db, get_district(db, district), area, company)
    answer = document["answer"]
    told = "" if answer is None else f"（{answer['answer']}：{answer['reason']}）"
    session.result(
        document,
        Text(f"片区 {area} 由 {company} 牵头{told}", en=f"{company} leads in area {area}"),
    )


def _run(session: Session, district: str, done: Callable[[Any, Any], Proposal]) -> None:
    with session.database() as db:
        found = get_district(db, district)
        document, sentences = proposal_report(db, found, done(db, found))
    session.result(document, sentences)
