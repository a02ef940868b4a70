"""Draw illustrative outlines (示意数据) for the estates of a stored register that have none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Polygon, box

from gisplanner import __version__
from gisplanner.crs import WGS84
from gisplanner.domain.district import District
from gisplanner.errors import Fault, InputError
from gisplanner.planning.sketch import Remark, Sketch, sketch
from gisplanner.planning.sketch.siting import cut_back, find_ground, shifted, without_estates
from gisplanner.services.layers import layer_frame
from gisplanner.services.register.update import district_profile
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import record_batch
from gisplanner.store.illustrative import LAYERS, content_sha256, difference, write_differences
from gisplanner.store.queries import queries
from gisplanner.store.register import lock_register
from gisplanner.text import Text

BATCH_KIND: Final = "sketch"
SOURCE: Final = "示意数据：由 gisplanner sketch 按台账自动绘制，非测绘成果"


@dataclass(frozen=True, slots=True)
class SketchReport:
    """What was drawn; all of it is illustrative.

    Attributes
    ----------
    drawn
        Illustrative rows now stored, by layer.
    written
        Rows written or removed by this run; 0 when everything was there already.
    kept_real
        Codes of estates with a real outline: nothing is drawn for them.
    no_room
        Codes of estates left out because a real outline is in the way and no other ground was found.
    shift_m
        How far the sketch was moved (east, north) to be clear of real outlines.
    """

    district: str
    drawn: dict[str, int]
    written: int
    kept_real: tuple[str, ...]
    no_room: tuple[str, ...]
    shift_m: tuple[float, float]
    remarks: tuple[Remark, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "district": self.district,
            "illustrative": True,
            "notice": SOURCE,
            "drawn": self.drawn,
            "written": self.written,
            "kept_real": list(self.kept_real),
            "no_room": list(self.no_room),
            "shift_m": list(self.shift_m),
            "remarks": [
                {
                    "estate": remark.estate,
                    "kind": remark.kind,
                    "registered": None if remark.registered is None else str(remark.registered),
                    "drawn": None if remark.drawn is None else str(remark.drawn),
                }
                for remark in self.remarks
            ],
        }


def sketch_outlines(
    db: Database, district: District, *, centre_lonlat: tuple[float, float] | None = None
) -> SketchReport:
    """Draw every estate of the register that has no real outline, with streets, buildings and all the rest.

    One transaction. Earlier illustrative rows are replaced, real ones never touched: an estate with a real outline
    loses what was drawn for it, and the sketch moves aside where it would come nearer than 20 m to real outlines.
    A second run changes nothing and leaves no trace in the history.

    Parameters
    ----------
    centre_lonlat
        Middle of the drawn town in degrees; ``None`` takes the profile's centre, else the middle of the district.

    Raises
    ------
    InputError
        The sketch does not fit into the district (超出区界).
    """
    with db.transaction() as connection:
        lock_register(connection, district.id)
        rows = [row._asdict() for row in queries().sketch_estates(connection, district_id=district.id)]
        stored = {layer: layer_frame(db, district, layer) for layer in LAYERS}
        drawn, shift_m, no_room = _drawn(district, rows, stored["estates"], centre_lonlat)
        frames = {layer: getattr(drawn, layer) for layer in LAYERS}
        differences = {layer: difference(layer, frames[layer], stored[layer]) for layer in LAYERS}
        report = SketchReport(
            district=district.id,
            drawn={layer: len(frame) for layer, frame in frames.items()},
            written=sum(change.rows for change in differences.values()),
            kept_real=tuple(row["code"] for row in rows if row["has_boundary"]),
            no_room=no_room,
            shift_m=shift_m,
            remarks=drawn.remarks,
        )
        if report.written:
            batch_id = _batch(connection, district, len(rows), frames, report)
            ids = {row["code"]: row["id"] for row in rows}
            write_differences(connection, district, differences, estate_ids=ids, batch_id=batch_id)
    return report


def _drawn(
    district: District,
    rows: list[dict[str, Any]],
    estates: gpd.GeoDataFrame,
    centre_lonlat: tuple[float, float] | None,
) -> tuple[Sketch, tuple[float, float], tuple[str, ...]]:
    centre = centre_lonlat or _centre(district)
    real = {row["code"] for row in rows if row["has_boundary"]}
    if len(real) == len(rows):
        return sketch([], centre_lonlat=centre, crs=district.crs), (0.0, 0.0), ()
    drawn = without_estates(sketch(rows, centre_lonlat=centre, crs=district.crs), real)
    outlines = estates.loc[estates.geometry.notna() & ~estates["illustrative"].astype(bool)].geometry
    taken = shapely.union_all(shapely.make_valid(outlines.to_numpy())) if len(outlines) else None
    within = _bounds(district)
    shift_m = find_ground(drawn, taken=taken, within=within)
    if shift_m is not None:
        return shifted(drawn, shift_m), shift_m, ()
    if taken is None or not within.covers(box(*drawn.roads.total_bounds)):
        raise InputError(
            Text("示意图放不进区界（超出区界）。", en="The sketch does not fit into the district."),
            [
                Fault(
                    column="--centre",
                    value=f"{centre[0]},{centre[1]}",
                    allowed=",".join(map(str, district.bounds_lonlat)),
                    hint=Text("换一个中心点", en="choose another centre"),
                )
            ],
        )
    left, no_room = cut_back(drawn, taken)
    return left, (0.0, 0.0), no_room


def _centre(district: District) -> tuple[float, float]:
    west, south, east, north = district.bounds_lonlat
    profile = district_profile(district)
    if profile is not None and profile.district is not None:
        longitude, latitude = profile.district.centre_lonlat
        if west < longitude < east and south < latitude < north:
            return (longitude, latitude)
    return ((west + east) / 2.0, (south + north) / 2.0)


def _bounds(district: District) -> Polygon:
    west, south, east, north = district.bounds_lonlat
    edge = shapely.segmentize(box(west, south, east, north), 0.05)
    to_metric = Transformer.from_crs(WGS84, district.crs, always_xy=True)
    return Polygon(np.column_stack(to_metric.transform(*shapely.get_coordinates(edge).T)))


def _batch(
    connection: Connection,
    district: District,
    rows_read: int,
    frames: Mapping[str, gpd.GeoDataFrame],
    report: SketchReport,
) -> int:
    return record_batch(
        connection,
        district_id=district.id,
        kind=BATCH_KIND,
        file_name="gisplanner sketch",
        file_sha256=content_sha256(frames),
        file_layer=None,
        declared_crs=f"EPSG:{district.srid}",
        credit=SOURCE,
        rows_read=rows_read,
        rows_stored=len(frames["estates"]),
        report=json.dumps({**report.document(), "program": f"gisplanner {__version__}"}, ensure_ascii=False),
    )
