"""``gisplanner plan``: the frozen plan, its adjustments by document, and what changed between versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from gisplanner.cli.options import DAY, DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import Fault, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.register.plan import adjust_plan, compare_plans, list_plans
from gisplanner.services.register.plan_report import (
    comparison_document,
    comparison_sentences,
    list_document,
    list_sentences,
)
from gisplanner.text import Text


@root.group("plan")
def group() -> None:
    """计划基线与调整：版本、调整、对比 (the issued plan and its adjustments)."""


@command(group, "list")
@DISTRICT
def list_(session: Session, district: str) -> None:
    """列出已冻结的计划版本 (list the frozen versions)."""
    with session.database() as db:
        frozen = list_plans(db, get_district(db, district))
    session.result(list_document(district, frozen), list_sentences(frozen))


@command(group, "adjust")
@click.argument("file", type=click.Path(path_type=Path))
@DISTRICT
@click.option("--document", required=True, metavar="NUMBER", help="调整依据的文号 (document number)")
@click.option("--title", required=True, help="文件标题 (title)")
@click.option("--date", "issued_on", type=DAY, help="成文日期 (date)")
@click.option("--rename", "renames", multiple=True, metavar="OLD=NEW", help="更名，可重复 (rename)")
@click.option("--split", "splits", multiple=True, metavar="OLD=A,B", help="拆分，可重复 (split)")
@click.option("--sheet", help="工作表名 (sheet of the workbook)")
def adjust(
    session: Session,
    file: Path,
    district: str,
    document: str,
    title: str,
    issued_on: datetime | None,
    renames: Sequence[str],
    splits: Sequence[str],
    sheet: str | None,
) -> None:
    """按文件调整计划，冻结下一版 (freeze the next version from a changed register)."""
    told = dict(_pair("--rename", text) for text in renames)
    parts = {old: _names("--split", new) for old, new in (_pair("--split", text) for text in splits)}
    with session.database() as db:
        comparison = adjust_plan(
            db,
            get_district(db, district),
            file,
            document=document,
            title=title,
            issued_on=None if issued_on is None else issued_on.date(),
            renames=told,
            splits=parts,
            sheet=sheet,
        )
    session.result({"district": district, **comparison_document(comparison)}, comparison_sentences(comparison))


@command(group, "compare")
@click.argument("before", default="v1")
@click.argument("after", default="current")
@DISTRICT
def compare(session: Session, before: str, after: str, district: str) -> None:
    """对比两个版本：v1、v2 …… 或 current（现行台账） (compare two versions)."""
    with session.database() as db:
        comparison = compare_plans(db, get_district(db, district), before, after)
    session.result({"district": district, **comparison_document(comparison)}, comparison_sentences(comparison))


def _pair(option: str, text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not sign or not old.strip() or not new.strip():
        raise UsageError(
            Text(f"{option} {text} 应为 原名=新名。", en=f"{option} {text}: give OLD=NEW."),
            [Fault(column=option, value=text, allowed="OLD=NEW")],
        )
    return old.strip(), new.strip()


def _names(option: str, text: str) -> list[str]:
    names = [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
    if len(names) < 2:  # noqa: PLR2004 - one part is no split
        raise UsageError(
            Text(
                f"{option} {text}：拆分至少成两个小区。", en=f"{option} {text}: a split gives at least two estates."
            ),
            [Fault(column=option, value=text, allowed="A,B")],
        )
    return names
