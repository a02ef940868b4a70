"""``gisplanner map`` as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gisplanner.cli.main import main
from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features

EAST, NORTH = 576_811.0, 2_839_390.0
TWO = [(0, 0, 100, 80), (112, 0, 180, 80)]


@pytest.fixture
def district(db: Database, monkeypatch: pytest.MonkeyPatch) -> District:
    """Two estates 12 m apart, a river between them."""
    monkeypatch.setenv("GISPLANNER_DATABASE_URL", db.dsn)
    made = create_district(db, "a", crs="EPSG:4547", name="甲区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    outlines = [shapely.affinity.translate(shapely.box(*box), EAST, NORTH) for box in TWO]
    river = shapely.affinity.translate(shapely.box(104, -50, 108, 200), EAST, NORTH)
    _store(db, made, "estate", {"code": ["1", "2"], "name": ["东苑", "西苑"], "households": [30, 40]}, outlines)
    _store(db, made, "barrier", {"code": ["r"], "name": ["章江"], "kind": ["river"]}, [river])
    return made


def _store(db: Database, district: District, table: str, columns: dict, geometry: list) -> None:
    frame = gpd.GeoDataFrame({**columns, "geom": geometry}, geometry="geom", crs=district.srid)
    with db.transaction() as connection:
        copy_features(connection, table, district, frame, list(columns))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command and return its exit code and what it wrote to both outputs."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        written = capfd.readouterr()
        return code, written.out, written.err

    return command


def test_progress_is_written_and_reported(district: District, run, tmp_path: Path):
    out = tmp_path / "进度 图.html"
    code, told, _ = run("map", "progress", "--district", "a", "--as-of", "2024-09-01", "--out", out, "--json")
    assert code == 0
    assert json.loads(told) == {
        "map": "progress", "district": "a", "out": str(out), "bytes": out.stat().st_size, "public": False,
    }  # fmt: skip
    html = out.read_text(encoding="utf-8")
    assert "截至 2024-09-01" in html
    assert "东苑" in html


def test_bundles_take_the_options_of_bundling(district: District, run, tmp_path: Path):
    out = tmp_path / "b.html"
    assert run("map", "bundles", "--district", "a", "--out", out)[0] == 0
    assert "片区 2" not in out.read_text(encoding="utf-8")
    assert run("map", "bundles", "--district", "a", "--barriers-layer", "barriers", "--out", out)[0] == 0
    cut = out.read_text(encoding="utf-8")
    assert "片区 2" in cut
    assert "✕ 章江" in cut
    assert run("map", "bundles", "--district", "a", "--gap", "5", "--out", out)[0] == 0
    assert "被阻隔 0 处" in out.read_text(encoding="utf-8")


def test_the_public_version_says_so_and_has_no_households(district: District, run, tmp_path: Path):
    out = tmp_path / "p.html"
    code, told, _ = run("map", "bundles", "--public", "--public-grid", "25", "--district", "a", "--out", out)
    assert code == 0
    assert "未经地图审核不得公开" in told
    html = out.read_text(encoding="utf-8")
    assert "25 米网格" in html
    assert "户" not in html.split('<table class="legend bundles">')[1].split("</table>")[0]


def test_a_base_map_is_asked_for_only_with_a_key(district: District, run, tmp_path: Path, monkeypatch):
    out = tmp_path / "p.html"
    assert run("map", "progress", "--district", "a", "--out", out)[0] == 0
    assert "tianditu" not in out.read_text(encoding="utf-8")
    monkeypatch.setenv("GISPLANNER_TIANDITU_KEY", "k" * 32)
    assert run("map", "progress", "--district", "a", "--out", out)[0] == 0
    assert "tk=" + "k" * 32 in out.read_text(encoding="utf-8").replace("\\u0026", "&")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--district", "nowhere", "--out", "x.html"],
        ["--district", "a", "--out", "no/such/folder/x.html"],
        ["--district", "a", "--public", "--public-grid", "0", "--out", "x.html"],
        ["--district", "a", "--as-of", "31.12.2024", "--out", "x.html"],
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(district: District, run, tmp_path: Path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, told, _ = run("map", "progress", *arguments, "--json")
    assert code == 2
    assert json.loads(told)["error"]["code"] in {"not_found", "bad_input", "usage"}
    assert list(tmp_path.iterdir()) == []
