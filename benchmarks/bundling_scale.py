"""Time and memory by number of estates: each size in a process of its own, from outlines to checked regions."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np

from benchmarks.bundling_instances import GAP_M, Instance, households, town
from benchmarks.table import PAGES, Table
from gisplanner.planning.bundling import adjacency, max_p_regions
from gisplanner.planning.bundling.solve import warm_up

SIDES = {"1k": 32, "10k": 100, "100k": 316, "170k": 412}
SECONDS = {32: 2.0, 100: 5.0, 316: 40.0, 412: 85.0}
_ROOT = Path(__file__).parents[1]
_PEER_LIMIT_S, _PEER_LIMIT_BYTES = 20, 6 * 2**30


def measure(side: int) -> dict[str, float]:
    """Bundle a town and return what it took."""
    warm_up()
    frame, roads = town(side)
    begun = time.perf_counter()
    found = adjacency(frame, max_gap_m=GAP_M, barriers=roads)
    near_s = time.perf_counter() - begun
    begun = time.perf_counter()
    regions = max_p_regions(
        found.links[["a", "b"]].to_numpy(), households(len(frame)), min_size=3000, allow_leftovers=True,
        time_limit_s=SECONDS[side],
    )  # fmt: skip
    return {
        "estates": len(frame), "links": len(found.links), "cut": len(found.cut), "adjacency_s": near_s,
        "search_s": time.perf_counter() - begun, "regions": regions.p, "bound": regions.p_upper_bound,
        "first_s": _first(found.links[["a", "b"]].to_numpy(), len(frame)), "peak_mib": _peak_mib(),
    }  # fmt: skip


def _first(pairs: np.ndarray, estates: int) -> float:
    """Return the seconds of one round: what does not stop at a time limit."""
    begun = time.perf_counter()
    max_p_regions(pairs, households(estates), min_size=3000, allow_leftovers=True, iterations=1)
    return time.perf_counter() - begun


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peer(name: str, side: int) -> None:
    """Let a peer bundle a town within memory that this machine can spare."""
    from benchmarks.bundling_peers import PEERS  # noqa: PLC0415 - only here are the peers needed

    frame, roads = town(side)
    found = adjacency(frame, max_gap_m=GAP_M, barriers=roads)
    pairs, size = found.links[["a", "b"]].to_numpy(), households(len(frame))
    one = Instance("town", frame, pairs, size, np.random.default_rng(1).normal(size=(len(frame), 2)), 3000, 0)
    resource.setrlimit(resource.RLIMIT_AS, (_PEER_LIMIT_BYTES, _PEER_LIMIT_BYTES))
    print("begun", flush=True)
    print(len(np.unique(PEERS[name](one))), flush=True)


def scale() -> list[Table]:
    """Return the table of sizes and draw them."""
    table = Table(
        "Estates 30 m apart, main roads between some: time by size",
        [
            *("estates", "links", "cut by roads", "adjacency s", "regions", "of the bound"),
            *("search s", "one round s", "all s", "peak memory MiB"),
        ],
        notes=[
            "One round: construct, redraw 4,000 times, check; the rest of the search is what the limit allows.",
            "",
        ],
    )
    measured = [_in_a_process("measure", str(side)) for side in SIDES.values()]
    for one in measured:
        whole = one["adjacency_s"] + one["search_s"]
        row = [f"{one['estates']:,}", f"{one['links']:,}", f"{one['cut']:,}", f"{one['adjacency_s']:.1f}"]
        row += [f"{one['regions']:,}", f"{one['regions'] / one['bound']:.4f}", f"{one['search_s']:.1f}"]
        table.rows.append([*row, f"{one['first_s']:.2f}", f"{whole:.1f}", f"{one['peak_mib']:,.0f}"])
    table.notes += [f"{name} on 170k: {_peer_told(name)}" for name in ("spopt", "pygeoda")]
    table.notes += ["", f"![time by number of estates]({_plot(measured).name})"]
    return [table]


def _in_a_process(what: str, *words: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bundling_scale", what, *words],
        cwd=_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _peer_told(name: str) -> str:
    """Return what a peer makes of 170,000 estates."""
    command = [sys.executable, "-m", "benchmarks.bundling_scale", "peer", name, str(SIDES["170k"])]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        run.stdout.readline()  # the map is ready
        try:
            out, errors = run.communicate(timeout=_PEER_LIMIT_S)
        except subprocess.TimeoutExpired:
            run.kill()
            return f"no answer in {_PEER_LIMIT_S} s"
    return f"{out.strip()} regions" if run.returncode == 0 else errors.strip().splitlines()[-1][:160]


def _plot(measured: list[dict[str, float]]) -> Path:
    """Draw the seconds by number of estates, both on logarithmic scales."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    plt.rcParams.update({"font.family": ["Noto Sans CJK SC", "DejaVu Sans"], "svg.hashsalt": "bundling"})
    n = np.array([one["estates"] for one in measured])
    near, first = (np.array([one[key] for one in measured]) for key in ("adjacency_s", "first_s"))
    figure, axes = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
    axes.loglog(n, near, "o-", color="#1f6f8b", label="相邻与阻隔 adjacency and barriers")
    axes.loglog(n, first, "s-", color="#b3541e", label="建图与首轮搜索 graph and one round of search")
    axes.loglog(n, near[-1] * n / n[-1], ":", color="#777777", label="正比于小区数 proportional to n")
    axes.set_xlabel("小区数 number of estates")
    axes.set_ylabel("秒 seconds")
    axes.set_xticks(n, [f"{int(count):,}" for count in n], minor=False)
    axes.minorticks_off()
    axes.grid(visible=True, which="major", color="#dddddd")
    axes.legend(frameon=False)
    path = PAGES / "bundling-scale.svg"
    PAGES.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path


if __name__ == "__main__":
    if sys.argv[1] == "peer":
        peer(sys.argv[2], int(sys.argv[3]))
    else:
        print(json.dumps(measure(int(sys.argv[2]))))
