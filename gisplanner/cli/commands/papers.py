"""``gisplanner papers``: papers to print and sign: letters, dossiers, monthly form, annual plan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from gisplanner.cli.options import DAY, DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import Fault, UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.progress.annual_plan import write_annual_plan
from gisplanner.services.progress.dossier import estate_areas, read_ground, stored_areas, write_dossiers
from gisplanner.services.progress.outputs import freeze_month, output_month, write_month
from gisplanner.services.progress.papers import make_paper, write_templates
from gisplanner.text import Text

_FILE = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@root.group("papers")
def papers() -> None:
    """文书：函件、表单、方案册、月报、年度计划表 (papers to print and sign)."""


def _day(value: datetime | None) -> date | None:
    return None if value is None else value.date()


@command(papers, "templates")
@click.option("--out", required=True, type=_FOLDER, metavar="DIR", help="写入的文件夹 (folder)")
def templates_command(session: Session, out: Path) -> None:
    """写出全部文书模板（DOCX，可编辑） (all papers as editable templates)."""
    files = write_templates(out)
    session.result(
        {"files": [str(one) for one in files]},
        Text(f"已写出 {len(files)} 份模板到 {out}。", en=f"Wrote {len(files)} templates to {out}."),
    )


@command(papers, "make")
@click.argument("name")
@click.argument("subject")
@click.option("--out", required=True, type=_FILE, metavar="X.docx", help="写出的文件 (file to write)")
@click.option(
    "--set", "given", multiple=True, metavar="KEY=VALUE", help="填写内容，如 unit=区供电公司 (what to fill in)"
)
@click.option("--templates", type=_FOLDER, metavar="DIR", help="改过的模板所在文件夹 (edited templates)")
@click.option("--as-of", type=DAY, help="日期 YYYY-MM-DD，缺省为今天 (day)")
@DISTRICT
def paper_command(
    session: Session,
    name: str,
    subject: str,
    out: Path,
    given: tuple[str, ...],
    templates: Path | None,
    as_of: datetime | None,
    district: str,
) -> None:
    """写一份文书 NAME（如 管线迁改函），关于项目或小区 SUBJECT (write a paper)."""
    wrong = [one for one in given if "=" not in one]
    if wrong:
        raise UsageError(
            Text("--set 写作 KEY=VALUE。", en="--set takes KEY=VALUE."),
            [Fault(column="--set", value=one) for one in wrong],
        )
    told = dict(one.split("=", 1) for one in given)
    with session.database() as db:
        spec = make_paper(
            db, get_district(db, district), name, subject, out, as_of=_day(as_of), given=told, templates=templates
        )
    session.result(
        {"paper": spec.key, "name": spec.name, "out": str(out)},
        Text(f"已写出{spec.name}：{out}。", en=f"Wrote {spec.key}: {out}."),
    )


@command(papers, "dossier")
@click.option("--out", required=True, type=_FOLDER, metavar="DIR", help="写入的文件夹 (folder)")
@click.option(
    "--unit",
    type=click.Choice(["area", "estate"]),
    default="area",
    show_default=True,
    help="一片区一方案或一小区一方案 (per area or per estate)",
)
@click.option("--estate", "estates", multiple=True, metavar="CODE", help="只写这些小区 (only these estates)")
@click.option("--as-of", type=DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@DISTRICT  # fmt: skip
def dossier(
    session: Session,
    out: Path,
    unit: Literal["area", "estate"],
    estates: tuple[str, ...],
    as_of: datetime | None,
    district: str,
) -> None:
    """方案册：每个已采用的片区（或小区）一册 DOCX (one dossier per area or estate)."""
    with session.database() as db:
        found = get_district(db, district)
        areas = stored_areas(db, found) if unit == "area" else estate_areas(db, found)
        if estates:
            areas = [one for one in areas if set(one.estates) & set(estates)]
        files = write_dossiers(db, read_ground(db, found, as_of=_day(as_of)), areas, out)
    session.result(
        {"district": district, "unit": unit, "files": [str(one) for one in files]},
        Text(
            f"已写出 {len(files)} 册到 {out}。"
            if files
            else "没有已采用的片区；先采用一个片区方案，或用 --unit estate。",
            en=f"Wrote {len(files)} dossiers to {out}.",
        ),
    )


@command(papers, "outputs")
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@click.option("--out", type=_FILE, metavar="X.xlsx", help="写出的文件 (file to write)")
@click.option("--columns", type=_FILE, metavar="F.toml", help="月报的列，按所用统计报表改 (columns of the form)")
@click.option("--freeze", is_flag=True, help="封存本月，以后不再改变 (freeze the month)")
@DISTRICT
def outputs(
    session: Session, month: datetime, out: Path | None, columns: Path | None, district: str, *, freeze: bool
) -> None:
    """完成量月报 MONTH（YYYY-MM）：逐小区计划、完成、验收；封存后不变 (monthly output register)."""
    with session.database() as db:
        found = get_district(db, district)
        take = freeze_month if freeze else output_month
        told = take(db, found, month.date(), columns=columns)
        if out is not None:
            write_month(db, found, told, out)
    session.result(
        {
            "district": district,
            "month": f"{told.month:%Y-%m}",
            "frozen": told.frozen_by is not None,
            "headings": list(told.headings),
            "rows": [[None if value is None else str(value) for value in row] for row in told.rows],
            "out": None if out is None else str(out),
        },
        Text(
            f"{told.month:%Y-%m} 月报：{len(told.rows)} 个小区，{'已封存' if told.frozen_by else '未封存'}。",
            en=f"{told.month:%Y-%m}: {len(told.rows)} estates, {'frozen' if told.frozen_by else 'not frozen'}.",
        ),
    )


@command(papers, "annual-plan")
@click.argument("year", type=int)
@click.option("--out", required=True, type=_FILE, metavar="X.xlsx", help="写出的文件 (file to write)")
@click.option("--as-of", type=DAY, help="截至日期 YYYY-MM-DD，缺省为今天 (as of)")
@DISTRICT
def annual_plan(session: Session, year: int, out: Path, as_of: datetime | None, district: str) -> None:
    """年度计划表：项目库中 YEAR 年“实施”的小区，按印发的表式 (the annual plan in the printed layout)."""
    with session.database() as db:
        rows = write_annual_plan(db, get_district(db, district), year, out, as_of=_day(as_of))
    session.result(
        {"district": district, "year": year, "estates": len(rows), "out": str(out)},
        Text(f"已写出 {year} 年计划表：{len(rows)} 个小区。", en=f"Wrote the plan of {year}: {len(rows)} estates."),
    )
