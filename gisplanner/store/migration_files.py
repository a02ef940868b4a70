"""Migration files as yoyo wants them, read as UTF-8 whatever the locale of the machine says.

Yoyo itself opens every file in the encoding of the locale first: under GBK or ASCII our Chinese comments end there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yoyo.migrations import Migration, MigrationList, StepCollector, read_sql_migration


class SqlMigration(Migration):  # type: ignore[misc]
    """One ``NNNN.name.sql``; what it depends on is named by its ``-- depends:`` line."""

    def __init__(self, path: Path, siblings: dict[str, SqlMigration]) -> None:
        super().__init__(path.name.removesuffix(".sql"), str(path), source_dir=str(path.parent))
        self._siblings = siblings
        siblings[self.id] = self

    def load(self) -> None:
        """Read the statements, once."""
        if self.loaded:
            return
        directives, _, statements = read_sql_migration(self.path)  # opens the file as UTF-8
        collector: Any = StepCollector(migration=self)
        for statement in statements:
            collector.add_step(statement)
        self._depends = {self._siblings[name] for name in directives.get("depends", "").split()}
        self.steps = collector.create_steps(self.use_transactions)


def migration_files(folder: Path) -> MigrationList:
    """Return all migrations of a folder in the order of their numbers."""
    siblings: dict[str, SqlMigration] = {}
    return MigrationList([SqlMigration(path, siblings) for path in sorted(folder.glob("*.sql"))])
