"""What has to be done about networks (管线事项), by whom, and which states it passes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from gisplanner.domain.accounts import OFFICES, Role

TaskKind = Literal["relocation", "gas_guard", "encroachment", "application", "handover"]
Mode = Literal["自行", "委托"]

KIND_TITLES: Final[dict[TaskKind, str]] = {
    "relocation": "管线迁改",
    "gas_guard": "燃气设施保护",
    "encroachment": "占压燃气设施",
    "application": "开挖与接入申请",
    "handover": "移交",
}

STATES: Final[dict[TaskKind, tuple[str, ...]]] = {
    "relocation": ("待办", "办理中", "已完成", "不需迁改"),
    "gas_guard": ("待办", "保护方案已报", "保护方案已定", "现场监护已安排", "已完成"),
    "encroachment": ("待处置", "已列入拆除", "已拆除", "管线已迁改"),
    "application": ("拟申请", "已申请", "已批准", "不予批准", "已恢复"),
    "handover": ("待移交", "已移交", "已接收"),
}
"""States of each kind; the first is where a task begins without any record."""

_AFTER: Final[dict[TaskKind, dict[str, tuple[str, ...]]]] = {
    "relocation": {"办理中": ("待办", "办理中"), "已完成": ("办理中",), "不需迁改": ("待办", "办理中")},
    "gas_guard": {
        "保护方案已报": ("待办", "保护方案已报"),
        "保护方案已定": ("保护方案已报",),
        "现场监护已安排": ("保护方案已定", "现场监护已安排"),
        "已完成": ("现场监护已安排",),
    },
    "encroachment": {
        "已列入拆除": ("待处置",),
        "已拆除": ("待处置", "已列入拆除"),
        "管线已迁改": ("待处置", "已列入拆除"),
    },
    "application": {
        "已申请": ("拟申请", "不予批准"),
        "已批准": ("已申请",),
        "不予批准": ("已申请",),
        "已恢复": ("已批准",),
    },
    "handover": {"已移交": ("待移交",), "已接收": ("已移交",)},
}

DONE: Final[dict[TaskKind, frozenset[str]]] = {
    "relocation": frozenset({"已完成", "不需迁改"}),
    "gas_guard": frozenset({"已完成"}),
    "encroachment": frozenset({"已拆除", "管线已迁改"}),
    "application": frozenset({"已恢复"}),
    "handover": frozenset({"已接收"}),
}
"""States in which nothing is left to do."""

WATCHED: Final = "现场监护已安排"

_DECIDED: Final[dict[TaskKind, frozenset[str]]] = {
    "application": frozenset({"已批准", "不予批准"}),
    "encroachment": frozenset({"已列入拆除", "已拆除"}),
}
"""States that somebody else gives: no company approves its own digging."""
_REVIEWED: Final[frozenset[TaskKind]] = frozenset({"application", "encroachment"})
"""What 城管, 自然资源 and 两违办 work on."""


def may_record(role: Role, kind: TaskKind, state: str, *, own: bool) -> bool:
    """Return whether a role may bring a task of a kind into a state; ``own``: it is the company's own task.

    The same rules stand in the database (``sql/functions/access_writes_networks.sql``).

    Examples
    --------
    >>> may_record("operator", "application", "已申请", own=True)
    True
    >>> may_record("operator", "application", "已批准", own=True)
    False
    >>> may_record("reviewer", "application", "已批准", own=False)
    True
    >>> may_record("lead", "application", "已批准", own=False)
    False
    """
    if role == "operator":
        return own and state not in _DECIDED.get(kind, ())
    if role == "reviewer":
        return kind in _REVIEWED
    if role == "lead":
        return kind != "application" or state not in _DECIDED["application"]
    return role in OFFICES


def may_follow(kind: TaskKind, before: str | None, after: str) -> bool:
    """Return whether a task may pass from one state to another; ``None`` is a task without any record.

    Examples
    --------
    >>> may_follow("gas_guard", None, "现场监护已安排"), may_follow("gas_guard", "保护方案已定", "现场监护已安排")
    (False, True)
    """
    return (before or STATES[kind][0]) in _AFTER[kind].get(after, ())


@dataclass(frozen=True, slots=True)
class NetworkTask:
    """One thing to do, with where it stands.

    Attributes
    ----------
    code
        Unique within its kind; made of what it is about, so that finding it again makes no second one.
    owner, receiver
        Whose it is, and who receives or decides.
    subject, cause
        The line, building or place it is about; the works or the building that make it necessary.
    distance_m, length_m
        How near at least, and metres concerned.
    shape
        Where, in the district's metric CRS.
    """

    kind: TaskKind
    code: str
    owner: str
    subject: str
    cause: str
    receiver: str | None = None
    estate_code: str | None = None
    estate: str | None = None
    distance_m: float | None = None
    length_m: float | None = None
    illustrative: bool = False
    state: str | None = None
    on: date | None = None
    valid_until: date | None = None
    mode: Mode | None = None
    contractor: str | None = None
    placement_before: str | None = None
    placement_after: str | None = None
    document: str | None = None
    shape: Any = None

    @property
    def standing(self) -> str:
        """Return the state, the first one where nothing was recorded."""
        return self.state or STATES[self.kind][0]

    @property
    def done(self) -> bool:
        """Return whether nothing is left to do."""
        return self.standing in DONE[self.kind]

    def record(self) -> dict[str, Any]:
        """Return the JSON record, without the shape."""
        return {
            "kind": self.kind,
            "code": self.code,
            "owner": self.owner,
            "receiver": self.receiver,
            "estate": self.estate,
            "subject": self.subject,
            "cause": self.cause,
            "distance_m": self.distance_m,
            "length_m": self.length_m,
            "state": self.standing,
            "on": None if self.on is None else self.on.isoformat(),
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
            "mode": self.mode,
            "contractor": self.contractor,
            "placement": [self.placement_before, self.placement_after],
            "document": self.document,
            "illustrative": self.illustrative,
        }
