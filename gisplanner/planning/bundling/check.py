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
    labels: Sequence[int],
    bounds: Iterable[tuple[str, Sequence[float], float, float | None]],
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
    within: Sequence[object] | None = None,
    allow_leftovers: bool = False,
) -> list[str]:
    """Return what is wrong with a division into regions, one sentence each; an empty list if nothing is.

    Estates that must stay together count as linked.

    Parameters
    ----------
    bounds
        For each measure its name, its value for each estate, the minimum and the maximum of its sum over a region.
    within
        For each estate a place (sub-district, community) that a region leaves only by a pair that must be together.

    Examples
    --------
    >>> violations([(0, 1), (1, 2)], [0, 1, 0], [("size", [1, 1, 1], 1, None)])
    ['region 0 is not connected: [0, 2]']
    >>> violations([(0, 1)], [0, 0], [("size", [1, 1], 1, None), ("cost", [3, 4], 0, 6)])
    ['region 0 has cost 7.0, bounds 0 to 6']
    """
    together, apart = list(together), list(apart)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(labels)))
    held = [(a, b) for a, b in links if within is None or within[a] == within[b]]
    graph.add_edges_from((a, b) for a, b in [*held, *together] if labels[a] == labels[b])
    members: dict[int, list[int]] = defaultdict(list)
    for estate, label in enumerate(labels):
        members[label].append(estate)
    left_out = members.pop(-1, [])
    wrong = [] if allow_leftovers or not left_out else [f"left out without leave: {left_out[:10]}"]
    piece_of = {estate: number for number, piece in enumerate(nx.connected_components(graph)) for estate in piece}
    bounds = list(bounds)
    for label, estates in sorted(members.items()):
        if len({piece_of[estate] for estate in estates}) > 1:
            wrong.append(f"region {label} is not connected: {estates[:10]}")
        for name, sizes, least, most in bounds:
            total, limit = math.fsum(sizes[estate] for estate in estates), math.inf if most is None else most
            slack = 1e-8 * max(1.0, abs(total))
            if not least - slack <= total <= limit + slack:
                wrong.append(f"region {label} has {name} {total}, bounds {least} to {limit}")
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
