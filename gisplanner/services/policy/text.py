"""Replies of policy documents as text for people: the answer first, then the clause it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gisplanner.domain.policy_answer import UNSTATED, Answer, verdict_words
from gisplanner.domain.profile import Profile
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.rules.policy import PolicyAnswers
from gisplanner.services.policy.answers import DRAFT, PolicyComparison
from gisplanner.text import Language, Text, in_language

_NOTHING: Final = Text("没有条文", en="no clause")
_SIDE_BY_SIDE: Final = Text("并列对照：", en="Side by side: ")


def reply_sentences(reply: PolicyAnswers) -> Text:
    """Return a reply as text, grouped by subject."""
    return Text(_reply(reply, "zh"), en=_reply(reply, "en"))


_MARKS: Final = {True: "✓", False: "✗", None: "?"}
_WORDS: Final = {
    "basis": Text("依据：", en="Document: "),
    "inferred": Text("推定适用：", en="By inference: "),
    "cited": Text("引用而未收录、可能改变答复的文件：", en="Cited, not held, could change answers:"),
    "also": Text("另见", en="see also "),
    "may_change": Text("可能因未收录文件而改变：", en="could be changed by: "),
    "unknown": Text("未知", en="unknown"),
    "contradiction": Text("原文矛盾或歧义：", en="Contradiction or ambiguity: "),
    "reading": Text("本工具：", en="this tool: "),
    "unused": Text("本文件没有用到的事实：", en="Facts this document does not use: "),
    "colon": Text("：", en=": "),
}


def _reply(reply: PolicyAnswers, language: Language) -> str:
    word = {key: in_language(text, language) for key, text in _WORDS.items()}
    cited = [one.name for one in reply.profile.cited]
    lines = [_heading(reply.profile, language)]
    for subject in dict.fromkeys(one.subject for one in reply.answers):
        lines += ["", f"【{subject}】"]
        for one in reply.answers:
            if one.subject == subject:
                lines += _lines(one, cited, language)
    for score in reply.scores:
        parts = "；".join(f"{part.title} {_MARKS[part.met]}" for part in score.parts)
        told = f"{score.met}/{len(score.parts)}（{word['unknown']} {score.unknown}）"
        lines += ["", f"{score.title}（{score.subject}）{word['colon']}{told}", f"    {parts}"]
    if reply.unused:
        words = "、".join(f"{one.subject} {one.fact}「{one.word}」" for one in reply.unused)
        lines += ["", f"{word['unused']}{words}"]
    for conflict in reply.profile.contradictions:
        lines += ["", f"{word['contradiction']}{_either(conflict.title, conflict.title_en, language)}"]
        lines += [f"      「{text.quote}」—— {text.document}" for text in conflict.texts]
        lines.append(f"      {word['reading']}{_either(conflict.reading, conflict.reading_en, language)}")
    return "\n".join(lines)


def _heading(profile: Profile, language: Language) -> str:
    word = {key: in_language(text, language) for key, text in _WORDS.items()}
    document = profile.document
    number = f"（{document.number}）" if document.number else ""
    status = f"  ※ {in_language(DRAFT, language)} ※" if document.status == "draft" else ""
    lines = [f"{word['basis']}{document.title}{number}{status}"]
    lines += [
        f"  {word['inferred']}{one.title}（{one.number}）。"
        + _either(profile.inference or "", profile.inference_en, language)
        for one in profile.parents
    ]
    if profile.cited:
        lines.append(word["cited"])
        lines += [f"  〔{no}〕{one.name}" for no, one in enumerate(profile.cited, 1)]
    return "\n".join(lines)


def _lines(one: Answer, cited: Sequence[str], language: Language) -> list[str]:
    word = {key: in_language(text, language) for key, text in _WORDS.items()}
    told = f"{in_language(one.title, language)}{word['colon']}{in_language(one.reason, language)}"
    clause = (
        f"「{one.quote}」—— {one.document_file or one.document}" if one.quote else in_language(_NOTHING, language)
    )
    lines = [f"  {verdict_words(one.answer, language)}  {told}", f"      {clause}"]
    lines += [f"      {word['also']}「{also.quote}」—— {also.document}" for also in one.also]
    if one.cited_not_held:
        numbers = "".join(f"〔{cited.index(name) + 1}〕" for name in one.cited_not_held)
        lines.append(f"      {word['may_change']}{numbers}")
    return lines


def comparison_sentences(comparison: PolicyComparison) -> Text:
    """Return a comparison as text: under each question one line per document, with its clause."""
    return Text(_comparison(comparison, "zh"), en=_comparison(comparison, "en"))


def write_comparison(comparison: PolicyComparison, path: Path) -> None:
    """Write a comparison as a table (XLSX): a row for each question, a column for each document, with the clauses.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    headings = ["对象", "问题", *(_short(reply.profile) for reply in comparison.replies)]
    rows = []
    for row in comparison.rows:
        cells = [comparison.cell(reply, row) for reply in comparison.replies]
        rows.append([row[1], _title(cells, "zh"), *(_told(cell, "zh", "\n") for cell in cells)])
    named = [f"{_short(reply.profile)}：{reply.profile.document.title}" for reply in comparison.replies]
    write_tables(path, [Table("并列对照", ["并列对照：同一事实在各份文件下的答复", *named], headings, rows)])


def _comparison(comparison: PolicyComparison, language: Language) -> str:
    colon = in_language(_WORDS["colon"], language)
    lines = [in_language(_SIDE_BY_SIDE, language) + "、".join(_short(reply.profile) for reply in comparison.replies)]
    for row in comparison.rows:
        cells = [(reply.profile, comparison.cell(reply, row)) for reply in comparison.replies]
        lines += ["", f"■ {row[1]} · {_title([cell for _, cell in cells], language)}"]
        lines += [f"    {_short(profile)}{colon}{_told(cell, language, '  ')}" for profile, cell in cells]
    return "\n".join(lines)


def _title(cells: Sequence[Answer | None], language: Language) -> str:
    return next(in_language(cell.title, language) for cell in cells if cell is not None)


def _short(profile: Profile) -> str:
    title = profile.title.replace("（征求意见稿）", "")
    return f"{title}（征求意见稿）" if profile.document.status == "draft" else title


def _told(answer: Answer | None, language: Language, between: str) -> str:
    if answer is None:
        return verdict_words(UNSTATED, language)
    quote = f"「{answer.quote}」" if answer.quote else f"（{in_language(_NOTHING, language)}）"
    return between.join((verdict_words(answer.answer, language), in_language(answer.reason, language), quote))


def _either(zh: str, en: str | None, language: Language) -> str:
    return en if language == "en" and en is not None else zh
