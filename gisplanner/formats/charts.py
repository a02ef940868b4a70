"""Pictures for papers (图表): bars and maps drawn with Chinese fonts, the same bytes for the same content."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import geopandas as gpd
import shapely
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch

from gisplanner.errors import InternalError
from gisplanner.text import Text

_FAMILIES: Final = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei", "SimHei")
_DPI: Final = 180
_COLOURS: Final = ("#3b76af", "#1a9850", "#ef8a3c")
_SMALL: Final = 8
_REGULAR: Final = 400
_MAP_INCHES: Final = (6.3, 4.2)


@cache
def chinese_font() -> str:
    """Return the file of a font that has Chinese characters.

    Raises
    ------
    InternalError
        There is none on this machine.
    """
    by_name = {one.name: one.fname for one in font_manager.fontManager.ttflist if one.weight == _REGULAR}
    found = next((by_name[name] for name in _FAMILIES if name in by_name), None)
    if found is None:
        raise InternalError(
            Text("没有中文字体，请安装 fonts-noto-cjk。", en="There is no Chinese font: install fonts-noto-cjk.")
        )
    return found


def _font(size: float) -> FontProperties:
    return FontProperties(fname=chinese_font(), size=size)


def bars(title: str, names: Sequence[str], series: Mapping[str, Sequence[float]], *, unit: str) -> bytes:
    """Return a PNG of horizontal bars, the first name at the top, each bar with its number.

    Examples
    --------
    >>> bars("各阶段小区数", ["摸底调查"], {"小区数": [3]}, unit="个")[1:4]
    b'PNG'
    """
    figure = Figure(figsize=(6.3, 0.9 + 0.34 * max(1, len(names)) * max(1, len(series) * 0.8)), dpi=_DPI)
    axes = figure.subplots()
    height = 0.8 / max(1, len(series))
    for number, (label, values) in enumerate(series.items()):
        places = [row + height * (number - (len(series) - 1) / 2) for row in range(len(names))]
        drawn = axes.barh(places, list(values), height * 0.9, color=_COLOURS[number % len(_COLOURS)], label=label)
        texts = axes.bar_label(drawn, fmt="%g", padding=2)
        for one in texts:
            one.set_fontproperties(_font(_SMALL))
    axes.set_yticks(range(len(names)), list(names), fontproperties=_font(9))
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.margins(x=0.1)
    axes.set_xlabel(unit, fontproperties=_font(_SMALL))
    axes.set_title(title, fontproperties=_font(11))
    axes.spines[["top", "right"]].set_visible(False)
    for tick in axes.get_xticklabels():
        tick.set_fontproperties(_font(_SMALL))
    if len(series) > 1:
        axes.legend(
            prop=_font(_SMALL), loc="upper right", bbox_to_anchor=(1.0, -0.06), frameon=False, ncols=len(series)
        )
    return _png(figure)


def area_picture(
    estates: gpd.GeoDataFrame,
    fills: Sequence[tuple[str, str]],
    *,
    numbers: Sequence[int],
    around: Mapping[str, gpd.GeoSeries],
    note: str,
) -> bytes:
    """Return a PNG of estates, north up, each with its number; a scale bar and what the colours mean.

    Parameters
    ----------
    estates
        Outlines in a metric CRS, in the order of their numbers.
    fills
        For each estate what it is (for the legend) and its colour.
    numbers
        The number each estate has in the table beside the picture.
    around
        Neighbouring outlines and roads, by ``roads``, ``buildings``, ``others`` and ``red_lines``.
    note
        What the reader must know, as 示意数据.
    """
    figure = Figure(figsize=_MAP_INCHES, dpi=_DPI)
    axes = figure.subplots()
    shapes = estates.geometry
    west, south, east, north = _window(shapes.total_bounds)
    window = shapely.box(west, south, east, north)
    dress: dict[str, dict[str, Any]] = {
        "roads": {"color": "#d5d9de", "linewidth": 3.0, "zorder": 1},
        "others": {"facecolor": "#f3f3f0", "edgecolor": "#b9b9b4", "linewidth": 0.6, "zorder": 2},
        "red_lines": {"facecolor": "none", "edgecolor": "#d0021b", "linewidth": 1.4, "linestyle": "--", "zorder": 5},
        "buildings": {"facecolor": "#ffffff", "edgecolor": "#8a939e", "linewidth": 0.4, "alpha": 0.7, "zorder": 4},
    }
    shown: list[str] = []
    for name, shape in around.items():
        near = shape[shape.intersects(window)]
        if len(near):
            near.plot(ax=axes, aspect=None, **dress[name])
            shown.append(name)
    shapes.plot(
        ax=axes, aspect=None, color=[colour for _, colour in fills], edgecolor="#33383d", linewidth=1.1, zorder=3
    )
    for number, place in zip(numbers, shapes.representative_point(), strict=True):
        axes.annotate(
            str(number), (place.x, place.y), ha="center", va="center", zorder=6, fontproperties=_font(9),
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": "#ffffff", "edgecolor": "#33383d", "linewidth": 0.8},
        )  # fmt: skip
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_ylabel("")
    axes.set_xticks([])
    axes.set_yticks([])
    _scale_bar(axes, west, south, east - west)
    axes.annotate("北↑", (0.965, 0.95), xycoords="axes fraction", ha="center", va="top", fontproperties=_font(10))
    legend = [Patch(facecolor=colour, edgecolor="#33383d", label=name) for name, colour in dict(fills).items()]
    if "red_lines" in shown:
        legend.append(Patch(facecolor="none", edgecolor="#d0021b", linestyle="--", label="项目红线"))
    axes.legend(handles=legend, prop=_font(_SMALL), loc="upper left", framealpha=0.9)
    axes.set_xlabel(note, fontproperties=_font(_SMALL))
    return _png(figure)


def _window(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    """Return the ground to show: the outlines with room around them, as wide and high as the picture."""
    west, south, east, north = bounds
    across, up = (1.3 * max(east - west, 40.0), 1.3 * max(north - south, 40.0))
    across, up = max(across, up * _MAP_INCHES[0] / _MAP_INCHES[1]), max(up, across * _MAP_INCHES[1] / _MAP_INCHES[0])
    middle, centre = (west + east) / 2, (south + north) / 2
    return middle - across / 2, centre - up / 2, middle + across / 2, centre + up / 2


def _scale_bar(axes: Any, west: float, south: float, width_m: float) -> None:
    length = next(step for step in (1000, 500, 200, 100, 50, 20, 10, 5) if step <= max(5.0, width_m / 4))
    left, low = west + width_m * 0.04, south + width_m * 0.03
    axes.plot([left, left + length], [low, low], color="#000000", linewidth=2.2, zorder=7)
    axes.annotate(f"{length} m", (left + length / 2, low), xytext=(0, 3), textcoords="offset points", ha="center",
                  fontproperties=_font(_SMALL), zorder=7)  # fmt: skip


def _png(figure: Figure) -> bytes:
    made = io.BytesIO()
    FigureCanvasAgg(figure).print_figure(made, format="png", bbox_inches="tight", metadata={"Software": None})
    return made.getvalue()
