"""Replies of policy documents as text for people: the answer first, then the clause it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gisplanner.domain.policy_answer import Answer
from gisplanner.domain.profile import Profile
from gisplanner.rules.policy import PolicyAnswers
from gisplanner.services.policy import DRAFT, PolicyComparison
from gisplanner.text import Text

_NOTHING: Final = Text("没有条文", en="no clause")


def reply_sentences(reply: PolicyAnswers) -> Text:
    """Return a reply as text, grouped by subject."""
    cited = [one.name for one in reply.profile.cited]
    zh, en = [_heading(reply.profile)], [_heading(reply.profile)]
    for subject in dict.fromkeys(one.subject for one in reply.answers):
        zh += ["", f"【{subject}】"]
        en += ["", f"[{subject}]"]
        for one in reply.answers:
            if one.subject == subject:
                zh += _lines(one, cited, english=False)
                en += _lines(one, cited, english=True)
    for score in reply.scores:
        told = f"{score.title}（{score.subject}）：{score.met}/{len(score.parts)}，未知 {score.unknown}"
        parts = "；".join(f"{part.title} {_MARKS[part.met]}" for part in score.parts)
        zh += ["", told, f"    {parts}"]
        en += ["", told, f"    {parts}"]
    contradictions = _contradictions(reply.profile)
    return Text("\n".join([*zh, *contradictions]), en="\n".join([*en, *contradictions]))


_MARKS: Final = {True: "✓", False: "✗", None: "未知"}


def _heading(profile: Profile) -> str:
    document = profile.document
    number = f"（{document.number}）" if document.number else ""
    status = f"  ※ {DRAFT} ※" if document.status == "draft" else ""
    parents = "".join(
        f"\n  推定适用：{one.title}（{one.number}）。{profile.inference or ''}" for one in profile.parents
    )
    cited = "".join(f"\n  〔{no}〕{one.name}" for no, one in enumerate(profile.cited, 1))
    held = f"\n引用而未收录、可能改变答复的文件：{cited}" if cited else ""
    return f"依据：{document.title}{number}{status}{parents}{held}"


def _lines(one: Answer, cited: Sequence[str], *, english: bool) -> list[str]:
    title, reason = (one.title.en, one.reason.en) if english else (str(one.title), str(one.reason))
    lines = [f"  {one.answer}  {title}：{reason}"]
    lines.append(f"      「{one.quote}」—— {one.document_file or one.document}" if one.quote else f"      {_NOTHING}")
    lines += [f"      另见「{also.quote}」—— {also.document}" for also in one.also]
    if one.cited_not_held:
        lines.append(
            "      可能因未收录文件而改变：" + "".join(f"〔{cited.index(name) + 1}〕" for name in one.cited_not_held)
        )
    return lines


def _contradictions(profile: Profile) -> list[str]:
    lines: list[str] = []
    for one in profile.contradictions:
        lines += ["", f"原文矛盾或歧义：{one.title}"]
        lines += [f"      「{text.quote}」—— {text.document}" for text in one.texts]
        lines.append(f"      本工具：{one.reading}")
    return lines


def comparison_sentences(comparison: PolicyComparison) -> Text:
    """Return a comparison as text: under each question one line per document, with its clause."""
    lines = ["并列对照：" + "、".join(_short(reply.profile) for reply in comparison.replies)]
    for row in comparison.rows:
        cells = [(reply.profile, comparison.cell(reply, row)) for reply in comparison.replies]
        title = next(str(cell.title) for _, cell in cells if cell is not None)
        lines += ["", f"■ {row[1]} · {title}"]
        lines += [f"    {_short(profile)}：{_told(cell)}" for profile, cell in cells]
    told = "\n".join(lines)
    return Text(told, en=told)


def _short(profile: Profile) -> str:
    title = profile.title.replace("（征求意见稿）", "")
    return f"{title}（征求意见稿）" if profile.document.status == "draft" else title


def _told(answer: Answer | None) -> str:
    if answer is None:
        return "文件未规定"
    quote = f"「{answer.quote}」" if answer.quote else "（没有条文）"
    return f"{answer.answer}  {answer.reason}  {quote}"
