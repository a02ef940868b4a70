"""Figures on paper (图件): one look for all, Chinese letters that are there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gisplanner.files import replacing

CHINESE_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
)
_DPI: Final = 110


def new_figure(width_cm: float, height_cm: float, rows: int = 1, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure with its axes, row by row."""
    figure = Figure(figsize=(width_cm / 2.54, height_cm / 2.54), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, [one for row in axes for one in row]


def chinese_font() -> str:
    """Return the name of a font with Chinese letters, the default one where the machine has none."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in there), "DejaVu Sans")


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    font = chinese_font()
    for text in figure.findobj(match=lambda part: hasattr(part, "set_fontfamily")):
        text.set_fontfamily(font)  # type: ignore[attr-defined]
    with replacing(path) as writing:
        figure.savefig(writing, format="png")
