"""What an import wrote over, kept so that the whole batch can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from psycopg2.errors import IntegrityError

from gisplanner.domain.district import District
from gisplanner.errors import Fault, RefusedError
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text


def remember(connection: Connection, batch_id: int, table: str, district: District, codes: Sequence[str]) -> int:
    """Keep the stored rows of these codes as they are, before a batch writes over them; return how many."""
    if not len(codes):
        return 0
    kept = queries().batch_remember(
        connection, batch_id=batch_id, target=table, district_id=district.id, codes=list(codes)
    )
    return int(kept)


def remember_illustrative_of(
    connection: Connection, batch_id: int, district: District, estate_ids: Sequence[int]
) -> None:
    """Keep the illustrative rows (示意数据) of these estates before they are driven out."""
    by_table: dict[str, list[str]] = {}
    for row in queries().illustrative_codes_of(connection, estate_ids=list(estate_ids)):
        by_table.setdefault(row.target, []).append(row.code)
    for table, codes in by_table.items():
        remember(connection, batch_id, table, district, codes)


_OF_REGISTER: Final = (
    "seq", "name", "subdistrict_id", "community_id", "households", "buildings", "floor_area_10k_m2", "year_built",
    "ownership", "kind", "batch_id", "survey_batch_id",
)  # fmt: skip
"""Columns of an estate that a register file writes; everything else of it stays when the file is taken back."""


def remember_register(connection: Connection, batch_id: int, estate_ids: Sequence[int]) -> None:
    """Keep what the register says of these estates, and their projects, before a file writes over it."""
    if len(estate_ids):
        ids = list(estate_ids)
        queries().batch_remember_columns(
            connection, batch_id=batch_id, target="estate", ids=ids, columns=list(_OF_REGISTER)
        )
        queries().batch_remember_projects(connection, batch_id=batch_id, estate_ids=ids)


def undo_tables(connection: Connection, batch_id: int, tables: Sequence[str]) -> tuple[int, int]:
    """Take a batch back in these tables, in order; return how many rows went and how many stand as before.

    The batch has to be marked as undone already: the plan it froze and the figures it brought may be removed then.

    Raises
    ------
    RefusedError
        Something that was stored later stands on rows of the batch.
    """
    gone = restored = 0
    try:
        queries().batch_baseline_delete(connection, batch_id=batch_id)
        for table in tables:
            done: Any = queries().batch_undo_table(connection, batch_id=batch_id, target=table)
            gone, restored = gone + int(done.gone), restored + int(done.restored)
        queries().batch_projects_clear(connection, batch_id=batch_id)
        queries().batch_projects_restore(connection, batch_id=batch_id)
        queries().batch_new_projects_delete(connection, batch_id=batch_id)
        gone += int(queries().survey_figures_undo(connection, batch_id=batch_id))
    except IntegrityError as error:
        raise RefusedError(
            Text(
                f"批次 {batch_id} 不能撤销：已有后来的记录依赖它带来的要素。",
                en=f"Batch {batch_id} cannot be undone: later records stand on what it brought.",
            ),
            [Fault(column="BATCH", value=str(batch_id), hint=str(error).splitlines()[0])],
        ) from error
    return gone, restored
