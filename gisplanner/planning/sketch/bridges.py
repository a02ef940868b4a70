"""Where bridges carry streets over a river or railway between two parts of a town."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gisplanner.planning.sketch.ground import Street, Strip

TWO_FROM_M: Final = 600.0
"""A longer strip has two bridges, near a third and two thirds of its length."""


def bridge_positions(streets: Sequence[Street], strip: Strip) -> list[float]:
    """Return where along the strip bridges stand: each lands on a street on both banks.

    Streets that end at a bank are carried on across; where none suits, a bridge stands in the middle of a stretch
    that has streets on both banks.
    """
    box = strip.box
    low, high, banks = (
        (box.south, box.north, (box.west, box.east))
        if strip.upright
        else (box.west, box.east, (box.south, box.north))
    )
    stretches = _stretches(streets, banks, upright=strip.upright)
    ends = {at for bank in banks for at in _ends_at(streets, bank, upright=strip.upright)}
    landing = [at for at in sorted(ends) if any(start < at < end for start, end in stretches)]
    candidates = landing or [(start + end) / 2.0 for start, end in stretches]
    shares = (1 / 3, 2 / 3) if high - low > TWO_FROM_M else (1 / 2,)
    wanted = [low + (high - low) * share for share in shares]
    return sorted({min((abs(at - want), at) for at in candidates)[1] for want in wanted})


def _stretches(streets: Sequence[Street], banks: tuple[float, float], *, upright: bool) -> list[tuple[float, float]]:
    """Return the stretches that have a street along both banks."""
    across, along = (0, 1) if upright else (1, 0)
    sides: list[list[tuple[float, float]]] = [
        [
            (min(street.start[along], street.end[along]), max(street.start[along], street.end[along]))
            for street in streets
            if street.start[across] == street.end[across] == bank
        ]
        for bank in banks
    ]
    shared = [(max(a[0], b[0]), min(a[1], b[1])) for a in sides[0] for b in sides[1]]
    return sorted((start, end) for start, end in shared if start < end)


def _ends_at(streets: Sequence[Street], bank: float, *, upright: bool) -> list[float]:
    across, along = (0, 1) if upright else (1, 0)
    return [
        street.start[along]
        for street in streets
        if street.start[along] == street.end[along] and bank in (street.start[across], street.end[across])
    ]
