"""Colours that tell areas apart (片区配色), as far as possible also for colour-blind readers."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

TOL: Final = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377",
    "#ee7733", "#332288", "#44aa99", "#997700", "#cc99bb", "#117733",
)  # fmt: skip
"""Paul Tol's qualitative schemes «bright», «vibrant» and «muted», the near-doubles left out (SRON/EPS/TN/09-002)."""

_GOLDEN_TURN: Final = 0.618033988749895
_NEIGHBOURS: Final = 4
_SPREAD_LIMIT: Final = 400
"""Above so many areas colours are dealt in order: no reader tells them apart by colour any more."""


def colours(count: int) -> list[str]:
    """Return ``count`` different colours; the first dozen are safe for colour-blind readers.

    Examples
    --------
    >>> colours(2)
    ['#4477aa', '#ee6677']
    >>> len(set(colours(500)))
    500
    """
    made, turn = list(TOL[:count]), 0.07
    seen = set(made)
    while len(made) < count:
        turn = (turn + _GOLDEN_TURN) % 1.0
        lightness, saturation = (0.42, 0.56, 0.70)[len(made) % 3], (0.65, 0.45)[len(made) % 2]
        colour = "#" + "".join(
            f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb(turn, lightness, saturation)
        )
        if colour not in seen:
            seen.add(colour)
            made.append(colour)
    return made


def colours_of_areas(centres_m: npt.NDArray[np.float64] | Sequence[tuple[float, float]]) -> list[str]:
    """Return one colour for each area, areas close to each other in colours far from each other.

    Parameters
    ----------
    centres_m
        Shape ``(n, 2)``, metres; areas in the order of their importance.

    Examples
    --------
    >>> len(set(colours_of_areas([(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)])))
    3
    """
    centres = np.asarray(centres_m, dtype=float).reshape(-1, 2)
    dealt = colours(len(centres))
    if len(centres) > _SPREAD_LIMIT:
        return dealt
    looks = np.array([_perceived(colour) for colour in dealt]).reshape(-1, 3)
    free, chosen = list(range(len(dealt))), np.full(len(dealt), -1)
    for area in range(len(centres)):
        done = np.flatnonzero(chosen[:area] >= 0)
        near = done[np.argsort(np.hypot(*(centres[done] - centres[area]).T))[:_NEIGHBOURS]]
        if len(near):
            gaps = np.linalg.norm(looks[free][:, None, :] - looks[chosen[near]][None, :, :], axis=2).min(axis=1)
            # Safe colours first: a later colour must be clearly better to be taken before its turn.
            best = int(np.argmax(np.minimum(gaps, 0.25) - 0.002 * np.arange(len(free))))
        else:
            best = 0
        chosen[area] = free.pop(best)
    return [dealt[index] for index in chosen]


def _perceived(colour: str) -> tuple[float, float, float]:
    # OKLab (Björn Ottosson, 2020): distances in it agree with the eye far better than distances in RGB.
    rgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
    to_cones = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
    to_lab = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])
    light, red_green, blue_yellow = to_lab @ np.cbrt(to_cones @ linear)
    return float(light), float(red_green), float(blue_yellow)
