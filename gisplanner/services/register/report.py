"""What a check of the register says: the JSON document of the contract, and the sentences for a person (台账核对)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from gisplanner.domain.register import Normalisation, RegisterCheck, RegisterFile, RegisterTotals
from gisplanner.text import Text, in_language

FIGURE_NAMES: Final = {
    "estates": Text("小区", en="estates"),
    "buildings": Text("栋数", en="buildings"),
    "households": Text("户数", en="households"),
    "floor_area_10k_m2": Text("面积", en="floor area (10k m²)"),
    "communities": Text("社区", en="communities"),
    "subdistricts": Text("街道", en="sub-districts"),
    "year_built": Text("建成时间", en="year built"),
    "ownership": Text("产权性质", en="ownership"),
    "boundary": Text("边界", en="boundary"),
    "floor_area_per_household_m2": Text("户均面积", en="floor area per household"),
}
_TOTALS: Final = tuple(field.name for field in fields(RegisterTotals))
_SHOWN_ORDER: Final = ("estates", "buildings", "households", "floor_area_10k_m2", "communities", "subdistricts")
_MOST_LISTED: Final = 10


def number(value: int | Decimal | None) -> int | str | None:
    """Return a figure for JSON: heads as integers, exact decimals as text."""
    return format(value, "f") if isinstance(value, Decimal) else value


def totals_document(totals: RegisterTotals) -> dict[str, Any]:
    """Return totals for JSON, in the order of the contract."""
    return {figure: number(getattr(totals, figure)) for figure in _TOTALS}


def check_document(check: RegisterCheck, reading: RegisterFile | None = None) -> dict[str, Any]:
    """Return the document of ``register check``; what nothing was found of is an empty list."""
    return {
        "counts": totals_document(check.counts),
        "stated": totals_document(check.stated),
        "mismatches": [
            {
                "figure": found.figure,
                "stated": number(found.stated),
                "computed": number(found.computed),
                "difference": number(found.difference),
            }
            for found in check.mismatches
        ],
        "projects": [
            {
                "name": project.name,
                "estates": list(project.estates),
                "source": list(project.source),
                "communities": list(project.communities),
                "households": project.households,
                "buildings": project.buildings,
                "floor_area_10k_m2": number(project.floor_area_10k_m2),
            }
            for project in check.projects
        ],
        "suspicious": [
            {"estate": found.estate, "figure": found.figure, "value": number(found.value)}
            for found in check.suspicious
        ],
        "duplicates": [
            {"a": found.a, "b": found.b, "rows": list(found.rows), "kind": found.kind} for found in check.duplicates
        ],
        "missing": dict(check.missing),
        "ignored_columns": [] if reading is None else list(reading.ignored_columns),
        "normalised": [
            {"row": cell.row, "column": cell.column, "value": cell.value, "read_as": cell.read_as}
            for cell in (() if reading is None else reading.normalised)
        ],
        "scattered_buildings": check.scattered,
        "notes": [] if reading is None else list(reading.notes),
    }


def check_sentences(check: RegisterCheck, reading: RegisterFile | None = None) -> Text:
    """Return the check for a person, one line a subject."""
    lines: list[str] = [
        _reconciliation(check),
        *_mismatches(check),
        *_scattered(check),
        *_doubts(check),
        _missing(check),
    ]
    if reading is not None:
        lines += _reading(reading)
    return join(lines)


def join(lines: Sequence[str]) -> Text:
    """Return lines as one text in both languages."""
    return Text("\n".join(lines), en="\n".join(in_language(line, "en") for line in lines))


def _reconciliation(check: RegisterCheck) -> Text:
    def line(words: dict[str, str]) -> str:
        parts = []
        for figure in _SHOWN_ORDER:
            computed, stated = number(getattr(check.counts, figure)), number(getattr(check.stated, figure))
            shown = "?" if computed is None else computed
            agrees = getattr(check.counts, figure) == getattr(check.stated, figure)
            parts.append(
                f"{words[figure]} {shown}" if stated is None else f"{words[figure]} {shown}/{stated} {_TICK[agrees]}"
            )
        return " ".join(parts)

    chinese: dict[str, str] = {key: str(name) for key, name in FIGURE_NAMES.items()}
    english = {key: name.en for key, name in FIGURE_NAMES.items()}
    verdict = _verdict(check)
    return Text(f"台账核对（{verdict}）：{line(chinese)}", en=f"Reconciliation ({verdict.en}): {line(english)}")


_TICK: Final = {True: "✓", False: "✗"}


def _verdict(check: RegisterCheck) -> Text:
    if check.mismatches:
        return Text("不一致", en="does not agree")
    if all(getattr(check.stated, figure) is None for figure in _TOTALS):
        return Text("没有可核对的合计", en="no totals to compare with")
    return Text("一致", en="agrees")


def _scattered(check: RegisterCheck) -> list[Text]:
    if not check.scattered:
        return []
    return [
        Text(
            f"小区数含散居楼 {check.scattered} 处，每处单独列为一条。",
            en=f"{check.scattered} of the estates are single buildings, each an entry of its own.",
        )
    ]


def _mismatches(check: RegisterCheck) -> list[Text]:
    lines = []
    for found in check.mismatches:
        name = FIGURE_NAMES[found.figure]
        if found.difference is None:
            lines.append(Text(f"  {name}：各行均未填写", en=f"  {name.en}: blank in every row"))
        else:
            more = f"{found.difference:+f}" if isinstance(found.difference, Decimal) else f"{found.difference:+d}"
            lines.append(
                Text(
                    f"  {name}：各行之和 {found.computed}，所载合计 {found.stated}，相差 {more}",
                    en=f"  {name.en}: rows give {found.computed}, stated {found.stated}, difference {more}",
                )
            )
    return lines


def _doubts(check: RegisterCheck) -> list[Text]:
    lines = [Text(f"项目：{len(check.projects)} 个", en=f"Projects: {len(check.projects)}")]
    if check.suspicious:
        shown = "、".join(f"{found.estate} {found.value}" for found in check.suspicious)
        lines.append(
            Text(
                f"存疑（户均面积过小，单位 ㎡/户；只提示，不改数）：{shown}",
                en=f"To ask about (floor area per household, m²; nothing is changed): {shown}",
            )
        )
    for found in check.duplicates:
        same = found.kind == "same"
        word = Text("重名", en="same name") if same else Text("名称相近", en="similar names")
        rows = f"{found.rows[0]}、{found.rows[1]}"
        lines.append(
            Text(
                f"{word}：{found.a} / {found.b}（第 {rows} 行）",
                en=f"{word.en}: {found.a} / {found.b} (rows {rows})",
            )
        )
    return lines


def _missing(check: RegisterCheck) -> Text:
    counted = [(FIGURE_NAMES[key], count) for key, count in check.missing.items() if count]
    if not counted:
        return Text("缺项：无", en="Missing: nothing")
    return Text(
        "缺项：" + "，".join(f"{name} {count}" for name, count in counted),
        en="Missing: " + ", ".join(f"{name.en} {count}" for name, count in counted),
    )


def _reading(reading: RegisterFile) -> list[str]:
    lines: list[str] = []
    if reading.ignored_columns:
        names = "、".join(reading.ignored_columns)
        lines.append(Text(f"未读取的列：{names}", en=f"Columns that were not read: {names}"))
    lines += [_tidied(cell) for cell in reading.normalised[:_MOST_LISTED]]
    if len(reading.normalised) > _MOST_LISTED:
        more = len(reading.normalised) - _MOST_LISTED
        lines.append(
            Text(f"  ……另有 {more} 处，见 --json", en=f"  … and {more} more, see --json"),
        )
    return lines + list(reading.notes)


def _tidied(cell: Normalisation) -> Text:
    return Text(
        f"整理：第 {cell.row} 行“{cell.column}”{cell.value!r} 读作 {cell.read_as}",
        en=f"Tidied: row {cell.row}, {cell.column}: {cell.value!r} was read as {cell.read_as}",
    )
