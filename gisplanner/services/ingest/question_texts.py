"""Open questions (待核问题) for a person and as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from gisplanner.domain.questions import QuestionKind, StoredQuestion
from gisplanner.text import Language, Text, in_language

KINDS: Final[Mapping[QuestionKind, Text]] = MappingProxyType(
    {
        "which_estate": Text("是哪个小区", en="which estate"),
        "which_value": Text("取哪个值", en="which value"),
        "what_value": Text("值读不准", en="unreadable value"),
        "doubtful_figure": Text("数字存疑", en="doubtful figure"),
        "same_estate": Text("是否同一小区", en="the same estate?"),
    }
)


def question_document(asked: StoredQuestion, language: Language = "zh") -> dict[str, Any]:
    """Return a question as a document."""
    return {
        "id": asked.id,
        "kind": asked.kind,
        "subject": asked.subject,
        "question": in_language(asked.text, language),
        "choices": [
            {"answer": choice.answer, "label": in_language(choice.label, language), "score": choice.score}
            for choice in asked.choices
        ],
        "file": asked.file,
        "row": asked.row,
        "asked_at": asked.asked_at.isoformat(timespec="seconds"),
        "asked_by": asked.asked_by,
        "answer": asked.answer,
        "note": asked.note,
        "answered_at": None if asked.answered_at is None else asked.answered_at.isoformat(timespec="seconds"),
        "answered_by": asked.answered_by,
        "lapsed": asked.lapsed,
    }


def question_sentences(asked: Sequence[StoredQuestion], out: Path | None = None) -> Text:
    """Return questions for a person, each with what may be answered."""
    if not asked:
        return Text("没有待核问题。", en="There are no open questions.")
    lines = []
    for one in asked:
        state = Text("", en="")
        if one.answer is not None:
            state = Text(f"  [已答复：{one.answer}]", en=f"  [answered: {one.answer}]")
        elif one.lapsed:
            state = Text("  [不再成立]", en="  [does not arise any more]")
        lines.append(Text(f"{one.id}  {one.text}{state}", en=f"{one.id}  {one.text.en}{state.en}"))
        if one.answer is None:
            lines += [
                Text(f"      {choice.answer}  {choice.label}", en=f"      {choice.answer}  {choice.label.en}")
                for choice in one.choices
            ]
    if out is not None:
        lines.append(
            Text(f"已写 {out}，填好“答复”后用 --file 读回。", en=f"Wrote {out}; fill in and read with --file.")
        )
    return Text("\n".join(lines), en="\n".join(line.en for line in lines))
