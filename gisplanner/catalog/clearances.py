"""Clearance tables of the national standards from ``rules/standards/``."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from gisplanner import rules
from gisplanner.catalog.files import faults_of
from gisplanner.domain.clearance_tables import ClearanceRule, CoverRule, Standards
from gisplanner.errors import CatalogueError, Fault
from gisplanner.text import Text

STANDARDS_DIR: Final = Path(rules.__file__).parent / "standards"

_TABLES: Final[dict[str, type[BaseModel]]] = {
    "clearance_horizontal": ClearanceRule,
    "clearance_vertical": ClearanceRule,
    "cover_depth": CoverRule,
}


@cache
def clearance_standards() -> Standards:
    """Return the clearance tables, their classes and the order in which standards decide.

    Raises
    ------
    CatalogueError
        One or more rows are wrong; all faults at once.

    Examples
    --------
    >>> tables = clearance_standards()
    >>> [row.min_m for row in tables.horizontal if (row.a, row.b) == ("water_to_200", "drain")]
    [1.0]
    >>> {row.status for row in tables.horizontal}
    {'未核对原文'}
    """
    return read_standards(STANDARDS_DIR)


def read_standards(folder: Path) -> Standards:
    """Read the tables of a folder; a district that keeps corrected tables hands in its own.

    Raises
    ------
    CatalogueError
        As :func:`clearance_standards`.
    """
    faults: list[Fault] = []
    tables = {name: _rows(folder / f"{name}.csv", kind, faults) for name, kind in _TABLES.items()}
    if faults:
        raise CatalogueError(Text("标准数据表有误。", en="Tables of standards are wrong."), faults)
    settings = folder / "clearance_order.toml"
    try:
        return Standards.model_validate(
            {
                "classes": tomllib.loads((folder / "line_classes.toml").read_text(encoding="utf-8")),
                "horizontal": tables["clearance_horizontal"],
                "vertical": tables["clearance_vertical"],
                "cover": tables["cover_depth"],
                **tomllib.loads(settings.read_text(encoding="utf-8")),
            }
        )
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueError(
            Text("标准数据表有误。", en="Tables of standards are wrong."), faults_of(settings, error)
        ) from error


def _rows(path: Path, kind: type[BaseModel], faults: list[Fault]) -> tuple[Any, ...]:
    adapter = TypeAdapter(kind)
    made = []
    seen: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                made.append(adapter.validate_python(row))
            except ValidationError as error:
                faults += [
                    Fault(str(path), None, number, str(one["loc"][0]) if one["loc"] else None, hint=one["msg"])
                    for one in error.errors()
                ]
            if row["id"] in seen:
                faults.append(Fault(str(path), None, number, "id", row["id"], hint=Text("重复", en="repeated")))
            seen.add(row["id"])
    return tuple(made)
