"""Bundling beside the peers on many drawn maps, some seconds each: whether ours is ever behind."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from benchmarks.bundling_instances import Instance, instances
from benchmarks.bundling_peers import PEERS, heterogeneity
from benchmarks.table import Table
from gisplanner.planning.bundling import Regions, max_p_regions
from gisplanner.planning.bundling.solve import warm_up

FAMILIES = {"vor28": range(2, 12), "vor200": range(3, 18), "vor1000": range(2, 5), "town1024": range(2, 12)}
"""Families of maps, and the seeds that they are drawn with."""

_SECONDS = 10.0
_PEER_LIMIT_S = 40


@dataclass
class _Against:
    """How many regions ours has more than a peer on each map, and ours to its heterogeneity at its number."""

    more: list[int] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)
    silent: int = 0

    def told(self) -> list[str]:
        more = np.array(self.more)
        counts = [str(self.silent), str((more > 0).sum()), str((more == 0).sum()), str((more < 0).sum())]
        return [*counts, *([f"{np.mean(self.ratio):.3f}", f"{max(self.ratio):.3f}"] if self.ratio else ["–", "–"])]


def sweep(family: str) -> list[Table]:
    """Return how ours stands to the peers on the maps of a family."""
    warm_up()
    table = Table(
        f"Many more maps: {family}",
        [
            *("maps", "s a map", "regions of the bound: mean", "least", "peer", "no answer"),
            *("ours has more regions", "as many", "fewer", "s at its number", "ratio at its number: mean", "worst"),
        ],
        notes=[
            f"Each map is drawn, and ours searches, with another seed. No answer: within {_PEER_LIMIT_S} s.",
            "Ratio: heterogeneity of ours to that of the peer at the peer's number of regions.",
        ],
    )
    shares, against = [], {name: _Against() for name in PEERS}
    for seed in FAMILIES[family]:
        (one,) = instances([f"{family}-{seed}"])
        seconds, again = min(one.seconds, _SECONDS), min(one.seconds / 5, _SECONDS / 2)
        ours = _ours(one, seed, seconds)
        shares.append(ours.p / ours.p_upper_bound)
        for name, found in against.items():
            _compare(one, seed, again, ours.p, _labels_in_time(name, one), found)
    row = [str(len(shares)), f"{seconds:.0f}", f"{np.mean(shares):.3f}", f"{min(shares):.3f}"]
    for name, found in against.items():
        *counts, mean, worst = found.told()
        table.rows.append([*row, name, *counts, f"{again:.0f}", mean, worst])
    return [table]


def _ours(one: Instance, seed: int, seconds: float, at_most: int | None = None) -> Regions:
    return max_p_regions(
        one.pairs, one.size, min_size=one.minimum, attributes=one.attributes, time_limit_s=seconds, seed=seed,
        at_most=at_most,
    )  # fmt: skip


def _compare(  # noqa: PLR0917 - a map, ours on it, and a peer's answer
    one: Instance, seed: int, seconds: float, regions: int, labels: np.ndarray | None, found: _Against
) -> None:
    if labels is None:
        found.silent += 1
        return
    p = len(np.unique(labels))
    same = _ours(one, seed, seconds, p)
    found.more.append(regions - p)
    found.ratio.append(same.heterogeneity / heterogeneity(one, labels) if same.p == p else np.inf)


def _labels_in_time(name: str, one: Instance) -> np.ndarray | None:
    """Return a peer's answer; some of its annealings never end."""
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))
    answer = pool.submit(PEERS[name], one)
    try:
        return answer.result(timeout=_PEER_LIMIT_S)
    except TimeoutError:
        for process in multiprocessing.active_children():
            process.kill()
        return None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
