"""A chosen number of households, and one purse for several estates, against every possible choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from gisplanner.errors import UsageError
from gisplanner.planning.fire.access import plan_on
from gisplanner.planning.fire.question import Question, question_of
from gisplanner.planning.fire.reach import Reach
from tests.planning.fire.test_opening import every_choice, needy


@pytest.fixture(scope="module")
def reaches() -> list[Reach]:
    return [reach for _, reach in needy(4, obstacles=6)]


def choices(reach: Reach) -> list[tuple[float, float]]:
    weight = reach.ground.households
    return [(cost, float(weight[served].sum())) for cost, served in every_choice(reach)]


def test_a_number_of_households_costs_the_least_of_all_choices(reaches: list[Reach]) -> None:
    for reach in reaches:
        known = choices(reach)
        for least in sorted({weight for _, weight in known}):
            plan = plan_on(reach, households=least)
            cheapest = min(cost for cost, weight in known if weight >= least)
            assert plan.proven
            assert plan.cost == pytest.approx(cheapest)
            assert plan.cost_lower_bound == pytest.approx(cheapest)


def test_more_households_than_removals_can_serve_is_refused(reaches: list[Reach]) -> None:
    most = max(weight for _, weight in choices(reaches[0]))
    with pytest.raises(UsageError, match=f"{most:g} 户"):
        plan_on(reaches[0], households=most + 1)
    with pytest.raises(UsageError):
        plan_on(reaches[0], budget=-1.0)


def joined_choices(reaches: list[Reach]) -> list[tuple[float, float]]:
    both = product(*(choices(reach) for reach in reaches))
    return [(sum(cost for cost, _ in one), sum(weight for _, weight in one)) for one in both]


def test_one_purse_for_two_estates_buys_the_most_of_all_choices(reaches: list[Reach]) -> None:
    pair = reaches[:2]
    question, known = question_of(pair), joined_choices(pair)
    dearest = max(cost for cost, _ in known)
    for budget in np.linspace(0.0, dearest, 7).tolist():
        most = max(weight for cost, weight in known if cost <= budget + 1e-9)
        found = question.within(budget, time_limit_s=20.0)
        assert found.proven
        assert float(question.households[question.served(found.removed)].sum()) == pytest.approx(most)
        assert float(question.costs[found.removed].sum()) == pytest.approx(
            min(cost for cost, weight in known if weight == most)
        )


def test_estates_asked_together_answer_as_each_by_itself(reaches: list[Reach]) -> None:
    question: Question = question_of(reaches)
    dice = np.random.default_rng(1)
    sizes = np.cumsum([len(reach.ground.soft) for reach in reaches])[:-1]
    for _ in range(50):
        removed = dice.random(question.costs.size) < 0.5
        parts = np.split(removed, sizes)
        apart = [reach.served(part) for reach, part in zip(reaches, parts, strict=True)]
        assert question.served(removed).tolist() == np.concatenate(apart).tolist()
    whole = question.cheapest(time_limit_s=20.0)
    assert float(question.costs[whole.removed].sum()) == pytest.approx(sum(plan_on(one).cost for one in reaches))
