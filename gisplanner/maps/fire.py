"""The fire map (消防车道图): who is reached today and afterwards, lanes with their narrowest places, removals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.attributes import known, told
from gisplanner.maps.context import Context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.features import add_features
from gisplanner.maps.frame import EstatesMap
from gisplanner.maps.outlines import as_degrees
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_MARK_M: Final = 1.2
_LISTED: Final = 60
_TODAY: Final = {"今天可达楼栋": "可达", "打通后可达楼栋": "不可达", "不可达楼栋": "不可达"}
_AFTER: Final = {"今天可达楼栋": "可达", "打通后可达楼栋": "打通后可达", "不可达楼栋": "不可达"}
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "可达": {"line": "#3f6b52", "weight": 1.0, "fill": "#a9cfb4"},
    "打通后可达": {"line": "#1f5f8b", "weight": 1.6, "fill": "#9cc7e4"},
    "不可达": {"line": "#8f1d1d", "weight": 1.8, "fill": "#eda29a"},
    "车道范围": {"line": "#c9a400", "weight": 0.8, "fill": "#ffe66d"},
    "车道中线": {"line": "#8a6d00", "weight": 1.6, "dash": "6 4", "fill": None},
    "最窄处": {"line": "#5b2a86", "weight": 1.8, "fill": "#c9a7e8"},
    "最窄处（需实测）": {"line": "#b3001b", "weight": 2.2, "fill": "#ffd0d6"},
    "拆移": {"line": "#b3001b", "weight": 2.2, "dash": "4 2", "fill": "#ff8a80"},
    "回车场": {"line": "#8a6d00", "weight": 1.2, "fill": "#fff3b0"},
    "扫掠范围": {"line": "#4a7fb5", "weight": 0.8, "dash": "3 3", "fill": "#b9d3ee"},
    "急弯": {"line": "#a65d00", "weight": 2.0, "fill": "#ffcc80"},
    "转不过": {"line": "#b3001b", "weight": 2.4, "fill": "#212121"},
    "登高操作场地": {"line": "#00695c", "weight": 1.6, "dash": "6 3", "fill": "#b2dfdb"},
    "建议消火栓": {"line": "#7a0c0c", "weight": 1.6, "fill": "#ffffff"},
    "建议消火栓（水带路线）": {"line": "#7a0c0c", "weight": 1.2, "dash": "3 2", "fill": "#ffcdd2"},
    "现有消火栓": {"line": "#7a0c0c", "weight": 1.6, "fill": "#e53935"},
}
_HEADINGS: Final = ("类别", "最小净宽", "费用", "权属", "打通", "原因")


@dataclass(frozen=True, slots=True, eq=False)
class FireScene:
    """What is drawn.

    Attributes
    ----------
    features
        Rows with ``role``, ``label``, ``pinch_mm``, ``survey``, ``cost``, ``owner``, ``opens``, ``reason``.
    figures
        What the panel says in front: name and figure.
    rules
        Numbers used and where each comes from.
    notices
        What every reader has to know of the answer.
    """

    features: gpd.GeoDataFrame
    figures: Sequence[tuple[str, str]]
    rules: Sequence[str]
    notices: Sequence[str] = ()


def fire_map(
    estates: gpd.GeoDataFrame,
    scene: FireScene,
    *,
    layer: LayerSpec,
    sheet: Sheet,
    context: Context | None = None,
) -> str:
    """Return the fire map as one HTML page; today and afterwards are two layers to switch between.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """
    made = EstatesMap(estates, sheet=sheet, context=context, theme=scene.features.geometry)
    groups: dict[str, Sequence[ScriptedLayer]] = {"小区": made.draw_estates(layer)}
    if not sheet.public and len(scene.features):
        groups |= _layers(made.page, scene.features)
    return made.finish(
        render_template("fire.html", _panel(scene, public=sheet.public)),
        groups,
        notes=["车道净宽为国家标准参数，改造方案未规定；数值未核对原文"],
    )


def _layers(page: OfflineMap, features: gpd.GeoDataFrame) -> dict[str, Sequence[ScriptedLayer]]:
    role = features["role"]
    after = _add(page, "after", "打通后", features[role.isin(_AFTER)], role.map(_AFTER), zIndex=432)
    today = _add(page, "today", "今天", features[role.isin(_TODAY)], role.map(_TODAY), zIndex=433, show=False)
    survey = features["survey"].isin([True])
    pinch = role.where(~(survey & (role == "最窄处")), "最窄处（需实测）")
    things = [
        _add(page, f"fire-{number}", name, features[role.isin(roles)], pinch, zIndex=440 + number)
        for number, (name, roles) in enumerate(
            {
                "车道": ("车道范围", "车道中线", "回车场"),
                "扫掠范围": ("扫掠范围",),
                "急弯与转不过处": ("急弯", "转不过"),
                "最窄处": ("最窄处",),
                "拆移": ("拆移",),
                "消火栓": ("建议消火栓", "建议消火栓（水带路线）", "现有消火栓"),
                "登高操作场地": ("登高操作场地",),
            }.items()
        )
    ]
    return {
        "消防车可达": [one for one in (after, today) if one is not None],
        "打通": [one for one in things if one is not None],
    }


def _add(
    page: OfflineMap, data_id: str, title: str, rows: gpd.GeoDataFrame, kinds: pd.Series[Any], *, zIndex: int,  # noqa: N803 - a name of the scripts
    show: bool = True,
) -> ScriptedLayer | None:  # fmt: skip
    if rows.empty:
        return None
    names = list(dict.fromkeys(kinds.loc[rows.index]))
    points = rows.geometry.geom_type == "Point"
    shapes = rows.geometry.where(~points, rows.geometry.buffer(_MARK_M, quad_segs=4))
    shown = [
        (names.index(kind), f"{kind} {fact['label']}", _facts(fact))
        for kind, fact in zip(kinds.loc[rows.index], rows.to_dict("records"), strict=True)
    ]
    looks = [{"dash": None, **_LOOKS[name]} for name in names]
    return add_features(
        page, data_id, title, as_degrees(shapes), shown, headings=_HEADINGS, looks=looks, zIndex=zIndex, show=show
    )


def _facts(row: Mapping[Any, Any]) -> list[str]:
    pinch, cost, opens = row["pinch_mm"], row["cost"], row["opens"]
    survey = "（需实测）" if row["survey"] is True else ""
    return [
        str(row["role"]),
        f"{pinch / 1000.0:.3f} m{survey}" if known(pinch) else survey or "—",
        f"{cost:g}" if known(cost) else "—",
        told(row["owner"]),
        "、".join(opens) if isinstance(opens, list) else "—",
        told(row["reason"]),
    ]


def _panel(scene: FireScene, *, public: bool) -> dict[str, Any]:
    rows = [] if public else scene.features[scene.features["role"] == "拆移"].to_dict("records")
    out = [] if public else scene.features[scene.features["role"] == "不可达楼栋"].to_dict("records")
    return {
        "public": public,
        "figures": list(scene.figures),
        "rules": list(scene.rules),
        "notices": [] if public else list(scene.notices),
        "looks": {name: {"dash": None, **look} for name, look in _LOOKS.items()},
        "removals": [(row["label"], *_facts(row)[2:5]) for row in rows[:_LISTED]],
        "more": max(0, len(rows) - _LISTED),
        "unreached": [(row["label"], _facts(row)[5]) for row in out[:_LISTED]],
    }
