"""Figures of a pipeline plan: cross-sections (横断面), profiles of drains (纵断面), the calendar (施工进度)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import FuncFormatter

from gisplanner.domain.layers import UtilitySpec
from gisplanner.maps.drawing import new_figure, save_figure

_COLUMNS: Final = 2
_MOST_SECTIONS: Final = 8
_MOST_BARS: Final = 60
_SURFACE: Final = "#6b6b6b"
_END_NAMES: Final = {"wall": "外墙", "red_line": "红线", "obstacle": "障碍", "limit": "排管范围"}
_END_COLOUR: Final = {"wall": "#333", "red_line": "#c0392b", "obstacle": "#7a5c3a", "limit": "#888"}
_END_STYLE: Final = {"wall": "-", "red_line": "--", "obstacle": "-", "limit": ":"}
"""What ends the free ground beside a street: a wall, a red line, an obstacle, or how far lines are laid at all."""


@dataclass(frozen=True, slots=True)
class ProfilePoint:
    """A manhole of a profile.

    Attributes
    ----------
    drop_m
        How far the pipe that arrives falls down inside it (跌水).
    section
        Of the pipe that leaves it.
    """

    station_m: float
    ground_m: float
    invert_m: float
    drop_m: float = 0.0
    section: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of work on the calendar; ``utility`` is ``None`` for the surface."""

    section: str
    utility: str | None
    first: date
    last: date


def draw_cross_sections(
    path: Path, sections: Sequence[Mapping[str, Any]], utilities: Mapping[str, UtilitySpec]
) -> None:
    """Draw the fullest streets: every lane at its offset and depth, to scale across and down alike."""
    chosen = sorted(sections, key=lambda one: (-len(one["lanes"]), -one["length_m"]))[:_MOST_SECTIONS]
    rows = max(math.ceil(len(chosen) / _COLUMNS), 1)
    figure, axes = new_figure(32, 9.5 * rows, rows, _COLUMNS)
    for axis in axes[len(chosen) :]:
        axis.set_axis_off()
    for axis, one in zip(axes, chosen, strict=False):
        _cross_section(axis, one, utilities)
    save_figure(figure, path)


def _cross_section(axis: Axes, one: Mapping[str, Any], utilities: Mapping[str, UtilitySpec]) -> None:
    left, right = -one["left_m"], one["right_m"]
    axis.plot([left, right], [0, 0], color="#333", lw=1.6)
    axis.axvline(0, color="#bbb", lw=0.8, ls="-.")
    for x, end, inward in ((left, one["left_end"], "left"), (right, one["right_end"], "right")):
        axis.plot([x, x], [0, 0.9], color=_END_COLOUR[end], lw=3 if end == "wall" else 1.2, ls=_END_STYLE[end])
        axis.text(x, 1.0, _END_NAMES[end], ha=inward, va="bottom", fontsize=7, color=_END_COLOUR[end])
    deepest = 1.0
    for number, lane in enumerate(sorted(one["lanes"], key=lambda lane: -lane["offset_m"])):
        # Offsets count to the left of the line; a reader looks along it.
        x, spec = -lane["offset_m"], utilities[lane["utility"]]
        radius = lane["width_m"] / 2.0
        middle = -(lane["cover_m"] + radius)
        deepest = max(deepest, lane["cover_m"] + 2 * radius)
        duct = lane["utility"] in {"telecom", "power", "lighting"}
        box = (x - radius, middle - radius)
        mark = Rectangle(box, 2 * radius, 2 * radius) if duct else Circle((x, middle), radius)
        mark.set(facecolor=spec.colour, edgecolor="#222", linewidth=0.6)
        axis.add_patch(mark)
        level = 0.35 + 0.75 * (number % 3)
        axis.plot([x, x], [middle, level], color="#999", lw=0.5, ls=":")
        axis.text(
            x,
            level,
            f"{spec.name} {lane['section']}\n覆土 {lane['cover_m']:.2f}",
            ha="center",
            va="bottom",
            fontsize=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )
    axis.set(
        xlim=(min(left, -2) - 0.6, max(right, 2) + 0.6),
        ylim=(-deepest - 0.5, 3.2),
        xlabel="距走廊中线（米）",
        ylabel="地面下（米）",
        aspect="equal",
    )
    order = "法定次序" if one["legal_order"] else "非法定次序"
    axis.set_title(f"{one['street']}（第 {one['number'] + 1} 段，{one['length_m']:.0f} m，{order}）", fontsize=9)


def draw_profiles(
    path: Path, profiles: Mapping[str, Sequence[ProfilePoint]], colours: Mapping[str, str], *, relative: bool
) -> None:
    """Draw the longest way to the outlet of each drain: ground, invert, manholes, drops, slopes."""
    figure, axes = new_figure(34, 9 * max(len(profiles), 1), max(len(profiles), 1))
    if not profiles:
        axes[0].text(0.5, 0.5, "没有重力流管道", ha="center")
        axes[0].set_axis_off()
    for axis, (name, points) in zip(axes, profiles.items(), strict=False):
        ordered = sorted(points, key=lambda one: -one.station_m)
        far = ordered[0].station_m
        _profile(axis, ordered, colours[name])
        axis.set(xlabel="至最远用户的管长（米）", ylabel="相对地面标高（米）" if relative else "标高（米）")
        told = "（地面高程资料不足，按水平推算）" if relative else ""
        axis.set_title(
            f"{name} 纵断面：{far:.0f} m，落差 {ordered[0].invert_m - ordered[-1].invert_m:.2f} m{told}", fontsize=10
        )
    save_figure(figure, path)


def _profile(axis: Axes, ordered: Sequence[ProfilePoint], colour: str) -> None:
    """Draw one way, from its farthest manhole to the outlet."""
    far = ordered[0].station_m
    x = [far - one.station_m for one in ordered]
    axis.plot(x, [one.ground_m for one in ordered], color="#7a5c3a", lw=1.5, label="地面")
    way = [(x[0], ordered[0].invert_m)]
    for at, one in zip(x[1:], ordered[1:], strict=True):
        way += [(at, one.invert_m + one.drop_m), (at, one.invert_m)]
    axis.plot(*zip(*way, strict=True), color=colour, lw=2.2, label="管内底")
    low, high = min(one.invert_m for one in ordered), max(one.ground_m for one in ordered)
    axis.set_ylim(low - 1.6, high + 0.5)
    room = max(far, 1.0) / 22.0
    named = _spaced(x, room)
    for k, (at, one) in enumerate(zip(x, ordered, strict=True)):
        axis.plot([at, at], [one.invert_m, one.ground_m], color="#888", lw=0.7)
        if k in named:
            axis.text(at, low - 0.15, f"{one.invert_m:.2f}", rotation=90, va="top", ha="center", fontsize=8)
        if one.drop_m > 0.0:
            told, level = f"跌水 {one.drop_m:.2f} m", one.invert_m + one.drop_m / 2.0
            axis.text(at + room / 5.0, level, told, va="center", fontsize=8, color=colour)
    for k in range(len(x) - 1):
        length = x[k + 1] - x[k]
        if length >= 3.5 * room:
            start, end = ordered[k], ordered[k + 1]
            slope = 1000.0 * (start.invert_m - end.invert_m - end.drop_m) / length
            middle = (x[k] + x[k + 1]) / 2.0
            axis.text(middle, low - 1.5, f"{start.section}  {slope:.1f}‰  {length:.0f} m", ha="center", fontsize=8)
    axis.legend(fontsize=8, loc="upper right", ncols=2)
    axis.grid(alpha=0.3)


def _spaced(x: Sequence[float], room: float) -> set[int]:
    """Return which places are named so that no two names meet: the ends always, others where there is room."""
    last = len(x) - 1
    chosen = {0, last}
    before = x[0]
    for k in range(1, last):
        if x[k] - before >= room and x[last] - x[k] >= room:
            chosen.add(k)
            before = x[k]
    return chosen


def _number(day: date) -> float:
    return float(day.toordinal())


def _day(value: float, _position: int | None = None) -> str:
    return date.fromordinal(max(int(value), 1)).strftime("%m-%d")


def draw_calendar(
    path: Path, bars: Sequence[Bar], outages: Mapping[date, int], utilities: Mapping[str, UtilitySpec]
) -> None:
    """Draw the works section by section, and how many cut-overs fall on each day."""
    names = list(dict.fromkeys(bar.section for bar in sorted(bars, key=lambda bar: (bar.first, bar.section))))[
        :_MOST_BARS
    ]
    figure, axes = new_figure(34, 7.0 + 0.55 * len(names), 2)
    works, cuts = axes
    works.get_subplotspec().get_gridspec().set_height_ratios([max(len(names), 4), 4])  # type: ignore[union-attr]
    seen: set[str] = set()
    for bar in bars:
        if bar.section not in names:
            continue
        spec = None if bar.utility is None else utilities[bar.utility]
        label = "路面恢复" if spec is None else spec.name
        works.barh(
            names.index(bar.section),
            (bar.last - bar.first).days + 1,
            left=_number(bar.first),
            color=_SURFACE if spec is None else spec.colour,
            edgecolor="white",
            linewidth=0.4,
            label=None if label in seen else label,
        )
        seen.add(label)
    works.set_yticks(range(len(names)), names, fontsize=8)
    works.invert_yaxis()
    more = len({bar.section for bar in bars}) - len(names)
    told = f"（另有 {more} 段见施工日历表）" if more else ""
    works.set_title(f"施工日历：一处一次开挖，先深后浅，最后恢复路面{told}", fontsize=11)
    handles, labels = works.get_legend_handles_labels()
    cuts.legend(handles, labels, fontsize=8, ncols=11, loc="upper center", bbox_to_anchor=(0.5, -0.42))
    cuts.bar([_number(day) for day in outages], list(outages.values()), color="#c0392b", width=0.8)
    years = sorted({day.year for bar in bars for day in (bar.first, bar.last)} | {day.year for day in outages})
    cuts.set(
        ylabel="割接（栋·次）",
        xlim=works.get_xlim(),
        xlabel="—".join(map(str, years[:: max(len(years) - 1, 1)])) + " 年",
    )
    both = [_number(day) for day in outages] + [*works.get_xlim()]
    for axis in (works, cuts):
        axis.set_xlim(min(both) - 1, max(both) + 1)
        axis.xaxis.set_major_formatter(FuncFormatter(_day))
        axis.grid(axis="x", alpha=0.3)
    save_figure(figure, path)
