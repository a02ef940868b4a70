"""A company's own network handed back (交回) under its own headings or in its own layers, conflicts marked."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.catalog.layers import utilities
from gisplanner.crs import crs_name
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import NotFoundError, UsageError
from gisplanner.formats.geojson import write_geojson
from gisplanner.formats.network_drawing import CONFLICTS, NEIGHBOURS, DrawnFeature, write_network_drawing
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, require_owner
from gisplanner.services.networks.columns import LAYER, POINTS
from gisplanner.services.networks.conflict_files import conflict_frame
from gisplanner.services.networks.conflicts import ConflictResult, conflicts_of_district
from gisplanner.services.networks.upload import lines_for, owner_lines
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_CODE: Final = re.compile(r"^[A-Z]{2}$")
_RED: Final = "#ff0000"
_GREY: Final = "#808080"
_ILLUSTRATIVE: Final = "示意数据，非测绘成果"


def give_back(db: Database, district: District, owner: str, path: Path, *, viewer: Viewer = LOCAL) -> dict[str, int]:
    """Write a company's current lines and points with its conflicts; return how many of each.

    ``.geojson``: its lines under the headings of its last file, with the number of conflicts of each. ``.dxf``: its
    lines on the layers it drew them on (else on those of a survey, ``JS_LINE``), points as blocks, what others have
    within 5 m on ``相邻_…``, conflicts on ``净距冲突``.

    Raises
    ------
    PermissionDeniedError
        The account may not see them.
    NotFoundError
        The company has handed in nothing.
    UsageError
        Another kind of file.
    """
    require_owner(viewer, district, owner, Text("导出", en="export"))
    if path.suffix.lower() not in {".dxf", ".geojson", ".json"}:
        raise UsageError(Text("交回文件为 DXF 或 GeoJSON。", en="Handed back as DXF or GeoJSON."))
    lines = owner_lines(db, district, owner, viewer=viewer)
    points = layer_frame(db, district, POINTS)
    points = points[points["owner"] == owner].reset_index(drop=True)
    if lines.empty and points.empty:
        raise NotFoundError(Text(f"{owner} 还没有报送管线。", en=f"{owner} has handed in nothing."))
    marks = _conflicts(conflicts_of_district(db, district), owner)
    if path.suffix.lower() == ".dxf":
        company = Viewer(owner, "operator", {"owner": (owner,)})
        near = lines_for(db, district, viewer=company)
        _drawing(path, lines, points, near[near["owner"] != owner], marks)
    else:
        _geojson(db, district, path, lines, marks)
    return {"lines": len(lines), "points": len(points), "conflicts": len(marks)}


def _conflicts(result: ConflictResult, owner: str) -> gpd.GeoDataFrame:
    frame = conflict_frame(result)
    return frame[(frame["a_owner"] == owner) | (frame["b_owner"] == owner)]


def _geojson(db: Database, district: District, path: Path, lines: gpd.GeoDataFrame, marks: gpd.GeoDataFrame) -> None:
    owner = str(lines["owner"].iloc[0])
    with db.transaction() as connection:
        own = queries().network_headings(connection, district_id=district.id, owner=owner) or {}
    columns = [
        column.model_copy(update={"label": own.get(column.name, column.label)})
        for column in layer_spec(LAYER).columns
        if column.name in own or column.importable or column.name == "illustrative"
    ]
    met = Counter(name for row in marks.to_dict("records") for name in (row["a"], row["b"]) if isinstance(name, str))
    counts = [met[f"{row.owner}/{row.utility}/{row.code}"] for row in lines.itertuples()]
    columns.append(ColumnSpec(name="conflicts", label=CONFLICTS, type="integer"))
    notes = {"名称": f"{owner}管线", "示意数据": bool(lines["illustrative"].any())}
    write_geojson(path, lines.assign(conflicts=counts), columns, id_column="code", members=notes)


def _drawing(
    path: Path,
    lines: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    near: gpd.GeoDataFrame,
    marks: gpd.GeoDataFrame,
) -> None:
    features = [_line(row, _own_layer(row, "LINE"), utilities()[row.utility].colour) for row in lines.itertuples()]
    features += [_point(row) for row in points.itertuples()]
    features += [
        _line(row, f"{NEIGHBOURS}_{row.owner}_{utilities()[row.utility].name}", _GREY) for row in near.itertuples()
    ]
    features += [
        DrawnFeature(row.geometry, CONFLICTS, _RED, text=f"{row.kind} {row.measured_m:g}<{row.required_m:g}")
        for row in marks.itertuples()
    ]
    notes = [f"坐标系：{crs_name(lines.crs)}", "净距条文数值未核对原文"]
    if bool(lines["illustrative"].any()):
        notes.insert(0, _ILLUSTRATIVE)
    write_network_drawing(path, features, notes)


def _line(row: Any, layer: str, colour: str) -> DrawnFeature:
    text = None if pd.isna(row.section_text) else str(row.section_text)
    return DrawnFeature(row.geom, layer, colour, code=str(row.code), text=text)


def _point(row: Any) -> DrawnFeature:
    name = row.feature_text if isinstance(row.feature_text, str) and row.feature_text else row.kind
    values = (("编号", str(row.code)), ("附属物", str(name)))
    colour = utilities()[row.utility].colour
    return DrawnFeature(row.geom, _own_layer(row, "POINT"), colour, block=str(name), attributes=values)


def _own_layer(row: Any, what: str) -> str:
    if isinstance(row.drawn_on, str) and row.drawn_on:
        return row.drawn_on
    utility = utilities()[row.utility]
    code = next((word for word in utility.synonyms if _CODE.match(word)), utility.code.upper())
    return f"{code}_{what}"
