"""From outlines and wishes to bundles: neighbours, what cuts them, and the division (片区划定)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np

from gisplanner.domain.bundling import Bundle, BundleRules, CutLink, EstateId, LeftOver, Link, Overlap
from gisplanner.planning.bundling.barriers import BarrierLayers
from gisplanner.planning.bundling.board import Ints
from gisplanner.planning.bundling.contiguity import adjacency
from gisplanner.planning.bundling.division import Task, divide, left_over
from gisplanner.planning.bundling.intake import check_bounds, read_sizes
from gisplanner.planning.bundling.likeness import likeness
from gisplanner.planning.bundling.search import Progress
from gisplanner.planning.bundling.wishes import held, is_apart, positions


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Bundles and everything that explains them.

    Attributes
    ----------
    links, cut_links, overlaps
        What holds estates together, what a barrier cuts, whose outlines overlap.
    link_lines, cut_lines
        The same as geometry in the planning CRS: shared edge or point, else the shortest connector.
    p_upper_bound, heterogeneity, heterogeneity_lower_bound, proven
        As :class:`gisplanner.planning.bundling.Regions`.
    """

    bundles: tuple[Bundle, ...]
    left_over: tuple[LeftOver, ...]
    links: tuple[Link, ...]
    cut_links: tuple[CutLink, ...]
    overlaps: tuple[Overlap, ...]
    link_lines: gpd.GeoDataFrame
    cut_lines: gpd.GeoDataFrame
    p_upper_bound: int
    heterogeneity: float
    heterogeneity_lower_bound: float | None
    proven: bool


def plan_bundles(
    estates: gpd.GeoDataFrame,
    rules: BundleRules,
    *,
    size: Sequence[float] | None = None,
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
    barriers
        Layers as :func:`gisplanner.planning.bundling.contiguity` takes them.

    Raises
    ------
    CrsError, GeometryError, InputError, UsageError, NotFoundError
        What was handed in cannot be used.
    InfeasibleError
        A minimum was asked for and no bundle reaches it.
    """
    check_bounds(rules.min_size or 0.0, rules.max_size)
    ids = cast("list[EstateId]", estates.index.tolist())
    sizes = read_sizes(np.ones(len(ids)) if size is None else size, lambda k: str(ids[k]))
    position = {estate: k for k, estate in enumerate(ids)}
    together, apart = (positions(pairs, position) for pairs in (rules.together, rules.keep_apart))
    found = adjacency(estates, max_gap_m=rules.gap_m, barriers=barriers, barrier_kinds=rules.barrier_kinds)
    keep = held(found.links, estates, rules, position) & ~is_apart(found.links, position, apart)
    lines = found.links[keep].reset_index(drop=True)
    pairs = np.column_stack([lines[end].map(position).to_numpy(dtype=np.int64) for end in ("a", "b")])
    task = Task(ids, sizes, pairs, together, apart, rules, likeness(estates, rules.alike))
    division = divide(task, progress)
    return Plan(
        bundles=_bundles(task, division.labels),
        left_over=tuple(left_over(task, division.labels)),
        links=tuple(Link(*row) for row in lines.drop(columns="geometry").itertuples(index=False)),
        cut_links=tuple(CutLink(*row) for row in found.cut[["a", "b", "gap_m", "barrier"]].itertuples(index=False)),
        overlaps=tuple(Overlap(*row) for row in found.overlaps.itertuples(index=False)),
        link_lines=lines,
        cut_lines=found.cut,
        p_upper_bound=division.bound,
        heterogeneity=division.heterogeneity,
        heterogeneity_lower_bound=division.least,
        proven=division.proven,
    )


def _bundles(task: Task, labels: Ints) -> tuple[Bundle, ...]:
    members: list[list[int]] = [[] for _ in range(int(labels.max(initial=-1)) + 1)]
    for estate, label in enumerate(labels.tolist()):
        if label >= 0:
            members[label].append(estate)
    return tuple(
        Bundle(number, tuple(task.ids[k] for k in estates), round(math.fsum(task.sizes[estates]), 9))
        for number, estates in enumerate(members, start=1)
    )
