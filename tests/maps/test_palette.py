"""Bundle colours differ, neighbours most of all."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.maps.palette import TOL, _perceived, colours_of_areas


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), max_size=60))
def test_each_area_has_a_colour_of_its_own(centres):
    dealt = colours_of_areas(centres)
    assert len(set(dealt)) == len(dealt) == len(centres)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in dealt)


def test_a_dozen_areas_get_the_safe_colours():
    places = np.random.default_rng(1).uniform(0, 1000, (12, 2))
    assert sorted(colours_of_areas(places)) == sorted(TOL)


def test_neighbours_are_far_apart_in_the_eye():
    looks = np.array([_perceived(colour) for colour in colours_of_areas([(float(at), 0.0) for at in range(40)])])
    assert np.linalg.norm(np.diff(looks, axis=0), axis=1).min() > 0.1


def test_hundreds_of_areas_are_dealt_quickly_and_differ():
    places = np.random.default_rng(2).uniform(0, 1e4, (2000, 2))
    assert len(set(colours_of_areas(places))) == 2000
