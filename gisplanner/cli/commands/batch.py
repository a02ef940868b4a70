"""``gisplanner batch``: the imports of a district, and taking one back."""

from __future__ import annotations

import click

from gisplanner.cli.options import DISTRICT
from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.services.districts import get_district
from gisplanner.services.ingest.undo import list_batches, undo_import
from gisplanner.text import Text


@root.group("batch")
def batch() -> None:
    """导入批次 (imports of a district)."""


@command(batch, "list")
@DISTRICT
def batch_list(session: Session, district: str) -> None:
    """列出导入批次 (list)."""
    with session.database() as db:
        batches = list_batches(db, get_district(db, district))
    lines = [
        f"{one['batch']}  {one['kind']}  {one['file']}  {one['rows_stored']}  {one['imported_at']}"
        + ("" if one["undone_at"] is None else "  （已撤销 undone）")
        for one in batches
    ]
    nothing = Text("还没有导入过。", en="Nothing was imported yet.")
    session.result({"batches": batches}, Text("\n".join(lines), en="\n".join(lines)) if lines else nothing)


@command(batch, "undo")
@click.argument("number", type=int, metavar="BATCH")
@DISTRICT
def batch_undo(session: Session, number: int, district: str) -> None:
    """整批撤销 (undo a whole import)."""
    with session.database() as db:
        undone = undo_import(db, get_district(db, district), number)
    session.result(undone.as_dict(), undone.sentences())
