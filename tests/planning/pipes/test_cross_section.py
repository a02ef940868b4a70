"""Lines in a lane: every pair keeps its distance, the narrowest order is found, what does not fit is named."""

from __future__ import annotations

import itertools

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.domain.clearance import LineFacts
from gisplanner.errors import InputError
from gisplanner.planning.pipes.clearance import check_clearances
from gisplanner.planning.pipes.cross_section import LaneLine, cross_section
from gisplanner.rules.clearances import ClearanceBook

LINES = {
    "power": LaneLine(LineFacts("power", voltage_kv=0.4, laying="buried"), 0.1),
    "telecom": LaneLine(LineFacts("telecom", laying="duct"), 0.4),
    "sewage": LaneLine(LineFacts("sewage", diameter_mm=300, laying="buried"), 0.3),
    "storm": LaneLine(LineFacts("storm", diameter_mm=400, laying="buried"), 0.4),
    "water": LaneLine(LineFacts("water", diameter_mm=150, laying="buried"), 0.15),
    "gas": LaneLine(LineFacts("gas", pressure="low", material="pe", diameter_mm=110, laying="buried"), 0.11),
    "lighting": LaneLine(LineFacts("lighting", laying="buried"), 0.1),
}


@pytest.fixture(scope="module")
def book() -> ClearanceBook:
    return ClearanceBook(clearance_standards())


@given(st.sets(st.sampled_from(sorted(LINES)), min_size=1), st.floats(1.0, 12.0))
@settings(max_examples=60, deadline=None)
def test_no_conflict_by_the_checker_or_a_set_that_cannot_be(names: set[str], width_m: float) -> None:
    book = ClearanceBook(clearance_standards())
    lines = {name: LINES[name] for name in sorted(names)}
    found = cross_section(lines, width_m, book)
    if found.cannot_coexist:
        assert found.needed_m > width_m
        assert found.because
        rest = {name: lines[name] for name in found.cannot_coexist}
        assert cross_section(rest, width_m, book).cannot_coexist == found.cannot_coexist
        for fewer in itertools.combinations(found.cannot_coexist, len(found.cannot_coexist) - 1):
            assert not fewer or not cross_section({name: lines[name] for name in fewer}, width_m, book).cannot_coexist
        return
    assert found.needed_m <= width_m + 1e-6
    facts = [lines[name].facts for name in found.offset_m]
    frame = gpd.GeoDataFrame(
        {
            "utility": [one.utility for one in facts],
            "pressure": [one.pressure for one in facts],
            "material": [one.material for one in facts],
            "voltage_kv": [one.voltage_kv for one in facts],
            "laying": [one.laying for one in facts],
            "diameter_mm": [lines[name].width_m * 1000 for name in found.offset_m],
        },
        index=list(found.offset_m),
        geometry=[shapely.LineString([(0, y), (50, y)]) for y in found.offset_m.values()],
        crs=4547,
    )
    walls = gpd.GeoDataFrame(
        geometry=[shapely.box(0, -10, 50, 0), shapely.box(0, width_m, 50, width_m + 10)], crs=4547
    )
    conflicts = check_clearances(frame, clearance_standards(), buildings=walls).conflicts
    assert [(one.a, one.b, one.measured_m, one.required_m) for one in conflicts] == []


def test_two_drains_need_their_distance_from_both_facades(book: ClearanceBook) -> None:
    drains = {name: LINES[name] for name in ("sewage", "storm")}
    found = cross_section(drains, 6.0, book)
    assert found.needed_m == pytest.approx(2.5 + 0.3 + 0.8 + 0.4 + 2.5)
    assert set(found.cannot_coexist) == {"sewage", "storm"}
    assert {one.required_m for one in found.because} == {2.5, 0.8}
    assert all(one.clause for one in found.because)


def test_a_pair_without_a_row_is_told(book: ClearanceBook) -> None:
    lines = {"gas": LINES["gas"], "reclaimed": LaneLine(LineFacts("reclaimed", diameter_mm=150), 0.15)}
    assert cross_section(lines, 10.0, book).unknown == (("gas", "reclaimed"),)


def test_no_width(book: ClearanceBook) -> None:
    with pytest.raises(InputError):
        cross_section(LINES, 0.0, book)
