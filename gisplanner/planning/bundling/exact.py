"""Proof for small components: choose from all possible regions by integer programming (集合划分, 可证最优).

Every region a component can hold is a column; a division is a choice of columns that covers each node once. The
linear relaxation bounds the heterogeneity from below, its reduced costs throw out columns that no better division
can hold, and branch and bound by HiGHS settles the rest.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from gisplanner.planning.bundling.annealing import unlikeness
from gisplanner.planning.bundling.board import Board, Floats, Ints, new_game
from gisplanner.planning.bundling.columns import (
    MOST_NODES,
    Corner,
    Masks,
    apart_masks,
    connected_sets,
    costs_of,
    members_of,
    neighbour_masks,
)

MOST_COLUMNS: Final = 600_000
MOST_STEPS: Final = 60_000_000
_STEPS_A_SECOND: Final = 4_000_000
_STEPS_WITHOUT_LIMIT: Final = 6_000_000
MOST_CHOICES: Final = 10_000
"""More columns than these, left after the relaxation, are beyond branch and bound."""

_FIRST_COLUMNS: Final = 3_000
_MORE_COLUMNS: Final = 2_000
_NODE_LIMIT: Final = 200
_MOST_COLUMNS_WITHOUT_LIMIT: Final = 3_000
_SAME: Final = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What is known about one component.

    Attributes
    ----------
    labels
        Region of each node of the component from 0; the division that was handed in, or a better one.
    regions, most
        Number of regions of it, and a bound on that number.
    value, least
        Heterogeneity of it, and a bound for that number of regions; ``None`` where none was computed.
    """

    labels: Ints
    regions: int
    most: int
    value: float
    least: float | None


def certify(board: Board, nodes: Ints, labels: Ints, most: int, time_limit_s: float | None) -> Certificate:
    """Prove or improve the division ``labels`` of the component ``nodes``.

    Parameters
    ----------
    labels
        Region of each of ``nodes`` from 0; none may be left out.
    most
        A number of regions that no division exceeds.
    time_limit_s
        Seconds for each integer programme; ``None`` limits its nodes instead, so that the answer is the same on
        every machine.
    """
    unlike = _unlikeness_matrix(board, nodes)
    regions, value = int(labels.max()) + 1, _value(labels, unlike)
    if most == 1:
        return Certificate(labels, 1, 1, value, value)
    if nodes.size > MOST_NODES:
        return Certificate(labels, regions, most, value, None if board.value.shape[1] else 0.0)
    while regions < most:
        columns = _columns(board, nodes, most, time_limit_s)
        if columns is None:
            return Certificate(labels, regions, most, value, None if board.value.shape[1] else 0.0)
        better, impossible = _choose(columns, np.zeros(columns.size), nodes.size, most, time_limit_s)
        if better is not None:
            labels, regions = better, most
            value = _value(labels, unlike)
        elif impossible:
            most -= 1
        else:
            break
    if not board.value.shape[1]:
        return Certificate(labels, regions, most, 0.0, 0.0)
    columns = _columns(board, nodes, regions, time_limit_s)
    if columns is None:
        return Certificate(labels, regions, most, value, None)
    best, least = _cheapest(columns, costs_of(columns, unlike), labels, value, time_limit_s)
    return Certificate(best, regions, most, _value(best, unlike), least)


def _unlikeness_matrix(board: Board, nodes: Ints) -> Floats:
    """Return the L1 distances between nodes; on the diagonal what is between the estates of one node."""
    game = new_game(board, 0)
    matrix = np.array([[unlikeness(game, v, w) for w in nodes] for v in nodes]).reshape(nodes.size, nodes.size)
    matrix[np.diag_indices(nodes.size)] /= 2.0
    return matrix


def _value(labels: Ints, unlike: Floats) -> float:
    same = labels[:, None] == labels[None, :]
    return float(np.triu(np.where(same, unlike, 0.0)).sum())


def _columns(board: Board, nodes: Ints, regions: int, time_limit_s: float | None) -> Masks | None:
    """Return all regions that a division into ``regions`` can hold; ``None`` if they are too many."""
    size = board.size[nodes]
    high = min(board.high, float(size.sum()) - (regions - 1) * board.low + 1e-9 * max(1.0, float(size.sum())))
    found = np.zeros(MOST_COLUMNS, dtype=np.uint64)
    corner = Corner(neighbour_masks(board, nodes), apart_masks(board, nodes), size, board.low, high)
    steps = _STEPS_WITHOUT_LIMIT if time_limit_s is None else int(min(MOST_STEPS, time_limit_s * _STEPS_A_SECOND))
    count = connected_sets(corner, regions, found, steps)
    if time_limit_s is None and count > _MOST_COLUMNS_WITHOUT_LIMIT:
        return None  # no clock ends the integer programme then, and its first relaxation alone may take minutes
    return None if count < 0 else found[:count]


def _programme(columns: Masks, nodes: int, regions: int) -> tuple[csr_matrix, Floats]:
    cover = csr_matrix(members_of(columns, nodes).astype(np.float64))
    rows = vstack([cover, csr_matrix(np.ones((1, columns.size)))]).tocsr()
    return rows, np.append(np.ones(nodes), float(regions))


def _solve(columns: Masks, costs: Floats, nodes: int, regions: int, time_limit_s: float | None) -> object:
    rows, right = _programme(columns, nodes, regions)
    limit = {"node_limit": _NODE_LIMIT} if time_limit_s is None else {"time_limit": max(time_limit_s, 0.05)}
    return milp(
        costs,
        integrality=np.ones(columns.size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, right, right),
        options={"mip_rel_gap": 0.0, **limit},
    )


def _choose(
    columns: Masks, costs: Floats, nodes: int, regions: int, time_limit_s: float | None
) -> tuple[Ints | None, bool]:
    """Return a division into ``regions``, or whether there is none."""
    if not columns.size:
        return None, True
    solved = _solve(columns, costs, nodes, regions, time_limit_s)
    if solved.x is not None:  # type: ignore[attr-defined]
        return _labels_of(columns[solved.x > 0.5], nodes), False  # type: ignore[attr-defined]  # noqa: PLR2004
    return None, solved.status == 2  # type: ignore[attr-defined]  # noqa: PLR2004 - HiGHS: infeasible


def _cheapest(
    columns: Masks, costs: Floats, labels: Ints, value: float, time_limit_s: float | None
) -> tuple[Ints, float | None]:
    """Return the best division and a lower bound on the heterogeneity of all of that many regions."""
    regions, started = int(labels.max()) + 1, time.perf_counter()
    relaxed = _relaxation(columns, costs, labels, time_limit_s)
    if relaxed is None:
        return labels, None
    bound, reduced = relaxed
    if bound >= value - _SAME * max(1.0, value):
        return labels, value
    useful = reduced <= value - bound + _SAME * max(1.0, value)
    left_s = _left(time_limit_s, started)
    if int(useful.sum()) > MOST_CHOICES or (left_s is not None and left_s <= 0.0):
        return labels, bound
    solved = _solve(columns[useful], costs[useful], labels.size, regions, left_s)
    proof = solved.mip_dual_bound  # type: ignore[attr-defined]
    if proof is not None and math.isfinite(proof):
        bound = max(bound, min(float(proof), value))
    if solved.x is not None and solved.fun < value - _SAME * max(1.0, value):  # type: ignore[attr-defined]
        labels = _labels_of(columns[useful][solved.x > 0.5], labels.size)  # type: ignore[attr-defined]  # noqa: PLR2004
    return labels, bound


def _relaxation(
    columns: Masks, costs: Floats, labels: Ints, time_limit_s: float | None
) -> tuple[float, Floats] | None:
    """Return the value of the linear relaxation and the reduced costs; ``None`` when time is up.

    Only some columns are in the programme at first; those that would improve it join until none would.
    """
    regions, started = int(labels.max()) + 1, time.perf_counter()
    rows, right = _programme(columns, labels.size, regions)
    inside = np.zeros(columns.size, dtype=bool)
    inside[np.argsort(costs, kind="stable")[:_FIRST_COLUMNS]] = True
    inside[:: max(1, columns.size // _FIRST_COLUMNS)] = True
    member = labels[:, None] == np.arange(regions)
    known = np.bitwise_or.reduce(np.where(member, _bit_of(labels.size)[:, None], np.uint64(0)))
    inside |= np.isin(columns, known)
    while (left_s := _left(time_limit_s, started)) is None or left_s > 0.0:
        chosen = np.flatnonzero(inside)
        limit = {} if left_s is None else {"time_limit": left_s}
        solved = linprog(
            costs[chosen], A_eq=rows[:, chosen], b_eq=right, bounds=(0, None), method="highs", options=limit
        )
        if solved.status != 0:
            return None
        reduced = costs - rows.T @ solved.eqlin.marginals
        missing = np.flatnonzero(~inside & (reduced < -_SAME))
        if not missing.size:
            return float(solved.fun), reduced
        inside[missing[np.argsort(reduced[missing], kind="stable")[:_MORE_COLUMNS]]] = True
    return None


def _left(time_limit_s: float | None, started: float) -> float | None:
    return None if time_limit_s is None else time_limit_s - (time.perf_counter() - started)


def _bit_of(nodes: int) -> Masks:
    return np.left_shift(np.uint64(1), np.arange(nodes, dtype=np.uint64))


def _labels_of(chosen: Masks, nodes: int) -> Ints:
    labels: Ints = members_of(chosen, nodes).argmax(axis=1).astype(np.int64)
    return labels
