"""Who asks: a role (角色) and the part of the data it is limited to (范围)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

Role = Literal["admin", "planner", "subdistrict", "lead", "operator", "reviewer", "public"]
"""管理员, 指挥部/住建, 街道社区, 管网信息公司, 管线单位, 审查部门(消防、城管 …), 公众."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)

OFFICES: Final[frozenset[Role]] = frozenset({"admin", "planner"})
"""指挥部办公室、住建局: everything in their districts."""
NETWORK_OFFICES: Final[frozenset[Role]] = OFFICES | {"lead"}
"""Who works on the lines of all owners: the offices and 管网信息公司."""
RECORDERS: Final[frozenset[Role]] = OFFICES | {"subdistrict"}
"""Who records what happens in estates: the offices, and 街道社区 in its own streets."""

ScopeKind = Literal["district", "subdistrict", "owner"]
SCOPE_KINDS: Final[tuple[ScopeKind, ...]] = get_args(ScopeKind)
Scope = Mapping[str, tuple[str, ...]]

_PUBLIC_FIELDS_ONLY: Final[frozenset[Role]] = frozenset({"public", "operator"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """The account of a request, or the public.

    ``scope`` holds, for a kind, the names the account is limited to; a kind that is not there is not limited.

    Examples
    --------
    >>> Viewer("公众").sees_private_fields, Viewer("王工", "planner").sees_private_fields
    (False, True)
    """

    name: str
    role: Role = "public"
    scope: Scope = field(default_factory=dict)

    @property
    def sees_private_fields(self) -> bool:
        """Return whether it sees households, money, owners, and geometry at full precision."""
        return self.role not in _PUBLIC_FIELDS_ONLY

    def scope_array(self, kind: ScopeKind) -> str:
        r"""Return the names of one kind as the text of a PostgreSQL array; empty where the account is not limited.

        Examples
        --------
        >>> Viewer("x", scope={"owner": ('甲"司', "乙司")}).scope_array("owner")
        '{"甲\\"司","乙司"}'
        >>> Viewer("x").scope_array("owner")
        ''
        """
        if kind not in self.scope:
            return ""
        quoted = (name.replace("\\", "\\\\").replace('"', '\\"') for name in self.scope[kind])
        return "{" + ",".join(f'"{name}"' for name in quoted) + "}"


PUBLIC: Final = Viewer("public")
"""Whoever comes without a token."""
