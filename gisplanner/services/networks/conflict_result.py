"""What a check of clearances found, with the lines it looked at and what somebody accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.clearance import ClearanceConflict, ClearanceReport
from gisplanner.domain.clearance_exception import ClearanceException, ExceptionKey, key_of
from gisplanner.planning.pipes.clearance import trial_pits
from gisplanner.services.networks.conflict_texts import (
    advice_document,
    conflict_document,
    conflict_sentence,
    unknown_document,
)
from gisplanner.text import Language, Text

_LISTED: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class ConflictResult:
    """What a check found, with the lines it looked at.

    Attributes
    ----------
    lines
        The lines, indexed by id, in ``crs``; ``utility``, ``owner`` where the data has it.
    seconds
        Time from the data at hand to the answer.
    exceptions
        What somebody accepted (例外登记), by pair and kind; those that hold on ``on`` make a conflict no open one.
    """

    report: ClearanceReport
    lines: gpd.GeoDataFrame
    crs: str
    seconds: float
    exceptions: Mapping[ExceptionKey, ClearanceException] = field(default_factory=dict)
    on: date = date.max

    def accepted(self, conflict: ClearanceConflict) -> ClearanceException | None:
        """Return the exception under which a conflict is accepted; ``None``: it is open."""
        second = None if conflict.b is None else str(conflict.b)
        found = self.exceptions.get(key_of(str(conflict.a), second, conflict.kind))
        return found if found is not None and found.covers(conflict, on=self.on) else None

    @property
    def open_conflicts(self) -> tuple[ClearanceConflict, ...]:
        """Return the conflicts nobody accepted."""
        return tuple(one for one in self.report.conflicts if self.accepted(one) is None)

    def document(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document of the contract; ``advice`` and counts of what was left out stand beside it."""
        report = self.report
        return {
            "crs": self.crs,
            "lines": len(self.lines),
            "conflicts": [conflict_document(one, language, self.accepted(one)) for one in report.conflicts],
            "open": len(self.open_conflicts),
            "accepted": len(report.conflicts) - len(self.open_conflicts),
            "unknown": [unknown_document(one) for one in report.unknown],
            "advice": [advice_document(one) for one in report.advice],
            "trial_pits": [
                {"at": list(pit.at), "settles": [list(pair) for pair in pit.pairs]} for pit in trial_pits(report)
            ],
            "checked_pairs": report.checked_pairs,
            "without_depth": report.without_depth,
            "left_out": {"overhead": report.overhead, "abandoned": report.abandoned},
            "seconds": round(self.seconds, 3),
        }

    def sentences(self) -> Text:
        """Return the result for a person."""
        report = self.report
        left_open = self.open_conflicts
        sure = sum(one.verdict == "确定" for one in left_open)
        possible, accepted = len(left_open) - sure, len(report.conflicts) - len(left_open)
        count, pairs, unknown = len(self.lines), report.checked_pairs, len(report.unknown)
        zh = [f"{count} 段管线，比对 {pairs} 对：确定冲突 {sure} 处，可能冲突 {possible} 处，资料不足 {unknown} 处。"]
        zh.append(f"坐标系 {self.crs}；条文数值未核对原文。")
        en = [
            f"{count} lines, {pairs} pairs compared: {sure} sure conflicts, {possible} possible, {unknown} unknown."
        ]
        en.append(f"{self.crs}; figures not yet compared with the printed standards.")
        if accepted:
            zh.append(f"另有 {accepted} 处已登记例外，在有效期内。")
            en.append(f"{accepted} more are accepted as exceptions that hold today.")
        for one in left_open[:_LISTED]:
            told = conflict_sentence(one)
            zh.append(f"  {told}")
            en.append(f"  {told.en}")
        left = len(left_open) - _LISTED
        if left > 0:
            zh.append(f"  … 另有 {left} 处，见 --json 或 --out")
            en.append(f"  … {left} more: use --json or --out")
        return Text("\n".join(zh), en="\n".join(en))
