"""Who has to be surveyed: served at the width less the tolerance, not at the width more the tolerance."""

from __future__ import annotations

import numpy as np

from gisplanner.planning.fire.intake import read_ground
from gisplanner.planning.fire.reach import Reach
from gisplanner.planning.fire.situation import Situation
from gisplanner.services.fire.findings import buildings_to_survey
from tests.planning.fire.estates import random_estate


def test_survey_is_what_both_widths_say() -> None:
    told = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        ground = read_ground(*random_estate(rng, columns=2, rows=3, obstacles=12).layers)
        gone = rng.random(len(ground.soft)) < (0.5, 0.8, 1.0)[seed % 3]
        fixed, nothing = ground.after(gone), np.zeros(0, dtype=bool)
        loose, strict = (Reach(fixed, width).served(nothing) for width in (3.4, 4.6))
        expected = {label for label, yes in zip(ground.building_labels, loose & ~strict, strict=True) if yes}
        assert set(buildings_to_survey(Situation(Reach(ground, 4.0), gone), 0.6)) == expected
        told += len(expected)
    assert told
