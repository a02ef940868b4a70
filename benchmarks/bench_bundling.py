"""Bundling beside spopt and pygeoda: number of regions, heterogeneity, time, proof, scale, bad input."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import geopandas as gpd
import numpy as np

from benchmarks.bundling_instances import FAULTS, SHARED, Instance, instances, spoilt
from benchmarks.bundling_peers import PEERS, broken, heterogeneity
from benchmarks.bundling_scale import scale
from benchmarks.bundling_sweep import FAMILIES, sweep
from benchmarks.table import Table
from gisplanner.errors import GisPlannerError
from gisplanner.planning.bundling import Regions, contiguity, max_p_regions
from gisplanner.planning.bundling.solve import warm_up

SMALL, LARGE = ("mexico", "columbus", "vor28"), ("vor200", "vor1000", "town5000")
OTHERS = ("vor28-1", "vor200-1", "vor200-2", "vor1000-1", "town1024-1", "town5041-1")
SEEDS, SEEDS_OF_LARGE = range(6), range(3)
GOAL_RATIO = 0.80
_MANY = 1_000
BOUND_S = 360
PEER_HEADINGS = (
    *("map", "peer", "its regions", "its heterogeneity", "its s", "its broken regions"),
    *("ours at its number", "ratio", "least possible ratio", "s to pass it"),
)


def run() -> list[Table]:
    """Measure everything, in about fifty minutes."""
    return [table for piece in PIECES.values() for table in piece()]


def small() -> list[Table]:
    """Return the maps of up to 50 units, with proofs."""
    warm_up()
    return [_ours("up to 50 units", list(instances(SMALL)))]


def large() -> list[Table]:
    """Return the maps of 200 to 5,000 units."""
    warm_up()
    return [_ours("200 to 5,000 units", list(instances(LARGE)))]


def others() -> list[Table]:
    """Return other maps of the same families, drawn with seeds."""
    warm_up()
    return [_ours("other maps of the same families", list(instances(OTHERS)))]


def peers() -> list[Table]:
    """Return all these maps at the peers' own numbers of regions."""
    warm_up()
    return [_against_peers(list(instances((*SMALL, *LARGE, *OTHERS))))]


def bounds() -> list[Table]:
    """Return the named maps of 1,000 units at the peers' numbers of regions, with time for a bound."""
    warm_up()
    table = Table("At the peer's own number of regions, with time for a bound on 1,000 units", PEER_HEADINGS)
    for one in instances(("vor1000",)):
        table.rows += [row for row, _, _ in _rows(replace(one, seconds=BOUND_S))]
    table.notes.append(f"As above, but ours has {BOUND_S} s.")
    return [table]


def _solve(one: Instance, **more) -> tuple[Regions, float]:
    limit, begun = more.pop("time_limit_s", one.seconds), time.perf_counter()
    found = max_p_regions(
        one.pairs, one.size, min_size=one.minimum, attributes=one.attributes, time_limit_s=limit, **more
    )
    return found, time.perf_counter() - begun


def _ours(what: str, maps: Sequence[Instance]) -> Table:
    table = Table(
        f"As many regions as possible, then homogeneous: {what}",
        [
            *("map", "units", "bound", "regions", "of the bound", "heterogeneity", "lower bound", "gap"),
            *("proven", "s", "seeds", "regions by seed", "heterogeneity by seed"),
        ],
        notes=[
            "Compilation apart. Heterogeneity: L1, each pair within a region once.",
            "Seeds: a fifth of the time, 5 s at most; least and most of them, heterogeneity where regions are most.",
        ],
    )
    for one in maps:
        found, took = _solve(one)
        least = found.heterogeneity_lower_bound
        gap = "–" if least is None else f"{1 - least / found.heterogeneity:.1%}"
        row = [one.name, str(len(one.frame)), str(found.p_upper_bound), str(found.p)]
        row += [f"{found.p / found.p_upper_bound:.3f}", f"{found.heterogeneity:.3f}"]
        row += ["–" if least is None else f"{least:.3f}", gap, "yes" if found.proven else "no", f"{took:.1f}"]
        table.rows.append([*row, *_by_seed(one)])
    return table


def _by_seed(one: Instance) -> list[str]:
    """Return number of seeds, of regions, and heterogeneity of what other seeds find."""
    seeds = SEEDS if len(one.frame) <= _MANY else SEEDS_OF_LARGE
    found = [_solve(one, time_limit_s=_seconds_a_seed(one), seed=seed)[0] for seed in seeds]
    most = max(regions.p for regions in found)
    values = {f"{regions.heterogeneity:.3f}": regions.heterogeneity for regions in found if regions.p == most}
    ends = sorted(values, key=values.__getitem__)
    counts = sorted({min(regions.p for regions in found), most})
    return [str(len(seeds)), "–".join(map(str, counts)), "–".join(dict.fromkeys([ends[0], ends[-1]]))]


def _seconds_a_seed(one: Instance) -> float:
    return min(one.seconds / 5, 5.0)


def _against_peers(maps: Sequence[Instance]) -> Table:
    table = Table(
        "At the peer's own number of regions",
        PEER_HEADINGS,
        notes=[
            "Broken: not connected on the given links, or below the minimum.",
            "Least possible: our proven bound over the peer's value; where ours is proven, no solver can go below.",
            "spopt: default (99 constructions, 10 annealings); 999, 10 on mexico, columbus, vor28; 10, 1 at 5,000.",
            "pygeoda: the best of greedy (999 rounds), tabu (99) and annealing (99); at 5,000 units greedy (9).",
            "A number after a dash: another map of that family, drawn with that seed.",
        ],
    )
    ratios: dict[str, list[float]] = {}
    open_ = []
    for one in maps:
        for row, ratio, least in _rows(one):
            table.rows.append(row)
            ratios.setdefault(one.name, []).append(ratio)
            open_ += [ratio] if least is None or least <= GOAL_RATIO else []
    every = [ratio for of_map in ratios.values() for ratio in of_map]
    drawn = [ratio for name, of_map in ratios.items() if "-" in name for ratio in of_map]
    named = [ratio for name, of_map in ratios.items() if "-" not in name for ratio in of_map]
    table.notes.append(
        f"Mean ratio {np.mean(every):.3f}, worst {max(every):.3f}; "
        f"{np.mean(named):.3f} on the maps without a dash, {np.mean(drawn):.3f} on the others."
    )
    table.notes.append(
        f"The goal is {GOAL_RATIO:.2f}; nobody can reach it in {len(every) - len(open_)} of {len(every)} rows"
        + (f", mean of the others {np.mean(open_):.3f}." if open_ else ".")
    )
    return table


def _rows(one: Instance) -> Iterator[tuple[list[str], float, float | None]]:
    same: dict[int, tuple[Regions, list[tuple[float, int, float]]]] = {}
    for name, peer in PEERS.items():
        begun = time.perf_counter()
        labels = peer(one)
        took = time.perf_counter() - begun
        p, value = len(np.unique(labels)), heterogeneity(one, labels)
        if p not in same:
            same[p] = _traced(one, p)
        ours, trace = same[p]
        ratio, bound = ours.heterogeneity / value, ours.heterogeneity_lower_bound
        least = None if bound is None else bound / value
        passed = next((second for second, regions, now in trace if regions >= p and now <= value), None)
        told = [one.name, name, str(p), f"{value:.3f}", f"{took:.1f}", str(broken(one, labels))]
        told += [f"{ours.heterogeneity:.3f}", f"{ratio:.3f}", "–" if least is None else f"{least:.3f}"]
        yield [*told, "never" if passed is None else f"{passed:.2f}"], ratio, least


def _traced(one: Instance, p: int) -> tuple[Regions, list[tuple[float, int, float]]]:
    """Return ours with ``p`` regions, and when it stood where."""
    begun, trace = time.perf_counter(), []

    def watch(_: float, regions: int, now: float) -> None:
        trace.append((time.perf_counter() - begun, regions, now))

    found, took = _solve(one, at_most=p, progress=watch)
    return found, [*trace, (took, found.p, found.heterogeneity)]


def bad_input() -> list[Table]:
    """Return what is said of nine spoilt maps, and how soon."""
    warm_up()
    table = Table("Bad input: vor200 spoilt in nine ways", ["case", "answer", "s"])
    sound = gpd.read_file(SHARED / "vor200.gpkg")
    for how in FAULTS:
        frame, begun = spoilt(sound, how), time.perf_counter()
        minimum = 1e7 if how == "infeasible minimum" else 3000
        try:
            pairs = contiguity(frame, max_gap_m=30.5)[["a", "b"]].to_numpy()
            found = max_p_regions(
                pairs, frame["hh"], min_size=minimum, attributes=frame[["year", "dens"]], time_limit_s=1.0
            )
            answer = f"{found.p} of at most {found.p_upper_bound} regions, checked"
        except GisPlannerError as error:
            answer = f"{type(error).__name__}: {error.message.en}"
        table.rows.append([how, answer[:150], f"{time.perf_counter() - begun:.2f}"])
    return [table]


PIECES = {
    "small": small,
    "large": large,
    "others": others,
    "peers": peers,
    "bounds": bounds,
    **{f"sweep-{family}": partial(sweep, family) for family in FAMILIES},
    "scale": scale,
    "bad": bad_input,
}
