"""``gisplanner policy``: what the documents say to facts, with the clause."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.domain.candidate import Decision
from gisplanner.files import write_text
from gisplanner.services.districts import get_district
from gisplanner.services.policy.answers import ask, compare, comparison_document, read_facts_file, reply_document
from gisplanner.services.policy.eligibility import TOLERANCE_M2, review_eligibility
from gisplanner.services.policy.eligibility_report import review_sentences, write_requests
from gisplanner.services.policy.reading import (
    adopted_profile,
    decide,
    one_decision,
    propose,
    read_review,
    read_value,
    review_text,
    write_review,
)
from gisplanner.services.policy.text import comparison_sentences, reply_sentences, write_comparison
from gisplanner.text import Text

_FACTS = click.option(
    "--facts",
    required=True,
    type=click.Path(path_type=Path),
    help="事实文件，JSON：estates、segments、project (facts)",
)


@root.group("policy")
def policy() -> None:
    """政策答复：每条都引原文，或说明文件未规定 (answers that quote the clause)."""


@command(policy, "ask")
@click.option("--profile", required=True, help="政策依据名称，或 .toml 文件 (profile)")
@_FACTS
def ask_command(session: Session, profile: str, facts: Path) -> None:
    """按一份文件答复，不存储任何事实 (ask one document; nothing is stored)."""
    reply = ask(profile, read_facts_file(facts), file=str(facts))
    session.result(reply_document(reply, session.language), reply_sentences(reply))


@command(policy, "review")
@DISTRICT
@click.option("--profile", metavar="P", help="政策依据；缺省为区县自己的 (profile)")
@click.option("--facts", type=click.Path(path_type=Path), help="假设的事实，按小区名称或编码，不存储 (what-if)")
@click.option(
    "--tolerance", default=TOLERANCE_M2, show_default=True, metavar="M2", help="重叠容差，㎡ (tolerance, m²)"
)
@click.option(
    "--requests", type=click.Path(path_type=Path), metavar="X.xlsx", help="补料清单，每个街道一张表 (requests)"
)
def review_command(
    session: Session,
    district: str,
    profile: str | None,
    facts: Path | None,
    tolerance: float,
    requests: Path | None,
) -> None:
    """资格审查：区县台账逐小区答复，缺什么、向谁要 (review the stored estates)."""
    assumed = None if facts is None else read_facts_file(facts)
    with session.database() as db:
        review = review_eligibility(
            db,
            get_district(db, district),
            profile=profile,
            what_if=assumed,
            file=None if facts is None else str(facts),
            tolerance_m2=tolerance,
        )
    if requests is not None:
        write_requests(review, requests)
    session.result(review.as_dict(session.language), review_sentences(review))


@command(policy, "compare")
@_FACTS
@click.option("--profile", "profiles", multiple=True, help="只比较这些政策依据，缺省为全部 (profiles)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.xlsx", help="写成对照表 (table of documents)")
def compare_command(session: Session, facts: Path, profiles: tuple[str, ...], out: Path | None) -> None:
    """同一事实在各份文件下的答复并列 (one set of facts under all documents)."""
    comparison = compare(read_facts_file(facts), profiles=profiles, file=str(facts))
    if out is not None:
        write_comparison(comparison, out)
    session.result(comparison_document(comparison, session.language), comparison_sentences(comparison))


@command(policy, "read")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--code", required=True, help="文件代号，如 S5 (code)")
@click.option("--title", required=True, help="文件标题 (title)")
@click.option("--number", help="文号 (number)")
@click.option("--draft", is_flag=True, help="征求意见稿 (draft)")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="R.json", help="条文审核文件")
def read_command(
    session: Session, file: Path, code: str, title: str, number: str | None, out: Path, *, draft: bool
) -> None:
    """从新文件（TXT、DOCX）找出候选条文，全部待人确认 (propose passages of a new document)."""
    review = propose(file, code=code, title=title, number=number, status="draft" if draft else "issued")
    write_review(review, out)
    session.result({"out": str(out), **review.model_dump(mode="json")}, review_text(review))


@command(policy, "decide")
@click.argument("review", type=click.Path(path_type=Path))
@click.argument("passage")
@click.option("--confirm", "decision", flag_value="confirmed", help="确认所读出的取值 (confirm)")
@click.option("--reject", "decision", flag_value="rejected", help="否决 (reject)")
@click.option("--reopen", "decision", flag_value="open", help="改回待定 (reopen)")
@click.option("--change", metavar="JSON", help="改用这些取值 (change)")
@click.option("--note", help="理由 (note)")
def decide_command(
    session: Session, review: Path, passage: str, decision: Decision | None, change: str | None, note: str | None
) -> None:
    """对一条候选条文作出决定：确认、修改或否决 (decide on one passage)."""
    decided = decide(
        read_review(review),
        passage,
        one_decision(decision, change),
        by=session.actor,
        value=read_value(change),
        note=note,
    )
    write_review(decided, review)
    told = decided.passage(passage)
    assert told is not None
    session.result(
        {"passage": told.model_dump(mode="json"), "tally": decided.tally()},
        Text(f"{passage}：{told.decision}，「{told.quote}」", en=f"{passage}: {told.decision}"),
    )


@command(policy, "adopt")
@click.argument("review", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="政策依据名称 (name)")
@click.option("--title", required=True, help="简称 (title)")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="X.toml", help="写出的政策依据文件")
def adopt_command(session: Session, review: Path, name: str, title: str, out: Path) -> None:
    """把已确认的条文写成政策依据文件，可用 --profile X.toml 提问 (make a profile of the confirmed)."""
    read = read_review(review)
    write_text(out, adopted_profile(read, name=name, title=title))
    tally = read.tally()
    taken = tally["confirmed"] + tally["changed"]
    session.result(
        {"out": str(out), "tally": tally},
        Text(
            f"已写 {out}：{taken} 条；待定 {tally['open']} 条、否决 {tally['rejected']} 条不在其中。",
            en=f"Wrote {out}: {taken} rules; {tally['open']} open and {tally['rejected']} rejected are not in it.",
        ),
    )
