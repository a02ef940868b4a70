"""The width decision against the truth in whole millimetres: any gap, rotation, noding, shape."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gisplanner.planning.fire import evaluate_access
from tests.planning.fire.gaps import KINDS, gap_scene, rounded_turn

WIDTHS_MM = (3100, 3500, 3700, 4000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("angle", [0.0, 30.0, 45.0, 197.3])
def test_4000_passes_and_3999_does_not(kind: str, soft: bool, angle: float) -> None:
    for nominal_mm, served in ((4000, True), (3999, False)):
        gap_mm = nominal_mm
        scene = gap_scene(kind, gap_mm, np.random.default_rng(3))
        while scene.open_(4000) != served:  # corner to corner a whole gap may need another slant
            gap_mm += 1 if served else -1
            scene = gap_scene(kind, gap_mm, np.random.default_rng(3))
        turned = scene.estate(soft=soft).turned(angle)
        assert evaluate_access(*turned.layers) == ({0} if served else set())


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    width_mm=st.sampled_from(WIDTHS_MM),
    over_mm=st.one_of(st.sampled_from([-100, -10, -1, 0, 1, 10, 100]), st.integers(-100, 100)),
    angle=st.one_of(st.none(), st.floats(0.0, 2.0 * math.pi)),
    noded=st.booleans(),
    soft=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_integer_truth(
    kind: str, width_mm: int, over_mm: int, angle: float | None, noded: bool, soft: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    scene = gap_scene(kind, width_mm + over_mm, rng)
    if noded:
        scene = scene.noded(rng)
    if angle is not None:
        scene = scene.moved(rounded_turn(angle))
    made = scene.estate(soft=soft)
    assume(bool(made.obstacles.is_valid.all()))  # rounding may fold a thin thing over
    served = evaluate_access(*made.layers, width_m=width_mm / 1000.0)
    assert bool(served) is scene.open_(width_mm)


@pytest.mark.parametrize("kind", ["slot", "corners", "corner and wall"])
def test_a_gap_between_two_removable_things_opens_with_either(kind: str) -> None:
    layers = gap_scene(kind, 3_500, np.random.default_rng(5)).estate(soft=True).layers
    assert evaluate_access(*layers) == set()
    assert evaluate_access(*layers, removed=[0]) == {0}
    assert evaluate_access(*layers, removed=[1]) == {0}


@pytest.mark.parametrize("kind", ["corners", "corner and wall"])
@pytest.mark.parametrize("width_mm", WIDTHS_MM)
def test_a_hair_below_the_width_fails_turned_by_any_angle(kind: str, width_mm: int) -> None:
    scenes = (gap_scene(kind, width_mm, np.random.default_rng(seed)) for seed in range(1_500))
    short_mm, narrow = min(
        ((short, scene) for scene in scenes if (short := scene.short_mm(width_mm)) > 0.0), key=lambda one: one[0]
    )
    assert short_mm < 2e-3
    assert evaluate_access(*narrow.estate().turned(33.3).layers, width_m=width_mm / 1000.0) == set()
