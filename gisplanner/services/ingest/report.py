"""What an import did, or would do: for a person, and as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gisplanner.formats.repair import Repair
from gisplanner.text import Language, Text, in_language

LISTED = 100
"""Items of a finding that are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at; it stops nothing."""

    kind: str
    message: Text
    items: tuple[dict[str, Any], ...] = ()

    def as_dict(self, language: Language) -> dict[str, Any]:
        """Return the JSON form: all items counted, the first hundred listed."""
        return {
            "kind": self.kind,
            "message": in_language(self.message, language),
            "count": len(self.items),
            "items": list(self.items[:LISTED]),
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A stored estate a row may mean: a person decides, by writing its code into the file; ``score`` is 0–100."""

    code: str
    name: str
    score: int


@dataclass(frozen=True, slots=True)
class Leftover:
    """A row of the file that was not stored because it stands for no estate of the register."""

    row: int
    name: str | None
    reason: Text
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class EstateMatch:
    """A row of the file and the stored estate it means; ``by`` is ``code``, ``name``, ``alias`` or ``normalised``."""

    row: int
    code: str
    name: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them; ``rows_stored`` of them stand in the database now."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def rows_stored(self) -> int:
        """Return how many rows of the file stand in the database."""
        return self.added + self.changed + self.unchanged

    @property
    def nothing_changes(self) -> bool:
        """Return whether the database stays as it is."""
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The whole report of one import.

    ``batch`` is the import batch that holds these rows: a new one, the earlier one when nothing changed, ``None``
    for a dry run.
    """

    kind: str
    title: str
    district: str
    file: str
    layer: str
    crs: str
    declared_crs: str | None
    credit: str | None
    rows_read: int
    counts: Counts
    matched: tuple[EstateMatch, ...] = ()
    unmatched_file: tuple[Leftover, ...] = ()
    unmatched_register: tuple[tuple[str, str | None], ...] = ()
    without_outline: int = 0
    repaired: tuple[Repair, ...] = ()
    findings: tuple[Finding, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    dry_run: bool = False
    batch: int | None = None

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the document of ``--json``."""
        counts = self.counts
        return {
            "kind": self.kind,
            "district": self.district,
            "file": self.file,
            "layer": self.layer,
            "crs": self.crs,
            "declared_crs": self.declared_crs,
            "credit": self.credit,
            "rows_read": self.rows_read,
            "rows_stored": counts.rows_stored,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "removed": counts.removed,
            "matched": [
                {"row": match.row, "code": match.code, "name": match.name, "by": match.by} for match in self.matched
            ],
            "unmatched_file": [
                {
                    "row": left.row,
                    "name": left.name,
                    "reason": in_language(left.reason, language),
                    "suggestions": [
                        {"code": one.code, "name": one.name, "score": one.score} for one in left.suggestions
                    ],
                }
                for left in self.unmatched_file
            ],
            "unmatched_register": [{"code": code, "name": name} for code, name in self.unmatched_register],
            "without_outline": self.without_outline,
            "repaired": [repair.as_dict() for repair in self.repaired],
            "findings": [finding.as_dict(language) for finding in self.findings],
            "ignored_columns": list(self.ignored_columns),
            "dry_run": self.dry_run,
            "batch": self.batch,
        }

    def sentences(self) -> Text:
        """Return the report for a person, one fact a line."""
        lines = [self._stored(), *self._matching(), *self._details()]
        return Text("\n".join(lines), en="\n".join(line.en for line in lines))

    def _stored(self) -> Text:
        counts = self.counts
        if not self.rows_read:
            return Text(
                f"{self.file} 的图层 {self.layer} 里没有{self.title}，没有可导入的内容。",
                en=f"The layer {self.layer} of {self.file} holds no {self.kind}; there is nothing to import.",
            )
        if self.dry_run:
            verb, verb_en = "试运行（未写入）：将", "Dry run, nothing was written: would have"
        else:
            verb, verb_en = "已", "Done:"
        return Text(
            f"{verb}从 {self.file}（{self.layer}，{self.crs}）导入{self.title}：读入 {self.rows_read} 行，"
            f"新增 {counts.added}、更新 {counts.changed}、未变 {counts.unchanged}、移除 {counts.removed}。",
            en=f"{verb_en} imported {self.kind} from {self.file} ({self.layer}, {self.crs}): {self.rows_read} rows "
            f"read, {counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged, "
            f"{counts.removed} removed.",
        )

    def _matching(self) -> list[Text]:
        lines = []
        if self.matched:
            lines.append(
                Text(f"与已有小区对应 {len(self.matched)} 个。", en=f"{len(self.matched)} rows match stored estates.")
            )
        if self.unmatched_file:
            names = _some([left.name or f"第 {left.row} 行" for left in self.unmatched_file])
            lines.append(
                Text(
                    f"文件中 {len(self.unmatched_file)} 行对不上台账，未入库：{names}（确需新增时加 --add-new）",
                    en=f"{len(self.unmatched_file)} rows of the file match no estate and were left out: {names} "
                    "(--add-new adds them)",
                )
            )
        near = [f"{left.name} → {left.suggestions[0].name}" for left in self.unmatched_file if left.suggestions]
        if near:
            lines.append(
                Text(
                    f"可能是（用 gisplanner question answer 答复，或在文件的 code 列填上台账编码）：{_some(near)}",
                    en=f"Perhaps (gisplanner question answer, or write the code into the file): {_some(near)}",
                )
            )
        if self.unmatched_register and self.rows_read:
            names = _some([name or code for code, name in self.unmatched_register])
            lines.append(
                Text(
                    f"台账中 {len(self.unmatched_register)} 个小区在文件里没有对应：{names}",
                    en=f"{len(self.unmatched_register)} estates of the register are not in the file: {names}",
                )
            )
        return lines

    def _details(self) -> list[Text]:
        lines = []
        if self.without_outline:
            lines.append(
                Text(f"未上图 {self.without_outline} 个。", en=f"{self.without_outline} estates without outline.")
            )
        if self.repaired:
            rows = _some([f"第 {repair.row} 行 {repair.reason}" for repair in self.repaired])
            rows_en = _some([f"row {repair.row} {repair.reason}" for repair in self.repaired])
            lines.append(
                Text(f"修复图形 {len(self.repaired)} 个：{rows}", en=f"{len(self.repaired)} repaired: {rows_en}")
            )
        lines += [finding.message for finding in self.findings]
        if self.ignored_columns:
            names = "、".join(self.ignored_columns)
            lines.append(Text(f"未用到的列：{names}", en=f"Columns not used: {names}"))
        if self.credit:
            lines.append(Text(f"数据来源：{self.credit}", en=f"Source: {self.credit}"))
        return lines


def _some(names: list[str]) -> str:
    return "、".join(names[:10]) + (f" … ({len(names)})" if len(names) > 10 else "")  # noqa: PLR2004
