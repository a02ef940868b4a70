"""Boxes of a request in metres: the plain numbers say what the geometry library says."""

from __future__ import annotations

import pytest
import shapely
from pyproj import Transformer

from gisplanner.domain.district import District
from gisplanner.errors import UsageError
from gisplanner.services.ogc.crs import Reference, references
from gisplanner.services.ogc.space import StoredBox, box_in_storage

DISTRICT = District("a", "甲区", "nankang", 4547, (114.0, 25.0, 116.0, 26.0))
CRS84, ZONE = references(DISTRICT)[0], references(DISTRICT)[-1]


def truth(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    clipped = shapely.intersection(shapely.box(west, south, east, north), shapely.box(113.95, 24.95, 116.05, 26.05))
    to_metres = Transformer.from_crs(4326, 4547, always_xy=True)
    return shapely.transform(shapely.segmentize(clipped, 0.001), to_metres.transform, interleaved=False)


@pytest.mark.parametrize(
    "box",
    [
        (115.0, 25.5, 115.005, 25.505),
        (114.0, 25.0, 115.3, 25.9),
        (113.0, 24.0, 114.5, 25.5),
        (115.9, 25.99, 120.0, 40.0),
        (115.0, 25.5, 115.000001, 25.9),
    ],
)
def test_a_box_in_degrees_is_where_the_library_puts_it(box: tuple[float, ...]):
    found, wanted = box_in_storage(DISTRICT, box, CRS84), truth(*box)
    shape = shapely.from_wkb(found.wkb)
    assert shapely.get_srid(shape) == 4547
    assert shape.is_valid
    assert shapely.hausdorff_distance(shape, wanted) < 0.5
    assert found.area_m2 == pytest.approx(wanted.area, rel=1e-3)
    if found.inner is not None:
        assert shape.covers(shapely.box(*found.inner))
        assert shapely.box(*found.inner).area > 0.5 * shape.area


def test_a_sliver_has_no_upright_box_within():
    assert box_in_storage(DISTRICT, (115.0, 25.5, 115.000001, 25.9), CRS84).inner is None


def test_the_upright_box_keeps_off_the_edge_by_what_the_index_rounds():
    """The index keeps numbers of 24 bits: at 39,500,000 m neighbours are 4 m apart."""
    wide = District("w", "乙区", "nankang", 4527, (116.0, 25.0, 118.0, 26.0))
    found = box_in_storage(wide, (117.0, 25.5, 117.01, 25.51), references(wide)[0])
    shape = shapely.from_wkb(found.wkb)
    assert shapely.distance(shapely.box(*found.inner).exterior, shape.exterior) > 4.0
    assert shape.bounds[0] > 39_000_000


@pytest.mark.parametrize(
    "box", [(110.0, 20.0, 120.0, 30.0), (-180.0, -90.0, 180.0, 90.0), (113.95, 24.95, 116.05, 26.05)]
)
def test_a_box_that_holds_the_district_asks_nothing(box: tuple[float, ...]):
    assert box_in_storage(DISTRICT, box, CRS84) is None


@pytest.mark.parametrize("box", [(10.0, 25.5, 11.0, 25.6), (115.0, 50.0, 116.0, 51.0)])
def test_a_box_away_from_the_district_holds_nothing(box: tuple[float, ...]):
    assert shapely.from_wkb(box_in_storage(DISTRICT, box, CRS84).wkb).is_empty


def test_a_box_without_width_is_as_wide_as_the_last_digit_told():
    place = shapely.from_wkb(box_in_storage(DISTRICT, (115.0, 25.5, 115.0, 25.5), CRS84).wkb)
    line = shapely.from_wkb(box_in_storage(DISTRICT, (2_800_000.0, 400_000.0, 2_800_000.0, 402_000.0), ZONE).wkb)
    assert place.is_valid
    assert 0.02 < place.bounds[2] - place.bounds[0] < 0.03
    assert line.bounds == pytest.approx((400_000.0, 2_799_999.999, 402_000.0, 2_800_000.001))


def test_a_box_across_the_antimeridian_has_its_west_east_of_its_east():
    around = box_in_storage(DISTRICT, (115.0, 25.0, -170.0, 26.0), CRS84)
    assert shapely.hausdorff_distance(shapely.from_wkb(around.wkb), truth(115.0, 25.0, 180.0, 26.0)) < 0.5


def test_a_box_in_the_zone_is_kept_as_it_is():
    found = box_in_storage(DISTRICT, (2_800_000.0, 400_000.0, 2_801_000.0, 402_000.0), ZONE)
    assert isinstance(found, StoredBox)
    assert shapely.from_wkb(found.wkb).bounds == (400_000.0, 2_800_000.0, 402_000.0, 2_801_000.0)


@pytest.mark.parametrize(("box", "crs"), [((115.0, 26.0, 116.0, 25.0), CRS84), ((181.0, 0.0, 182.0, 1.0), CRS84)])
def test_what_is_no_box_is_refused(box: tuple[float, ...], crs: Reference):
    with pytest.raises(UsageError):
        box_in_storage(DISTRICT, box, crs)
