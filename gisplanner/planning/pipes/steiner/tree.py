"""The lightest tree that connects given nodes of a graph, within a time, and a bound on how light any can be."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gisplanner.errors import Fault, InfeasibleError, InputError, InternalError
from gisplanner.planning.bundling.dice import new_dice
from gisplanner.planning.pipes.steiner.growth import tidy
from gisplanner.planning.pipes.steiner.network import Floats, Ints, make_network
from gisplanner.planning.pipes.steiner.search import run, sketch, warm_up
from gisplanner.planning.pipes.steiner.state import Search
from gisplanner.text import Text

_LARGEST_WHOLE: Final = 2.0**52
_RELATIVE: Final = 1e-10
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class SteinerTree:
    """A tree and how good it is.

    Attributes
    ----------
    edge_index
        Rows of the input's ``edges`` that make the tree, ascending.
    weight
        Their summed weight.
    lower_bound
        No tree that connects the terminals weighs less; equal to ``weight`` where the tree is proven the lightest.
    """

    edge_index: npt.NDArray[np.int64]
    weight: float
    lower_bound: float


def steiner_tree(
    edges: npt.ArrayLike,
    weights: npt.ArrayLike,
    terminals: npt.ArrayLike,
    *,
    time_limit_s: float = 10.0,
    seed: int = 0,
    quick: bool = False,
) -> SteinerTree:
    """Return a tree of least weight that connects all terminals (斯坦纳树), as good as the time allows.

    Parameters
    ----------
    edges
        Integer array (m, 2) of 0-based nodes. Loops and parallel edges are allowed.
    weights
        Array (m,) of positive numbers; zero is taken too, because published street graphs hold edges of length 0.
    terminals
        Integer array (t,): nodes to connect; repeats count once.
    time_limit_s
        Seconds to search, compilation apart. The search ends earlier when the tree is proven.
    seed
        Any integer.
    quick
        Take the first good tree and the first bound instead of searching: milliseconds where streets are few.

    Raises
    ------
    InputError
        Arrays that cannot be used; every bad row is named.
    InfeasibleError
        Terminals that no edges connect; names them by groups.

    Notes
    -----
    Reductions, dual ascent (Wong 1984), key-path exchange (Uchoa and Werneck 2012), node insertion, directed cuts in
    HiGHS (Koch and Martin 1998). Where all weights are whole numbers the bound is rounded up. What is not proven at
    once is searched by two threads: one raises the bound, the other puts the tree at its best region by region.

    Examples
    --------
    >>> found = steiner_tree([[0, 3], [1, 3], [2, 3], [0, 1]], [2.0, 2.0, 2.0, 3.5], [0, 1, 2])
    >>> found.edge_index.tolist(), found.weight, found.lower_bound
    ([0, 1, 2], 6.0, 6.0)
    """
    pairs, weight = _read_edges(edges, weights)
    wanted = _read_terminals(terminals)
    if wanted.size <= 1:
        return SteinerTree(np.zeros(0, dtype=np.int64), 0.0, 0.0)
    useful = np.flatnonzero(_useful(pairs, wanted))
    nodes, ends = np.unique(pairs[useful], return_inverse=True)
    ends = ends.reshape(-1, 2)
    terminal = np.isin(nodes, wanted)
    warm_up()
    net = make_network(ends[:, 0], ends[:, 1], weight[useful], terminal)
    whole = bool((weight == np.round(weight)).all() and weight[useful].sum() < _LARGEST_WHOLE)
    scale = float(weight[useful].sum())
    search = Search(
        net=net,
        chosen=np.zeros(useful.size, dtype=np.bool_),
        until=math.inf if quick else time.perf_counter() + time_limit_s,
        dice=new_dice(seed),
        whole=whole,
        slight=_RELATIVE * scale if not whole else min(1e-6, _RELATIVE * scale),
    )
    (sketch if quick else run)(search)
    chosen = np.zeros(useful.size, dtype=np.bool_)
    chosen[search.edges()] = True
    tidy(net, chosen, int(np.flatnonzero(terminal)[0]))
    index = useful[np.flatnonzero(chosen)]
    _verify(pairs[index], wanted)
    total = math.fsum(weight[index])
    bound = total if search.proven() else min(search.bound, total)
    return SteinerTree(index, total, bound)


def _read_edges(edges: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Ints, Floats]:
    pairs = np.asarray(edges)
    weight = np.asarray(weights, dtype=np.float64)
    if pairs.size == 0:
        pairs = np.zeros((0, 2), dtype=np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not _integers(pairs) or weight.shape != (len(pairs),):  # noqa: PLR2004
        raise InputError(
            Text(
                f"边表应为 (m, 2) 的整数，权重应为 (m,)；得到 {pairs.shape} 与 {weight.shape}。",
                en=f"edges must be (m, 2) integers and weights (m,); got {pairs.shape} and {weight.shape}.",
            )
        )
    faults = [
        Fault(row=int(row), column="edges", value=str(pairs[row].tolist()), allowed="≥ 0")
        for row in np.flatnonzero((pairs < 0).any(axis=1))
    ]
    faults += [
        Fault(row=int(row), column="weights", value=str(weight[row]), allowed="≥ 0")
        for row in np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    ]
    if faults:
        raise InputError(Text(f"有 {len(faults)} 条边不可用。", en=f"{len(faults)} edges cannot be used."), faults)
    return pairs.astype(np.int64), weight


def _read_terminals(terminals: npt.ArrayLike) -> Ints:
    wanted = np.asarray(terminals)
    if wanted.size == 0:
        return np.zeros(0, dtype=np.int64)
    if wanted.ndim != 1 or not _integers(wanted) or (wanted < 0).any():
        raise InputError(
            Text("终端应为一列从 0 起的节点号。", en="terminals must be a list of node numbers from 0."),
            [Fault(column="terminals", value=str(wanted.tolist()), allowed="≥ 0")],
        )
    return np.unique(wanted.astype(np.int64))


def _integers(array: npt.NDArray[Any]) -> bool:
    return bool(np.issubdtype(array.dtype, np.integer))


def _useful(pairs: Ints, wanted: Ints) -> npt.NDArray[np.bool_]:
    """Return which edges lie in the component of the terminals.

    Raises
    ------
    InfeasibleError
        There are several.
    """
    count = int(max(pairs.max(initial=-1), wanted.max())) + 1
    if count > 4 * (pairs.size + wanted.size):
        nodes, packed = np.unique(np.concatenate([pairs.ravel(), wanted]), return_inverse=True)
        return _useful_of(packed[: pairs.size].reshape(-1, 2), packed[pairs.size :], nodes.size, wanted)
    return _useful_of(pairs, wanted, count, wanted)


def _useful_of(pairs: Ints, wanted: Ints, count: int, names: Ints) -> npt.NDArray[np.bool_]:
    matrix = coo_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, label = connected_components(matrix, directed=False)
    groups = np.unique(label[wanted])
    if groups.size > 1:
        members = [names[label[wanted] == group].tolist() for group in groups]
        members.sort(key=lambda group: (-len(group), group[0]))
        faults = [
            Fault(
                column="terminals",
                value="、".join(map(str, group[:_MOST_NAMED])) + ("…" if len(group) > _MOST_NAMED else ""),
                hint=Text("与其余终端不连通", en="not connected with the others"),
            )
            for group in members[1:]
        ]
        raise InfeasibleError(
            Text(
                f"终端分属 {len(members)} 个互不连通的部分；与最大部分断开的见明细。",
                en=f"The terminals lie in {len(members)} parts; see those cut off from the largest.",
            ),
            faults,
        )
    inside: npt.NDArray[np.bool_] = (label[pairs[:, 0]] == groups[0]) & (pairs[:, 0] != pairs[:, 1])
    return inside


def _verify(tree: Ints, wanted: Ints) -> None:
    """Check that the edges are a tree that holds all terminals: no answer leaves unchecked."""
    nodes, ends = np.unique(np.concatenate([tree.ravel(), wanted]), return_inverse=True)
    ends = ends[: tree.size].reshape(-1, 2)
    matrix = coo_matrix((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(nodes.size,) * 2)
    parts, _ = connected_components(matrix, directed=False)
    if parts != 1 or nodes.size != len(tree) + 1:
        raise InternalError(Text("求得的管网不是一棵树。", en="The network found is not a tree."))
