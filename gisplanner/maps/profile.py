"""A cut across the lines drawn to scale (断面图): ground, walls, pipes by number, and a table of what each is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.transforms import Bbox

from gisplanner.errors import InternalError
from gisplanner.text import Text

_FONTS: Final = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei", "SimHei")
_WIDTH_IN: Final = 11.0
_ROW_IN: Final = 0.235
_LEAST_M: Final = 0.16
"""Pipes are drawn at least this wide, so that a cable can be seen."""
_SAME_M: Final = 0.08
_HEADINGS: Final = ("序号", "管线", "权属单位", "管径", "偏距（米）", "覆土（米）", "精度", "与下一条净距", "核对")
_WIDTHS: Final = (0.05, 0.12, 0.17, 0.10, 0.09, 0.09, 0.07, 0.12, 0.19)


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A pipe of the picture; ``depth_m`` ``None``: nobody knows. ``next_clear``: how far the next one is."""

    name: str
    owner: str
    section: str
    accuracy: str
    colour: str
    offset_m: float
    depth_m: float | None
    width_m: float
    height_m: float
    next_clear: str
    remark: str
    in_conflict: bool


@dataclass(frozen=True, slots=True)
class DrawnCut:
    """What is drawn; ``walls`` are stretches along the cut that buildings take, with their names."""

    title: str
    half_width_m: float
    lines: Sequence[DrawnLine]
    walls: Sequence[tuple[float, float, str]]
    notes: Sequence[str]


def draw_cut(cut: DrawnCut, image: Literal["svg", "png"] = "svg", *, dpi: int = 160) -> bytes:
    """Return the picture; in SVG letters are shapes, so that it looks the same everywhere.

    Raises
    ------
    InternalError
        No font with Chinese letters is installed.
    """
    deepest = max([1.5, *((one.depth_m or 0.0) + one.height_m for one in cut.lines)]) + 0.5
    drawing_in = _WIDTH_IN * 0.92 * (deepest + 1.3) / (2 * cut.half_width_m)
    table_in = _ROW_IN * (len(cut.lines) + 1)
    notes_in = 0.2 * len(cut.notes) + 0.15
    height = 0.55 + max(drawing_in, 2.2) + 0.45 + table_in + notes_in
    with rc_context(figure_settings()):
        figure = Figure(figsize=(_WIDTH_IN, height))
        top = 1.0 - 0.45 / height
        low = top - max(drawing_in, 2.2) / height
        axes = figure.add_axes((0.06, low, 0.92, top - low))
        _ground(axes, cut, deepest)
        for number, one in enumerate(cut.lines, start=1):
            _pipe(axes, one, deepest, _label(cut.lines, number))
        figure.text(0.06, 1.0 - 0.3 / height, cut.title, fontsize=12, weight="bold", va="center")
        if cut.lines:
            box = (0.06, notes_in / height, 0.92, table_in / height)
            _table(figure.add_axes(box), cut.lines)
        for row, note in enumerate(reversed(cut.notes)):
            figure.text(0.06, (0.08 + 0.2 * row) / height, note, fontsize=8, color="#555555")
        made = io.BytesIO()
        figure.savefig(made, format=image, dpi=dpi, metadata={"Date": None} if image == "svg" else {"Software": None})
    return made.getvalue()


def figure_settings() -> Any:
    """Return the settings of figures: a Chinese font, letters as shapes, the same bytes each time.

    Raises
    ------
    InternalError
        No font with Chinese letters is installed.
    """
    return {
        "font.family": _font(),
        "svg.fonttype": "path",
        "svg.hashsalt": "gisplanner",
        "axes.unicode_minus": False,
    }


@cache
def _font() -> str:
    known = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in _FONTS if name in known), None)
    if found is None:
        raise InternalError(
            Text("没有中文字体，请安装 fonts-noto-cjk。", en="No font has Chinese letters: install fonts-noto-cjk.")
        )
    return found


def _ground(axes: Axes, cut: DrawnCut, deepest: float) -> None:
    half = cut.half_width_m
    axes.set_xlim(-half, half)
    axes.set_ylim(deepest, -1.3)
    axes.set_aspect("equal", adjustable="box", anchor="N")
    axes.add_patch(Rectangle((-half, 0), 2 * half, deepest, facecolor="#f3ecdf", edgecolor="none", zorder=0))
    axes.axhline(0.0, color="#5b4a32", linewidth=1.6, zorder=1)
    for first, last, name in cut.walls:
        axes.add_patch(
            Rectangle((first, -1.1), last - first, 1.1 + 0.6, facecolor="#c9c9c9", edgecolor="#777777", zorder=1)
        )
        axes.text((first + last) / 2, -0.6, name, ha="center", va="center", fontsize=8, clip_on=True)
    axes.set_ylabel("深度（米）", fontsize=8)
    axes.set_xlabel("偏距（米），自左至右", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.grid(visible=True, color="#e3d8c4", linewidth=0.5)
    axes.set_axisbelow(True)


def _pipe(axes: Axes, one: DrawnLine, deepest: float, label: str | None) -> None:
    wide, high = max(one.width_m, _LEAST_M), max(one.height_m, _LEAST_M)
    edge = "#b3001b" if one.in_conflict else "#222222"
    if one.depth_m is None:
        axes.plot(
            [one.offset_m] * 2, [0.0, deepest], color=one.colour, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2
        )
        place = deepest - 0.2
    else:
        place = one.depth_m + high / 2
        shape = Ellipse((one.offset_m, place), wide, high)
        shape.set(facecolor=one.colour, edgecolor=edge, linewidth=1.8 if one.in_conflict else 0.8, zorder=3)
        axes.add_patch(shape)
    if label is not None:
        axes.plot([one.offset_m] * 2, [0.0, -0.28], color="#888888", linewidth=0.6, zorder=2)
        axes.text(one.offset_m, -0.45, label, ha="center", va="center", fontsize=8, color=edge, zorder=4)
        if one.depth_m is None:
            axes.text(one.offset_m, place, "?", ha="center", va="center", fontsize=9, color=edge, zorder=4)


def _label(lines: Sequence[DrawnLine], number: int) -> str | None:
    """Return the numbers of the pipes that stand under one mark, at the first of them."""
    mine = lines[number - 1].offset_m
    if number > 1 and mine - lines[number - 2].offset_m < _SAME_M * 3:
        return None
    last = number
    while last < len(lines) and lines[last].offset_m - lines[last - 1].offset_m < _SAME_M * 3:
        last += 1
    return str(number) if last == number else f"{number}–{last}"


def _table(axes: Axes, lines: Sequence[DrawnLine]) -> None:
    axes.axis("off")
    rows = [
        [
            str(number),
            one.name,
            one.owner,
            one.section or "不明",
            f"{one.offset_m:+.2f}",
            "不明" if one.depth_m is None else f"{one.depth_m:.2f}",
            one.accuracy or "未注",
            one.next_clear,
            one.remark,
        ]
        for number, one in enumerate(lines, start=1)
    ]
    table = axes.table(
        cellText=rows,
        colLabels=list(_HEADINGS),
        colWidths=list(_WIDTHS),
        cellLoc="left",
        bbox=Bbox.unit(),
    )
    table.auto_set_font_size(value=False)
    table.set_fontsize(8)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("#bbbbbb")
        cell.PAD = 0.03
        if row == 0:
            cell.set_facecolor("#eef1f4")
        elif column == 0:
            cell.set_facecolor(lines[row - 1].colour + "55")
        elif lines[row - 1].in_conflict and column >= len(_HEADINGS) - 2:
            cell.get_text().set_color("#b3001b")
