"""Take a whole import back (撤销批次): what it brought goes, what it changed or removed stands as before.

Geometry, ledgers, filled-in columns and answers are all taken back the same way. A plan that the ledger froze goes
with it, unless a later plan stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, RefusedError
from gisplanner.services.ingest.links import relink
from gisplanner.services.ingest.questions import BATCH_KIND as ANSWER
from gisplanner.services.ingest.store import TABLES, stored_estates
from gisplanner.services.ingest.survey import BATCH_KIND as SURVEY
from gisplanner.store.database import Connection, Database
from gisplanner.store.import_undo import undo_tables
from gisplanner.store.queries import queries
from gisplanner.store.register import lock_register
from gisplanner.text import Text

_ORDER: Final = tuple(TABLES.values())
REGISTER: Final = "register"
_KINDS: Final = frozenset({*TABLES, REGISTER, SURVEY, ANSWER})


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
        The district has no such batch; the fault lists those it has.
    RefusedError
        It is undone already, or something stands on it: later imports, a later plan, records made since.
    """
    with db.transaction() as connection:
        lock_register(connection, district.id)
        batch = _batch(connection, district, batch_id)
        _refuse_if_built_upon(connection, batch_id)
        _refuse_if_recorded_upon(connection, batch_id)
        queries().import_batch_mark_undone(connection, batch_id=batch_id)
        removed, restored = undo_tables(connection, batch_id, _ORDER)
        queries().alias_forget(connection, batch_id=batch_id)
        queries().question_reopen(connection, batch_id=batch_id)
        queries().question_lapse_batch(connection, batch_id=batch_id)
        queries().import_undo_forget(connection, batch_id=batch_id)
        if batch.kind == REGISTER:
            queries().places_tidy(connection, district_id=district.id)
    if batch.kind in TABLES:
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
    if batch is None or batch.kind not in _KINDS:
        known = [
            str(row.id)
            for row in queries().import_batch_list(connection, district_id=district.id)
            if row.kind in _KINDS and row.undone_at is None
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


def _refuse_if_recorded_upon(connection: Connection, batch_id: int) -> None:
    """Refuse to take back estates and projects about which people have recorded things since."""
    plan = queries().batch_baseline_later(connection, batch_id=batch_id)
    faults = [
        Fault(column="BATCH", value=row.what, hint=Text(f"{row.records} 条记录", en=f"{row.records} records"))
        for row in queries().batch_dependents(connection, batch_id=batch_id)
    ]
    if plan is not None:
        later = Text(f"计划基线 v{plan.version}", en=f"plan baseline v{plan.version}")
        faults.append(Fault(column="BATCH", value=later, hint=plan.document_number))
    if faults:
        raise RefusedError(
            Text(
                f"批次 {batch_id} 带来的小区或项目已有后来的记录，撤销会一并删除，未作任何改动。",
                en=f"Records were made since about what batch {batch_id} brought; nothing was changed.",
            ),
            faults,
        )
