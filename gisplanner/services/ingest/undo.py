"""Take a whole import back (撤销批次): what it brought goes, what it changed or removed stands as before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, RefusedError
from gisplanner.services.ingest.links import relink
from gisplanner.services.ingest.store import TABLES, stored_estates
from gisplanner.store.database import Connection, Database
from gisplanner.store.import_undo import undo_tables
from gisplanner.store.queries import queries
from gisplanner.store.register import lock_register
from gisplanner.text import Text

_ORDER: Final = tuple(TABLES.values())


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a batch did: rows it had brought that are gone, rows that stand as they stood before it."""

    batch: int
    kind: str
    file: str
    removed: int
    restored: int

    def as_dict(self) -> dict[str, Any]:
        """Return the document of ``--json``."""
        return {
            "batch": self.batch,
            "kind": self.kind,
            "file": self.file,
            "removed": self.removed,
            "restored": self.restored,
        }

    def sentences(self) -> Text:
        """Return the result for a person."""
        return Text(
            f"已撤销批次 {self.batch}（{self.file}）：移除 {self.removed} 行，恢复 {self.restored} 行。",
            en=f"Batch {self.batch} ({self.file}) is undone: {self.removed} rows removed, {self.restored} restored.",
        )


def undo_import(db: Database, district: District, batch_id: int) -> Undone:
    """Undo one import as a whole.

    Raises
    ------
    NotFoundError
        The district has no such batch of geometry; the fault lists those it has.
    RefusedError
        It is undone already, or later imports changed its rows: those have to be undone first.
    """
    with db.transaction() as connection:
        lock_register(connection, district.id)
        batch = _batch(connection, district, batch_id)
        _refuse_if_built_upon(connection, batch_id)
        removed, restored = undo_tables(connection, batch_id, _ORDER)
        queries().import_undo_forget(connection, batch_id=batch_id)
        queries().import_batch_mark_undone(connection, batch_id=batch_id)
    with db.transaction() as connection:
        lock_register(connection, district.id)
        relink(db, connection, district, stored_estates(db, connection, district))
    return Undone(batch_id, batch.kind, batch.file_name, removed, restored)


def list_batches(db: Database, district: District) -> list[dict[str, Any]]:
    """Return the imports of a district, oldest first."""
    with db.transaction() as connection:
        rows = list(queries().import_batch_list(connection, district_id=district.id))
    return [
        {
            "batch": row.id,
            "kind": row.kind,
            "file": row.file_name,
            "rows_read": row.rows_read,
            "rows_stored": row.rows_stored,
            "imported_at": row.imported_at.isoformat(timespec="seconds"),
            "imported_by": row.imported_by,
            "undone_at": None if row.undone_at is None else row.undone_at.isoformat(timespec="seconds"),
        }
        for row in rows
    ]


def _batch(connection: Connection, district: District, batch_id: int) -> Any:
    batch = queries().import_batch_get(connection, district_id=district.id, batch_id=batch_id)
    if batch is None or batch.kind not in TABLES:
        known = [
            str(row.id)
            for row in queries().import_batch_list(connection, district_id=district.id)
            if row.kind in TABLES and row.undone_at is None
        ]
        raise NotFoundError(
            Text(f"没有可撤销的导入批次 {batch_id}。", en=f"There is no import batch {batch_id} to undo."),
            [Fault(column="BATCH", value=str(batch_id), allowed="、".join(known) or None)],
        )
    if batch.undone_at is not None:
        raise RefusedError(
            Text(f"批次 {batch_id} 已经撤销过。", en=f"Batch {batch_id} is undone already."),
            [Fault(column="BATCH", value=str(batch_id))],
        )
    return batch


def _refuse_if_built_upon(connection: Connection, batch_id: int) -> None:
    later = list(queries().batch_built_upon(connection, batch_id=batch_id))
    if later:
        raise RefusedError(
            Text(
                f"批次 {batch_id} 的要素已被后来的导入改动，请先撤销后来的批次。",
                en=f"Later imports changed rows of batch {batch_id}: undo those first.",
            ),
            [
                Fault(
                    row.file_name,
                    None,
                    None,
                    "BATCH",
                    str(row.id),
                    hint=Text(f"{row.rows} 行", en=f"{row.rows} rows"),
                )
                for row in later
            ],
        )
