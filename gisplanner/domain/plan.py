"""The plan that was issued (计划基线) and how later documents adjusted it (计划调整)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from gisplanner.domain.register import RegisterRow, RegisterTotals

ChangeKind = Literal["add", "drop", "split", "rename", "figures", "project"]

CHANGE_NAMES: Final[dict[ChangeKind, str]] = {
    "add": "调入",
    "drop": "调出",
    "split": "拆分",
    "rename": "更名",
    "figures": "指标变更",
    "project": "项目变更",
}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An estate in a plan: its stable code, the code of its project, and the row as the register prints it."""

    code: str
    project_code: str
    row: RegisterRow


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A frozen plan with its document, or (``version`` ``None``) the register as it stands today."""

    version: int | None
    document_number: str
    document_title: str
    document_date: date | None
    stated: RegisterTotals
    rows: tuple[PlanRow, ...]

    @property
    def name(self) -> str:
        """``v1``, ``v2`` … or ``current``."""
        return "current" if self.version is None else f"v{self.version}"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What became of one estate between two plans.

    Attributes
    ----------
    kind
        ``add`` 调入, ``drop`` 调出, ``split`` 拆分, ``rename`` 更名, ``figures`` 指标变更 (place included),
        ``project`` 项目变更.
    code
        The estate's code.
    before, after
        The row in either plan; ``None`` where it is not in it. For a part of a split estate ``before`` is the
        estate it was part of.
    split_from
        For ``split``: code of the estate that was split.
    """

    kind: ChangeKind
    code: str
    before: RegisterRow | None
    after: RegisterRow | None
    split_from: str | None = None

    @property
    def estate(self) -> str:
        """The name today, or the last one."""
        row = self.after or self.before
        assert row is not None
        return row.estate
