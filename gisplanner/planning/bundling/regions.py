"""Regions (片区) of a minimum size: as many as possible, and then as homogeneous as possible (max-p-regions)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gisplanner.errors import InfeasibleError
from gisplanner.planning.bundling.aims import Aims
from gisplanner.planning.bundling.board import Floats, Ints, in_order_of_appearance, make_board
from gisplanner.planning.bundling.check import refuse_violations, violations
from gisplanner.planning.bundling.intake import (
    Namer,
    names_of,
    read_attributes,
    read_measures,
    read_pairs,
    refuse_infeasible,
)
from gisplanner.planning.bundling.likeness import heterogeneity
from gisplanner.planning.bundling.measures import Measure
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
        No division into ``p`` regions that leaves out as few estates has less; ``None`` where no bound was computed,
        or where more than likeness was asked for.
    left_over_lower_bound
        No division into ``p`` regions leaves out fewer estates.
    objective, objective_lower_bound
        The same for what was minimised: heterogeneity and what other aims add.
    proven
        Whether all bounds are met.
    """

    labels: npt.NDArray[np.int64]
    p: int
    p_upper_bound: int
    heterogeneity: float
    heterogeneity_lower_bound: float | None
    left_over_lower_bound: int
    objective: float
    objective_lower_bound: float | None
    proven: bool


def max_p_regions(
    neighbours: npt.ArrayLike,
    size: npt.ArrayLike,
    *,
    min_size: float,
    max_size: float | None = None,
    limits: Sequence[Measure] = (),
    attributes: npt.ArrayLike | None = None,
    aims: Aims | None = None,
    allow_leftovers: bool = False,
    estates_first: bool = False,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    together: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
    within: Sequence[object] | None = None,
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
    limits
        Other measures with bounds of their own: households, floor area, cost …
    attributes
        Array (n, k), used as given; among divisions with equally many regions the one with the least heterogeneity
        is sought.
    aims
        What counts beside that.
    allow_leftovers
        Whether estates may lie in no region (label -1); then as few as possible once the number of regions is fixed.
    estates_first
        Whether leaving out few estates counts before the number of regions.
    time_limit_s
        Seconds to search, compilation apart; ignored when ``iterations`` is given.
    iterations
        Rounds to search; then the answer is the same on every machine.
    seed
        Any integer.
    together, apart
        Pairs of estates that must, or must not, share a region. Pairs that must are taken as linked.
    within
        For each estate a place that its region leaves only by a pair to be together.
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
    measures = (Measure(size, at_least=min_size, at_most=max_size), *limits)
    sizes = read_measures(measures, np.size(size), name)
    count = len(sizes)
    links = _inside(read_pairs(neighbours, count, "neighbours"), within)
    tied, excluded = (read_pairs(pairs, count, what) for pairs, what in ((together, "together"), (apart, "apart")))
    values = read_attributes(attributes, count, name)
    if not allow_leftovers:
        refuse_infeasible(sizes, np.concatenate([links, tied]), measures, name)
    board, node = make_board(
        links,
        sizes,
        low=[one.low for one in measures],
        high=[one.high for one in measures],
        value=values if aims is None else np.hstack([values, aims.places]),
        together=tied.tolist(),
        apart=excluded.tolist(),
        bond=None if aims is None or not aims.shared.any() else aims.shared,
        balance=0.0 if aims is None else aims.balance,
    )
    _refuse_torn(excluded, node, name)
    solution = solve(
        board,
        seed=seed,
        pace=Pace(time_limit_s, iterations),
        at_most=at_most,
        allow_leftovers=allow_leftovers,
        regions_first=allow_leftovers and not estates_first,
        progress=progress,
    )
    answer = in_order_of_appearance(solution.labels[node])
    if not allow_leftovers and (answer < 0).any():
        _refuse_unfound(np.flatnonzero(answer < 0), name)
    refuse_violations(
        violations(
            links.tolist(),
            answer.tolist(),
            [(one.name, sizes[:, k].tolist(), one.at_least, one.at_most) for k, one in enumerate(measures)],
            together=tied.tolist(),
            apart=excluded.tolist(),
            within=within,
            allow_leftovers=allow_leftovers,
        )
    )
    return _judged(solution, answer, None if aims is None else values)


def _judged(solution: Solution, answer: Ints, attributes: Floats | None) -> Regions:
    """Return the answer with what is known about it; ``attributes`` where more than likeness was asked for."""
    found, left_over = int(answer.max(initial=-1)) + 1, int((answer < 0).sum())
    value, least = solution.value, solution.least
    met = least is not None and value <= least + 1e-7 * max(1.0, abs(value))
    least = value if met else least
    return Regions(
        labels=answer,
        p=found,
        p_upper_bound=solution.bound,
        heterogeneity=value if attributes is None else heterogeneity(answer, attributes),
        heterogeneity_lower_bound=least if attributes is None else None,
        left_over_lower_bound=solution.fewest_out,
        objective=value,
        objective_lower_bound=least,
        proven=found == solution.bound and left_over == solution.fewest_out and met,
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


def _inside(links: Ints, within: Sequence[object] | None) -> Ints:
    if within is None:
        return links
    inside = [within[a] == within[b] for a, b in links.tolist()]
    kept: Ints = links[np.array(inside, dtype=bool)]
    return kept


def _refuse_unfound(left: Ints, name: Namer) -> None:
    who = names_of(left, name)
    raise InfeasibleError(
        Text(
            f"没有找到把全部小区都划入片区的方案，剩下：{who}。可放宽上限，或允许剩余。",
            en=f"No division was found that takes all estates in; left: {who}. Raise the maximum or allow leftovers.",
        )
    )
