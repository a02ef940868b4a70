"""A local independent grid (独立坐标系): four parameters that take it to the district's metric system."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class LocalGrid:
    """A similarity of the plane (四参数, Helmert): E = east + along·e − across·n, N = north + across·e + along·n.

    Examples
    --------
    >>> LocalGrid("城建", 1.0, 0.0, 500000.0, 2800000.0).apply(np.array([[10.0, 20.0]])).tolist()
    [[500010.0, 2800020.0]]
    """

    name: str
    along: float
    across: float
    east_m: float
    north_m: float

    @property
    def scale(self) -> float:
        """Return how long a local metre is in the district's system."""
        return math.hypot(self.along, self.across)

    @property
    def rotation_deg(self) -> float:
        """Return by how much the local axes are turned anticlockwise, degrees."""
        return math.degrees(math.atan2(self.across, self.along))

    def apply(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return local points (easting, northing), shape (n, 2), in the district's system."""
        east, north = points[:, 0], points[:, 1]
        return np.column_stack(
            (
                self.east_m + self.along * east - self.across * north,
                self.north_m + self.across * east + self.along * north,
            )
        )
