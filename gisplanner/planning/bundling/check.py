"""A second opinion on every answer: plain, slow, and without a line in common with the search."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import networkx as nx

from gisplanner.errors import InternalError
from gisplanner.text import Text


def violations(
    links: Iterable[tuple[int, int]],
    sizes: Sequence[float],
    labels: Sequence[int],
    *,
    min_size: float,
    max_size: float | None = None,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
    allow_leftovers: bool = False,
) -> list[str]:
    """Return what is wrong with a division into regions, one sentence each; an empty list if nothing is.

    Estates that must stay together count as linked.

    Examples
    --------
    >>> violations([(0, 1), (1, 2)], [1, 1, 1], [0, 1, 0], min_size=1)
    ['region 0 is not connected: [0, 2]']
    """
    together, apart = list(together), list(apart)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(sizes)))
    graph.add_edges_from((a, b) for a, b in [*links, *together] if labels[a] == labels[b])
    members: dict[int, list[int]] = defaultdict(list)
    for estate, label in enumerate(labels):
        members[label].append(estate)
    left_out = members.pop(-1, [])
    wrong = [] if allow_leftovers or not left_out else [f"left out without leave: {left_out[:10]}"]
    piece_of = {estate: number for number, piece in enumerate(nx.connected_components(graph)) for estate in piece}
    limit = math.inf if max_size is None else max_size
    for label, estates in sorted(members.items()):
        if len({piece_of[estate] for estate in estates}) > 1:
            wrong.append(f"region {label} is not connected: {estates[:10]}")
        total = math.fsum(sizes[estate] for estate in estates)
        slack = 1e-8 * max(1.0, abs(total))
        if not min_size - slack <= total <= limit + slack:
            wrong.append(f"region {label} has size {total}, bounds {min_size} to {limit}")
    wrong += [f"{a} and {b} were torn apart" for a, b in together if labels[a] != labels[b]]
    wrong += [f"{a} and {b} were put together" for a, b in apart if labels[a] == labels[b] >= 0]
    if sorted(members) != list(range(len(members))):
        wrong.append(f"regions are not numbered from 0: {sorted(members)[:10]}")
    return wrong


def refuse_violations(wrong: list[str]) -> None:
    """Keep a wrong answer from leaving.

    Raises
    ------
    InternalError
        There is any violation.
    """
    if wrong:
        told = "；".join(wrong[:5])
        raise InternalError(
            Text(f"片区方案未通过复核，已拦下：{told}", en=f"The plan failed its check and was held back: {told}")
        )
