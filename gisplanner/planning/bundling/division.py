"""The division of estates into bundles: which search answers which wish, and why an estate is left over."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gisplanner.domain.bundling import BundleRules, EstateId, LeftOver
from gisplanner.errors import Fault, InfeasibleError
from gisplanner.planning.bundling.board import Floats, Ints, component_of, make_board
from gisplanner.planning.bundling.check import refuse_violations, violations
from gisplanner.planning.bundling.fewest import fewest_regions
from gisplanner.planning.bundling.intake import names_of
from gisplanner.planning.bundling.likeness import heterogeneity
from gisplanner.planning.bundling.regions import max_p_regions
from gisplanner.planning.bundling.search import Pace, Progress
from gisplanner.text import Text

_LISTED = 20


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Estates by position: ids, sizes, links, pairs that must or must not be together, what makes them alike."""

    ids: list[EstateId]
    sizes: Floats
    pairs: Ints
    together: list[tuple[int, int]]
    apart: list[tuple[int, int]]
    rules: BundleRules
    alike: Floats | None = None

    def name(self, position: int) -> str:
        """Return what a person calls the estate at ``position``."""
        return str(self.ids[position])

    def component(self) -> Ints:
        """Return the component of each estate, pairs that must be together included."""
        tied = np.array(self.together, dtype=np.int64).reshape(-1, 2)
        return component_of(self.sizes.size, np.concatenate([self.pairs, tied]))


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Bundle of each estate from 0, -1 for none, and the bounds of :class:`gisplanner.planning.bundling.Regions`."""

    labels: Ints
    bound: int
    heterogeneity: float
    least: float | None
    proven: bool


def divide(task: Task, progress: Progress | None = None) -> Division:
    """Return the bundles: with a minimum as many as possible, without as few as the other rules allow.

    Raises
    ------
    InfeasibleError
        A minimum was asked for and no bundle reaches it, or a pair is to be together and apart.
    """
    return _at_least(task, progress) if task.rules.min_size else _whole(task)


def _whole(task: Task) -> Division:
    """Bundle what hangs together; divide it, as little as possible, where a maximum or a pair apart asks for it."""
    high = math.inf if task.rules.max_size is None else task.rules.max_size + 1e-9 * max(1.0, task.rules.max_size)
    board, node = make_board(
        task.pairs,
        task.sizes,
        low=0.0,
        high=high,
        value=np.zeros((task.sizes.size, 0)),
        together=task.together,
        apart=task.apart,
    )
    for one, other in task.apart:
        if node[one] == node[other]:
            raise InfeasibleError(
                Text("要求分开的小区又被要求在一起。", en="Estates to keep apart are also to be together."),
                [Fault(column="--keep-apart", value=f"{task.name(one)},{task.name(other)}")],
            )
    labels, least = fewest_regions(
        board, seed=task.rules.seed, pace=Pace(task.rules.time_limit_s, task.rules.iterations)
    )
    answer = labels[node]
    refuse_violations(
        violations(
            [(a, b) for a, b in task.pairs.tolist()],
            task.sizes.tolist(),
            answer.tolist(),
            min_size=0.0,
            max_size=task.rules.max_size,
            together=task.together,
            apart=task.apart,
            allow_leftovers=True,
        )
    )
    count = int(labels.max(initial=-1)) + 1
    undivided = task.rules.max_size is None and not task.apart
    bound = count if undivided else int((board.size <= board.high).sum())
    if task.alike is None or not task.alike.shape[1]:
        return Division(answer, bound, 0.0, 0.0, undivided or count == least)
    found = heterogeneity(answer, task.alike)
    return Division(answer, bound, found, found if undivided else None, undivided)


def _at_least(task: Task, progress: Progress | None) -> Division:
    assert task.rules.min_size
    if not task.sizes.size:
        return Division(np.zeros(0, dtype=np.int64), 0, 0.0, 0.0, proven=True)
    made = max_p_regions(
        task.pairs,
        task.sizes,
        attributes=task.alike,
        min_size=task.rules.min_size,
        max_size=task.rules.max_size,
        allow_leftovers=True,
        time_limit_s=task.rules.time_limit_s,
        iterations=task.rules.iterations,
        seed=task.rules.seed,
        together=task.together,
        apart=task.apart,
        name=task.name,
        progress=progress,
    )
    if made.p == 0:
        _refuse_empty(task)
    return Division(made.labels, made.p_upper_bound, made.heterogeneity, made.heterogeneity_lower_bound, made.proven)


def _refuse_empty(task: Task) -> None:
    component = task.component()
    total = np.bincount(component, weights=task.sizes)
    faults = []
    for number in np.argsort(-total, kind="stable")[:_LISTED]:
        members = np.flatnonzero(component == number)
        faults.append(
            Fault(
                column="size",
                value=f"{total[number]:g}",
                allowed=f"≥ {task.rules.min_size:g}"
                + ("" if task.rules.max_size is None else f", ≤ {task.rules.max_size:g}"),
                hint=names_of(members, task.name),
            )
        )
    raise InfeasibleError(
        Text(
            f"没有一个片区能满足规模要求：相连的小区合计最多 {total.max():g}，下限 {task.rules.min_size:g}。",
            en=f"No bundle is possible: connected estates reach {total.max():g} at most, the minimum is "
            f"{task.rules.min_size:g}.",
        ),
        faults,
    )


def left_over(task: Task, labels: Ints) -> list[LeftOver]:
    """Return the estates in no bundle, each with its reason."""
    component = task.component()
    total, members = np.bincount(component, weights=task.sizes), np.bincount(component)
    return [
        LeftOver(
            task.ids[k],
            _reason(float(task.sizes[k]), float(total[component[k]]), int(members[component[k]]), task.rules),
        )
        for k in np.flatnonzero(labels < 0).tolist()
    ]


def _reason(size: float, reachable: float, neighbours: int, rules: BundleRules) -> Text:
    low, high = rules.min_size or 0.0, math.inf if rules.max_size is None else rules.max_size
    if size > high:
        return Text(
            f"单独的规模 {size:g} 已超过上限 {high:g}", en=f"size {size:g} alone exceeds the maximum {high:g}"
        )
    if neighbours == 1 and reachable < low:
        return Text(
            f"没有可连的小区，规模 {size:g} 达不到下限 {low:g}",
            en=f"no estate to link with; size {size:g} is below the minimum {low:g}",
        )
    if reachable < low:
        return Text(
            f"相连的 {neighbours} 个小区合计 {reachable:g}，达不到下限 {low:g}",
            en=f"the {neighbours} linked estates reach {reachable:g}, below the minimum {low:g}",
        )
    return Text("并入任何相邻片区都会违反上限或分开要求", en="joining any neighbouring bundle would break a rule")
