"""What bundles are to be besides homogeneous: compact (紧凑) and balanced (均衡), in numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.bundling import Weights
from gisplanner.errors import Fault, UsageError
from gisplanner.planning.bundling.board import Floats, Ints
from gisplanner.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class Aims:
    """What regions are to be besides homogeneous; every number already carries its weight.

    Attributes
    ----------
    places
        Where estates are, (n, 2): compact regions have little distance along streets (L1) between their estates.
    shared
        What each link takes off when both ends are in one region, (m,): compact regions share long edges.
    balance
        What the square of a region's size, halved, adds: balanced regions are of like size.
    """

    places: Floats
    shared: Floats
    balance: float


def check_weights(weights: Weights) -> None:
    """Refuse weights that are no weights.

    Raises
    ------
    UsageError
        Not a number, negative, or all of them zero.
    """
    given = np.array([weights.homogeneous, weights.compact, weights.balanced])
    if not np.isfinite(given).all() or (given < 0).any() or not given.any():
        told = ", ".join(f"{one:g}" for one in given)
        raise UsageError(
            Text("权重要是不小于 0 的数，且不全为 0。", en="Weights are numbers, 0 or more, and not all 0."),
            [Fault(column="--weight", value=told, allowed="≥ 0")],
        )


def aims_of(
    estates: gpd.GeoDataFrame, links: gpd.GeoDataFrame, pairs: Ints, size: Floats, weights: Weights
) -> Aims | None:
    """Return what the weights ask for beside likeness, on the scale of likeness with weight 1; ``None`` for nothing.

    Distance counts in typical distances of linked estates (the median, between representative points), shared edges
    in typical lengths of them, size in mean estates.

    Parameters
    ----------
    links, pairs
        The links that hold, with ``shared_edge_m``, and the same as positions, (m, 2).
    """
    if not weights.compact and not weights.balanced:
        return None
    scale = weights.homogeneous or 1.0
    points = shapely.get_coordinates(shapely.point_on_surface(estates.geometry.to_numpy()))
    apart_m = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]]).sum(axis=1)
    edge_m = links["shared_edge_m"].to_numpy(dtype=np.float64)
    compact = weights.compact / scale
    return Aims(
        places=points * (compact / _typical(apart_m)),
        shared=edge_m * (compact / _typical(edge_m[edge_m > 0.0])),
        balance=weights.balanced / scale / max(float(size.mean()) if size.size else 1.0, 1e-9) ** 2,
    )


def _typical(lengths_m: Floats) -> float:
    """Return the median, or 1 where there is none."""
    return float(np.median(lengths_m)) or 1.0 if lengths_m.size else 1.0
