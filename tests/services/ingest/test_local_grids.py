"""Local independent grids: fitted from control points, refused where they do not fit, used by imports."""

from __future__ import annotations

import math
from pathlib import Path

import ezdxf
import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisplanner.domain.district import District
from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import CrsError, InputError, NotFoundError
from gisplanner.planning.helmert import fit_helmert
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.ingest.local_grids import fit_grid, get_grid
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from tests.drawing_files import drawing
from tests.ingest_files import EAST, NORTH, box, write

TURN, SCALE = math.radians(1.25), 1.00002
GRID = LocalGrid("true", SCALE * math.cos(TURN), SCALE * math.sin(TURN), EAST - 50_000.0, NORTH - 30_000.0)
LOCAL = np.array([[49_000.0, 30_500.0], [50_500.0, 30_400.0], [49_800.0, 31_600.0], [50_200.0, 30_900.0]])
ERRORS = np.array([[0.02, -0.01], [-0.01, 0.02], [0.0, -0.02], [-0.01, 0.01]])
HEADINGS = "点名,独立X,独立Y,X,Y"


@pytest.fixture
def district(db: Database) -> District:
    return create_district(db, "a", crs="EPSG:4547", bounds_lonlat=(114.4, 25.4, 115.0, 26.1))


def control(path: Path, known: np.ndarray, *, local: np.ndarray = LOCAL, headings: str = HEADINGS) -> Path:
    lines = [
        f"K{i},{n:.4f},{e:.4f},{north:.4f},{east:.4f}"
        for i, ((e, n), (east, north)) in enumerate(zip(local, known, strict=True), 1)
    ]
    path.write_text("\n".join([headings, *lines]), encoding="gbk")
    return path


def test_a_drawing_on_a_local_grid_lands_where_it_belongs(db: Database, district: District, tmp_path: Path):
    fitted = fit_grid(db, district, control(tmp_path / "k.csv", GRID.apply(LOCAL) + ERRORS), name="城建")
    assert 0.005 < fitted.max_residual_m < 0.05
    assert fitted.grid.scale == pytest.approx(SCALE, abs=3e-5)
    assert fitted.grid.rotation_deg == pytest.approx(1.25, abs=0.002)
    assert get_grid(db, district, "local") == get_grid(db, district, "local:城建") == fitted.grid
    made = ezdxf.new("R2000")
    made.encoding = "gbk"
    ring = [(50_000.0, 30_000.0), (50_040.0, 30_000.0), (50_040.0, 30_012.0), (50_000.0, 30_012.0)]
    made.modelspace().add_lwpolyline(ring, close=True, dxfattribs={"layer": "房屋"})
    made.modelspace().add_text("砼6", height=2).set_placement((50_010.0, 30_005.0))
    made.saveas(tmp_path / "测图.dxf")
    report = import_features(db, district, "buildings", tmp_path / "测图.dxf", crs="local:城建")
    assert (report.counts.added, report.declared_crs, report.crs) == (1, "local:城建", "EPSG:4547")
    stored = layer_frame(db, district, "buildings")
    assert stored["floors"].tolist() == [6]
    true = shapely.Polygon(GRID.apply(np.array(ring)))
    assert stored.geometry.iloc[0].hausdorff_distance(true) < 0.05


def test_a_drawing_in_the_districts_own_system_goes_in_too(db: Database, district: District, tmp_path: Path):
    drawing().saveas(tmp_path / "a.dxf")
    counts = [
        import_features(db, district, kind, tmp_path / "a.dxf", crs="EPSG:4547").counts.added
        for kind in ("buildings", "obstacles", "entrances")
    ]
    assert counts == [5, 5, 2]
    gates = layer_frame(db, district, "entrances")
    assert sorted(width for width in gates["width_m"] if width == width) == [4.2]  # noqa: PLR0124 - NaN is none


def test_a_gross_error_is_refused_and_named(db: Database, district: District, tmp_path: Path):
    known = GRID.apply(LOCAL)
    known[2, 0] += 1.0
    with pytest.raises(InputError, match="最大残差") as caught:
        fit_grid(db, district, control(tmp_path / "k.csv", known), name="x")
    assert [fault.column for fault in caught.value.faults] == ["K1", "K2", "K3", "K4"]
    assert "去掉 K3" in str(caught.value.faults[0].hint)
    with pytest.raises(NotFoundError):
        get_grid(db, district, "local:x")


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ("two", InputError, "至少要三个"),
        ("same", InputError, "至少要三个"),
        ("swapped", CrsError, "坐标轴颠倒"),
        ("feet", InputError, "控制点符合不上"),
        ("words", InputError, "不是数"),
        ("headings", InputError, "缺列"),
        ("none", InputError, "没有控制点"),
    ],
)
def test_points_that_cannot_be_used(
    db: Database, district: District, tmp_path: Path, change: str, error: type[InputError], said: str
):
    known, local, path = GRID.apply(LOCAL), LOCAL, tmp_path / "k.csv"
    if change == "two":
        known, local = known[:2], local[:2]
    elif change == "same":
        local = np.repeat(local[:1], 4, axis=0)
    elif change == "swapped":
        known = known[:, ::-1]
    elif change == "feet":
        local = local / 0.3048
    control(path, known, local=local, headings="甲,乙,丙" if change == "headings" else HEADINGS)
    if change == "words":
        path.write_text(path.read_text("gbk").replace("K2,", "K2,约"), encoding="gbk")
    if change == "none":
        path.write_text(HEADINGS)
    with pytest.raises(error, match=said):
        fit_grid(db, district, path, name="x")


def test_eastings_may_carry_the_number_of_their_zone(db: Database, district: District, tmp_path: Path):
    plain = fit_grid(db, district, control(tmp_path / "a.csv", GRID.apply(LOCAL)), name="a")
    prefixed = fit_grid(
        db, district, control(tmp_path / "b.csv", GRID.apply(LOCAL) + np.array([38e6, 0.0])), name="b"
    )
    assert prefixed.grid.east_m == pytest.approx(plain.grid.east_m, abs=1e-4)
    with pytest.raises(NotFoundError) as caught:
        get_grid(db, district, "local")
    assert caught.value.faults[0].allowed == "local:a、local:b"


def test_a_file_that_names_its_system_is_in_no_local_grid(db: Database, district: District, tmp_path: Path):
    fit_grid(db, district, control(tmp_path / "a.csv", GRID.apply(LOCAL)), name="a")
    with pytest.raises(CrsError, match="矛盾"):
        import_features(db, district, "buildings", write(tmp_path / "b.gpkg", [box(0, 0)]), crs="local")


@pytest.mark.parametrize("true", [4547, 4526, 4509, 4498, 4548])
@pytest.mark.parametrize("declared", [4547, 4527])
def test_systems_are_told_apart_by_where_they_lead(
    db: Database, district: District, tmp_path: Path, true: int, declared: int
):
    file = gpd.GeoDataFrame(geometry=[box(0, 0)], crs=4547).to_crs(true).set_crs(declared, allow_override=True)
    file.to_file(tmp_path / "a.gpkg")
    if true == declared:
        assert import_features(db, district, "buildings", tmp_path / "a.gpkg").counts.added == 1
        return
    with pytest.raises(CrsError, match="超出区界") as caught:
        import_features(db, district, "buildings", tmp_path / "a.gpkg")
    assert f"EPSG:{true}" in str(caught.value.faults[0].hint)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-math.pi, math.pi),
    st.floats(0.9995, 1.0005),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=3, max_size=8, unique=True),
)
def test_what_was_turned_and_scaled_is_found_again(turn: float, scale: float, places: list[tuple[int, int]]):
    local = np.array(places, dtype=float) + np.array([400_000.0, 2_500_000.0])
    true = LocalGrid("t", scale * math.cos(turn), scale * math.sin(turn), 123_456.0, -654_321.0)
    grid, residuals = fit_helmert("t", local, true.apply(local))
    assert residuals.max() < 1e-4
    assert np.allclose(grid.apply(local), true.apply(local), atol=1e-4)
