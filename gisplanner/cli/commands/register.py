"""``gisplanner register``: check, import and export the printed register (台账)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from gisplanner.cli.options import DAY, DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import InputError
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.sheet import write_refusal, write_register_report, write_survey_report
from gisplanner.services.ingest.survey import fill_register
from gisplanner.services.register.printed import export_register
from gisplanner.services.register.register import check_register, import_register
from gisplanner.text import Text

_FILE = click.Path(path_type=Path)
_SHEET = click.option("--sheet", help="工作表名 (sheet of the workbook)")


@root.group("register")
def group() -> None:
    """小区台账：核对、导入、导出 (the register: check, import, export)."""


@command(group, "check")
@click.argument("file", type=_FILE)
@click.option("--profile", metavar="P", help="政策依据；缺省按台账中的街道判断，none 为不用 (policy profile)")
@_SHEET
def check(session: Session, file: Path, profile: str | None, sheet: str | None) -> None:
    """核对台账与文件所载合计，不写入 (reconcile a file; nothing is stored)."""
    report = check_register(file, profile=profile, sheet=sheet)
    session.result(report.document(), report.sentences())


@command(group, "import")
@click.argument("file", type=_FILE)
@DISTRICT
@_SHEET
@click.option("--freeze", "freeze_anyway", is_flag=True, help="合计不一致也冻结计划基线（印发原文如此）")
@click.option("--report", type=_FILE, metavar="X.xlsx", help="退回给制表单位的报告 (report to hand back)")
@click.option("--dry-run", is_flag=True, help="只看结果，不写入 (show everything, write nothing)")
def import_(
    session: Session,
    file: Path,
    district: str,
    sheet: str | None,
    freeze_anyway: bool,
    report: Path | None,
    *,
    dry_run: bool,
) -> None:
    """导入台账；首次一致的导入冻结计划基线 (store a file)."""
    try:
        with session.database() as db:
            done = import_register(db, district, file, sheet=sheet, freeze_anyway=freeze_anyway, dry_run=dry_run)
    except InputError as error:
        if report is not None:
            write_refusal(report, error, language=session.language)
        raise
    if report is not None:
        write_register_report(report, done, language=session.language)
    session.result(done.document(), done.sentences())


@command(group, "fill")
@click.argument("file", type=_FILE)
@DISTRICT
@_SHEET
@click.option("--on", type=DAY, help="调查截至日期，缺省为今天 (day the survey holds from)")
@click.option("--report", type=_FILE, metavar="X.xlsx", help="退回给制表单位的报告 (report to hand back)")
@click.option("--dry-run", is_flag=True, help="只看结果，不写入 (show everything, write nothing)")
def fill(
    session: Session,
    file: Path,
    district: str,
    sheet: str | None,
    on: datetime | None,
    report: Path | None,
    *,
    dry_run: bool,
) -> None:
    """从另一张表补充建成时间、产权性质、同意户数，按名称对应 (fill in columns of another sheet by name)."""
    day = date.today() if on is None else on.date()  # noqa: DTZ011 - a calendar day at the office, not an instant
    with session.database() as db:
        done = fill_register(db, get_district(db, district), file, sheet=sheet, on=day, dry_run=dry_run)
    if report is not None:
        write_survey_report(report, done, language=session.language)
    session.result(done.as_dict(session.language), done.sentences())


@command(group, "export")
@DISTRICT
@click.option("--out", required=True, type=_FILE, help=".xlsx 或 .csv")
@click.option("--issued", is_flag=True, help="备注照印发的计划，不随已采用的片区 (projects of the issued plan)")
def export(session: Session, district: str, out: Path, *, issued: bool) -> None:
    """按印发格式导出台账 (write the printed layout)."""
    with session.database() as db:
        count = export_register(db, get_district(db, district), out, follow_adopted=not issued)
    session.result(
        {"district": district, "file": str(out), "estates": count},
        Text(f"已导出 {count} 个小区：{out}", en=f"Exported {count} estates: {out}"),
    )
