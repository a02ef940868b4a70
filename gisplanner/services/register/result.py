"""What reading and importing a register gave: records with their JSON document and their sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gisplanner.domain.district import District
from gisplanner.domain.plan import PlanVersion
from gisplanner.domain.register import RegisterCheck, RegisterFile
from gisplanner.services.register.report import check_document, check_sentences, join
from gisplanner.services.register.update import RegisterUpdate
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """A register file that was read and held against its totals."""

    reading: RegisterFile
    check: RegisterCheck
    profile: str | None

    def document(self) -> dict[str, Any]:
        """Return the JSON document of ``register check``."""
        return check_document(self.check, self.reading)

    def sentences(self) -> Text:
        """Return the check for a person."""
        return check_sentences(self.check, self.reading)


@dataclass(frozen=True, slots=True)
class RegisterImport:
    """What an import did.

    ``batch_id`` is ``None`` when the same file had been imported before and nothing changed, and after a dry run,
    which tells what an import would do. ``frozen`` is the
    version that this import froze; ``baseline`` the one that holds now, ``None`` as long as there is none.
    ``open_questions`` counts what waits for an answer in the district.
    """

    report: RegisterReport
    district: District
    update: RegisterUpdate
    batch_id: int | None
    frozen: int | None
    baseline: PlanVersion | None
    demonstration_areas: dict[str, list[str]]
    open_questions: int
    dry_run: bool = False

    def document(self) -> dict[str, Any]:
        """Return the JSON document: that of the check, with ``import`` added."""
        return {**self.report.document(), "import": self._import()}

    def _import(self) -> dict[str, Any]:
        baseline = self.baseline
        return {
            "district": self.district.id,
            "dry_run": self.dry_run,
            "file": self.report.reading.file,
            "batch": self.batch_id,
            "consistent": self.report.check.consistent,
            "estates_written": len(self.update.written),
            "changes": [
                {"kind": change.kind, "code": change.code, "estate": change.estate} for change in self.update.changes
            ],
            "baseline": None
            if baseline is None
            else {
                "version": baseline.version,
                "document_number": baseline.document_number,
                "frozen_now": self.frozen is not None,
            },
            "open_questions": self.open_questions,
            "demonstration_areas": [
                {"name": name, "estates": members, "matched": bool(members)}
                for name, members in self.demonstration_areas.items()
            ],
        }

    def sentences(self) -> Text:
        """Return the import for a person, the check first."""
        told = [self.report.sentences(), self._stored(), self._plan(), *self._asked(), *self._areas()]
        if self.dry_run:
            told.insert(
                0,
                Text("试运行（未写入），导入后的结果是：", en="Dry run, nothing was written; an import would give:"),
            )
        return join(told)

    def _stored(self) -> Text:
        if self.update.empty:
            return Text(
                "台账与库中一致，没有任何改动。", en="The register equals what is stored; nothing was changed."
            )
        count, total = len(self.update.written), len(self.update.entries)
        mark = "" if self.report.check.consistent else "，标记为不一致"
        mark_en = "" if self.report.check.consistent else ", marked as not agreeing"
        return Text(
            f"已入库：{total} 个小区，其中新增或改动 {count} 个{mark}。",
            en=f"Stored: {total} estates, {count} of them new or changed{mark_en}.",
        )

    def _plan(self) -> Text:
        if self.baseline is None:
            return Text(
                "计划基线未冻结：各行之和与所载合计不一致。改正后重新导入；印发原文确实如此时加 --freeze。",
                en="The plan baseline was not frozen: rows and totals disagree. Mend the file and import it again, "
                "or add --freeze if the document was issued like this.",
            )
        name, number = self.baseline.name, self.baseline.document_number
        if self.frozen is None:
            return Text(f"计划基线：{name}（{number}）。", en=f"Plan baseline: {name} ({number}).")
        return Text(f"已冻结计划基线 {name}（{number}）。", en=f"Froze the plan baseline {name} ({number}).")

    def _asked(self) -> list[Text]:
        if not self.open_questions:
            return []
        listed = f"gisplanner question list --district {self.district.id}"
        return [
            Text(
                f"待核问题 {self.open_questions} 个：{listed}",
                en=f"{self.open_questions} questions wait for an answer: {listed}",
            )
        ]

    def _areas(self) -> list[Text]:
        return [
            Text(
                f"示范片区：{name}（{'、'.join(members) or '未匹配'}）",
                en=f"Demonstration area: {name} ({', '.join(members) or 'no estate matched'})",
            )
            for name, members in self.demonstration_areas.items()
        ]
