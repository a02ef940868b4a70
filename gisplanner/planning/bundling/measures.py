"""What is summed over a bundle: its size, and any other measure of estates (户数, 栋数, 估算投资 …)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from gisplanner.domain.measures import Bounds


@dataclass(frozen=True, slots=True, eq=False)
class Measure(Bounds):
    """One additive measure of estates and the bounds on its sum over a bundle.

    Attributes
    ----------
    size
        One number for each estate, 0 or more.
    """

    size: npt.ArrayLike
