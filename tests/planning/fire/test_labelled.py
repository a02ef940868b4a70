"""Cuts with removals in them cut off no choice of removals, and do raise the bound."""

from __future__ import annotations

import numpy as np
import pytest

from gisplanner.planning.fire.maze import Maze, make_maze, served
from gisplanner.planning.fire.programme import Programme, Shares
from gisplanner.planning.fire.regions import Regions
from tests.planning.fire.test_thinning import choices, random_maze


def cut(programme: Programme, *, labels: bool) -> tuple[Shares, int]:
    """Give the programme all cuts it does not meet; return its shares, and how many of them have removals in them."""
    many = 0
    while True:
        shares = programme.solve(10.0)
        assert shares is not None
        if not programme.separate(shares):
            found = programme.separate_labelled(shares) if labels else 0
            many += found
            if not found:
                return shares, many


def one_shed_across_two_lanes() -> Maze:
    """A house behind two lanes: one shed lies across both, then comes an obstacle of each lane's own."""
    needs = [frozenset[int](), frozenset({0}), frozenset({0}), frozenset({1}), frozenset({2}), frozenset[int]()]
    beside = {0: {1, 2}, 1: {0, 3}, 2: {0, 4}, 3: {1, 5}, 4: {2, 5}, 5: {3, 4}}
    return make_maze(Regions(needs, beside, [frozenset({5})]), [[range(1)]])


def test_an_obstacle_across_two_lanes_is_paid_once_and_whole() -> None:
    maze, costs = one_shed_across_two_lanes(), np.array([10.0, 1.0, 1.0])
    values = []
    for labels in (False, True):
        programme = Programme(maze, costs, np.array([0]))
        programme.aim(costs)
        programme.must_serve(1.0)
        values.append(cut(programme, labels=labels)[0].value)
    # Half of the flow through each lane needs half of the shed at a time.
    assert values[0] == pytest.approx(6.0)
    assert values[1] == pytest.approx(11.0)


@pytest.mark.parametrize("seed", range(4))
def test_no_choice_of_removals_is_cut_off(seed: int) -> None:
    rng, labelled = np.random.default_rng(seed), 0
    for _ in range(12):
        maze = random_maze(rng)
        ways = choices(int(maze.need.max(initial=0)) + 1)
        who = np.array([served(maze, removed) for removed in ways])
        some = np.flatnonzero(who[-1] & ~who[0])
        if not some.size:
            continue
        programme = Programme(maze, rng.uniform(1.0, 9.0, ways.shape[1]), some)
        for _ in range(3):  # cuts for several aims
            programme.aim(rng.uniform(1.0, 9.0, ways.shape[1]))
            programme.must_serve(1.0)
            labelled += cut(programme, labels=True)[1]
        programme.must_serve(0.0)
        for removed, served_by in zip(ways, who, strict=True):
            programme.fix(dict(enumerate(removed.astype(float).tolist())))
            programme.aim(weight=np.ones(some.size))
            shares = programme.solve(10.0)
            assert shares is not None
            assert -shares.value > served_by[some].sum() - 1e-6
            assert -cut(programme, labels=True)[0].value == pytest.approx(served_by[some].sum(), abs=1e-6)
    assert labelled > 10
