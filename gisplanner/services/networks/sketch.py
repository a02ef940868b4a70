"""Illustrative networks (示意管线) for a district without any: each company's lines along the sketched roads.

Invented, and marked so. Places and depths follow one typical cross-section; where roads meet and bend, lines come
too close to each other and to buildings as they do in life, and the check says so.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import geopandas as gpd
import shapely

from gisplanner.catalog.profiles import profile
from gisplanner.domain.district import District
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.filing import filing_matrix, record_filing
from gisplanner.services.networks.upload import import_networks, uploads
from gisplanner.store.database import Database

_NEAR_M: Final = 12.0
_LEAST_M: Final = 8.0
_STUB_M: Final = 5.0
"""What sticks out beyond a junction of two lines and leads nowhere is shorter than this."""


@dataclass(frozen=True, slots=True)
class _Lane:
    """Where a utility lies in the cross-section: metres left of the road's centre, cover to its top."""

    offset_m: float
    depth_m: float
    section: str
    laying: str
    surface: str
    material: str
    pressure: str | None = None
    voltage_kv: float | None = None
    common_trench: str | None = None


_LANES: Final = {
    "telecom": _Lane(-1.9, 0.70, "DN110", "duct", "footway", "plastic", common_trench="四网合一"),
    "power": _Lane(2.2, 1.10, "DN150", "duct", "footway", "plastic", voltage_kv=10.0),
    "gas": _Lane(-0.5, 1.55, "DN110", "buried", "carriageway", "pe", pressure="low"),
    "water": _Lane(0.9, 2.00, "DN160", "buried", "carriageway", "pe"),
}


def sketch_networks(db: Database, district: District) -> int:
    """Hand in illustrative lines for every company of the district's profile that has none; return how many segments.

    Nothing is drawn where no road is, and nothing is touched where a company has handed in anything.
    """
    known = {str(one["owner"]) for one in uploads(db, district)}
    roads = _roads_by_estates(db, district)
    if district.profile is None or roads.empty:
        return 0
    made = 0
    with tempfile.TemporaryDirectory() as folder:
        for operator in profile(district.profile).operators:
            lane = _LANES.get(operator.utility)
            if lane is None or operator.name in known:
                continue
            path = Path(folder) / f"示意管线-{operator.name}.gpkg"
            _lines(roads, operator.utility, lane).to_file(path, layer="pipe_segments")
            made += import_networks(db, district, path, owner=operator.name, illustrative=True).accepted
    return made


def record_example_filing(db: Database, district: District, *, on: date) -> None:
    """Record an example state of the filing (示例): some handed in, some filed, one sent back; nothing twice."""
    matrix = filing_matrix(db, district)
    if matrix.cells or not matrix.owners:
        return
    codes = [code for code, _ in matrix.estates]
    for position, owner in enumerate(matrix.owners):
        handed = codes[: 4 + 3 * position]
        record_filing(db, district, handed, owner, "已报", on=on, illustrative=True)
        record_filing(db, district, handed[: 2 * position], owner, "已备案", on=on, illustrative=True)
    last = matrix.owners[0]
    record_filing(db, district, codes[:1], last, "退回", on=on, note="管线未到每一栋楼（示例）", illustrative=True)


def _roads_by_estates(db: Database, district: District) -> gpd.GeoDataFrame:
    roads = layer_frame(db, district, "roads")
    estates = layer_frame(db, district, "estates")
    roads = roads[roads.geometry.geom_type.isin(["LineString", "MultiLineString"])]
    around = estates.geometry.dropna().buffer(_NEAR_M).union_all()
    inside = roads.assign(geom=roads.geometry.intersection(around)).explode(ignore_index=True)
    straight = inside.geometry.geom_type == "LineString"
    return inside[straight & (inside.geometry.length >= _LEAST_M)].reset_index(drop=True)


def _lines(roads: gpd.GeoDataFrame, utility: str, lane: _Lane) -> gpd.GeoDataFrame:
    shapes = shapely.offset_curve(roads.geometry.to_numpy(), lane.offset_m, join_style="mitre")
    whole = ~shapely.is_empty(shapes) & (shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING)
    # One company's lines join where they meet; a line drawn across another without a node would be a crossing.
    pieces = shapely.get_parts(shapely.node(shapely.union_all(shapes[whole])))
    frame = gpd.GeoDataFrame(geometry=pieces[shapely.length(pieces) >= _STUB_M], crs=roads.crs)
    return frame.assign(
        code=[f"{utility}-{number:04d}" for number in range(1, len(frame) + 1)],
        utility=utility,
        section_text=lane.section,
        laying=lane.laying,
        pressure=lane.pressure,
        voltage_kv=lane.voltage_kv,
        depth_m=lane.depth_m,
        surface=lane.surface,
        material=lane.material,
        common_trench=lane.common_trench,
    )
