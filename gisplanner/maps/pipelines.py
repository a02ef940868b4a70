"""The map of pipelines (管线图): lines by utility and owner, and where two of them come too close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.layers import LayerSpec, UtilitySpec
from gisplanner.maps.attributes import known, popup_columns, popup_rows, told
from gisplanner.maps.context import Context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.outlines import as_degrees, geometry_json
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_MARK_M: Final = 1.5
_POINT_M: Final = 0.8
_LISTED: Final = 40
_VERDICTS: Final = {
    "确定": ("#111111", "#ffe100"),
    "可能": ("#111111", "#ffffff"),
    "例外": ("#3f5f4f", "#9fc3ae"),
}
"""Conflicts that are sure, possible, and accepted on record (例外登记); no utility has these colours."""
_TITLES: Final = {"确定": "确定冲突", "可能": "可能冲突", "例外": "已登记例外"}
_HEADINGS: Final = ("类别", "判定", "实际净距", "要求净距", "过近长度", "条文", "核对状态", "避让方", "建议")


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Things drawn as marks with a list of facts: valves and manholes, what has to be done.

    Attributes
    ----------
    names, facts
        What each is called, and its facts in the order of ``headings``.
    """

    title: str
    colour: str
    shapes: gpd.GeoSeries
    names: Sequence[str]
    headings: Sequence[str]
    facts: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """What is drawn.

    Attributes
    ----------
    lines
        Rows of the layer ``pipe_segments`` in a metric CRS.
    conflicts
        Points with ``number``, ``a``, ``b``, ``kind``, ``verdict``, ``measured_m``, ``required_m``, ``length_m``,
        ``clause``, ``status``, ``yields``, ``fix``, and ``exception`` where somebody accepted it.
    unknown
        How many pairs nobody can judge.
    filing
        What the panel says of the filing of plans: name and figure.
    marks
        Points of the networks and tasks, each group a layer of its own.
    """

    lines: gpd.GeoDataFrame
    conflicts: gpd.GeoDataFrame
    unknown: int
    filing: Sequence[tuple[str, str]]
    marks: Sequence[Marks] = ()


def pipelines_map(
    estates: gpd.GeoDataFrame,
    networks: Networks,
    *,
    layer: LayerSpec,
    lines_layer: LayerSpec,
    utilities: Mapping[str, UtilitySpec],
    sheet: Sheet,
    context: Context | None = None,
) -> str:
    """Return the map of pipelines as one HTML page; the public version has neither lines nor conflicts.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    made = EstatesMap(estates, sheet=sheet, context=context, theme=networks.lines.geometry)
    groups: dict[str, Sequence[ScriptedLayer]] = {"小区": made.draw_estates(layer)}
    rows: list[dict[str, Any]] = []
    if not sheet.public:
        groups["管线"], rows = _add_lines(made.page, networks.lines, lines_layer, utilities)
        groups["净距"] = _add_conflicts(made.page, networks.conflicts)
        marked = [_add_marks(made.page, number, one) for number, one in enumerate(networks.marks)]
        if marked:
            groups["管点与事项"] = marked
    return made.finish(
        render_template("pipelines.html", _panel(networks, rows, public=sheet.public)),
        groups,
        warnings=sheet.warnings(illustrative=made.illustrative or bool(networks.lines["illustrative"].any())),
        notes=["条文数值未核对原文"],
    )


def _add_lines(
    page: OfflineMap, lines: gpd.GeoDataFrame, spec: LayerSpec, utilities: Mapping[str, UtilitySpec]
) -> tuple[list[ScriptedLayer], list[dict[str, Any]]]:
    columns = popup_columns(spec, public=False)
    layers, rows = [], []
    for number, ((code, owner), part) in enumerate(lines.groupby(["utility", "owner"], sort=True)):
        utility = utilities[str(code)]
        degrees = as_degrees(part.geometry, grid_m=None)
        features = [
            {"type": "Feature", "geometry": geometry_json(shape), "properties": {"c": 0, "n": name, "v": values}}
            for shape, name, values in zip(degrees, part["code"], popup_rows(part, columns), strict=True)
        ]
        data = page.embed(f"lines-{number}", {"type": "FeatureCollection", "features": features})
        looks = [{"line": utility.colour, "weight": 2.6, "dash": None, "fill": None, "thins": True}]
        title = f"{utility.name} · {owner}"
        headings = [column.label for column in columns]
        made = ScriptedLayer("features", data, title, headings=headings, looks=looks, zIndex=440)
        made.add_to(page)
        layers.append(made)
        length = float(part.geometry.length.sum())
        rows.append({"name": title, "colour": utility.colour, "length": f"{length:,.0f}", "lines": len(part)})
    return layers, rows


def _add_conflicts(page: OfflineMap, conflicts: gpd.GeoDataFrame) -> list[ScriptedLayer]:
    layers = []
    for number, (verdict, (line, fill)) in enumerate(_VERDICTS.items()):
        part = conflicts[_standing(conflicts) == verdict]
        if part.empty:
            continue
        marks = as_degrees(part.geometry.buffer(_MARK_M, quad_segs=3), grid_m=None)
        features = [
            {
                "type": "Feature",
                "geometry": geometry_json(shape),
                "properties": {"c": 0, "n": _pair(row), "v": _facts(row)},
            }
            for shape, row in zip(marks, part.to_dict("records"), strict=True)
        ]
        data = page.embed(f"conflicts-{number}", {"type": "FeatureCollection", "features": features})
        looks = [{"line": line, "weight": 1.6, "fill": fill, "opacity": 1, "thins": True}]
        made = ScriptedLayer("features", data, _TITLES[verdict], headings=list(_HEADINGS), looks=looks, zIndex=460)
        made.add_to(page)
        layers.append(made)
    return layers


def _standing(conflicts: gpd.GeoDataFrame) -> Any:
    accepted = conflicts["exception"].notna() if "exception" in conflicts else False
    return conflicts["verdict"].mask(accepted, "例外")


def _add_marks(page: OfflineMap, number: int, marks: Marks) -> ScriptedLayer:
    shapes = as_degrees(marks.shapes.buffer(_POINT_M, quad_segs=3), grid_m=None)
    features = [
        {"type": "Feature", "geometry": geometry_json(shape), "properties": {"c": 0, "n": name, "v": list(facts)}}
        for shape, name, facts in zip(shapes, marks.names, marks.facts, strict=True)
    ]
    data = page.embed(f"marks-{number}", {"type": "FeatureCollection", "features": features})
    looks = [{"line": "#333333", "weight": 1.0, "fill": marks.colour}]
    headings = list(marks.headings)
    made = ScriptedLayer("features", data, marks.title, headings=headings, looks=looks, zIndex=450)
    made.add_to(page)
    return made


def _pair(row: Mapping[Any, Any]) -> str:
    return f"{row['number']}. {row['a']}" + (f" – {row['b']}" if row["b"] else "")


def _figures(row: Mapping[Any, Any]) -> str:
    return f"{row['measured_m']:.3f} < {row['required_m']:g} m"


def _facts(row: Mapping[Any, Any]) -> list[str]:
    return [
        str(row["kind"]),
        str(row["verdict"]),
        f"{row['measured_m']:.3f} m",
        f"{row['required_m']:g} m",
        f"{row['length_m']:.1f} m" if known(row["length_m"]) and row["length_m"] else "—",
        told(row["clause"]),
        str(row["status"]),
        told(row["yields"], "未定"),
        told(row["fix"]),
    ]


def _panel(networks: Networks, rows: list[dict[str, Any]], *, public: bool) -> dict[str, Any]:
    conflicts, standing = networks.conflicts, _standing(networks.conflicts)
    listed = [] if public else conflicts.head(_LISTED).to_dict("records")
    return {
        "public": public,
        "filing": list(networks.filing),
        "rows": rows,
        "counts": [(_TITLES[verdict], int((standing == verdict).sum())) for verdict in _VERDICTS],
        "colours": {_TITLES[verdict]: fill for verdict, (_, fill) in _VERDICTS.items()},
        "unknown": networks.unknown,
        "marks": networks.marks,
        "listed": [
            (_pair(row), f"{row['measured_m']:.3f} < {row['required_m']:g} m", f"{row['clause']}（{row['status']}）")
            for row in listed
        ],
        "more": max(0, len(conflicts) - _LISTED),
    }
