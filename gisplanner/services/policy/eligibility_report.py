"""A review of eligibility for people: sentences, and the request list (补料清单) as a workbook."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from gisplanner.domain.policy_answer import verdict_words
from gisplanner.formats.list_writer import write_list
from gisplanner.services.policy.eligibility import EligibilityReview
from gisplanner.text import Text


def write_requests(review: EligibilityReview, path: Path) -> None:
    """Write the request list (补料清单) as a workbook, one sheet for each sub-district.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    sheets: dict[str, list[tuple[str, ...]]] = {}
    for one in review.requests:
        row = (one.community, one.estate, str(one.item), str(one.supplier), "")
        sheets.setdefault(one.subdistrict or "未填街道", []).append(row)
    write_list(path, sheets or {"补料清单": []}, headings=("所在社区", "小区名称", "缺什么", "可由谁提供", "填报"))


def review_sentences(review: EligibilityReview) -> Text:
    """Return the review as text: the tally, each estate in a line, the number of things to ask for."""
    document = review.profile.document
    draft = "（征求意见稿）" if document.status == "draft" and "征求意见稿" not in document.title else ""
    told = "、".join(f"{answer} {count}" for answer, count in review.tally.items()) or "没有小区"
    zh = [f"依据 {document.title}{draft}：{told}"]
    counted = ", ".join(f"{verdict_words(answer, 'en')} {count}" for answer, count in review.tally.items())
    en = [f"By {document.title}: {counted or 'no estates'}"]
    zh += [f"  {one.overall.answer}  {one.name}  {one.overall.reason}" for one in review.estates]
    en += [
        f"  {verdict_words(one.overall.answer, 'en')}  {one.name}  {one.overall.reason.en}" for one in review.estates
    ]
    by_place = Counter(one.subdistrict or "未填街道" for one in review.requests)
    asked = "、".join(f"{place} {count} 项" for place, count in by_place.items())
    if review.requests:
        zh.append(f"补料清单 {len(review.requests)} 项：{asked}")
        en.append(f"to be asked for: {len(review.requests)} ({asked})")
    if review.hypothetical:
        zh.append("注意：含假设的事实，没有存储")
        en.append("note: with assumed facts, nothing was stored")
    zh += map(str, review.notes)
    en += [one.en for one in review.notes]
    return Text("\n".join(zh), en="\n".join(en))
