"""Seconds of a plan: one estate, one question about removals."""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from benchmarks.table import Table
from gisplanner.planning.fire.access import plan_on
from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.warm_up import warm_up
from gisplanner.services.fire.input import FireGround
from gisplanner.services.fire.plan import plan_ground
from tests.planning.fire.estates import random_estate

SEEDS = (1, 2, 3, 4)


def seconds() -> list[Table]:
    warm_up()
    table = Table(
        "Seconds in one process: layers to proven plan, and the whole answer with lanes, survey and hydrants",
        [
            *("buildings", "obstacles", "estates", "served today", "after", "removals", "opening: median (s)"),
            *("worst (s)", "whole: median (s)", "what-if: worst (ms)", "all proven"),
        ],
        notes=[
            "Goals for the opening: 0.3, 1.0 and 2.0 s for 17, 108 and 190 buildings; for a what-if 50 ms.",
            "Best of three an estate.",
        ],
    )
    for columns, rows, obstacles in ((3, 6, 44), (6, 18, 259), (10, 19, 300), (10, 19, 455)):
        timed = [_timed(columns, rows, obstacles, seed) for seed in SEEDS]
        counts = [
            "–".join(map(str, sorted({min(of), max(of)}))) for of in zip(*(one.counts for one in timed), strict=True)
        ]
        opening, whole, what_if = (sorted(of) for of in zip(*(one.seconds for one in timed), strict=True))
        told = [
            f"{np.median(opening):.2f}",
            f"{opening[-1]:.2f}",
            f"{np.median(whole):.2f}",
            f"{what_if[-1] * 1e3:.3f}",
        ]
        proven = "yes" if all(one.proven for one in timed) else "no"
        table.rows.append([str(columns * rows), str(obstacles), str(len(timed)), *counts, *told, proven])
    return [table]


class _Timed(NamedTuple):
    """One estate: buildings served today and after, removals; seconds of opening, whole answer and what-if."""

    counts: tuple[int, int, int]
    seconds: tuple[float, float, float]
    proven: bool


def _timed(columns: int, rows: int, obstacles: int, seed: int) -> _Timed:
    made = random_estate(np.random.default_rng(seed), columns=columns, rows=rows, obstacles=obstacles)
    opened, whole = [], []
    for _ in range(3):
        begun = time.perf_counter()
        reach = Reach(read_ground(*made.layers), 4.0)
        plan = plan_on(reach)
        opened.append(time.perf_counter() - begun)
        ground = FireGround(*made.layers, roads=None, hydrants=None, crs=made.site.crs, remarks=())
        whole.append(plan_ground(ground).seconds)
    nothing = np.zeros(len(reach.ground.soft), dtype=bool)
    begun = time.perf_counter()
    for _ in range(100):
        today = reach.served(nothing)
    what_if = (time.perf_counter() - begun) / 100.0
    counts = int(today.sum()), len(plan.served), len(plan.removals)
    return _Timed(counts, (min(opened), min(whole), what_if), plan.proven)
