"""The dossier (方案册) of an area or an estate: everything the tool knows of it, ready to be printed and signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gisplanner.domain.progress import DeadlineState, EstateProgress

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One 片区 (一片区一方案) or one estate (一小区一方案).

    Attributes
    ----------
    title, unit
        E.g. 金赣小区改造方案 and 小区.
    as_of
        Day up to which everything is told.
    estates
        Its estates as the plan has them, with their stage.
    picture
        PNG of the area; ``None`` where no estate has an outline.
    figures, needs, menu, pipelines, conflicts, fire, survey, funding, gates, schedule, demolition, complaints
        Rows of the tables; empty means that nothing is recorded, and the paper says so.
    payers
        Who pays for what, by the text: item, payer, document.
    sources
        Documents and data the dossier stands on.
    """

    title: str
    unit: str
    as_of: date
    warning: str | None
    estates: tuple[EstateProgress, ...]
    picture: bytes | None
    picture_note: str
    figures: Sequence[Row]
    needs: Sequence[Row]
    menu: Sequence[Row]
    pipelines: Sequence[Row]
    conflicts: Sequence[Row]
    fire: Sequence[Row]
    demolition: Sequence[Row]
    survey: Sequence[Row]
    funding: Sequence[Row]
    payers: Sequence[Row]
    gates: Sequence[Row]
    schedule: Sequence[Row]
    deadlines: Sequence[DeadlineState]
    complaints: Sequence[Row]
    handover: Sequence[Row]
    photos: Sequence[tuple[str, bytes]] = ()
    sources: Sequence[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """Why a table is empty, by its name."""
