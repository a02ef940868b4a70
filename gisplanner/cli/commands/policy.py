"""``gisplanner policy``: what the documents say to facts, with the clause."""

from __future__ import annotations

from pathlib import Path

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.eligibility import TOLERANCE_M2, review_eligibility
from gisplanner.services.eligibility_report import review_sentences, write_requests
from gisplanner.services.policy import ask, compare, comparison_document, read_facts_file, reply_document
from gisplanner.services.policy_text import comparison_sentences, reply_sentences

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
@click.option("--district", required=True, metavar="D", help="区县代号 (district)")
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
def compare_command(session: Session, facts: Path, profiles: tuple[str, ...]) -> None:
    """同一事实在各份文件下的答复并列 (one set of facts under all documents)."""
    comparison = compare(read_facts_file(facts), profiles=profiles, file=str(facts))
    session.result(comparison_document(comparison, session.language), comparison_sentences(comparison))
