"""Stages come one after the other, none skipped, none twice, none before the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from gisplanner.domain.profile import StageSpec
from gisplanner.errors import Fault, RefusedError
from gisplanner.services.progress.projects import yet_to_come
from gisplanner.text import Text


def check_order(stages: Sequence[StageSpec], wanted: StageSpec, project: str, last: Any | None, on: date) -> None:
    """Refuse a stage that cannot follow the last record of a project.

    Parameters
    ----------
    last
        Row of the last record (``stage_no``, ``stage_name``, ``happened_on``); ``None`` without any.

    Raises
    ------
    RefusedError
        What stands in the way, and for a skipped stage the passages of the document that name it.
    """
    early = yet_to_come("--on", on)
    if early:
        raise RefusedError(
            Text(f"{on} 还没有到，不能记录。", en=f"{on} is yet to come and cannot be recorded."), early
        )
    if last is not None and (wanted.no <= last.stage_no or on < last.happened_on):
        raise RefusedError(
            Text(
                f"{project} 已于 {last.happened_on} 进入第 {last.stage_no} 阶段（{last.stage_name}），"
                f"不能在 {on} 记为第 {wanted.no} 阶段（{wanted.name}）。",
                en=f"{project} reached stage {last.stage_no} ({last.stage_name}) on {last.happened_on}; "
                f"stage {wanted.no} ({wanted.name}) on {on} cannot follow it.",
            )
        )
    reached = 0 if last is None else last.stage_no
    skipped = [stage for stage in stages if reached < stage.no < wanted.no]
    if skipped:
        names = "、".join(stage.name for stage in skipped)
        raise RefusedError(
            Text(
                f"{project} 不能跳过 {names} 直接进入第 {wanted.no} 阶段（{wanted.name}）。",
                en=f"{project} may not skip {names} on the way to stage {wanted.no} ({wanted.name}).",
            ),
            [
                Fault(
                    column="STAGE",
                    value=stage.name,
                    allowed=Text("先记录该阶段", en="record this stage first"),
                    hint=None if stage.passage is None else f"「{stage.passage.quote}」（{stage.passage.document}）",
                )
                for stage in skipped
            ],
        )
