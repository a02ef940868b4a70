"""What a company gets back stands under its own headings and on its own layers, and goes in again as it came out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdxf
import geopandas as gpd
import pytest
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.errors import NotFoundError, PermissionDeniedError, UsageError
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.give_back import give_back
from gisplanner.services.networks.upload import import_networks
from gisplanner.store.database import Database

EAST, NORTH = 576_811.0, 2_839_390.0
GAS = "燃气公司"


@pytest.fixture
def handed_in(db: Database, town: District, hand_in: Callable[..., Any], tmp_path: Path) -> District:
    drawing = ezdxf.new("R2000")
    drawing.encoding = "gbk"
    space = drawing.modelspace()
    for name in ("RQ-低压", "RQ-阀门"):
        drawing.layers.add(name)
    space.add_line((EAST, NORTH), (EAST + 40, NORTH), dxfattribs={"layer": "RQ-低压"})
    block = drawing.blocks.new("闸阀")
    block.add_attdef("编号", (0, 0))
    placed = space.add_blockref("闸阀", (EAST + 10, NORTH), dxfattribs={"layer": "RQ-阀门"})
    placed.add_auto_attribs({"编号": "V1"})
    drawing.saveas(tmp_path / "燃气.dxf")
    import_networks(db, town, tmp_path / "燃气.dxf", owner=GAS, crs="EPSG:4547")
    hand_in("水司", ([(0, 0.3), (200, 0.3)], {"管类": "给水", "编号": "W1", "SIZE": "DN100"}),
            mapping={"section_text": "SIZE"})  # fmt: skip
    return town


def test_a_drawing_goes_out_and_in_again(db: Database, handed_in: District, tmp_path: Path):
    out = tmp_path / "交回.dxf"
    assert give_back(db, handed_in, GAS, out) == {"lines": 1, "points": 1, "conflicts": 1}
    drawing = ezdxf.readfile(out)
    assert not drawing.audit().has_errors
    by_layer: dict[str, list[Any]] = {}
    for entity in drawing.modelspace():
        by_layer.setdefault(entity.dxf.layer, []).append(entity)
    assert set(by_layer) >= {"RQ-低压", "RQ-阀门", "相邻_水司_给水", "净距冲突", "说明"}
    [neighbour] = by_layer["相邻_水司_给水"]
    assert max(point[0] for point in neighbour.get_points()) == pytest.approx(EAST + 45.0, abs=0.03)

    before = layer_frame(db, handed_in, "pipe_segments").query("owner == @GAS")
    import_networks(db, handed_in, out, owner=GAS, utility="gas", crs="EPSG:4547")
    after = layer_frame(db, handed_in, "pipe_segments").query("owner == @GAS")
    assert list(before["code"]) == list(after["code"])
    same = after[after["code"] == before["code"].iloc[0]]
    assert shapely.hausdorff_distance(same.geometry.iloc[0], before.geometry.iloc[0]) < 0.001
    assert set(layer_frame(db, handed_in, "network_points")["code"]) == {"V1"}


def test_geojson_has_the_companys_own_headings(db: Database, handed_in: District, tmp_path: Path):
    out = tmp_path / "水.geojson"
    give_back(db, handed_in, "水司", out, viewer=Viewer("水", "operator", {"owner": ("水司",)}))
    [feature] = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert (feature["properties"]["编号"], feature["properties"]["SIZE"]) == ("W1", "DN100")
    assert feature["properties"]["净距冲突"] == 1
    assert gpd.read_file(out).crs.to_epsg() == 4326


def test_nobody_elses_lines_and_nothing_out_of_nothing(db: Database, handed_in: District, tmp_path: Path):
    with pytest.raises(PermissionDeniedError):
        give_back(db, handed_in, GAS, tmp_path / "x.dxf", viewer=Viewer("水", "operator", {"owner": ("水司",)}))
    with pytest.raises(NotFoundError):
        give_back(db, handed_in, "电信", tmp_path / "x.dxf")
    with pytest.raises(UsageError):
        give_back(db, handed_in, GAS, tmp_path / "x.shp")
