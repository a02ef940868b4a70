"""The division of estates into bundles: which search answers which wish, and why an estate is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gisplanner.domain.bundling import BundleRules, EstateId, LeftOver
from gisplanner.domain.measures import plain
from gisplanner.errors import Fault, InfeasibleError
from gisplanner.planning.bundling.aims import Aims
from gisplanner.planning.bundling.board import Floats, Ints, component_of, make_board
from gisplanner.planning.bundling.check import refuse_violations, violations
from gisplanner.planning.bundling.fewest import fewest_regions
from gisplanner.planning.bundling.intake import names_of, refuse_infeasible
from gisplanner.planning.bundling.likeness import heterogeneity
from gisplanner.planning.bundling.measures import Measure
from gisplanner.planning.bundling.regions import max_p_regions
from gisplanner.planning.bundling.search import Pace, Progress, improve, is_judged, objective_of
from gisplanner.planning.bundling.solve import sums_of
from gisplanner.text import Text

_LISTED = 20


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Estates by position: ids, measures (``sizes``, side by side), links, pairs, and what bundles are to be."""

    ids: list[EstateId]
    measures: Sequence[Measure]
    sizes: Floats
    pairs: Ints
    together: list[tuple[int, int]]
    apart: list[tuple[int, int]]
    rules: BundleRules
    alike: Floats | None = None
    aims: Aims | None = None
    within: Sequence[object] | None = None

    @property
    def asks_for_a_minimum(self) -> bool:
        """Whether a bundle must reach anything."""
        return any(one.at_least > 0 for one in self.measures)

    def name(self, position: int) -> str:
        """Return what a person calls the estate at ``position``."""
        return str(self.ids[position])

    def component(self) -> Ints:
        """Return the component of each estate, pairs that must be together included."""
        tied = np.array(self.together, dtype=np.int64).reshape(-1, 2)
        return component_of(len(self.sizes), np.concatenate([self.pairs, tied]))


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Bundle of each estate from 0, -1 for none, and the bounds of :class:`gisplanner.planning.bundling.Regions`."""

    labels: Ints
    bound: int
    heterogeneity: float
    least: float | None
    proven: bool
    fewest_out: int
    objective: float
    objective_least: float | None


def divide(task: Task, progress: Progress | None = None) -> Division:
    """Return the bundles: with a minimum as many as possible, without as few as the other rules allow.

    Raises
    ------
    InfeasibleError
        A minimum was asked for and no bundle reaches it, a pair is to be together and apart, or none may be left over
        and some must be.
    """
    return _at_least(task, progress) if task.asks_for_a_minimum else _whole(task)


def _whole(task: Task) -> Division:
    """Bundle what hangs together; divide it, as little as possible, where a maximum or a pair apart asks for it."""
    board, node = make_board(
        task.pairs,
        task.sizes,
        low=[0.0] * len(task.measures),
        high=[one.high for one in task.measures],
        value=_values(task),
        together=task.together,
        apart=task.apart,
        bond=None if task.aims is None or not task.aims.shared.any() else task.aims.shared,
        balance=0.0 if task.aims is None else task.aims.balance,
    )
    for one, other in task.apart:
        if node[one] == node[other]:
            raise InfeasibleError(
                Text("要求分开的小区又被要求在一起。", en="Estates to keep apart are also to be together."),
                [Fault(column="--keep-apart", value=f"{task.name(one)},{task.name(other)}")],
            )
    if not task.rules.leftovers:
        refuse_infeasible(task.sizes, task.pairs, task.measures, task.name)
    pace = Pace(task.rules.time_limit_s, task.rules.iterations)
    labels, least = fewest_regions(board, seed=task.rules.seed, pace=pace)
    undivided = not np.isfinite(board.high).any() and not task.apart
    if not undivided:
        pace.restart()
        labels = improve(board, labels, seed=task.rules.seed, pace=pace)
    answer = labels[node]
    refuse_violations(
        violations(
            [(a, b) for a, b in task.pairs.tolist()],
            answer.tolist(),
            _bounds(task),
            together=task.together,
            apart=task.apart,
            within=task.within,
            allow_leftovers=task.rules.leftovers,
        )
    )
    count = int(labels.max(initial=-1)) + 1
    bound = count if undivided else int((board.size <= board.high).all(axis=1).sum())
    found = 0.0 if task.alike is None else heterogeneity(answer, task.alike)
    value = objective_of(board, labels)
    settled = undivided or not is_judged(board)
    known, below = (found, value) if settled else (None, None)
    return Division(
        answer, bound, found, known, settled and (undivided or count == least), int((answer < 0).sum()), value, below
    )


def _values(task: Task) -> Floats:
    """Return what the objective sums over pairs: likeness, and where estates are."""
    alike = (
        task.alike if task.alike is not None and task.rules.weights.homogeneous else np.zeros((len(task.sizes), 0))
    )
    return alike if task.aims is None else np.hstack([alike, task.aims.places])


def _at_least(task: Task, progress: Progress | None) -> Division:
    if not task.sizes.size:
        return Division(
            np.zeros(0, dtype=np.int64), 0, 0.0, 0.0, proven=True, fewest_out=0, objective=0.0, objective_least=0.0
        )
    made = max_p_regions(
        task.pairs,
        task.sizes[:, 0],
        min_size=task.measures[0].at_least,
        max_size=task.measures[0].at_most,
        limits=task.measures[1:],
        attributes=task.alike if task.rules.weights.homogeneous else None,
        aims=task.aims,
        within=task.within,
        allow_leftovers=task.rules.leftovers,
        estates_first=task.rules.first == "estates",
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
    alike = np.zeros((len(task.sizes), 0)) if task.alike is None else task.alike
    weighed = bool(task.rules.weights.homogeneous)
    return Division(
        made.labels,
        made.p_upper_bound,
        made.heterogeneity if weighed else heterogeneity(made.labels, alike),
        made.heterogeneity_lower_bound if weighed else None,
        made.proven,
        made.left_over_lower_bound,
        made.objective,
        made.objective_lower_bound,
    )


def _bounds(task: Task) -> list[tuple[str, list[float], float, float | None]]:
    rows = zip(task.measures, task.sizes.T, strict=True)
    return [(one.name, sizes.tolist(), one.at_least, one.at_most) for one, sizes in rows]


def _refuse_empty(task: Task) -> None:
    component = task.component()
    first = next(one for one in range(len(task.measures)) if task.measures[one].at_least > 0)
    measure, total = task.measures[first], sums_of(component, task.sizes)[:, first]
    faults = []
    for number in np.argsort(-total, kind="stable")[:_LISTED]:
        members = np.flatnonzero(component == number)
        hint = names_of(members, task.name)
        faults.append(Fault(column="size", value=plain(total[number]), allowed=measure.range(), hint=hint))
    most, others = plain(total.max()), len(task.measures) > 1 or measure.at_most is not None
    zh = "，并守住其他上下限" if others and total.max() >= measure.low else ""
    en = " within the other bounds" if zh else ""
    raise InfeasibleError(
        Text(
            f"没有一个片区能满足{measure.name}要求：相连的小区合计最多 {most}，下限 {plain(measure.at_least)}{zh}。",
            en=f"No bundle is possible: connected estates reach {most} at most, the minimum is "
            f"{plain(measure.at_least)}{en}.",
        ),
        faults,
    )


def left_over(task: Task, labels: Ints) -> list[LeftOver]:
    """Return the estates in no bundle, each with its reason."""
    component = task.component()
    total, members = sums_of(component, task.sizes), np.bincount(component)
    return [
        LeftOver(task.ids[k], _reason(task, task.sizes[k], total[component[k]], int(members[component[k]])))
        for k in np.flatnonzero(labels < 0).tolist()
    ]


def _reason(task: Task, size: Floats, reachable: Floats, neighbours: int) -> Text:
    """Return why an estate is in no bundle: what it is too large for alone, or its component too small for."""
    for one, own in zip(task.measures, size.tolist(), strict=True):
        if own > one.high:
            told = one.too_much(own)
            return Text(f"单独的{told}", en=f"alone, {told.en}")
    for one, own, all_ in zip(task.measures, size.tolist(), reachable.tolist(), strict=True):
        if all_ < one.low and neighbours == 1:
            told = one.told(own)
            return Text(
                f"没有可连的小区，{told} 达不到下限 {plain(one.at_least)}",
                en=f"no estate to link with; {told.en} is below the minimum {plain(one.at_least)}",
            )
        if all_ < one.low:
            told = one.told(all_)
            return Text(
                f"相连的 {neighbours} 个小区合计{told}，达不到下限 {plain(one.at_least)}",
                en=f"the {neighbours} linked estates reach {told.en}, below the minimum {plain(one.at_least)}",
            )
    return Text("并入任何相邻片区都会违反上限或分开要求", en="joining any neighbouring bundle would break a rule")
