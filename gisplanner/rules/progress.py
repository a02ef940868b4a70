"""Rates of progress (开工率, 完工率) from where the estates stand. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from gisplanner.domain.profile import StageSpec
from gisplanner.domain.progress import EstateProgress, Rates, StageShare, Weight

NO_RECORD: Final = "无进度记录"

_FIGURES: Final[dict[Weight, Callable[[EstateProgress], int | Decimal | None]]] = {
    "estates": lambda _estate: 1,
    "households": lambda estate: estate.households,
    "buildings": lambda estate: estate.buildings,
    "floor_area": lambda estate: estate.floor_area_10k_m2,
}


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return ``part`` of ``whole`` in percent with one decimal, half up; ``None`` when ``whole`` is zero.

    Examples
    --------
    >>> percent(Decimal(1), Decimal(28)), percent(Decimal(0), Decimal(0))
    (Decimal('3.6'), None)
    """
    if not whole:
        return None
    return (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def rates(estates: Sequence[EstateProgress], stages: Sequence[StageSpec], weight: Weight) -> Rates:
    """Return the rates of ``estates`` by ``weight``.

    An estate under way counts as started; a completed one as started and completed. An estate without any
    record counts as not started. An estate whose figure is unknown is counted apart, never as zero.
    """
    figure = _FIGURES[weight]
    known = [(estate, Decimal(value)) for estate in estates if (value := figure(estate)) is not None]
    total = sum((value for _, value in known), Decimal(0))
    started = sum((value for estate, value in known if estate.progress != "not_started"), Decimal(0))
    completed = sum((value for estate, value in known if estate.progress == "completed"), Decimal(0))
    return Rates(
        weight=weight,
        total=total,
        started=started,
        completed=completed,
        started_percent=percent(started, total),
        completed_percent=percent(completed, total),
        unknown=len(estates) - len(known),
        stages=tuple(
            _share(no, name, known, total)
            for no, name in [(0, NO_RECORD), *((stage.no, stage.name) for stage in stages)]
        ),
    )


def _share(no: int, name: str, known: Sequence[tuple[EstateProgress, Decimal]], total: Decimal) -> StageShare:
    here = [value for estate, value in known if (estate.stage_no or 0) == no]
    amount = sum(here, Decimal(0))
    return StageShare(no, name, len(here), amount, percent(amount, total))
