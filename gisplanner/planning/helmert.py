"""Four-parameter fit (四参数, Helmert) of a local grid from points known in two systems, by least squares."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from gisplanner.domain.local_grid import LocalGrid

Points = npt.NDArray[np.float64]

MIN_POINTS: Final = 3
"""Two would fit without anything left to check them by."""


def fit_helmert(name: str, local: Points, known: Points) -> tuple[LocalGrid, npt.NDArray[np.float64]]:
    """Return the best grid and the residual of each point in metres.

    Parameters
    ----------
    local, known
        Easting and northing of the same points in both systems, metres, shape (n, 2), n ≥ 2.

    Raises
    ------
    ValueError
        All local points are in one place.

    Examples
    --------
    >>> local = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])
    >>> grid, residuals = fit_helmert("g", local, local[:, ::-1] * [-1, 1] + [5000, 9000])
    >>> round(grid.rotation_deg), round(grid.scale, 9), residuals.max() < 1e-9
    (90, 1.0, np.True_)
    """
    # Both clouds are centred first: with coordinates of millions of metres the sums would eat the millimetres.
    middle, aim = local.mean(axis=0), known.mean(axis=0)
    e, n = (local - middle).T
    east, north = (known - aim).T
    spread = float((e**2 + n**2).sum())
    if spread == 0.0:
        raise ValueError("all points are in one place")
    along = float((e * east + n * north).sum()) / spread
    across = float((e * north - n * east).sum()) / spread
    grid = LocalGrid(
        name,
        along,
        across,
        float(aim[0] - along * middle[0] + across * middle[1]),
        float(aim[1] - across * middle[0] - along * middle[1]),
    )
    return grid, np.hypot(*(grid.apply(local) - known).T)


def suspect_point(local: Points, known: Points, limit_m: float) -> int | None:
    """Return the one point without which all others fit within the limit; ``None`` if there is no such one."""
    if len(local) <= MIN_POINTS:
        return None
    worst = []
    for left in range(len(local)):
        kept = np.arange(len(local)) != left
        worst.append(float(fit_helmert("", local[kept], known[kept])[1].max()))
    good = [left for left, residual in enumerate(worst) if residual <= limit_m]
    return good[0] if len(good) == 1 else None
