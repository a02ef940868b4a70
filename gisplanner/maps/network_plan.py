"""The lines of one estate on paper (管线平面图): outline, buildings, lines by utility, conflicts, scale and north."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from gisplanner.maps.profile import figure_settings

_WIDTH_IN: Final = 7.2
_HEIGHT_IN: Final = 6.0
_MARGIN: Final = 0.06
_BARS_M: Final = (10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class PlanLayer:
    """Lines of one utility: what the legend calls them, their colour, whether they hang (dashed)."""

    name: str
    colour: str
    shapes: gpd.GeoSeries
    overhead: bool = False


def draw_plan(
    title: str,
    outline: Any,
    buildings: gpd.GeoSeries,
    layers: Sequence[PlanLayer],
    conflicts: gpd.GeoSeries,
    *,
    section: Any = None,
    warning: str | None = None,
) -> bytes:
    """Return the plan as PNG, north up, fitted to the estate.

    Parameters
    ----------
    outline
        The estate; ``None`` where nobody drew it: the view is fitted to the lines.
    section
        The line of the cross-section, drawn as A–A.
    """
    with rc_context(figure_settings()):
        figure = Figure(figsize=(_WIDTH_IN, _HEIGHT_IN))
        axes = figure.add_axes((0.02, 0.02, 0.96, 0.9))
        figure.text(0.02, 0.955, title, fontsize=12, weight="bold", va="center")
        if warning is not None:
            figure.text(0.98, 0.955, warning, fontsize=9, color="#b3001b", va="center", ha="right")
        _view(axes, outline, layers)
        _areas(axes, [] if outline is None else [outline], "#fdf8e8", "#8a8a86", 1.2)
        _areas(axes, list(buildings), "#d9dde3", "#6b7280", 0.6)
        for layer in layers:
            lines = [np.asarray(part.coords)[:, :2] for part in shapely.get_parts(layer.shapes.to_numpy())]
            style = "dashed" if layer.overhead else "solid"
            axes.add_collection(LineCollection(lines, colors=layer.colour, linewidths=1.4, linestyles=style))
        if len(conflicts):
            axes.plot(conflicts.x, conflicts.y, "o", mfc="none", mec="#b3001b", ms=7, mew=1.3, zorder=5)
        if section is not None:
            _section(axes, np.asarray(section.coords)[:, :2])
        _legend(axes, layers, has_conflicts=bool(len(conflicts)))
        _scale_and_north(axes)
        made = io.BytesIO()
        figure.savefig(made, format="png", dpi=170, metadata={"Software": None})
    return made.getvalue()


def _view(axes: Axes, outline: Any, layers: Sequence[PlanLayer]) -> None:
    shapes = [outline] if outline is not None else [one for layer in layers for one in layer.shapes]
    west, south, east, north = shapely.total_bounds(shapes) if shapes else (0.0, 0.0, 1.0, 1.0)
    wide, high = max(east - west, 20.0) * (1 + 2 * _MARGIN), max(north - south, 20.0) * (1 + 2 * _MARGIN)
    ratio = (0.96 * _WIDTH_IN) / (0.9 * _HEIGHT_IN)
    wide, high = max(wide, high * ratio), max(high, wide / ratio)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x - wide / 2, middle_x + wide / 2)
    axes.set_ylim(middle_y - high / 2, middle_y + high / 2)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])


def _areas(axes: Axes, shapes: Sequence[Any], fill: str, edge: str, width: float) -> None:
    for part in shapely.get_parts(np.array(shapes, dtype=object)) if shapes else []:
        ring = np.asarray(part.exterior.coords)[:, :2]
        axes.add_patch(Polygon(ring, closed=True, facecolor=fill, edgecolor=edge, linewidth=width))


def _section(axes: Axes, ends: Any) -> None:
    axes.plot(ends[:, 0], ends[:, 1], color="#111111", linewidth=1.4, linestyle=(0, (8, 3, 2, 3)), zorder=6)
    for x, y in (ends[0], ends[-1]):
        box = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "#111111", "linewidth": 0.8}
        axes.text(x, y, "A", fontsize=9, weight="bold", ha="center", va="center", bbox=box, zorder=7)


def _legend(axes: Axes, layers: Sequence[PlanLayer], *, has_conflicts: bool) -> None:
    handles = [
        Line2D([], [], color=layer.colour, linewidth=1.8, linestyle="dashed" if layer.overhead else "solid",
               label=layer.name)
        for layer in layers
    ]  # fmt: skip
    if has_conflicts:
        handles.append(Line2D([], [], marker="o", mfc="none", mec="#b3001b", linestyle="none", label="净距冲突"))
    if handles:
        axes.legend(handles=handles, loc="upper left", fontsize=8, framealpha=0.92, borderpad=0.5)


def _scale_and_north(axes: Axes) -> None:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    wide, high = east - west, north - south
    bar = max((one for one in _BARS_M if one <= wide / 4), default=_BARS_M[0])
    x, y = east - 0.03 * wide - bar, south + 0.035 * high
    axes.plot([x, x + bar], [y, y], color="#111111", linewidth=3, solid_capstyle="butt", zorder=8)
    axes.text(x + bar / 2, y + 0.012 * high, f"{bar} m", fontsize=8, ha="center", va="bottom", zorder=8)
    top, right = north - 0.03 * high, east - 0.04 * wide
    arrow = {"arrowstyle": "-|>", "color": "#111111", "linewidth": 1.4}
    axes.annotate("", xy=(right, top), xytext=(right, top - 0.08 * high), arrowprops=arrow)
    axes.text(right, top - 0.095 * high, "北", fontsize=10, ha="center", va="top")
