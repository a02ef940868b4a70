"""The search itself: construct, grow, anneal, within a number of iterations or a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import numpy as np

from gisplanner.planning.bundling.annealing import anneal
from gisplanner.planning.bundling.board import Board, Game, Ints, component_of, edges_of, make_board, new_game
from gisplanner.planning.bundling.dice import roll
from gisplanner.planning.bundling.growth import construct, grow, merge_down, settle, take_in
from gisplanner.planning.bundling.objective import cost_of_pair, total_cost

Progress = Callable[[float, int, float], None]
"""Told now and then: share of the work done, number of regions, objective."""

REDRAWS_A_ROUND: Final = 4_000
_REDRAWS_A_NODE: Final = 40
"""Most of a round on a small map: it soon has as many regions as it can, and the proof waits for the round."""

MOVES_A_ROUND: Final = 10_000
_WARMTH: Final = 0.1
_GROWING_SHARE: Final = 0.4
_GROWING_SHARE_OF_MANY: Final = 0.7
_MANY: Final = 20_000
"""From so many nodes on the number of regions still rises when a smaller map has long been settled."""

WINDOW: Final = 4_096
"""Nodes among which the redraws or moves of one round begin: as many as stay in the processor's cache."""

_START_TEMPERATURE: Final = 2.5
_SAMPLE: Final = 2_000


@dataclass(slots=True)
class Pace:
    """How long to search: ``iterations`` rounds if given, else ``time_limit_s`` seconds from ``started``.

    A search may be a part of a longer one, ``whole``: its rounds count there too.
    """

    time_limit_s: float
    iterations: int | None = None
    rounds: int = 0
    started: float = field(default_factory=time.perf_counter)
    whole: Pace | None = None

    def step(self) -> None:
        """Count one round."""
        self.rounds += 1
        if self.whole is not None:
            self.whole.step()

    def restart(self) -> None:
        """Begin to count now: what was compiled before is not paid for."""
        self.rounds, self.started = 0, time.perf_counter()

    def done(self) -> float:
        """Return the share of the work that is done, 1 or more at the end."""
        if self.iterations is not None:
            return self.rounds / max(self.iterations, 1)
        return (time.perf_counter() - self.started) / max(self.time_limit_s, 1e-9)


def search(
    board: Board,
    *,
    seed: int,
    pace: Pace,
    at_most: int,
    regions_first: bool,
    progress: Progress | None = None,
) -> Ints:
    """Return the best labels found.

    Parameters
    ----------
    at_most
        Number of regions at which growth stops: an upper bound, or a number that was asked for.
    regions_first
        Whether more regions count before fewer nodes left out.
    """
    game = new_game(board, seed)
    construct(game, component_of(len(board.size), edges_of(board)))
    if game.partition.tally[0] > at_most:
        merge_down(game, at_most, 50 * len(board.size))
    _grow(game, pace, at_most=at_most, regions_first=regions_first, progress=progress)
    if is_judged(board) and game.partition.tally[0]:
        _anneal(game, pace, progress)
    return game.partition.label.copy()


def improve(board: Board, labels: Ints, *, seed: int, pace: Pace) -> Ints:
    """Return labels with as many regions as ``labels`` and no worse an objective."""
    if not is_judged(board) or labels.max(initial=-1) < 1:
        return labels
    warm_up()
    game = new_game(board, seed)
    settle(game, labels)
    _anneal(game, pace, None)
    return game.partition.label.copy()


def _grow(game: Game, pace: Pace, *, at_most: int, regions_first: bool, progress: Progress | None) -> None:
    share = _GROWING_SHARE if len(game.board.size) < _MANY else _GROWING_SHARE_OF_MANY
    share = share if is_judged(game.board) else 1.0
    tally, redraws = game.partition.tally, min(REDRAWS_A_ROUND, _REDRAWS_A_NODE * len(game.board.size))
    while pace.done() < share and not (tally[0] >= at_most and tally[1] == 0):
        _next_window(game)
        grow(game, redraws, _WARMTH, at_most, regions_first)
        take_in(game)
        pace.step()
        if progress is not None:
            progress(pace.done(), int(tally[0]), math.nan)


def _anneal(game: Game, pace: Pace, progress: Progress | None) -> None:
    start = _START_TEMPERATURE * _typical_unlikeness(game)
    value = best_value = total_cost(game)
    best, best_out = game.partition.label.copy(), int(game.partition.tally[1])
    begun = pace.done()
    while (done := pace.done()) < 1.0:
        temperature = start * (1.0 - (done - begun) / max(1.0 - begun, 1e-9)) ** 2
        _next_window(game)
        value += anneal(game, MOVES_A_ROUND, temperature)
        pace.step()
        out = int(game.partition.tally[1])
        if out < best_out or (out == best_out and value < best_value - 1e-9):
            best_value, best_out = value, out
            best[:] = game.partition.label
        if progress is not None:
            progress(pace.done(), int(game.partition.tally[0]), value)
    settle(game, best)
    anneal(game, MOVES_A_ROUND, 0.0)


def _next_window(game: Game) -> None:
    """Let the next round begin around a random node; neighbours of a large map stand close in its order."""
    nodes = len(game.board.size)
    if nodes > WINDOW:
        begin = int(roll(game.dice, nodes)) - WINDOW // 2
        first = max(begin, 0)
        game.window[:] = first, min(begin + WINDOW, nodes) - first


def _typical_unlikeness(game: Game) -> float:
    nodes = len(game.board.size)
    drawn = [cost_of_pair(game.board, roll(game.dice, nodes), roll(game.dice, nodes)) for _ in range(_SAMPLE)]
    return float(np.mean(drawn))


def is_judged(board: Board) -> bool:
    """Tell whether regions of the same number are better or worse than others."""
    return bool(board.value.shape[1] or board.balance or board.bond.any())


def objective_of(board: Board, label: Ints) -> float:
    """Return the objective of a labelling: each unordered pair of estates within a region once."""
    if not is_judged(board) or not label.size:
        return 0.0
    game = new_game(board, 0)
    settle(game, label)
    return float(total_cost(game))


@cache
def warm_up() -> None:
    """Compile everything, or load it from the cache of an earlier run, so that no time limit pays for it."""
    board, _ = make_board(
        np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]),
        np.ones((6, 1)),
        low=[2],
        high=[math.inf],
        value=np.arange(6.0).reshape(-1, 1),
    )
    search(board, seed=0, pace=Pace(0.0, iterations=8), at_most=4, regions_first=True)
    game = new_game(board, 0)
    settle(game, np.array([0, 0, 1, 1, 2, 2]))
    merge_down(game, 2, 10)
