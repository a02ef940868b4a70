"""Clearance conflicts: how long, and whether a plain loop over all pairs finds the same."""

from __future__ import annotations

import numpy as np

from benchmarks.table import Table, seconds
from gisplanner.catalog.clearances import clearance_standards
from gisplanner.planning.pipes.clearance import check_clearances
from tests.planning.pipes.clearance_oracle import conflicts
from tests.planning.pipes.test_clearance import between, frame_of, town

SIZES = ((5_000, 0.3), (50_000, 3.0), (200_000, 15.0))
_AREA_PER_LINE_M2 = 250.0


def run() -> list[Table]:
    return [_times(), _against_a_loop()]


def _times() -> Table:
    table = Table("Segments in random streets, seven kinds", ["segments", "pairs", "conflicts", "s", "goal s"])
    standards = clearance_standards()
    check_clearances(frame_of(town(0, 100, 90.0)), standards)
    for count, goal in SIZES:
        frame = frame_of(town(1, count, float(np.sqrt(count * _AREA_PER_LINE_M2))))
        report = check_clearances(frame, standards)
        taken = seconds(lambda frame=frame: check_clearances(frame, standards), runs=3)
        table.rows.append(
            [f"{count:,}", f"{report.checked_pairs:,}", f"{len(report.conflicts):,}", f"{taken:.2f}", f"{goal:g}"]
        )
    return table


def _against_a_loop() -> Table:
    table = Table(
        "Against a plain loop over all pairs",
        ["town", "segments", "conflicts of the loop", "found", "false", "wrong by > 1 mm"],
    )
    standards = clearance_standards()
    for seed in range(10):
        pipes = town(100 + seed, 700, 160.0)
        expected = conflicts(pipes)
        found = between(check_clearances(frame_of(pipes), standards))
        wrong = sum(abs(found[pair] - expected[pair]) > 0.0011 for pair in expected.keys() & found.keys())
        table.rows.append(
            [
                str(seed),
                str(len(pipes)),
                str(len(expected)),
                f"{100 * len(expected.keys() & found.keys()) / len(expected):.1f} %",
                str(len(found.keys() - expected.keys())),
                str(wrong),
            ]
        )
    return table
