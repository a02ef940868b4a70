"""The filing of plans (备案): each company's plan for each estate, from 未报 to 已备案."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from gisplanner.catalog.profiles import profile
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, RefusedError, UsageError
from gisplanner.services.networks.access import LOCAL, require_filing_office, require_networks_office, require_own
from gisplanner.services.networks.reach import Reach, reach_of
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Language, Text

FilingState = Literal["未报", "已报", "退回", "已备案", "不涉及"]
STATES: Final[tuple[FilingState, ...]] = ("未报", "已报", "退回", "已备案", "不涉及")
DONE: Final[frozenset[FilingState]] = frozenset({"已备案", "不涉及"})
"""Cells of which nothing is owed any more."""
_AFTER: Final[dict[FilingState, frozenset[FilingState]]] = {
    "已报": frozenset({"未报", "已报", "退回", "不涉及"}),
    "不涉及": frozenset({"未报", "退回", "已报"}),
    "退回": frozenset({"已报", "已备案", "不涉及"}),
    "已备案": frozenset({"已报"}),
}
"""What a cell must be before it becomes something."""


@dataclass(frozen=True, slots=True)
class FilingCell:
    """Where one company's plan for one estate stands."""

    state: FilingState = "未报"
    version: int = 0
    on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FilingMatrix:
    """Estates by companies (小区 × 管线单位).

    Attributes
    ----------
    estates
        Code and name of each estate, as the register orders them.
    cells
        By estate code and owner; a cell that is not there is 未报.
    reach
        Which buildings of an estate a company's lines reach; nothing where no line or no building is known.
    """

    estates: tuple[tuple[str, str], ...]
    owners: tuple[str, ...]
    cells: dict[tuple[str, str], FilingCell]
    reach: dict[tuple[str, str], Reach] = field(default_factory=dict)

    def cell(self, estate: str, owner: str) -> FilingCell:
        """Return one cell."""
        return self.cells.get((estate, owner), FilingCell())

    def complete(self, estate: str, owner: str) -> bool | None:
        """Return whether a plan is complete: it says 不涉及, or its lines reach every building of the estate.

        ``None``: no building of the estate is on the map (资料不足).
        """
        if self.cell(estate, owner).state == "不涉及":
            return True
        found = self.reach.get((estate, owner))
        if found is not None:
            return found.complete
        return False if any(code == estate for code, _ in self.reach) else None

    def count(self, state: FilingState, *, owner: str | None = None) -> int:
        """Return how many cells are in a state, of one owner or of all."""
        owners = self.owners if owner is None else (owner,)
        return sum(self.cell(estate, one).state == state for estate, _ in self.estates for one in owners)

    def document(self, language: Language = "zh") -> dict[str, Any]:  # noqa: ARG002 - states are the document's own words
        """Return the JSON document: counts of the district and of each owner, and every cell that was touched."""
        total = len(self.estates) * len(self.owners)
        return {
            "cells": total,
            "states": {state: self.count(state) for state in STATES},
            "filed": f"{self.count('已备案')}/{total}",
            "complete": sum(self.complete(code, owner) is True for code, _ in self.estates for owner in self.owners),
            "owners": [
                {
                    "owner": owner,
                    "states": {state: self.count(state, owner=owner) for state in STATES},
                    "filed": f"{self.count('已备案', owner=owner)}/{len(self.estates)}",
                }
                for owner in self.owners
            ],
            "matrix": [
                {
                    "estate": estate,
                    "name": name,
                    "owner": owner,
                    "state": cell.state,
                    "version": cell.version,
                    "on": None if cell.on is None else cell.on.isoformat(),
                    "note": cell.note,
                    "complete": self.complete(estate, owner),
                    "buildings": None if reach is None else f"{reach.reached}/{reach.buildings}",
                    "missing": [] if reach is None else list(reach.missing),
                }
                for estate, name in self.estates
                for owner in self.owners
                if (cell := self.cells.get((estate, owner))) is not None
                for reach in [self.reach.get((estate, owner))]
            ],
        }

    def sentences(self) -> Text:
        """Return the matrix in figures for a person."""
        total = len(self.estates) * len(self.owners)
        filed, handed, back = (self.count(state) for state in ("已备案", "已报", "退回"))
        zh = [f"备案 {filed}/{total}，已报未备案 {handed}，退回 {back}。"]
        en = [
            f"filed {self.count('已备案')}/{total}, handed in {self.count('已报')}, sent back {self.count('退回')}."
        ]
        short = [
            (name, owner)
            for code, name in self.estates
            for owner in self.owners
            if self.cell(code, owner).state in {"已报", "已备案"} and self.complete(code, owner) is False
        ]
        if short:
            zh.append(f"已报或已备案而管线未到每一栋楼的 {len(short)} 份，不算完整。")
            en.append(f"{len(short)} plans were handed in or filed and do not reach every building: not complete.")
        for owner in self.owners:
            filed, handed = self.count("已备案", owner=owner), self.count("已报", owner=owner)
            zh.append(f"  {owner}：备案 {filed}/{len(self.estates)}，已报 {handed}")
            en.append(f"  {owner}: filed {filed}/{len(self.estates)}, handed in {handed}")
        return Text("\n".join(zh), en="\n".join(en))


def owners_of(district: District) -> tuple[str, ...]:
    """Return the companies whose plans are to be filed: those its policy profile names."""
    if district.profile is None:
        return ()
    return tuple(one.name for one in profile(district.profile).operators)


def filing_matrix(db: Database, district: District, *, viewer: Viewer = LOCAL) -> FilingMatrix:
    """Return where all plans stand; an operator sees its own column.

    Owners are those of the profile, then others that handed in something.
    """
    with db.transaction() as connection:
        rows = list(queries().filing_states(connection, district_id=district.id))
        estates = [(row.code, row.name or row.code) for row in _estates(connection, district)]
    named = list(owners_of(district))
    owners = [*named, *sorted({row.owner for row in rows} - set(named))]
    if viewer.role == "operator":
        owners = [owner for owner in owners if owner in viewer.scope.get("owner", ())]
    cells = {
        (row.estate_code, row.owner): FilingCell(row.state, row.version, row.happened_on, row.note) for row in rows
    }
    return FilingMatrix(tuple(estates), tuple(owners), cells, reach_of(db, district))


def record_filing(
    db: Database,
    district: District,
    estates: Sequence[str],
    owner: str,
    state: str,
    *,
    on: date,
    document: str | None = None,
    note: str | None = None,
    illustrative: bool = False,
    viewer: Viewer = LOCAL,
) -> None:
    """Record a step of the filing for estates (codes or exact names), all or none.

    The company hands in (已报) or says 不涉及; the headquarters files (已备案); it or the network company sends back
    (退回, with the reason).

    Raises
    ------
    PermissionDeniedError
        The account may not take this step.
    NotFoundError
        No such estate.
    UsageError
        No such state, or sent back without a reason.
    RefusedError
        The step does not follow from where the plan stands.
    """
    if state not in _AFTER or (state == "退回" and not note):
        raise UsageError(
            Text(
                "状态应为 已报、退回、已备案、不涉及，退回须写原因。",
                en="No such state, or no reason to send it back.",
            ),
            [Fault(column="state", value=state, allowed=" ".join(_AFTER))],
        )
    if state == "退回":
        require_networks_office(viewer, Text("退回方案", en="send back plans"))
    elif state == "已备案":
        require_filing_office(viewer, Text("备案", en="file"))
    else:
        require_own(viewer, district, owner, Text("报送方案", en="hand in plans for"))
    matrix = filing_matrix(db, district)
    with db.transaction() as connection:
        known = {key: row for row in _estates(connection, district) for key in (row.name, row.code) if key}
        missing = [Fault(column="estate", value=name) for name in estates if name not in known]
        if missing:
            raise NotFoundError(Text("没有这些小区。", en="There are no such estates."), missing)
        chosen = [known[name] for name in estates]
        _refuse_leaps(matrix, [(row.code, row.name or row.code) for row in chosen], owner, state)
        for row in chosen:
            queries().filing_insert(
                connection,
                district_id=district.id,
                estate_id=row.id,
                owner=owner,
                state=state,
                happened_on=on,
                document=document,
                note=note,
                illustrative=illustrative,
            )


def _refuse_leaps(matrix: FilingMatrix, estates: list[tuple[str, str]], owner: str, state: str) -> None:
    allowed = next(before for after, before in _AFTER.items() if after == state)
    stuck = [(name, now) for code, name in estates if (now := matrix.cell(code, owner).state) not in allowed]
    if stuck:
        raise RefusedError(
            Text(f"{owner} 的方案不能记为{state}。", en=f"The plan of {owner} cannot become {state}."),
            [Fault(column="state", value=f"{name}：{now}", allowed=" ".join(sorted(allowed))) for name, now in stuck],
        )


def _estates(connection: Connection, district: District) -> list[Any]:
    return list(queries().filing_estates(connection, district_id=district.id))
