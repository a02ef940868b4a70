"""Figures of a pipeline plan: no printed word lies on another, a drop is drawn as a drop."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from gisplanner.catalog.layers import utilities
from gisplanner.maps import plan_figures
from gisplanner.maps.drawing import save_figure
from gisplanner.maps.plan_figures import Bar, ProfilePoint, draw_calendar, draw_cross_sections, draw_profiles


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Figures as they are saved."""
    found: list[Figure] = []

    def keep(figure: Figure, path: Path) -> None:
        save_figure(figure, path)
        found.append(figure)

    monkeypatch.setattr(plan_figures, "save_figure", keep)
    return found


def on_each_other(figure: Figure) -> list[tuple[str, str]]:
    """Return the printed words that lie on each other."""
    canvas = FigureCanvasAgg(figure)
    ways = [way for axes in figure.axes for way in (axes.xaxis, axes.yaxis)]
    beyond = {  # ticks outside the picture have words nobody sees
        label
        for way in ways
        for at, label in zip(way.get_majorticklocs(), way.get_majorticklabels(), strict=True)
        if not min(way.get_view_interval()) <= at <= max(way.get_view_interval())
    }
    boxes = [
        (one.get_text(), one.get_window_extent(canvas.get_renderer()))
        for one in figure.findobj(Text)
        if one.get_visible() and one.get_text().strip() and one not in beyond
    ]
    return [
        (a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.overlaps(other) and one.width * other.width
    ]


def test_a_profile_names_levels_slopes_and_drops(drawn: list[Figure], tmp_path: Path) -> None:
    stations = [173.0, 169.0, 168.0, 158.0, 107.0, 85.0, 46.0, 5.0, 0.0]
    inverts = [-0.9, -3.56, -3.57, -3.6, -3.75, -3.81, -3.93, -4.05, -4.08]
    points = [
        ProfilePoint(at, 0.0, invert, 2.64 if invert == -3.56 else 0.0, "DN300")
        for at, invert in zip(stations, inverts, strict=True)
    ]
    draw_profiles(tmp_path / "x.png", {"污水": points}, {"污水": "#7a4a2b"}, relative=True)
    [figure] = drawn
    [axis] = figure.axes
    told = [one.get_text() for one in axis.texts]
    assert {"-0.90", "-4.08", "跌水 2.64 m"} <= set(told)
    assert any(one.startswith("DN300  2.9‰") for one in told)
    pipe = next(line for line in axis.lines if line.get_label() == "管内底")
    steepest = max(
        (before - after) / (to - at)
        for (at, before), (to, after) in zip(pipe.get_xydata()[:-1], pipe.get_xydata()[1:], strict=True)
        if to > at
    )
    assert steepest < 0.05
    assert on_each_other(figure) == []


def test_a_calendar_keeps_its_legend_off_its_days(
    drawn: list[Figure], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = date(2024, 9, 2)
    bars = [
        Bar(f"道路{row}·1", code, first + timedelta(20 * row + 3 * k), first + timedelta(20 * row + 3 * k + 2))
        for row in range(6)
        for k, code in enumerate(["sewage", "storm", "water", "gas", "power", "telecom", None])
    ]
    draw_calendar(tmp_path / "x.png", bars, {date(2025, 1, 6): 4, date(2025, 1, 7): 2}, utilities())
    assert on_each_other(drawn[0]) == []
    monkeypatch.setattr(plan_figures, "_MOST_BARS", 3)
    many = [Bar(f"道路{row}", "water", first, first) for row in range(5)]
    draw_calendar(tmp_path / "x.png", many, {}, utilities())
    assert any("另有 2 段" in one.get_text() for one in drawn[1].findobj(Text))


def test_a_cross_section_says_what_ends_the_free_ground(drawn: list[Figure], tmp_path: Path) -> None:
    lanes = [
        {"network": code, "utility": code, "offset_m": at, "cover_m": 1.2, "width_m": 0.3, "section": section}
        for code, at, section in (
            ("power", 2.5, "250×150"), ("telecom", 1.7, "250×250"), ("water", 0.5, "DN160"),
            ("gas", -0.2, "DN110"), ("sewage", -1.4, "DN300"), ("storm", -2.5, "DN400"),
        )
    ]  # fmt: skip
    one = {
        "street": "人民路（北侧）", "number": 0, "length_m": 100.0, "left_m": 6.0, "right_m": 6.0,
        "left_end": "red_line", "right_end": "wall", "legal_order": True, "lanes": lanes,
    }  # fmt: skip
    draw_cross_sections(tmp_path / "x.png", [one], utilities())
    told = {text.get_text() for text in drawn[0].axes[0].texts}
    assert {"红线", "外墙", "电力 250×150\n覆土 1.20"} <= told
    assert on_each_other(drawn[0]) == []
