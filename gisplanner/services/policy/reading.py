"""文件进, 规则出: propose passages of a document, take a person's decisions, make the profile of the confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import tomlkit
from pydantic import ValidationError

from gisplanner.catalog.cues import cues
from gisplanner.domain.candidate import Decision
from gisplanner.domain.clause import DocumentSpec
from gisplanner.domain.policy_review import DocumentReview, PassagePlace, ReviewedPassage
from gisplanner.domain.profile import Profile
from gisplanner.errors import Fault, FileFormatError, InputError, NotFoundError, RefusedError, UsageError
from gisplanner.files import write_text
from gisplanner.formats.document_text import document_text
from gisplanner.rules.candidates import candidates
from gisplanner.rules.profile_sections import TABLES, entry_faults, placed
from gisplanner.text import Language, Text, in_language

TAKEN: tuple[Decision, ...] = ("confirmed", "changed")


def propose(
    path: Path, *, code: str, title: str, number: str | None = None, status: Literal["issued", "draft"] = "issued"
) -> DocumentReview:
    """Return the candidate passages of a document, all of them open.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError
        It is neither TXT nor DOCX.
    """
    text = document_text(path)
    return DocumentReview(
        document=DocumentSpec(code=code, title=title, number=number, status=status, file=path.name),
        sha256=hashlib.sha256("".join(text.split()).encode("utf-8")).hexdigest(),
        passages=tuple(
            ReviewedPassage(
                id=one.id,
                section=one.section,
                title=one.title,
                quote=one.quote,
                places=tuple(PassagePlace(line=at.line, start=at.start, end=at.end) for at in one.places),
                value=one.value,
            )
            for one in candidates(text, cues())
        ),
    )


def decide(
    review: DocumentReview,
    passage_id: str,
    decision: Decision,
    *,
    by: str,
    value: dict[str, Any] | None = None,
    note: str | None = None,
) -> DocumentReview:
    """Return the review with one more decision.

    Confirming takes the proposed values as they are; changing gives others, for the same passage or a part of it.

    Raises
    ------
    NotFoundError
        There is no such passage.
    InputError
        The values are not what the section needs; all faults at once.
    RefusedError
        The section holds one rule, and another passage was confirmed for it.
    """
    passage = review.passage(passage_id)
    if passage is None:
        raise NotFoundError(
            Text(f"没有候选条文 {passage_id}。", en=f"There is no passage {passage_id}."),
            [Fault(column="id", value=passage_id, allowed=f"c1–c{len(review.passages)}")],
        )
    wanted = value if decision == "changed" else passage.value
    if decision in TAKEN:
        _check(review, passage, wanted)
    given = dict(wanted or {})
    decided = passage.model_copy(
        update={
            "decision": decision,
            "value": given if decision in TAKEN else passage.value,
            "decided_by": None if decision == "open" else by,
            "decided_at": None if decision == "open" else datetime.now(UTC).isoformat(timespec="seconds"),
            "note": note,
        }
    )
    return review.model_copy(
        update={"passages": tuple(decided if one.id == passage_id else one for one in review.passages)}
    )


def _check(review: DocumentReview, passage: ReviewedPassage, wanted: dict[str, Any] | None) -> None:
    if wanted is None:
        raise InputError(
            Text(
                "这条原文的取值要由人填写，请用 change。",
                en="The values of this passage must be filled in: use change.",
            ),
            [Fault(column=passage.section, value=passage.quote)],
        )
    faults = entry_faults(passage, wanted)
    if faults:
        raise InputError(
            Text(f"取值有 {len(faults)} 处错误。", en=f"The values have {len(faults)} fault(s)."), faults
        )
    if passage.section in TABLES and passage.section != "eligibility.built":
        rival = next(
            (
                one
                for one in review.passages
                if one.section == passage.section and one.id != passage.id and one.decision in TAKEN
            ),
            None,
        )
        if rival is not None:
            raise RefusedError(
                Text(
                    f"「{passage.title}」只能有一条，已确认 {rival.id}。",
                    en=f"{passage.section} holds one rule; {rival.id} is confirmed already.",
                ),
                [Fault(column=passage.section, value=rival.quote)],
            )


def one_decision(decision: Decision | None, change: str | None) -> Decision:
    """Return the decision that options state; exactly one must be given.

    Raises
    ------
    UsageError
        None or several are given.
    """
    if (decision is None) == (change is None):
        raise UsageError(
            Text("请给出 --confirm、--reject、--reopen、--change 之一。", en="Give exactly one decision.")
        )
    return decision or "changed"


def read_value(change: str | None) -> dict[str, Any] | None:
    """Return the values of ``--change``.

    Raises
    ------
    UsageError
        They are not a JSON object.
    """
    if change is None:
        return None
    try:
        value = json.loads(change)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Text("--change 不是 JSON。", en="--change is not JSON."), [Fault(column="--change", hint=str(error))]
        ) from error
    if not isinstance(value, dict):
        raise UsageError(Text("--change 应为 JSON 对象。", en="--change must be a JSON object."))
    return value


def adopted_profile(review: DocumentReview, *, name: str, title: str) -> str:
    """Return the profile file (TOML) of the confirmed passages; open and rejected ones are not in it.

    Raises
    ------
    InputError
        What is confirmed does not make a whole profile, for example menu groups without the menu's own passage.
    """
    raw: dict[str, Any] = {
        "name": name,
        "title": title,
        "document": review.document.model_dump(mode="json", exclude_none=True),
    }
    for passage in review.passages:
        if passage.decision in TAKEN:
            placed(raw, passage)
    try:
        Profile.model_validate(raw)
    except ValidationError as error:
        raise InputError(
            Text("已确认的条文还不成一份完整的政策依据。", en="What is confirmed is not a whole profile yet."),
            [
                Fault(column=".".join(str(part) for part in one["loc"]), hint=one["msg"])
                for one in error.errors(include_url=False)
            ],
        ) from error
    return tomlkit.dumps(raw)


def read_review(path: Path) -> DocumentReview:
    """Return a review file.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError
        It is not a review.
    """
    if not path.is_file():
        raise NotFoundError(Text(f"没有文件 {path}。", en=f"There is no file {path}."), [Fault(file=str(path))])
    try:
        return DocumentReview.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            Text("不是条文审核文件。", en="Not a review file."), [Fault(file=str(path), hint=str(error))]
        ) from error


def write_review(review: DocumentReview, path: Path) -> None:
    """Write a review file.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    write_text(path, json.dumps(review.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n")


def review_text(review: DocumentReview) -> Text:
    """Return a review as text: each passage with its place, its values and its decision."""
    return Text(_review(review, "zh"), en=_review(review, "en"))


_DECIDED: Final[Mapping[str, Text]] = {
    "open": Text("待定", en="open"),
    "confirmed": Text("确认", en="confirmed"),
    "changed": Text("修改", en="changed"),
    "rejected": Text("否决", en="rejected"),
}


def _review(review: DocumentReview, language: Language) -> str:
    tally, chinese = review.tally(), language == "zh"
    counts = "，".join(f"{in_language(word, language)} {tally[key]}" for key, word in _DECIDED.items())
    lines = [
        f"{review.document.title}：候选条文 {len(review.passages)} 条，{counts}；待定的不参与任何答复"
        if chinese
        else f"{review.document.title}: {len(review.passages)} passages, {counts}; open ones answer nothing"
    ]
    section = ""
    for one in review.passages:
        if one.section != section:
            section = one.section
            lines += ["", f"【{one.title}】{section}" if chinese else f"[{section}]"]
        where = "、".join(str(place.line) for place in one.places)
        decided = in_language(_DECIDED[one.decision], language)
        lines.append(f"  {one.id} [{decided}] {f'第 {where} 行' if chinese else f'line {where}'}：「{one.quote}」")
        if one.value:
            told = "取值" if chinese else "values"
            lines.append(f"      {told} {json.dumps(one.value, ensure_ascii=False)}")
    return "\n".join(lines)
