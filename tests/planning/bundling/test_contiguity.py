from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point, Polygon, affinity, box

from gisplanner.errors import CrsError, GeometryError, UsageError
from gisplanner.planning.bundling import adjacency, contiguity, cut_links

CRS = "EPSG:4547"
DX, DY = 576811, 2839390


def barrier(*shapes: shapely.Geometry, **columns: list[object]) -> gpd.GeoDataFrame:
    moved = [affinity.translate(shape, DX, DY) for shape in shapes]
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS)


def links(frame: pd.DataFrame) -> list[tuple[str, str, float, float, str]]:
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_edge_gap_corner_and_nothing(estates: gpd.GeoDataFrame) -> None:
    assert links(contiguity(estates, max_gap_m=15)) == [
        ("A", "B", 0.0, 80.0, "共边"),
        ("B", "C", 12.0, 0.0, "间距"),
        ("C", "D", 0.0, 0.0, "共角"),
    ]
    far = contiguity(estates, max_gap_m=72.8)
    assert ("D", "E", 72.801, 0.0, "间距") in links(far), "72.801 m is within 72.8 m and 1 mm of tolerance"
    assert len(contiguity(estates, max_gap_m=72.79)) == len(far) - 1


@pytest.mark.parametrize(
    ("gap_m", "limit_m", "linked"), [(12.0, 12.0, True), (12.001, 12.0, True), (12.002, 12.0, False)]
)
def test_the_limit_is_compared_with_a_millimetre(gap_m: float, limit_m: float, linked: bool) -> None:
    frame = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10), box(10 + gap_m, 0, 20 + gap_m, 10)], crs=CRS)
    assert len(contiguity(frame, max_gap_m=limit_m)) == int(linked)


@pytest.mark.parametrize(
    ("other", "contact", "shared_m"),
    [
        (box(10, 9.999, 20, 20), "共角", 0.001),
        (box(10, 9.998, 20, 20), "共边", 0.002),
        (box(10.0008, 0, 20, 10), "共边", 10.0),
        (box(10, 10, 20, 20), "共角", 0.0),
        (Polygon([(10, 10), (20, 11), (20, 30)]), "共角", 0.0),
        (Polygon([(0, 10), (10, 10.5), (10, 20), (0, 20)]), "共角", 0.0),
        (box(5, 5, 20, 20), "共边", 10.0),
        (box(2, 2, 4, 4), "共边", 4.0),
        (Polygon(box(-5, -5, 15, 15).exterior, [box(0, 0, 10, 10).exterior]), "共边", 40.0),
        (Polygon([(10, 0), (10, 3.1), (10, 10), (20, 10), (20, 0)]), "共边", 10.0),
    ],
)
def test_how_two_estates_meet(other: Polygon, contact: str, shared_m: float) -> None:
    frame = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10), other], crs=CRS)
    ((_, _, gap_m, measured_m, met),) = links(contiguity(frame, max_gap_m=0))
    assert met == contact
    assert measured_m == pytest.approx(shared_m, abs=0.0021)
    assert gap_m <= 0.001


def test_an_overlap_is_a_finding_and_a_touch_is_none() -> None:
    frame = gpd.GeoDataFrame(
        index=[7, 8, 9], geometry=[box(0, 0, 10, 10), box(9.9, 0, 20, 10), box(20, 0, 30, 10)], crs=CRS
    )
    assert adjacency(frame, max_gap_m=0).overlaps.to_numpy().tolist() == [[7, 8, 1.0]]


WALL = LineString([(186, -50), (186, 200)])


@pytest.mark.parametrize(
    ("obstacle", "cut"),
    [
        (barrier(WALL), [("B", "C")]),
        (barrier(LineString([(181, -5), (191, 85)])), [("B", "C")]),
        (barrier(LineString([(186, -50), (186, 40)]), LineString([(186, 40.3), (186, 200)])), [("B", "C")]),
        (barrier(LineString([(186, -50), (186, 40)]), LineString([(186, 43), (186, 200)])), []),
        (barrier(LineString([(186, -50), (186, 40)])), []),
        (barrier(LineString([(186, 40), (186, 200)])), []),
        (barrier(WALL, tunnel=["yes"]), []),
        (barrier(WALL, tunnel=["no"]), [("B", "C")]),
        (barrier(WALL, tunnel=[True]), []),
        (barrier(WALL, tunnel=[False]), [("B", "C")]),
        (barrier(WALL, highway=["residential"]), []),
        (barrier(WALL, highway=["trunk_link"]), [("B", "C")]),
        (barrier(Point(186, 0)), []),
        (barrier(MultiPoint([(186, 0), (186, 80)])), []),
        (barrier(box(183, -10, 188, 100)), [("B", "C")]),
        (barrier(box(170, -10, 188, 100)), []),
        (barrier(box(183, -10, 188, 50)), []),
        (barrier(box(180, -10, 192, 100)), [("B", "C")]),
        (barrier(LineString([(180, 0), (180, 80)])), []),
        (barrier(LineString([(180, 0), (180, 80)]), kind=["river"]), [("B", "C")]),
        (barrier(LineString([(180, -10), (180, 90)])), [("B", "C")]),
        (barrier(LineString([(100, 0), (100, 80)])), [("A", "B")]),
        (barrier(LineString([(100, -20), (100, 120)])), [("A", "B")]),
        (barrier(LineString([(100, 0), (100, 60)])), []),
        (barrier(LineString([(50, 40), (150, 40)])), []),
        (barrier(LineString(box(100, 0, 180, 80).exterior)), []),
        (barrier(LineString([(260, -50), (260, 200)])), [("C", "D")]),
        (barrier(LineString([(120, 10), (150, 70)])), []),
    ],
)
def test_what_cuts(estates: gpd.GeoDataFrame, obstacle: gpd.GeoDataFrame, cut: list[tuple[str, str]]) -> None:
    found = cut_links(estates, max_gap_m=15, barriers=obstacle)
    assert list(zip(found["a"], found["b"], strict=True)) == cut
    assert len(contiguity(estates, max_gap_m=15, barriers=obstacle)) == 3 - len(cut)
    backwards = cut_links(estates[::-1], max_gap_m=15, barriers=obstacle)
    assert {frozenset(pair) for pair in zip(backwards["a"], backwards["b"], strict=True)} == {
        frozenset(c) for c in cut
    }


def test_chosen_kinds_and_names(estates: gpd.GeoDataFrame) -> None:
    road = barrier(WALL, highway=["residential"], name=["文明路"])
    found = cut_links(estates, max_gap_m=15, barriers={"roads": road}, barrier_kinds=["residential"])
    assert found.to_numpy().tolist() == [["B", "C", 12.0, "文明路"]]
    unnamed = {"rail": barrier(WALL), "roads": road}
    assert cut_links(estates, max_gap_m=15, barriers=unnamed)["barrier"].tolist() == ["rail #0"]


def test_a_barrier_in_another_crs_is_refused(estates: gpd.GeoDataFrame) -> None:
    with pytest.raises(CrsError):
        contiguity(estates, max_gap_m=15, barriers=barrier(WALL).to_crs("EPSG:4490"))


def test_all_bad_rows_are_told_at_once(estates: gpd.GeoDataFrame) -> None:
    bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    frame = gpd.GeoDataFrame(
        index=["A", "A", "C", "D", "E"],
        geometry=[box(0, 0, 1, 1), None, Polygon(), Point(0, 0), bow_tie],
        crs=CRS,
    )
    with pytest.raises(GeometryError) as caught:
        contiguity(frame, max_gap_m=15)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (0, "id"),
        (1, "id"),
        (1, "geometry"),
        (2, "geometry"),
        (3, "geometry"),
        (4, "geometry"),
    ]
    assert "Self-intersection" in (caught.value.faults[-1].value or "")


@pytest.mark.parametrize("crs", [None, "EPSG:4490", "EPSG:3857"])
def test_degrees_are_refused(estates: gpd.GeoDataFrame, crs: str | None) -> None:
    with pytest.raises(CrsError):
        contiguity(estates.set_crs(crs, allow_override=True), max_gap_m=15)


@pytest.mark.parametrize("gap_m", [-1.0, float("nan"), float("inf")])
def test_a_gap_is_a_length(estates: gpd.GeoDataFrame, gap_m: float) -> None:
    with pytest.raises(UsageError):
        contiguity(estates, max_gap_m=gap_m)


def test_no_estates_no_links(estates: gpd.GeoDataFrame) -> None:
    found = contiguity(estates.iloc[:0], max_gap_m=15, barriers=barrier(WALL))
    assert list(found.columns) == ["a", "b", "gap_m", "shared_edge_m", "contact"]
    assert found.empty


def town(seed: int, count: int) -> gpd.GeoDataFrame:
    """Rectangles on a jittered grid: some share an edge, some a corner, most stand apart."""
    rng = np.random.default_rng(seed)
    cells = rng.choice(36, size=count, replace=False)
    shapes = []
    for cell in cells:
        x, y = cell % 6 * 100.0, cell // 6 * 100.0
        shapes.append(box(x, y, x + 100 - rng.choice([0, 0, 7, 20]), y + 100 - rng.choice([0, 0, 7, 20])))
    return gpd.GeoDataFrame(index=[f"e{cell:02d}" for cell in cells], geometry=shapes, crs=CRS)


def as_set(found: pd.DataFrame) -> set[tuple[frozenset[str], int, int, str]]:
    return {
        (frozenset((a, b)), round(gap * 1000), round(edge * 1000), contact)
        for a, b, gap, edge, contact in links(found)
    }


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(2, 30),
    angle=st.floats(0, 360),
    dx=st.floats(-1e4, 1e4),
    dy=st.floats(-1e4, 1e4),
)
def test_turning_and_shifting_the_map_changes_nothing(
    seed: int, count: int, angle: float, dx: float, dy: float
) -> None:
    frame = town(seed, count)
    before = as_set(contiguity(frame, max_gap_m=15))
    turned = frame.rotate(angle, origin=(0, 0)).translate(dx, dy)
    after = as_set(contiguity(frame.set_geometry(turned), max_gap_m=15))
    assert {(pair, contact) for pair, _, _, contact in before} == {(pair, contact) for pair, _, _, contact in after}
    lengths = {pair: (gap, edge) for pair, gap, edge, _ in after}
    for pair, gap, edge, _ in before:
        assert lengths[pair] == pytest.approx((gap, edge), abs=1)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(2, 30), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seed: int, count: int, shuffle) -> None:
    frame = town(seed, count)
    rows = list(range(count))
    shuffle.shuffle(rows)
    wall = gpd.GeoDataFrame(geometry=[LineString([(-50, 195), (700, 195)])], crs=CRS)
    one, other = (adjacency(f, max_gap_m=15, barriers=wall) for f in (frame, frame.iloc[rows]))
    for which in ("links", "cut"):
        columns = ["a", "b", "gap_m", "shared_edge_m", "contact"]
        assert as_set(getattr(one, which)[columns]) == as_set(getattr(other, which)[columns])


@pytest.mark.parametrize(
    ("city", "crs", "gap_m", "count"),
    [("chengdu", 4544, 0.5, 4), ("chengdu", 4544, 15, 9), ("chengdu", 4544, 30, 11), ("nanjing", 4549, 15, 8)],
)
def test_links_of_real_cities(shared_dir: Path, city: str, crs: int, gap_m: float, count: int) -> None:
    frame = gpd.read_file(shared_dir / f"data/{city}/{city}.gpkg", layer="estates").to_crs(crs)
    assert len(contiguity(frame, max_gap_m=gap_m)) == count


def test_the_sliver_of_nanjing_is_a_finding(shared_dir: Path) -> None:
    source = shared_dir / "data/nanjing/nanjing.gpkg"
    estates, roads = (gpd.read_file(source, layer=layer).to_crs(4549) for layer in ("estates", "roads"))
    found = adjacency(estates, max_gap_m=15, barriers={"roads": roads})
    assert found.overlaps["area_m2"].round().tolist() == [94]
    assert found.cut["barrier"].tolist() == ["莫愁路", "莫愁路"]


def test_forty_thousand_estates_in_seconds() -> None:
    x, y = np.meshgrid(np.arange(200) * 430.0, np.arange(200) * 430.0)
    frame = gpd.GeoDataFrame(geometry=shapely.box(x.ravel(), y.ravel(), x.ravel() + 400, y.ravel() + 400), crs=CRS)
    assert len(contiguity(frame, max_gap_m=30)) == 2 * 200 * 199
