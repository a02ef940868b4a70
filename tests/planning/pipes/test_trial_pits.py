"""Trial pits: all unsure pairs are settled, the pit that settles most comes first."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.planning.pipes.clearance import check_clearances, trial_pits


def test_one_pit_at_a_crossing_of_many_comes_before_a_lonely_one():
    star = [
        shapely.LineString([(-9 * np.cos(a), -9 * np.sin(a)), (9 * np.cos(a), 9 * np.sin(a))]) for a in (0.1, 1, 2)
    ]
    lonely = [shapely.LineString([(90, 0), (110, 0)]), shapely.LineString([(100, -9), (100, 9)])]
    lines = gpd.GeoDataFrame(
        {"utility": ["water", "sewage", "gas", "water", "sewage"]}, geometry=[*star, *lonely], crs=4547
    )
    report = check_clearances(lines, clearance_standards())
    assert len(report.unknown) == 4
    first, second = trial_pits(report)
    assert [set(pit.pairs) for pit in (first, second)] == [{(0, 1), (0, 2), (1, 2)}, {(3, 4)}]
    assert shapely.Point(first.at).distance(shapely.Point(0, 0)) < 0.01
    assert second.at == (100.0, 0.0)


def test_every_unsure_pair_is_settled_once_and_counts_fall():
    dice = np.random.default_rng(5)
    start = dice.uniform(0, 40, (60, 2))
    end = start + dice.normal(0, 12, (60, 2))
    lines = gpd.GeoDataFrame(
        {"utility": dice.choice(["water", "sewage", "gas"], 60)},
        geometry=list(shapely.linestrings(np.stack([start, end], axis=1))),
        crs=4547,
    )
    report = check_clearances(lines, clearance_standards())
    unsure = [(one.a, one.b) for one in report.conflicts if one.verdict == "可能"]
    unsure += [(one.a, one.b) for one in report.unknown]
    pits = trial_pits(report)
    assert sorted(pair for pit in pits for pair in pit.pairs) == sorted(unsure)
    counts = [len(pit.pairs) for pit in pits]
    assert counts == sorted(counts, reverse=True)
    assert len(pits) < len(unsure)
