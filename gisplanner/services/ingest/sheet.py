"""The report of an import as a workbook to hand back to whoever made the file (退回报告)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from gisplanner.domain.questions import Question
from gisplanner.errors import Fault, GisPlannerError
from gisplanner.formats.list_writer import write_list
from gisplanner.services.ingest.question_texts import KINDS
from gisplanner.services.ingest.report import ImportReport
from gisplanner.services.ingest.survey import SurveyReport
from gisplanner.services.register.doubts import doubts
from gisplanner.services.register.report import FIGURE_NAMES, number
from gisplanner.services.register.result import RegisterImport
from gisplanner.text import Language, Text, in_language

HEADINGS: Final = (
    Text("行号", en="row"),
    Text("列", en="column"),
    Text("内容", en="value"),
    Text("应为", en="allowed"),
    Text("说明", en="explanation"),
)
_TO_MEND: Final = Text("须改正", en="to mend")
_TO_LOOK_AT: Final = Text("请核对", en="please check")
_SUMMARY: Final = Text("概况", en="summary")

Row = tuple[str, str, str, str, str]


def write_report(path: Path, report: ImportReport, *, language: Language = "zh") -> None:
    """Write what was done and every row somebody should look at.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    summary = [("", "", "", "", line) for line in in_language(report.sentences(), language).splitlines()]
    rows: list[Row] = [
        (
            str(left.row),
            "name",
            left.name or "",
            "、".join(f"{one.name}（{one.code}，{one.score}）?" for one in left.suggestions),
            in_language(left.reason, language),
        )
        for left in report.unmatched_file
    ]
    for repair in report.repaired:
        words = Text(
            f"图形已修复：{repair.reason}，面积变化 {repair.area_change_m2:.3f} ㎡",
            en=f"geometry repaired: {repair.reason}, area changed by {repair.area_change_m2:.3f} m²",
        )
        rows.append((str(repair.row), "geometry", repair.reason, "", in_language(words, language)))
    for finding in report.findings:
        message = in_language(finding.message, language)
        rows += [_item(item, message) for item in finding.items] or [("", "", "", "", message)]
    for code, name in report.unmatched_register:
        words = Text("台账中有，文件中没有", en="in the register, not in the file")
        rows.append(("", "code", f"{name or ''} {code}".strip(), "", in_language(words, language)))
    _write(path, {in_language(_SUMMARY, language): summary, in_language(_TO_LOOK_AT, language): rows}, language)


def write_survey_report(path: Path, report: SurveyReport, *, language: Language = "zh") -> None:
    """Write what was filled in and every question the file leaves open, one row each.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    lines = in_language(report.sentences(), language).splitlines()
    summary: list[Row] = [("", "", "", "", line) for line in lines if not line.startswith("  ")]
    rows = [_question(one, language) for one in report.questions]
    _write(path, {in_language(_SUMMARY, language): summary, in_language(_TO_LOOK_AT, language): rows}, language)


def write_register_report(path: Path, done: RegisterImport, *, language: Language = "zh") -> None:
    """Write what importing a register did or would do, totals that disagree and figures somebody should check.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    summary = [("", "", "", "", line) for line in in_language(done.sentences(), language).splitlines()]
    check = done.report.check
    rows: list[Row] = [_question(one, language) for one in doubts(check)]
    for found in check.mismatches:
        name = in_language(FIGURE_NAMES[found.figure], language)
        words = Text(
            f"各行之和与所载合计相差 {number(found.difference)}",
            en=f"the sum of the rows differs from the stated total by {number(found.difference)}",
        )
        rows.append(("", name, str(number(found.computed)), str(number(found.stated)), in_language(words, language)))
    _write(path, {in_language(_SUMMARY, language): summary, in_language(_TO_LOOK_AT, language): rows}, language)


def write_refusal(path: Path, error: GisPlannerError, *, language: Language = "zh") -> None:
    """Write why a file was refused: everything there is to mend in it, one line each.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    message = in_language(error.message, language)
    rows = [_fault(fault, language) for fault in error.faults]
    summary: list[Row] = [("", "", "", "", message)]
    _write(path, {in_language(_SUMMARY, language): summary, in_language(_TO_MEND, language): rows}, language)


def _write(path: Path, sheets: dict[str, Any], language: Language) -> None:
    write_list(path, sheets, headings=[in_language(heading, language) for heading in HEADINGS])


def _fault(fault: Fault, language: Language) -> Row:
    row = "" if fault.row is None else str(fault.row)
    allowed = "" if fault.allowed is None else in_language(fault.allowed, language)
    hint = "" if fault.hint is None else in_language(fault.hint, language)
    return (row, fault.column or "", fault.value or "", allowed, hint)


def _question(one: Question, language: Language) -> Row:
    return (
        "" if one.row is None else str(one.row),
        in_language(KINDS[one.kind], language),
        one.subject,
        "\n".join(in_language(choice.label, language) for choice in one.choices),
        in_language(one.text, language),
    )


def _item(item: dict[str, Any], message: str) -> Row:
    row = str(item.get("row", ""))
    column = str(item.get("column", ""))
    rest = "，".join(f"{key}={value}" for key, value in item.items() if key not in {"row", "column"})
    return (row, column, rest, "", message)
