"""Ground and rooms that estates could use (可利用资源): leftover land, public rooms, state assets, idle houses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.services.progress.book import works_book
from gisplanner.services.progress.projects import find_estate, today
from gisplanner.services.progress.record_words import VOTES
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

NEAR_M: Final = 50.0
"""What lies within this distance of an estate is 周边 or 附近 of it (本工具参数: no text gives a number)."""
FARTHEST_M: Final = 5000.0
_NEEDS: Final = 3
_NOWHERE: Final = ("", "附近没有小区")


@dataclass(frozen=True, slots=True)
class Near:
    """An estate beside a thing: how far, in which adopted area (片区), and what its residents ask for most."""

    estate: str
    name: str | None
    distance_m: float
    area: str | None
    needs: tuple[str, ...]

    @property
    def where(self) -> str:
        """Return where the thing is, seen from the estate."""
        return "小区内" if self.distance_m == 0 else f"附近 {self.distance_m:.0f} m"


@dataclass(frozen=True, slots=True)
class Land:
    """A piece of leftover land and the estates it could serve, nearest first."""

    code: str
    name: str | None
    kind: str
    area_m2: float
    owner: str | None
    current_use: str | None
    planned_use: str | None
    illustrative: bool
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """A public room, state asset or idle house and the estate it belongs to, else those it stands near."""

    code: str
    kind: str
    name: str | None
    current_use: str | None
    state: str | None
    area_m2: float | None
    owner: str | None
    surveyed_on: str | None
    note: str | None
    illustrative: bool
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """What was found within a distance of the estates that were asked for."""

    within_m: float
    land: tuple[Land, ...] = ()
    rooms: tuple[Room, ...] = ()
    without: tuple[str, ...] = field(default=())
    """Estates of which no room is recorded: nobody looked, or there is none."""

    def document(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {
            "within_m": self.within_m,
            "land": [asdict(one) for one in self.land],
            "rooms": [asdict(one) for one in self.rooms],
            "estates_without_rooms": list(self.without),
        }

    def land_sentences(self) -> Text:
        """Return the candidates of land for a person."""
        zh = [f"小区及周边 {self.within_m:g} m 内的零星用地 {len(self.land)} 块，可供公共空间、停车和配套设施选用："]
        zh += [f"  {one.code}（{one.kind}）{one.area_m2:.0f} ㎡：{_beside(one.near)}" for one in self.land]
        en = [f"{len(self.land)} pieces of leftover land within {self.within_m:g} m of estates:"]
        en += [f"  {one.code}: {one.area_m2:.0f} m2, {len(one.near)} estates near" for one in self.land]
        return Text("\n".join(zh), en="\n".join(en))

    def room_sentences(self) -> Text:
        """Return the rooms for a person."""
        zh = [f"公共用房、国有资产和闲置房屋 {len(self.rooms)} 处："]
        zh += [
            f"  {one.code}（{one.kind}）{one.name or ''} {one.state or '状态未填'}"
            f" {'面积未填' if one.area_m2 is None else f'{one.area_m2:g} ㎡'}：{_beside(one.near)}"
            for one in self.rooms
        ]
        zh.append(f"  没有房屋记录的小区 {len(self.without)} 个（未摸底或没有）")
        en = [f"{len(self.rooms)} public rooms, state assets and idle houses:"]
        en += [f"  {one.code}: {one.kind}, {len(one.near)} estates" for one in self.rooms]
        en.append(f"  {len(self.without)} estates without a record")
        return Text("\n".join(zh), en="\n".join(en))

    def land_table(self) -> Table:
        """Return the land with the estates beside it, one row for each pair."""
        rows = [
            (
                one.code, one.name, one.kind, round(one.area_m2, 1), one.owner, one.current_use, one.planned_use,
                near.name or near.estate, round(near.distance_m, 1), near.area, "、".join(near.needs) or None,
            )
            for one in self.land
            for near in one.near
        ]  # fmt: skip
        return Table(
            "零星用地", self._notes("小区及周边零星用地候选表", self.land),
            [
                "地块编码", "名称", "类别", "面积（㎡）", "权属单位", "现状用途", "拟用途", "小区", "距离（m）",
                "片区", "小区主要需求",
            ],
            rows,
        )  # fmt: skip

    def room_table(self) -> Table:
        """Return the rooms, one row for each estate beside."""
        rows = [
            (
                place, where, one.code, one.kind, one.name, one.current_use, one.state, one.area_m2, one.owner,
                one.surveyed_on, one.note,
            )
            for one in self.rooms
            for place, where in [(beside.name or beside.estate, beside.where) for beside in one.near] or [_NOWHERE]
        ]  # fmt: skip
        return Table(
            "公共用房国有资产", self._notes("公共用房、国有资产摸底表", self.rooms),
            [
                "小区", "位置", "房屋编码", "类别", "名称", "现状用途", "使用状态", "建筑面积（㎡）", "产权单位",
                "调查日期", "说明",
            ],
            rows,
        )  # fmt: skip

    def write_land(self, path: Path) -> None:
        """Write the candidates of land as a workbook; :meth:`write_rooms` writes the rooms.

        Raises
        ------
        InputError
            ``path`` cannot be written to.
        """
        write_tables(path, [self.land_table()])

    def write_rooms(self, path: Path) -> None:
        """Write the rooms as a workbook, see :meth:`write_land`."""
        write_tables(path, [self.room_table()])

    def _notes(self, title: str, found: Iterable[Land | Room]) -> list[str]:
        notes = [f"{title}（本工具设计）", f"周边按 {self.within_m:g} m 计（本工具参数，文件没有给出数值）"]
        return [*notes, "含示意数据，不是测绘成果"] if any(one.illustrative for one in found) else notes


def candidates(
    db: Database, district: District, *, within_m: float = NEAR_M, estate: str | None = None, area: str | None = None
) -> Candidates:
    """Return leftover land and rooms in or near estates.

    Parameters
    ----------
    within_m
        Distance from an estate's outline, 0 to :data:`FARTHEST_M`.
    estate
        Code or name of one estate; ``None`` is all.
    area
        Code or name of one adopted area (片区); ``None`` is all.

    Raises
    ------
    InputError
        A distance out of range.
    NotFoundError
        There is no such estate or area, at least none the account sees.
    """
    if not 0 <= within_m <= FARTHEST_M:
        raise InputError(
            Text("距离不能用。", en="The distance cannot be used."),
            [Fault(column="--within", value=f"{within_m:g}", allowed=f"0–{FARTHEST_M:g} m")],
        )
    with db.transaction() as connection:
        wanted = _wanted(connection, district, estate, area)
        areas = {
            row.estate_code: row.name for row in queries().renewal_area_members(connection, district_id=district.id)
        }
        book = works_book(connection, district, today())
        land = list(queries().leftover_near_estates(connection, district_id=district.id, within_m=within_m))
        rooms = list(queries().rooms_near_estates(connection, district_id=district.id, within_m=within_m))
        estates = [row.code for row in queries().works_estates(connection, district_id=district.id)]

    def near(row: Any) -> Near:
        votes = sorted(book.items(row.estate_code, VOTES).items(), key=lambda vote: (-vote[1], vote[0]))
        needs = tuple(f"{item} {count:f}" for item, count in votes[:_NEEDS])
        return Near(row.estate_code, row.estate, round(row.distance_m, 3), areas.get(row.estate_code), needs)

    said = {row.estate_code for row in rooms if row.distance_m == 0}
    return Candidates(
        within_m,
        land=tuple(
            Land(**_facts(Land, rows[0]), near=beside) for rows, beside in _with_near(land, near, wanted) if beside
        ),
        rooms=tuple(
            Room(**_facts(Room, rows[0]), near=beside)
            for rows, beside in _with_near(rooms, near, wanted)
            if beside or wanted is None
        ),
        without=tuple(code for code in estates if code not in said and (wanted is None or code in wanted)),
    )


def _wanted(connection: Connection, district: District, estate: str | None, area: str | None) -> set[str] | None:
    if estate is not None:
        return {find_estate(connection, district, estate).code}
    if area is None:
        return None
    rows = list(queries().renewal_area_members(connection, district_id=district.id))
    found = {row.estate_code for row in rows if area in {row.code, row.name}}
    if not found:
        known = "、".join(dict.fromkeys(row.name for row in rows))
        raise NotFoundError(
            Text(f"没有片区 {area}。", en=f"There is no area {area}."),
            [Fault(column="--area", value=area, allowed=known or None)],
        )
    return found


def _with_near(
    rows: Iterable[Any], near: Callable[[Any], Near], wanted: set[str] | None
) -> list[tuple[list[Any], tuple[Near, ...]]]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.code, []).append(row)
    return [
        (
            some,
            tuple(
                near(row) for row in some if row.estate_code and (wanted is None or row.estate_code in wanted)
            ),
        )
        for some in grouped.values()
    ]  # fmt: skip


def _facts(kind: type[Land | Room], row: Any) -> Mapping[str, Any]:
    told = {name: getattr(row, name) for name in kind.__dataclass_fields__ if name != "near"}
    if told.get("area_m2") is not None:
        told["area_m2"] = round(float(told["area_m2"]), 3)
    if told.get("surveyed_on") is not None:
        told["surveyed_on"] = told["surveyed_on"].isoformat()
    return told


def _beside(near: tuple[Near, ...]) -> str:
    told = [
        f"{one.name or one.estate}" + ("内" if one.distance_m == 0 else f" {one.distance_m:.0f} m") for one in near
    ]
    return "、".join(told) or "附近没有小区"
