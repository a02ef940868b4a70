"""From outlines and wishes to bundles: neighbours, what cuts them, and the division (片区划定)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np

from gisplanner.domain.bundling import Astride, Bundle, BundleRules, CutLink, EstateId, LeftOver, Link, Overlap
from gisplanner.planning.bundling.aims import aims_of, check_weights
from gisplanner.planning.bundling.barriers import BarrierLayers
from gisplanner.planning.bundling.board import Ints
from gisplanner.planning.bundling.contiguity import adjacency
from gisplanner.planning.bundling.division import Task, divide, left_over
from gisplanner.planning.bundling.intake import read_measures
from gisplanner.planning.bundling.likeness import likeness
from gisplanner.planning.bundling.measures import Measure
from gisplanner.planning.bundling.search import Progress
from gisplanner.planning.bundling.wishes import held, is_apart, places, positions


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Bundles and everything that explains them.

    Attributes
    ----------
    links, cut_links, overlaps, astride
        What holds estates together, what a barrier cuts, whose outlines overlap, which pairs to be together lie in
        two places that bundles otherwise stay within.
    link_lines, cut_lines
        The same as geometry in the planning CRS: shared edge or point, else the shortest connector.
    p_upper_bound, heterogeneity, heterogeneity_lower_bound, left_over_lower_bound, objective,
    objective_lower_bound, proven
        As :class:`gisplanner.planning.bundling.Regions`.
    """

    bundles: tuple[Bundle, ...]
    left_over: tuple[LeftOver, ...]
    links: tuple[Link, ...]
    cut_links: tuple[CutLink, ...]
    overlaps: tuple[Overlap, ...]
    astride: tuple[Astride, ...]
    link_lines: gpd.GeoDataFrame
    cut_lines: gpd.GeoDataFrame
    p_upper_bound: int
    heterogeneity: float
    heterogeneity_lower_bound: float | None
    left_over_lower_bound: int
    objective: float
    objective_lower_bound: float | None
    proven: bool


def plan_bundles(
    estates: gpd.GeoDataFrame,
    rules: BundleRules,
    *,
    size: Sequence[float] | None = None,
    measures: Sequence[Measure] = (),
    barriers: BarrierLayers | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Divide estates into bundles.

    Parameters
    ----------
    estates
        Polygons in a metric CRS, indexed by estate id, with the columns ``rules`` names. The order of rows matters
        to the search only; sort them for an answer that does not depend on the file.
    size
        Size of each estate; by default each counts 1.
    measures
        What ``rules.limits`` bound, in their order.
    barriers
        Layers as :func:`gisplanner.planning.bundling.contiguity` takes them.

    Raises
    ------
    CrsError, GeometryError, InputError, UsageError, NotFoundError
        What was handed in cannot be used.
    InfeasibleError
        A minimum was asked for and no bundle reaches it.
    """
    check_weights(rules.weights)
    ids = cast("list[EstateId]", estates.index.tolist())
    own = np.ones(len(ids)) if size is None else size
    bounded = (Measure(own, at_least=rules.min_size or 0.0, at_most=rules.max_size), *measures)
    sizes = read_measures(bounded, len(ids), lambda k: str(ids[k]))
    position = {estate: k for k, estate in enumerate(ids)}
    together, apart = (positions(pairs, position) for pairs in (rules.together, rules.keep_apart))
    found = adjacency(estates, max_gap_m=rules.gap_m, barriers=barriers, barrier_kinds=rules.barrier_kinds)
    keep = held(found.links, estates, rules, position) & ~is_apart(found.links, position, apart)
    lines = found.links[keep].reset_index(drop=True)
    pairs = np.column_stack([lines[end].map(position).to_numpy(dtype=np.int64) for end in ("a", "b")])
    aims = aims_of(estates, lines, pairs, sizes[:, 0], rules.weights)
    place = places(estates, rules.within)
    alike = likeness(estates, rules.alike)
    task = Task(ids, bounded, sizes, pairs, together, apart, rules, alike, aims, place)
    division = divide(task, progress)
    return Plan(
        bundles=_bundles(task, division.labels),
        left_over=tuple(left_over(task, division.labels)),
        links=tuple(Link(*row) for row in lines.drop(columns="geometry").itertuples(index=False)),
        cut_links=tuple(CutLink(*row) for row in found.cut[["a", "b", "gap_m", "barrier"]].itertuples(index=False)),
        astride=_astride(task),
        overlaps=tuple(Overlap(*row) for row in found.overlaps.itertuples(index=False)),
        link_lines=lines,
        cut_lines=found.cut,
        p_upper_bound=division.bound,
        heterogeneity=division.heterogeneity,
        heterogeneity_lower_bound=division.least,
        left_over_lower_bound=division.fewest_out,
        objective=division.objective,
        objective_lower_bound=division.objective_least,
        proven=division.proven,
    )


def _bundles(task: Task, labels: Ints) -> tuple[Bundle, ...]:
    members: list[list[int]] = [[] for _ in range(int(labels.max(initial=-1)) + 1)]
    for estate, label in enumerate(labels.tolist()):
        if label >= 0:
            members[label].append(estate)
    return tuple(
        Bundle(number, tuple(task.ids[k] for k in estates), *_sums(task, estates))
        for number, estates in enumerate(members, start=1)
    )


def _astride(task: Task) -> tuple[Astride, ...]:
    place = task.within
    if place is None:
        return ()
    pairs = [(a, b) for a, b in task.together if place[a] != place[b]]
    return tuple(Astride(task.ids[a], task.ids[b], str(place[a]), str(place[b])) for a, b in pairs)


def _sums(task: Task, estates: list[int]) -> tuple[float, dict[str, float]]:
    size, *others = (round(math.fsum(column), 9) for column in task.sizes[estates].T)
    return size, {limit.measure: sum_ for limit, sum_ in zip(task.rules.limits, others, strict=True)}
