"""The clearance tables as they hold in a district: national rows, those it corrected, those it added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gisplanner.domain.clearance_tables import PLACES, ClearanceRule, CoverRule, Standards
from gisplanner.domain.district_tables import DistrictRow, StoredRow, TableName
from gisplanner.errors import Fault
from gisplanner.text import Text

_EVIDENCE: Final = "区县提供"
_NEEDED: Final[dict[TableName, tuple[str, ...]]] = {
    "horizontal": ("a", "b", "min_m", "where", "obligation", "standard"),
    "vertical": ("a", "b", "min_m", "where", "obligation", "standard"),
    "cover": ("a", "surface", "min_m", "where", "obligation", "standard"),
}


def with_rows(national: Standards, rows: Sequence[StoredRow]) -> Standards:
    """Return the tables with a district's rows in their places.

    A row of a known id takes the place of the national one, any other stands beside them. A standard that the
    national order does not know (地方标准、区县规定) decides before all others; what asks for more stays as advice.

    Raises
    ------
    pydantic.ValidationError
        A row does not fit the tables; :func:`row_faults` tells people why.

    Examples
    --------
    >>> from datetime import date
    >>> from gisplanner.catalog.clearances import clearance_standards
    >>> mine = StoredRow("horizontal", "H019", {"min_m": 0.7}, "南建〔2024〕1号", "王工", date(2024, 9, 2))
    >>> [row] = [one for one in with_rows(clearance_standards(), [mine]).horizontal if one.id == "H019"]
    >>> row.min_m, row.shown, row.origin
    (0.7, 'GB 50289-2016 4.1.9（未核对原文，区县修正）', '南建〔2024〕1号（王工，2024-09-02）')
    """
    if not rows:
        return national
    tables: dict[TableName, dict[str, Any]] = {
        "horizontal": {one.id: one for one in national.horizontal},
        "vertical": {one.id: one for one in national.vertical},
        "cover": {one.id: one for one in national.cover},
    }
    for row in rows:
        tables[row.table][row.id] = _placed(tables[row.table].get(row.id), row)
    between = [*tables["horizontal"].values(), *tables["vertical"].values()]
    return Standards.model_validate(
        {
            "classes": national.classes,
            "horizontal": tuple(tables["horizontal"].values()),
            "vertical": tuple(tables["vertical"].values()),
            "cover": tuple(tables["cover"].values()),
            "order": _order(national.order, between),
            "cover_order": _order(national.cover_order, tables["cover"].values()),
            "accuracy_m": national.accuracy_m,
            "yields": national.yields,
        }
    )


def row_faults(national: Standards, row: DistrictRow, current: Mapping[str, Any] | None) -> list[Fault]:
    """Return what is wrong with one row of a district's file.

    Parameters
    ----------
    current
        Columns of the row as it holds now, ``None`` for a new one.
    """
    faults = [
        Fault(column=_title(name), hint=Text("要写", en="needed"))
        for name in ("source", "decided_by", "decided_on")
        if getattr(row, name) is None
    ]
    if row.withdrawn:
        return faults
    said = {**(current or {}), **classes_named(national, row.said())}
    faults += [
        Fault(column=_title(name), hint=Text("补充的行要写", en="a new row needs it"))
        for name in _NEEDED[row.table]
        if said.get(name) is None
    ]
    known = national.classes
    faults += [
        Fault(
            column=_title(name),
            value=str(said[name]),
            allowed="、".join(one.title for one in known.values()),
            hint=Text("不认识的管线或对象类别", en="no such class"),
        )
        for name in ("a", "b")
        if said.get(name) is not None and said[name] not in known
    ]
    least, most = said.get("min_m"), said.get("preferred_m")
    if least is not None and most is not None and most < least:
        faults.append(Fault(column=_title("preferred_m"), value=str(most), allowed=f"≥ {least:g}"))
    return faults


def classes_named(national: Standards, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns with classes by their code, whether a person wrote the code or the title."""
    by_title = {one.title: name for name, one in national.classes.items()}
    return {name: by_title.get(value, value) if name in {"a", "b"} else value for name, value in said.items()}


def columns_of(row: ClearanceRule | CoverRule) -> dict[str, Any]:
    """Return a row of the tables under the columns a district writes; cover has its pipe in ``a``."""
    shared: dict[str, Any] = {
        "where": row.where,
        "obligation": row.obligation,
        "standard": row.standard,
        "clause": row.clause,
    }
    shared |= {"min_m": row.min_m, "status": row.status}
    if isinstance(row, CoverRule):
        return {"a": row.pipe, "surface": row.surface, **shared}
    return {"a": row.a, "b": row.b, "preferred_m": row.preferred_m, **shared}


def _placed(before: Any, row: StoredRow) -> ClearanceRule | CoverRule:
    said = dict(row.values)
    if row.table == "cover":
        said = {("pipe" if name == "a" else name): value for name, value in said.items()}
    values = {} if before is None else before.model_dump()
    values = {"clause": None, "doubt": None, "evidence": _EVIDENCE, "status": "未核对原文", **values, **said}
    values |= {"id": row.id, "origin": row.origin}
    if row.table == "cover":
        return CoverRule.model_validate(values)
    return ClearanceRule.model_validate({"preferred_m": None, "condition": None, "lower_only_for": None, **values})


def _order(order: Mapping[Any, tuple[str, ...]], rows: Iterable[Any]) -> dict[Any, tuple[str, ...]]:
    """Return the order in which standards decide, those of the district alone first."""
    listed = list(rows)
    made = {}
    for place in PLACES:
        used = dict.fromkeys(one.standard for one in listed if one.where in (place, "any") and one.origin is not None)
        made[place] = (*(name for name in used if name not in order[place]), *order[place])
    return made


def _title(name: str) -> str:
    return str(DistrictRow.model_fields[name].title)
