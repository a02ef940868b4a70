"""Fire-engine access: who is served, and the cheapest removals that serve everybody who can be (打通消防车道)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.planning.fire.intake import Ground, check_width, read_ground
from gisplanner.planning.fire.outlines import Bools
from gisplanner.planning.fire.question import question_of
from gisplanner.planning.fire.reach import Reach
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """Removals that open the way.

    Attributes
    ----------
    removals
        Index labels of the obstacles to remove, in their order.
    cost
        Their total cost.
    cost_lower_bound
        No removals that serve the same buildings cost less.
    proven
        Whether the plan is known to be the best: the cheapest, or with a budget the one that serves the most.
    served
        Index labels of the buildings served afterwards.
    """

    removals: tuple[Hashable, ...]
    cost: float
    cost_lower_bound: float
    proven: bool
    served: frozenset[Hashable]


def evaluate_access(
    site: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    *,
    roads: gpd.GeoDataFrame | None = None,
    removed: Iterable[Hashable] = (),
    width_m: float = 4.0,
) -> set[Hashable]:
    """Return the index labels of the buildings a fire engine serves once some obstacles are removed.

    A building is served (可达) when every wall point, taken at most 2 m apart, along at least one long side of its
    minimum rotated rectangle is 10 m or less, straight, from the area swept by the disc of diameter ``width_m``
    wherever it can travel from an entrance. Widths are decided on whole millimetres: 4.000 m passes, 3.999 m does
    not.

    Parameters
    ----------
    site
        Polygons. Their edge is a wall except at an entrance.
    buildings
        Polygons.
    obstacles
        Polygons or lines with ``removable`` and, where removable, ``cost`` above 0.
    entrances
        Points on the edge of the site, optional ``width_m``; without one they are as wide as the lane.
    roads
        Polygons, or lines with ``width_m``, on which a lane may run too.
    removed
        Index labels of removed obstacles.
    width_m
        Lane width in metres.

    Raises
    ------
    InputError
        Rows that cannot be used, all at once.
    UsageError
        A removed obstacle that has to stay, or a width that makes no sense.
    NotFoundError
        A removed obstacle that does not exist.

    Examples
    --------
    >>> from shapely import Point, box
    >>> def frame(shapes, **columns):
    ...     return gpd.GeoDataFrame(columns, geometry=shapes, crs=4547)
    >>> estate = frame([box(0, 0, 60, 40)]), frame([box(10, 25, 50, 35)])
    >>> shed = frame([box(0, 10, 60, 12)], removable=[True], cost=[5.0])
    >>> gate = frame([Point(30, 0)])
    >>> evaluate_access(*estate, shed, gate), evaluate_access(*estate, shed, gate, removed=[0])
    (set(), {0})
    """
    check_width(width_m)
    ground = read_ground(site, buildings, obstacles, entrances, roads)
    gone = removal_marks(ground, obstacles, removed)
    served = Reach(ground, width_m).served(gone)
    return {label for label, yes in zip(ground.building_labels, served.tolist(), strict=True) if yes}


def plan_access(
    site: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    obstacles: gpd.GeoDataFrame,
    entrances: gpd.GeoDataFrame,
    *,
    roads: gpd.GeoDataFrame | None = None,
    width_m: float = 4.0,
    budget: float | None = None,
    households: float | None = None,
    time_limit_s: float = 60.0,
) -> AccessPlan:
    """Return the cheapest removals that serve every building which would be served with all removable ones gone.

    Parameters
    ----------
    site, buildings, obstacles, entrances, roads, width_m
        As for :func:`evaluate_access`; ``buildings`` may have ``households``.
    budget
        With a budget: serve the most households within it (buildings, where there are no households).
    households
        With a number: serve at least so many households (buildings) at the least cost.
    time_limit_s
        Seconds to search; afterwards the best plan found and the bound reached are returned.

    Raises
    ------
    InputError
        As :func:`evaluate_access`.

    Examples
    --------
    >>> from shapely import Point, box
    >>> def frame(shapes, **columns):
    ...     return gpd.GeoDataFrame(columns, geometry=shapes, crs=4547)
    >>> sheds = frame([box(0, 10, 30, 12), box(30, 10, 60, 12)], removable=[True, True], cost=[5.0, 3.0])
    >>> plan_access(frame([box(0, 0, 60, 40)]), frame([box(10, 25, 50, 35)]), sheds, frame([Point(30, 0)]))
    AccessPlan(removals=(1,), cost=3.0, cost_lower_bound=3.0, proven=True, served=frozenset({0}))
    """
    check_width(width_m)
    ground = read_ground(site, buildings, obstacles, entrances, roads)
    return plan_on(Reach(ground, width_m), budget=budget, households=households, time_limit_s=time_limit_s)


def plan_on(
    reach: Reach, *, budget: float | None = None, households: float | None = None, time_limit_s: float = 60.0
) -> AccessPlan:
    """Plan as :func:`plan_access` where the reach is known already."""
    question = question_of([reach])
    if budget is not None:
        opening = question.within(budget, time_limit_s=time_limit_s)
        return access_of(reach, opening.removed, proven=opening.proven)
    if households is not None:
        opening = question.reaching(households, time_limit_s=time_limit_s)
    else:
        opening = question.cheapest(time_limit_s=time_limit_s)
    return access_of(reach, opening.removed, proven=opening.proven, bound=opening.bound)


def access_of(reach: Reach, removed: Bools, *, proven: bool, bound: float | None = None) -> AccessPlan:
    """Return removals as a plan; without a bound, what is proven cannot be had for less."""
    ground = reach.ground
    cost = float(ground.costs[removed].sum())
    served = reach.served(removed).tolist()
    return AccessPlan(
        removals=tuple(label for label, gone in zip(ground.soft_labels, removed.tolist(), strict=True) if gone),
        cost=cost,
        cost_lower_bound=(cost if proven else 0.0) if bound is None else bound,
        proven=proven,
        served=frozenset(label for label, yes in zip(ground.building_labels, served, strict=True) if yes),
    )


def removal_marks(ground: Ground, obstacles: gpd.GeoDataFrame, removed: Iterable[Hashable]) -> Bools:
    """Return which removable obstacles are meant by index labels.

    Raises
    ------
    NotFoundError, UsageError
        There is no such obstacle; or it has to stay.
    """
    number = {label: k for k, label in enumerate(ground.soft_labels)}
    wanted = list(removed)
    unknown = [label for label in wanted if label not in obstacles.index]
    if unknown:
        raise NotFoundError(
            Text("没有这些障碍物。", en="There are no such obstacles."),
            [Fault(layer="obstacles", column="id", value=str(label)) for label in unknown],
        )
    fixed = [label for label in wanted if label not in number]
    if fixed:
        raise UsageError(
            Text("这些障碍物不可拆除。", en="These obstacles have to stay."),
            [Fault(layer="obstacles", column="removable", value=str(label), allowed="true") for label in fixed],
        )
    marks = np.zeros(len(number), dtype=bool)
    marks[[number[label] for label in wanted]] = True
    return marks
