"""A chain of nodes, whose best division dynamic programming finds."""

from __future__ import annotations

import itertools

import numpy as np

from gisplanner.planning.bundling.board import Board, Ints, make_board


def chain_of(nodes: int, number: int) -> tuple[Board, Ints, float]:
    """Return a chain, a division into ``number`` regions of five nodes or more, and the least that any costs."""
    value = np.random.default_rng(7).normal(size=(nodes, 1))
    chain = np.column_stack([np.arange(nodes - 1), np.arange(1, nodes)])
    board, _ = make_board(chain, np.ones((nodes, 1)), low=[5.0], high=[np.inf], value=value)
    apart = np.abs(value - value.T)
    inside = np.array([[apart[a:b, a:b].sum() / 2 for b in range(nodes + 1)] for a in range(nodes + 1)])
    least = np.full((number + 1, nodes + 1), np.inf)
    least[0, 0] = 0.0
    for regions, end in itertools.product(range(1, number + 1), range(5, nodes + 1)):
        least[regions, end] = (least[regions - 1, : end - 4] + inside[: end - 4, end]).min()
    return board, np.minimum(np.arange(nodes) // 6, number - 1), float(least[number, nodes])
