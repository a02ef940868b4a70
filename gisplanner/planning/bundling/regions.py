"""Regions (片区) of a minimum size: as many as possible, and then as homogeneous as possible (max-p-regions)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gisplanner.errors import InfeasibleError
from gisplanner.planning.bundling.board import Ints, in_order_of_appearance, make_board
from gisplanner.planning.bundling.check import refuse_violations, violations
from gisplanner.planning.bundling.intake import (
    Namer,
    check_bounds,
    names_of,
    read_attributes,
    read_pairs,
    read_sizes,
    refuse_infeasible,
)
from gisplanner.planning.bundling.search import Pace, Progress
from gisplanner.planning.bundling.solve import Solution, solve
from gisplanner.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """A division into regions and how good it is.

    Attributes
    ----------
    labels
        Region of each estate from 0, in the order of first members; -1 for an estate left over.
    p
        Number of regions.
    p_upper_bound
        No division has more.
    heterogeneity
        Sum over regions of the L1 distance between the attributes of each unordered pair of their estates.
    heterogeneity_lower_bound
        No division into ``p`` regions has less; ``None`` where no bound was computed.
    proven
        Whether both bounds are met.
    """

    labels: npt.NDArray[np.int64]
    p: int
    p_upper_bound: int
    heterogeneity: float
    heterogeneity_lower_bound: float | None
    proven: bool


def max_p_regions(
    neighbours: npt.ArrayLike,
    size: npt.ArrayLike,
    *,
    min_size: float,
    max_size: float | None = None,
    attributes: npt.ArrayLike | None = None,
    allow_leftovers: bool = False,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    at_most: int | None = None,
    name: Namer = str,
    progress: Progress | None = None,
) -> Regions:
    """Divide estates into as many connected regions of at least ``min_size`` as possible (max-p-regions, 连片).

    Parameters
    ----------
    neighbours
        Integer array (m, 2) of 0-based positions: who is linked to whom.
    size
        Measure of each of the n estates (households, m², number), 0 or more.
    min_size, max_size
        Bounds on the summed size of a region.
    attributes
        Array (n, k), used as given; among divisions with equally many regions the one with the least heterogeneity
        is sought.
    allow_leftovers
        Whether estates may lie in no region (label -1); then as few as possible once the number of regions is fixed.
    time_limit_s
        Seconds to search, compilation apart; ignored when ``iterations`` is given.
    iterations
        Rounds to search; then the answer is the same on every machine.
    seed
        Any integer.
    together, apart
        Pairs of estates that must, or must not, share a region. Pairs that must are taken as linked.
    at_most
        A number of regions that is enough.
    name
        What to call estate k in error messages.
    progress
        Told the share done, the number of regions and the heterogeneity.

    Raises
    ------
    InputError
        Sizes, attributes or pairs that cannot be used, all at once.
    InfeasibleError
        No division exists, or none was found; names the components and estates.

    Notes
    -----
    Duque, Anselin and Rey 2012, doi:10.1111/j.1467-9787.2011.00743.x. Every answer is verified by
    :mod:`gisplanner.planning.bundling.check` before it leaves.

    Examples
    --------
    >>> found = max_p_regions([[0, 1], [1, 2], [2, 3]], [1, 1, 1, 1], min_size=2, iterations=5)
    >>> found.labels.tolist(), found.p, found.p_upper_bound, found.proven
    ([0, 0, 1, 1], 2, 2, True)
    """
    check_bounds(min_size, max_size)
    sizes = read_sizes(size, name)
    links = read_pairs(neighbours, sizes.size, "neighbours")
    tied, excluded = (
        read_pairs(pairs, sizes.size, what) for pairs, what in ((together, "together"), (apart, "apart"))
    )
    values = read_attributes(attributes, sizes.size, name)
    if not allow_leftovers:
        melted = np.concatenate([links, tied])
        refuse_infeasible(sizes, melted, min_size=min_size, max_size=max_size, name=name)
    low, high = _with_slack(min_size, max_size)
    board, node = make_board(
        links, sizes, low=low, high=high, value=values, together=tied.tolist(), apart=excluded.tolist()
    )
    _refuse_torn(excluded, node, name)
    solution = solve(
        board,
        seed=seed,
        pace=Pace(time_limit_s, iterations),
        at_most=at_most,
        regions_first=allow_leftovers,
        progress=progress,
    )
    answer = in_order_of_appearance(solution.labels[node])
    if not allow_leftovers and (answer < 0).any():
        _refuse_unfound(np.flatnonzero(answer < 0), name)
    refuse_violations(
        violations(
            links.tolist(),
            sizes.tolist(),
            answer.tolist(),
            min_size=min_size,
            max_size=max_size,
            together=tied.tolist(),
            apart=excluded.tolist(),
            allow_leftovers=allow_leftovers,
        )
    )
    return _judged(solution, answer)


def _with_slack(min_size: float, max_size: float | None) -> tuple[float, float]:
    """Return the bounds widened by what the summing of decimal fractions may lose."""
    high = math.inf if max_size is None else max_size + 1e-9 * max(1.0, max_size)
    return min_size - 1e-9 * max(1.0, min_size) if min_size > 0 else 0.0, high


def _judged(solution: Solution, answer: Ints) -> Regions:
    found = int(answer.max(initial=-1)) + 1
    value, least = solution.value, solution.least
    met = least is not None and value <= least + 1e-7 * max(1.0, value)
    return Regions(
        labels=answer,
        p=found,
        p_upper_bound=solution.bound,
        heterogeneity=value,
        heterogeneity_lower_bound=value if met else least,
        proven=found == solution.bound and met,
    )


def _refuse_torn(excluded: Ints, node: Ints, name: Namer) -> None:
    torn = [pair for pair in excluded.tolist() if node[pair[0]] == node[pair[1]]]
    if torn:
        who = "；".join(f"{name(a)}–{name(b)}" for a, b in torn)
        raise InfeasibleError(
            Text(
                f"要求分开的小区又被要求在一起：{who}。", en=f"Estates to keep apart are also to be together: {who}."
            )
        )


def _refuse_unfound(left: Ints, name: Namer) -> None:
    who = names_of(left, name)
    raise InfeasibleError(
        Text(
            f"没有找到把全部小区都划入片区的方案，剩下：{who}。可放宽上限，或允许剩余。",
            en=f"No division was found that takes all estates in; left: {who}. Raise the maximum or allow leftovers.",
        )
    )
