"""A question made small serves the same buildings after every choice of removals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gisplanner.planning.fire import reach as reaching
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.maze import Maze, make_maze, served
from gisplanner.planning.fire.outlines import Bools
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.regions import Regions
from gisplanner.planning.fire.thinning import thinned
from tests.planning.fire.estates import random_estate

OBSTACLES = 6


def random_maze(rng: np.random.Generator) -> Maze:
    """Regions that ask for anything, beside any others; buildings of one or two sides with any places."""
    many = int(rng.integers(6, 18))
    asked = rng.random((many, OBSTACLES)) < rng.choice([0.1, 0.2, 0.35])
    asked[0] = False
    needs = [frozenset(np.flatnonzero(row).tolist()) for row in asked]
    beside: dict[int, set[int]] = {k: set() for k in range(many)}
    for k in range(1, many):
        for other in rng.integers(0, many, int(rng.integers(1, 4))).tolist():
            if other != k:
                beside[k].add(other)
                beside[other].add(k)
    points = [frozenset(rng.integers(1, many, int(rng.integers(1, 4))).tolist()) for _ in range(12)]
    sides = [[range(3), range(3, 5)], [range(5, 8)], [range(8, 9), range(9, 11)], [range(11, 12)]]
    return make_maze(Regions(needs, beside, points), sides)


def choices(obstacles: int) -> Bools:
    return (np.arange(1 << obstacles)[:, None] >> np.arange(obstacles)) & 1 == 1


@pytest.mark.parametrize("seed", range(8))
def test_every_choice_serves_the_same_buildings(seed: int) -> None:
    rng, before, after = np.random.default_rng(seed), 0, 0
    for _ in range(40):
        maze = random_maze(rng)
        small = thinned(maze)
        for removed in choices(OBSTACLES):
            assert (served(small, removed) == served(maze, removed)).all()
        before, after = before + maze.beside.size, after + small.beside.size
    assert after < 0.7 * before


@pytest.mark.parametrize("seed", range(5))
def test_an_estate_is_a_third_of_its_size_and_answers_alike(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = read_ground(*random_estate(np.random.default_rng(seed), columns=2, rows=4, obstacles=30).layers)
    small = Reach(ground, 4.0).maze
    monkeypatch.setattr(reaching, "thinned", lambda maze: maze)
    whole = Reach(ground, 4.0).maze
    assert small.beside.size < whole.beside.size / 3
    rng = np.random.default_rng(seed)
    for share in np.linspace(0.02, 0.98, 200):
        removed = rng.random(ground.costs.size) < share
        assert (served(small, removed) == served(whole, removed)).all()


def test_nothing_more_can_be_left_out() -> None:
    """Two ways round a block that ask for different obstacles are both kept; a third that asks for both is not."""
    needs = [frozenset[int](), frozenset({0}), frozenset({1}), frozenset({0, 1}), frozenset[int]()]
    beside = {0: {1, 2, 3}, 1: {0, 4}, 2: {0, 4}, 3: {0, 4}, 4: {1, 2, 3}}
    small = thinned(make_maze(Regions(needs, beside, [frozenset({4})]), [[range(1)]]))
    assert [small.need[a:b].tolist() for a, b in pairwise(small.need_start)] == [[], [0], [1], []]
    assert [small.beside[a:b].tolist() for a, b in pairwise(small.beside_start)] == [[1, 2], [0, 3], [0, 3], [1, 2]]


def test_a_thinned_question_stays_as_it_is() -> None:
    for seed in range(20):
        small = thinned(random_maze(np.random.default_rng(seed)))
        for one, other in zip(small, thinned(small), strict=True):
            assert (one == other).all()


def test_more_than_sixty_four_obstacles() -> None:
    """A row of a hundred sheds: every one of them is needed for the house at the end."""
    many = 100
    needs = [frozenset({k - 1}) if k else frozenset[int]() for k in range(many + 1)]
    beside = {k: {one for one in (k - 1, k + 1) if 0 <= one <= many} for k in range(many + 1)}
    small = thinned(make_maze(Regions(needs, beside, [frozenset({many})]), [[range(1)]]))
    gone = np.ones(many, dtype=bool)
    assert served(small, gone).all()
    for k in range(many):
        gone[k] = False
        assert not served(small, gone).any()
        gone[k] = True
