"""What became of an upload of networks (报送结果), in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gisplanner.errors import Fault
from gisplanner.text import Language, Text, in_language

LISTED: Final = 20
"""Rows that are told one by one to a person."""


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """What became of an upload; ``version`` is ``None`` where nothing was written."""

    owner: str
    version: int | None
    file: str
    layer: str
    crs: str
    headings: Mapping[str, str]
    ignored: tuple[str, ...]
    accepted: int
    replaced: int
    points: int
    points_replaced: int
    rejected: tuple[Fault, ...]
    notes: tuple[Text, ...]

    def as_dict(self, language: Language = "zh") -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "owner": self.owner,
            "version": self.version,
            "file": self.file,
            "layer": self.layer,
            "crs": self.crs,
            "headings": dict(self.headings),
            "ignored_columns": list(self.ignored),
            "accepted": self.accepted,
            "replaced": self.replaced,
            "points": {"accepted": self.points, "replaced": self.points_replaced},
            "rejected": [fault.as_dict(language) for fault in self.rejected],
            "notes": [in_language(note, language) for note in self.notes],
        }

    def sentences(self) -> Text:
        """Return the report for a person."""
        rows = len({(fault.layer, fault.row) for fault in self.rejected})
        version = "（试算，未写入）" if self.version is None else f"，第 {self.version} 次报送"
        dry = " (nothing written)" if self.version is None else f", upload {self.version}"
        zh = [f"{self.owner}：接收 {self.accepted} 段，未接收 {rows} 行，替换原有 {self.replaced} 段{version}。"]
        en = [f"{self.owner}: {self.accepted} accepted, {rows} rejected, {self.replaced} replaced{dry}."]
        if self.points or self.points_replaced:
            zh.append(f"  管点：接收 {self.points} 个，替换原有 {self.points_replaced} 个。")
            en.append(f"  points: {self.points} accepted, {self.points_replaced} replaced.")
        for fault in self.rejected[:LISTED]:
            value = "" if fault.value is None else f"「{fault.value}」"
            zh.append(f"  第 {fault.row} 行 {fault.column}{value}：{fault.hint}")
            en.append(f"  row {fault.row} {fault.column} {value}: {in_language(fault.hint or '', 'en')}")
        zh += [f"  {note}" for note in self.notes]
        en += [f"  {in_language(note, 'en')}" for note in self.notes]
        return Text("\n".join(zh), en="\n".join(en))
