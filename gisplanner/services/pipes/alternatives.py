"""Plans side by side (方案比选): the same ground planned in several ways, in one table and on one map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from gisplanner.catalog.layers import utilities
from gisplanner.domain.clearance_tables import Standards
from gisplanner.files import write_text
from gisplanner.maps.context import Context
from gisplanner.maps.pipe_alternatives import DrawnPlan, pipe_alternatives_map
from gisplanner.maps.sheet import Sheet
from gisplanner.services.pipes.figures import FIGURES, SHARES, elsewhere_m, figures_of, turned_m
from gisplanner.services.pipes.hand import NO_HAND, Hand, Wish, hand_document
from gisplanner.services.pipes.plan import PipesPlan, plan_ground
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.text import Language, Text, in_language


@dataclass(frozen=True, slots=True)
class Alternative:
    """A way to plan: what it is called, why it is looked at, what is said beforehand."""

    name: str
    because: str
    hand: Hand = NO_HAND


BASE: Final = Alternative("四网合一", "弱电一条管道，按法定次序排管")
BUILT_IN: Final = {
    "telecom-apart": Alternative(
        "弱电各自排管",
        "四家弱电不共用管道时的代价",
        Hand(wishes=(Wish(what="apart", network="telecom", because="比较四网合一"),)),
    ),
    "gas-other-side": Alternative(
        "燃气改另一侧",
        "燃气走道路另一侧时的代价",
        Hand(wishes=(Wish(what="side", network="gas", side="other", because="比较燃气走另一侧"),)),
    ),
}
"""Alternatives a planner always asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A plan as it stands in a comparison.

    Attributes
    ----------
    figures
        By the names of :data:`gisplanner.services.pipes.figures.FIGURES`.
    reasons
        What was said beforehand, in words.
    changes
        Against the first plan: metres elsewhere, metres on the other side by network.
    lines
        Planned lines in the metric CRS.
    """

    name: str
    because: str
    figures: Mapping[str, Any]
    reasons: tuple[str, ...]
    changes: Mapping[str, Any]
    lines: gpd.GeoDataFrame


def plan_alternatives(
    ground: Ground,
    alternatives: Sequence[Alternative],
    *,
    standards: Standards | None = None,
    time_limit_s: float = 60.0,
    seed: int = 0,
    tell: Callable[[Text], object] = lambda _text: None,
) -> list[tuple[Alternative, PipesPlan]]:
    """Return the same ground planned in each way, one after another.

    Raises
    ------
    InputError
        An alternative speaks of what is not there.
    """
    planned = []
    for number, one in enumerate(alternatives, start=1):
        told = f"（{number}/{len(alternatives)}）"
        tell(Text(f"规划方案「{one.name}」{told}…", en=f"planning {one.name} ({number}/{len(alternatives)}) …"))
        plan = plan_ground(ground, one.hand, standards=standards, time_limit_s=time_limit_s, seed=seed)
        planned.append((one, plan))
    return planned


def compared(planned: Sequence[tuple[Alternative, PipesPlan]]) -> list[Compared]:
    """Return the plans as a comparison shows them, each against the first."""
    base = planned[0][1]
    return [
        Compared(
            one.name,
            one.because,
            figures_of(plan),
            tuple(plan.hand.reasons()),
            {} if plan is base else {"elsewhere_m": elsewhere_m(plan, base), "turned_m": turned_m(plan, base)},
            plan.lines,
        )
        for one, plan in planned
    ]


def compared_document(rows: Sequence[Compared], language: Language = "zh") -> dict[str, Any]:
    """Return the comparison as JSON."""
    return {
        "figures": {name: in_language(text, language) for name, text in FIGURES.items()},
        "alternatives": [
            {
                "name": one.name,
                "because": one.because,
                "hand": list(one.reasons),
                **one.figures,
                "changes": dict(one.changes),
            }
            for one in rows
        ],
        "prices": "示意单价（本工具参数），文件未给出",
    }


def compared_sentences(rows: Sequence[Compared]) -> Text:
    """Return the comparison as a table a person reads, figures down, plans across."""
    zh, en = ["方案：" + " | ".join(one.name for one in rows)], ["plans: " + " | ".join(one.name for one in rows)]
    for name, title in FIGURES.items():
        values = " | ".join(figure_text(name, one.figures.get(name)) for one in rows)
        zh.append(f"  {title}：{values}")
        en.append(f"  {title.en}: {values}")
    for one in rows:
        said = "；".join(one.reasons)
        zh.append(f"  {one.name}：{one.because}" + (f"（{said}）" if said else ""))
        en.append(f"  {one.name}: {one.because}")
    return Text("\n".join(zh), en="\n".join(en))


def figure_text(name: str, value: float | None) -> str:
    """Return a figure as it is printed.

    Examples
    --------
    >>> figure_text("underground_share", 0.786), figure_text("trench_m", 1234.56), figure_text("served", None)
    ('78.6%', '1,234.6', '—')
    >>> figure_text("cost_cny", 2053084)
    '205.3 万'
    """
    if value is None:
        return "—"
    if name in SHARES:
        return f"{value:.1%}"
    if name == "cost_cny":
        return f"{float(value) / 10_000.0:,.1f} 万"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,d}"


def write_comparison(
    rows: Sequence[Compared],
    path: Path,
    *,
    title: str,
    context: Context,
    sources: tuple[str, ...] = (),
) -> None:
    """Write the map of the plans with their table as one HTML page that opens without a network.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    drawn = [
        DrawnPlan(
            one.name,
            "；".join((one.because, *one.reasons)),
            one.lines,
            {name: figure_text(name, one.figures.get(name)) for name in FIGURES},
        )
        for one in rows
    ]
    page = pipe_alternatives_map(
        drawn,
        figures={name: str(text) for name, text in FIGURES.items()},
        utilities=utilities(),
        sheet=Sheet(title=title, drawn_on=date.today(), sources=sources),  # noqa: DTZ011 - a calendar day at the office
        context=context,
    )
    write_text(path, page)


def hands_of(alternatives: Sequence[Alternative]) -> list[dict[str, Any]]:
    """Return what was said beforehand in each, as JSON."""
    return [{"name": one.name, **hand_document(one.hand)} for one in alternatives]
