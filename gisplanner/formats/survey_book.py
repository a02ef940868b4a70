"""Tables of a pipeline survey (管线探测成果表): for each kind a table of points and a table of lines.

Lines name their two points; the points have coordinates, X north and Y east, as CJJ 61 surveys hand them over. The
tables are sheets of one workbook, or text files of one folder: ``JSPOINT.csv`` beside ``JSLINE.csv``. A table of
points may come alone: valves, regulators, risers; lines without their points cannot be drawn, and each says so.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import shapely

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import RawLayer, raw_frame
from gisplanner.formats.table import Table, read_bytes
from gisplanner.formats.table_csv import read_csv
from gisplanner.text import Text

ROW: Final = "survey_row"
SHEET: Final = "survey_sheet"
PROBLEM: Final = "survey_problem"
POINT: Final = "survey_point"
_FIXTURES: Final = ("subsid", "附属物", "feature", "特征", "特征点")
"""Headings of what stands at a point, the fixture before the shape of the line."""

_POINTS: Final = re.compile(r"^(.*?)[_\s]*(?:POINT|点表|管点|点)$", re.IGNORECASE)
_LINES: Final = re.compile(r"^(.*?)[_\s]*(?:LINE|线表|管线|线)$", re.IGNORECASE)

_POINT_HEADINGS: Final = {
    "id": ("exp_no", "物探点号", "管点编号", "点号", "管点号", "编号"),
    "north": ("x", "x坐标", "北坐标", "x(m)", "北", "纬度", "latitude", "lat"),
    "east": ("y", "y坐标", "东坐标", "y(m)", "东", "经度", "longitude", "lon"),
}
_LINE_HEADINGS: Final = {
    "start": ("s_point", "起点", "起点点号", "起点号", "起始点号"),
    "end": ("e_point", "终点", "终点点号", "终点号", "连接点号"),
    "start_depth": ("s_deep", "起点埋深", "起始埋深"),
    "end_depth": ("e_deep", "终点埋深", "终止埋深"),
}
_ENDS: Final = ("start", "end")


def read_survey_book(path: Path, tables: Sequence[Table]) -> RawLayer:
    """Return the lines and points of all tables as one layer, the kind in ``utility``.

    Lines come first, then the points themselves: valves, manholes, hydrants. What cannot be drawn has no geometry and
    says why.

    Parameters
    ----------
    tables
        Those of the file; for a text file the other half of its pair is found beside it.

    Raises
    ------
    FileFormatError
        There are no points, or a table lacks columns it needs.
    """
    pairs = _pairs(path, tables)
    rows = [row for pair in pairs for row in _rows(pair, path.name)]
    rows += [row for pair in pairs for row in _point_rows(pair, path.name)]
    frame = raw_frame(rows)
    frame[PROBLEM] = pd.Series([row[PROBLEM] for row in rows], dtype=object)  # else both languages become one
    frame[POINT] = pd.Series([row.get(POINT, False) for row in rows], dtype=bool)
    return RawLayer(frame)


@dataclass(frozen=True, slots=True)
class _Pair:
    kind: str
    points: Table | None
    lines: Table | None


def _pairs(path: Path, tables: Sequence[Table]) -> list[_Pair]:
    sheets = {name.strip(): table for name, table in _sheets(path, tables).items() if table.rows}
    points = {found[1]: table for name, table in sheets.items() if (found := _POINTS.match(name))}
    lines = {found[1]: table for name, table in sheets.items() if (found := _LINES.match(name))}
    pairs = [
        _Pair(kind, points.get(kind), table) for kind, table in lines.items() if kind in points or _has_ends(table)
    ]
    pairs += [_Pair(kind, table, None) for kind, table in points.items() if kind not in lines and _has_places(table)]
    others = [table for name, table in sheets.items() if not (_POINTS.match(name) or _LINES.match(name))]
    pairs += [_Pair("", table, None) for table in others if _has_places(table)]
    if not any(pair.points for pair in pairs):
        raise FileFormatError(
            Text(f"{path.name} 里没有成对的点表和线表。", en=f"{path.name} has no pair of a point and a line sheet."),
            [
                Fault(
                    file=path.name,
                    value="、".join(sheets),
                    allowed="JSPOINT + JSLINE、给水点表 + 给水线表 …",
                    hint=Text("只有点的表要有点号、X、Y 三列", en="a table of points alone has 点号, X and Y"),
                )
            ],
        )
    return pairs


def _sheets(path: Path, tables: Sequence[Table]) -> dict[str, Table]:
    """Return the tables of a workbook by sheet; for a text file, itself and the other half of its pair."""
    if path.suffix.lower() != ".csv":
        return {table.sheet or "": table for table in tables}
    stem = unicodedata.normalize("NFKC", path.stem)
    kind = next((found[1] for pattern in (_POINTS, _LINES) if (found := pattern.match(stem))), None)
    if kind is None:
        return {stem: replace(tables[0], sheet=stem)}
    pair = {}
    for other in sorted(path.parent.glob("*.csv")):
        name = unicodedata.normalize("NFKC", other.stem)
        if any((found := pattern.match(name)) and found[1] == kind for pattern in (_POINTS, _LINES)):
            pair[name] = replace(read_csv(read_bytes(other), file=other.name), sheet=name)
    return pair


def _point_rows(pair: _Pair, file: str) -> list[dict[str, Any]]:
    if pair.points is None:
        return []
    headings = _headings(pair.points)
    columns = _columns(headings, _POINT_HEADINGS, tuple(_POINT_HEADINGS), pair.points, file)
    by_key = {heading.casefold(): position for position, heading in enumerate(headings)}
    others = {name: position for position, name in enumerate(headings) if name and position not in columns.values()}
    fixtures = [by_key[word] for word in _FIXTURES if word in by_key]
    made = []
    for row in pair.points.rows[1:]:
        if row.blank:
            continue
        east, north = (_number(row.cell(columns[axis]).text) for axis in ("east", "north"))
        drawn = east is not None and north is not None
        values: dict[str, Any] = {name: row.cell(position).text or None for name, position in others.items()}
        texts = [row.cell(position).text.strip() for position in fixtures]
        values |= {
            **({"utility": pair.kind} if pair.kind else {}),
            "code": row.cell(columns["id"]).text.strip() or None,
            "feature_text": next((text for text in texts if text), "特征点"),
            ROW: row.number,
            SHEET: pair.points.sheet,
            PROBLEM: None if drawn else Text("点没有坐标", en="the point has no coordinates"),
            POINT: True,
            "geometry": shapely.Point(east, north) if drawn else None,
        }
        made.append(values)
    return made


def _has_places(table: Table) -> bool:
    """Return whether a table is one of points: each with a name and two coordinates, none with an end."""
    headings = {heading.casefold() for heading in _headings(table)}
    ends = {word for name in _ENDS for word in _LINE_HEADINGS[name]}
    return not headings & ends and all(headings.intersection(words) for words in _POINT_HEADINGS.values())


def _has_ends(table: Table) -> bool:
    """Return whether a table is one of lines: each with the names of two points."""
    headings = {heading.casefold() for heading in _headings(table)}
    return all(headings.intersection(_LINE_HEADINGS[name]) for name in _ENDS)


def _rows(pair: _Pair, file: str) -> list[dict[str, Any]]:
    if pair.lines is None:
        return []
    places = {} if pair.points is None else _places(pair.points, file)
    headings = _headings(pair.lines)
    columns = _columns(headings, _LINE_HEADINGS, _ENDS, pair.lines, file)
    others = {name: position for position, name in enumerate(headings) if name and position not in columns.values()}
    made = []
    for row in pair.lines.rows[1:]:
        if row.blank:
            continue
        values: dict[str, Any] = {name: row.cell(position).text or None for name, position in others.items()}
        ends = [row.cell(columns[end]).text.strip() for end in _ENDS]
        problem = _problem(ends, places)
        values |= {
            "utility": pair.kind,
            "code": "-".join([pair.kind, *ends]),
            "depth_m": _depth(
                row.cell(columns[name]).text for name in ("start_depth", "end_depth") if name in columns
            ),
            ROW: row.number,
            SHEET: pair.lines.sheet,
            PROBLEM: problem,
            "geometry": None if problem else shapely.LineString([places[end] for end in ends]),
        }
        made.append(values)
    return made


def _problem(ends: Sequence[str], places: dict[str, tuple[float, float]]) -> Text | None:
    missing = [end or "—" for end in ends if end not in places]
    if missing:
        told = "、".join(missing)
        return Text(f"点表里没有点 {told}", en=f"no point {told} in the sheet of points")
    if places[ends[0]] == places[ends[1]]:
        return Text("起点与终点在同一处", en="start and end are at one place")
    return None


def _places(table: Table, file: str) -> dict[str, tuple[float, float]]:
    columns = _columns(_headings(table), _POINT_HEADINGS, tuple(_POINT_HEADINGS), table, file)
    places = {}
    for row in table.rows[1:]:
        name = row.cell(columns["id"]).text.strip()
        east, north = (_number(row.cell(columns[axis]).text) for axis in ("east", "north"))
        if name and east is not None and north is not None:
            places[name] = (east, north)
    return places


def _headings(table: Table) -> list[str]:
    return [unicodedata.normalize("NFKC", cell.text).strip() for cell in table.rows[0].cells]


def _columns(
    headings: list[str], known: Mapping[str, tuple[str, ...]], needed: tuple[str, ...], table: Table, file: str
) -> dict[str, int]:
    by_key = {heading.casefold(): position for position, heading in enumerate(headings)}
    found = {
        name: by_key[word] for name, words in known.items() if (word := next((w for w in words if w in by_key), ""))
    }
    missing = [name for name in needed if name not in found]
    if missing:
        raise FileFormatError(
            Text(f"工作表 {table.sheet} 缺少必需的列。", en=f"The sheet {table.sheet} lacks columns it needs."),
            [Fault(file, table.sheet, 1, name, allowed="、".join(known[name])) for name in missing],
        )
    return found


def _depth(texts: Iterable[str]) -> float | None:
    """Return the lesser depth of both ends: the cover that decides."""
    return min((number for text in texts if (number := _number(text)) is not None), default=None)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
