"""``gisplanner pipes``: pipelines of a file or of a district."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from gisplanner.cli.options import DAY, DISTRICT, one_of, refuse
from gisplanner.cli.pipe_plans import pipes
from gisplanner.cli.session import Session, command
from gisplanner.errors import UsageError
from gisplanner.services.districts import get_district
from gisplanner.services.networks.access import acting
from gisplanner.services.networks.conflicts import (
    conflicts_of_file,
    write_conflict_sheets,
    write_conflicts,
)
from gisplanner.services.networks.filing import filing_matrix, record_filing
from gisplanner.services.networks.filing_overdue import overdue_plans
from gisplanner.services.networks.own_conflicts import conflicts_for
from gisplanner.text import Text


@command(pipes, "conflicts")
@click.option("--file", "path", type=click.Path(path_type=Path), help="含管线图层的文件 (file with the lines)")
@click.option("--layer", metavar="L", help="文件里的管线图层 (layer of the lines)")
@click.option("--district", metavar="D", help="区县代号：已入库的各家管线 (stored district)")
@click.option("--buildings-layer", metavar="B", help="文件里的楼栋图层 (layer of the buildings)")
@click.option("--trees-layer", metavar="T", help="文件里的树木图层 (layer of the trees)")
@click.option("--poles-layer", metavar="P", help="文件里的电杆图层 (layer of the poles)")
@click.option("--kerbs-layer", metavar="K", help="文件里的路缘石图层 (layer of the kerbs)")
@click.option(
    "--tables", type=click.Path(path_type=Path), metavar="X.csv", help="区县对净距表的修正 (district's own rows)"
)
@click.option("--crs", metavar="EPSG:n", help="文件没有坐标系时声明：EPSG:n、gcj02、bd09 (declare the CRS)")
@click.option("--encoding", help="文件的文字编码，如 GBK (encoding of the attributes)")
@click.option("--out", type=click.Path(path_type=Path), metavar="X.geojson", help="写出冲突点 (file to write)")
@click.option(
    "--sheets", type=click.Path(path_type=Path), metavar="X.xlsx", help="写出各单位冲突清单 (a sheet for each owner)"
)
def conflicts(
    session: Session,
    path: Path | None,
    layer: str | None,
    district: str | None,
    crs: str | None,
    encoding: str | None,
    out: Path | None,
    sheets: Path | None,
    **beside: Any,
) -> None:
    """检查净距冲突 (check clearances by pair and clause)."""
    one_of(path, district)
    if path is not None:
        result = conflicts_of_file(path, layer=layer, crs=crs, encoding=encoding, **beside)
    else:
        of_file = {"layer": layer, **beside, "crs": crs, "encoding": encoding}
        refuse(of_file, tuple(of_file), "--file")
        with session.database() as db:
            result = conflicts_for(db, get_district(db, str(district)), acting(db, session.actor))
    if out is not None:
        write_conflicts(result, out)
    if sheets is not None:
        write_conflict_sheets(result, sheets)
    session.result(result.document(session.language), result.sentences())


@command(pipes, "filing")
@DISTRICT
@click.option("--owner", metavar="O", help="管线单位；给出则登记一步 (company: record a step)")
@click.option("--estate", "estates", multiple=True, metavar="E", help="小区编码或名称，可重复 (estates)")
@click.option("--state", metavar="S", help="已报、退回、已备案、不涉及 (state)")
@click.option("--on", type=DAY, metavar="DATE", help="日期 (day)")
@click.option("--document", help="方案文件名 (file of the plan)")
@click.option("--note", help="说明；退回须写原因 (reason)")
@click.option(
    "--due",
    type=DAY,
    metavar="DATE",
    help="要求报送的日期；缺省为 progress filing-due 所定 (due day)",
)
def filing(
    session: Session,
    district: str,
    owner: str | None,
    estates: tuple[str, ...],
    state: str | None,
    on: datetime | None,
    document: str | None,
    note: str | None,
    due: datetime | None,
) -> None:
    """管线整治方案备案：小区 × 管线单位 (filing of plans, estate by company)."""
    step = (owner, state, on)
    if any(step) and not (all(step) and estates):
        raise UsageError(
            Text(
                "登记一步须给出 --owner、--estate、--state、--on。",
                en="A step takes --owner, --estate, --state and --on.",
            )
        )
    with session.database() as db:
        found, viewer = get_district(db, district), acting(db, session.actor)
        if owner and state and on:
            record_filing(db, found, estates, owner, state, on=on.date(), document=document, note=note, viewer=viewer)
        matrix = filing_matrix(db, found, viewer=viewer)
        day = None if due is None else due.date()
        late = overdue_plans(db, found, matrix, on=date.today(), due=day)  # noqa: DTZ011 - a day at the office
    told, owed = matrix.sentences(), late.sentences()
    session.result(
        {**matrix.document(session.language), **late.document()}, Text(f"{told}\n{owed}", en=f"{told.en}\n{owed.en}")
    )
