"""What every further step of money buys (预算曲线), for one estate or for several with one purse."""

from __future__ import annotations

from typing import Final, cast

import numpy as np

from gisplanner.domain.fire import FireId
from gisplanner.domain.fire_details import BudgetStep
from gisplanner.planning.fire.opening import MostServed
from gisplanner.planning.fire.question import Question

STEPS: Final = 20
"""Most steps of a budget curve."""


def budget_curve(
    question: Question, *, cost: float, step: float, budget: float | None, time_limit_s: float
) -> tuple[BudgetStep, ...]:
    """Return what every further step of budget buys; at most :data:`STEPS` steps.

    Parameters
    ----------
    cost
        What the plan costs that serves everybody, or the goal: the curve ends with the first step that affords it.
    step
        Wanted size of a step; a multiple of it where there would be too many.
    budget
        Nothing beyond it is told, and the last step is the budget itself.
    """
    budgets = _budgets(cost if budget is None else budget, step, exact=budget is not None)
    search = MostServed(question.maze, question.costs, question.households)
    most = float(question.households[question.reachable()].sum())
    known = np.zeros(question.costs.size, dtype=bool)
    steps: list[BudgetStep] = []
    for money in budgets:
        found = search.within(money, time_limit_s=time_limit_s / len(budgets), known=known)
        known = found.removed
        served = question.served(known)
        labels = zip(question.labels, known.tolist(), strict=True)
        households = float(question.households[served].sum())
        steps.append(
            BudgetStep(
                budget=money,
                cost=float(question.costs[known].sum()),
                served=int(served.sum()),
                households=households,
                removals=tuple(cast("FireId", label) for label, gone in labels if gone),
                proven=found.proven,
            )
        )
        if households >= most:
            break
    return tuple(steps)


def _budgets(last: float, step: float, *, exact: bool) -> list[float]:
    """Return the budgets from 0.

    Examples
    --------
    >>> _budgets(8000, 5000, exact=False), _budgets(8000, 5000, exact=True), _budgets(0, 5000, exact=True)
    ([0.0, 5000.0, 10000.0], [0.0, 5000.0, 8000.0], [0.0])
    """
    many = int(np.ceil(last / step))
    step = step * max(1, int(np.ceil(many / STEPS)))
    below = [number * step for number in range(int(np.ceil(last / step)))] or [0.0]
    return [float(one) for one in (below if last == 0 else [*below, last if exact else len(below) * step])]
