"""Plan versions and their differences as JSON documents and as a table for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from gisplanner.domain.plan import CHANGE_NAMES, PlanChange, PlanVersion
from gisplanner.domain.register import RegisterRow, RegisterTotals
from gisplanner.rules.reconciliation import FIGURES, totals
from gisplanner.services.register.plan import PlanComparison, StoredBaseline
from gisplanner.services.register.report import FIGURE_NAMES, join, number, totals_document
from gisplanner.text import Text

_ROW_FIGURES: Final = ("subdistrict", "community", "households", "buildings", "floor_area_10k_m2")


def version_document(version: PlanVersion) -> dict[str, Any]:
    """Return one version for JSON."""
    return {
        "version": version.name,
        "document_number": version.document_number,
        "document_title": version.document_title,
        "document_date": None if version.document_date is None else version.document_date.isoformat(),
        "counts": totals_document(totals([entry.row for entry in version.rows])),
    }


def list_document(district: str, frozen: Sequence[StoredBaseline]) -> dict[str, Any]:
    """Return the document of ``plan list``."""
    return {
        "district": district,
        "versions": [
            {
                **version_document(baseline.version),
                "frozen_at": baseline.frozen_at.isoformat(),
                "frozen_by": baseline.frozen_by,
            }
            for baseline in frozen
        ],
    }


def list_sentences(frozen: Sequence[StoredBaseline]) -> Text:
    """Return the versions for a person, one a line."""
    if not frozen:
        return Text("还没有冻结的计划。", en="No plan is frozen yet.")
    return join([_version_line(baseline.version) for baseline in frozen])


def comparison_document(comparison: PlanComparison) -> dict[str, Any]:
    """Return the document of ``plan compare`` and ``plan adjust``."""
    before, after = comparison.totals
    return {
        "from": version_document(comparison.before),
        "to": version_document(comparison.after),
        "changes": [
            {
                "kind": change.kind,
                "code": change.code,
                "estate": change.estate,
                "before": _row(change.before),
                "after": _row(change.after),
                "split_from": change.split_from,
                "documents": list(comparison.documents.get(change.code, ())),
            }
            for change in comparison.changes
        ],
        "totals": {"from": totals_document(before), "to": totals_document(after), "difference": _gap(before, after)},
    }


def comparison_sentences(comparison: PlanComparison) -> Text:
    """Return the table of a comparison for a person."""
    lines: list[str] = [_version_line(comparison.before), _version_line(comparison.after)]
    for change in comparison.changes:
        documents = "、".join(comparison.documents.get(change.code, ()))
        by = f"  [{documents}]" if documents else ""
        name, what = CHANGE_NAMES[change.kind], _what(change)
        lines.append(
            Text(
                f"  {change.code}  {name}  {change.estate}  {what}{by}".rstrip(),
                en=f"  {change.code}  {change.kind}  {change.estate}  {what.en}{by}".rstrip(),
            )
        )
    counted = Counter(change.kind for change in comparison.changes)
    if counted:
        chinese = "，".join(f"{CHANGE_NAMES[kind]} {count}" for kind, count in counted.items())
        english = ", ".join(f"{kind} {count}" for kind, count in counted.items())
        lines.append(Text(f"合计变更：{chinese}", en=f"Changes: {english}"))
    else:
        lines.append(Text("没有差别。", en="No difference."))
    return join(lines)


def _version_line(version: PlanVersion) -> Text:
    counts = totals([entry.row for entry in version.rows])
    shown = [(FIGURE_NAMES[figure], number(getattr(counts, figure))) for figure in FIGURES]
    head = f"{version.name}  {version.document_number}"
    if version.version is not None:
        head += f"  {version.document_title}"
    return Text(
        f"{head}：" + " ".join(f"{name} {value}" for name, value in shown if value is not None),
        en=f"{head}: " + ", ".join(f"{name.en} {value}" for name, value in shown if value is not None),
    )


def _what(change: PlanChange) -> Text:
    before, after = change.before, change.after
    if change.kind == "split":
        return Text(f"拆自 {change.split_from}", en=f"split from {change.split_from}")
    if before is None or after is None:
        row = after or before
        assert row is not None
        shown = f"{row.community} {row.households} 户 {row.buildings} 栋 {number(row.floor_area_10k_m2)} 万㎡"
        return Text(shown, en=shown)
    if change.kind == "rename":
        shown = f"{before.estate} → {after.estate}"
        return Text(shown, en=shown)
    if change.kind == "project":
        shown = f"{before.project} → {after.project}"
        return Text(shown, en=shown)
    moved = [figure for figure in _ROW_FIGURES if getattr(before, figure) != getattr(after, figure)]
    return Text(
        "，".join(_moved(figure, before, after, str(_NAMES[figure])) for figure in moved),
        en=", ".join(_moved(figure, before, after, _NAMES[figure].en) for figure in moved),
    )


_NAMES: Final = {
    **FIGURE_NAMES,
    "subdistrict": Text("街道", en="sub-district"),
    "community": Text("社区", en="community"),
}


def _moved(figure: str, before: RegisterRow, after: RegisterRow, name: str) -> str:
    old, new = (_shown(getattr(row, figure)) for row in (before, after))
    return f"{name} {old} → {new}"


def _shown(value: int | str | Decimal | None) -> str:
    return "—" if value is None else str(value)


def _row(row: RegisterRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "seq": row.seq,
        "subdistrict": row.subdistrict,
        "community": row.community,
        "estate": row.estate,
        "households": row.households,
        "buildings": row.buildings,
        "floor_area_10k_m2": number(row.floor_area_10k_m2),
        "project": row.project,
    }


def _gap(before: RegisterTotals, after: RegisterTotals) -> dict[str, Any]:
    gaps: dict[str, Any] = {}
    for figure in FIGURES:
        old, new = getattr(before, figure), getattr(after, figure)
        gaps[figure] = None if old is None or new is None else number(new - old)
    return gaps
