"""The past of a progress map (时间轴): where every estate stood on every day on which something happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, get_args

from gisplanner.domain.progress import (
    DeadlineState,
    EstateProgress,
    ProgressState,
    Rates,
    StageMoment,
    StageShare,
    Weight,
)
from gisplanner.rules.progress import NO_RECORD, percent

MOST_DAYS: Final = 240
"""More days than this are thinned evenly; the last one stays."""
_FIGURES: Final[dict[Weight, Callable[[EstateProgress], int | Decimal | None]]] = {
    "estates": lambda _estate: 1,
    "households": lambda estate: estate.households,
    "buildings": lambda estate: estate.buildings,
    "floor_area": lambda estate: estate.floor_area_10k_m2,
}


@dataclass(frozen=True, slots=True)
class Past:
    """Days, the rates on each of them, and what scripts need to draw each estate as it stood then."""

    days: tuple[date, ...]
    rates: tuple[tuple[Rates, ...], ...]
    """Day → one for each weight."""
    steps: Mapping[str, Sequence[tuple[int, int]]]
    """Project → (number of the day, stage reached)."""


def past_of(state: ProgressState, moments: Sequence[StageMoment]) -> Past:
    """Return the past of a plan from its records, which come in the order in which they count.

    Parameters
    ----------
    moments
        Stages reached up to the day of the state, by project in the order of day and record.
    """
    days = _thinned(sorted({*(one.happened_on for one in moments), state.as_of}))
    number = {day: index for index, day in enumerate(days)}
    steps: dict[str, list[tuple[int, int]]] = {}
    for one in moments:
        index = number.get(one.happened_on)
        if index is None:
            index = next(place for place, day in enumerate(days) if day >= one.happened_on)
        steps.setdefault(one.project_code, []).append((index, one.stage_no))
    return Past(tuple(days), _rates(state, days, steps), steps)


def _thinned(days: Sequence[date]) -> list[date]:
    if len(days) <= MOST_DAYS:
        return list(days)
    kept = {round(index * (len(days) - 1) / (MOST_DAYS - 1)) for index in range(MOST_DAYS)}
    return [day for index, day in enumerate(days) if index in kept]


def _rates(
    state: ProgressState, days: Sequence[date], steps: Mapping[str, Sequence[tuple[int, int]]]
) -> tuple[tuple[Rates, ...], ...]:
    """Return the rates of each day: amounts move from stage to stage as the days go by, nothing is counted anew."""
    counts_as = {stage.no: stage.progress for stage in state.stages}
    names = [(0, NO_RECORD), *((stage.no, stage.name) for stage in state.stages)]
    size, moved = _sizes(state), _moves(len(days), steps)
    here = {weight: {no: _NOTHING for no, _ in names} for weight in get_args(Weight)}
    standing = dict.fromkeys(size, 0)
    for held in size.values():
        for weight, own in held.items():
            here[weight][0] = _sum(here[weight][0], own)
    told = []
    for moves in moved:
        for project, stage in moves:
            if project not in size or stage not in counts_as:
                continue
            before, standing[project] = standing[project], stage
            for weight, (count, amount) in size[project].items():
                stages = here[weight]
                stages[before] = _sum(stages[before], (-count, -amount))
                stages[stage] = _sum(stages[stage], (count, amount))
        told.append(tuple(_told(weight, here[weight], names, counts_as, len(state.estates)) for weight in here))
    return tuple(told)


_Held = tuple[int, Decimal]
"""How many estates, and how much by a weight."""
_NOTHING: Final[_Held] = (0, Decimal(0))


def _sum(one: _Held, other: _Held) -> _Held:
    return one[0] + other[0], one[1] + other[1]


def _sizes(state: ProgressState) -> dict[str, dict[Weight, _Held]]:
    """Return what each project holds by each weight; an estate without the figure is in none."""
    found: dict[str, dict[Weight, _Held]] = {}
    for estate in state.estates:
        held = found.setdefault(estate.project_code or "", dict.fromkeys(get_args(Weight), _NOTHING))
        for weight, figure in _FIGURES.items():
            value = figure(estate)
            if value is not None:
                held[weight] = _sum(held[weight], (1, Decimal(value)))
    return found


def _moves(days: int, steps: Mapping[str, Sequence[tuple[int, int]]]) -> list[list[tuple[str, int]]]:
    moved: list[list[tuple[str, int]]] = [[] for _ in range(days)]
    for project, taken in steps.items():
        for index, stage in taken:
            moved[index].append((project, stage))
    return moved


def _told(
    weight: Weight,
    held: Mapping[int, _Held],
    names: Sequence[tuple[int, str]],
    counts_as: Mapping[int, str],
    estates: int,
) -> Rates:
    total = sum((amount for _, amount in held.values()), Decimal(0))
    progress = {no: counts_as.get(no, "not_started") for no, _ in names}
    started = sum((held[no][1] for no, _ in names if progress[no] != "not_started"), Decimal(0))
    completed = sum((held[no][1] for no, _ in names if progress[no] == "completed"), Decimal(0))
    return Rates(
        weight=weight,
        total=total,
        started=started,
        completed=completed,
        started_percent=percent(started, total),
        completed_percent=percent(completed, total),
        unknown=estates - sum(count for count, _ in held.values()),
        stages=tuple(StageShare(no, name, *held[no], percent(held[no][1], total)) for no, name in names),
    )


def lateness(deadlines: Sequence[DeadlineState]) -> tuple[list[int], dict[str, list[int]]]:
    """Return the due days, and for each project pairs of a due day's number and the day it was reached (0: not yet).

    Days are counted from 1970-01-01.
    """
    dues: dict[int, int] = {}
    late: dict[str, list[int]] = {}
    for one in deadlines:
        if one.due is None:
            continue
        number = dues.setdefault(_count(one.due), len(dues))
        reached = 0 if one.happened_on is None else _count(one.happened_on)
        late.setdefault(one.project_code, []).extend((number, reached))
    return list(dues), late


def _count(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def past_data(
    past: Past,
    deadlines: Sequence[DeadlineState],
    *,
    projects: Sequence[str | None],
    looks: Mapping[int, tuple[int, int | None]],
    tables: Sequence[Sequence[Any]],
    sizes: Mapping[str, int],
) -> dict[str, Any]:
    """Return what the page embeds for its time slider.

    Parameters
    ----------
    projects
        For each estate drawn, in order, the code of its project.
    looks
        Stage → number of its look, and of the look of a late one.
    tables
        Day → the table of each weight, every figure already written.
    sizes
        Number of estates of each project of the plan, drawn or not.
    """
    dues, late = lateness(deadlines)
    codes = sorted(sizes)
    number = {code: index for index, code in enumerate(codes)}
    return {
        "days": [day.isoformat() for day in past.days],
        "dayNumbers": [_count(day) for day in past.days],
        "of": [-1 if code is None else number[code] for code in projects],
        "steps": [[value for step in past.steps.get(code, ()) for value in step] for code in codes],
        "late": [late.get(code, []) for code in codes],
        "sizes": [sizes[code] for code in codes],
        "due": dues,
        "looks": {str(stage): list(pair) for stage, pair in looks.items()},
        "tables": tables,
    }
