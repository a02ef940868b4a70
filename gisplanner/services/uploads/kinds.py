"""What may be handed in over the net, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gisplanner.domain.accounts import OFFICES, RECORDERS, Role, Viewer
from gisplanner.domain.works import RECORD_TITLES, RecordKind
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError
from gisplanner.text import Text

_OFFICES_ONLY: Final[frozenset[RecordKind]] = frozenset({"fund"})
RECORDS_PREFIX: Final = "works."
"""Before the kind of record (工程台账) in the name of what is handed in."""
_TABLE: Final = (".csv", ".xlsx")
_VECTOR: Final = (".gpkg", ".geojson", ".zip", ".parquet", ".dxf", ".osm", ".pbf")


@dataclass(frozen=True, slots=True)
class UploadKind:
    """A kind of data that can be handed in: its title, who may, and the ends of file names it comes under."""

    name: str
    title: str
    roles: frozenset[Role]
    suffixes: tuple[str, ...] = _VECTOR


UPLOAD_KINDS: Final[Mapping[str, UploadKind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            UploadKind("estates", "小区轮廓", RECORDERS),
            UploadKind("buildings", "楼栋", RECORDERS),
            UploadKind("entrances", "出入口", RECORDERS),
            UploadKind("obstacles", "障碍物", RECORDERS),
            UploadKind("roads", "道路", OFFICES),
            UploadKind("barriers", "阻隔", OFFICES),
            UploadKind("exclusions", "排除范围", OFFICES),
            UploadKind("connection_points", "市政接入点", OFFICES, (*_VECTOR, ".kml", ".xlsx", ".csv")),
            UploadKind("red_lines", "项目红线", OFFICES),
            UploadKind("municipal_facilities", "市政设施", OFFICES),
            UploadKind("public_rooms", "公共用房与国有资产", RECORDERS),
            UploadKind("leftover_land", "零星用地", OFFICES),
            UploadKind("networks", "管线", OFFICES | {"operator"}, (*_VECTOR, ".kml", ".xlsx", ".csv")),
            UploadKind("register", "台账", OFFICES, _TABLE),
            *(
                UploadKind(
                    f"{RECORDS_PREFIX}{kind}",
                    f"工程台账：{title}",
                    OFFICES if kind in _OFFICES_ONLY else RECORDERS,
                    _TABLE,
                )
                for kind, title in RECORD_TITLES.items()
            ),
        )
    }
)


def upload_kinds(viewer: Viewer) -> tuple[UploadKind, ...]:
    """Return what an account may hand in.

    Examples
    --------
    >>> [kind.name for kind in upload_kinds(Viewer("区深燃公司", "operator"))]
    ['networks']
    >>> upload_kinds(Viewer("public"))
    ()
    """
    return tuple(kind for kind in UPLOAD_KINDS.values() if viewer.role in kind.roles)


def upload_kind(viewer: Viewer, name: str) -> UploadKind:
    """Return a kind that an account may hand in.

    Raises
    ------
    NotFoundError
        There is no such kind.
    PermissionDeniedError
        The account may not hand it in.
    """
    if name not in UPLOAD_KINDS:
        raise NotFoundError(
            Text(f"不能报送 {name}。", en=f"{name} cannot be handed in."),
            [Fault(column="kind", value=name, allowed="、".join(UPLOAD_KINDS))],
        )
    kind = UPLOAD_KINDS[name]
    if viewer.role not in kind.roles:
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能报送{kind.title}。",
                en=f"The account {viewer.name} ({viewer.role}) may not hand in {name}.",
            ),
            [Fault(column="kind", value=name)],
        )
    return kind
