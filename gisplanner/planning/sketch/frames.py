"""A town on flat ground becomes frames in the metric CRS: what stands inside estates, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from gisplanner.planning.sketch.programme import FLOOR_HEIGHT_M
from gisplanner.planning.sketch.records import Floats
from gisplanner.planning.sketch.site import SitePlan

Row = dict[str, Any]
Move = Callable[[Floats], Floats]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "estates": (
        "code", "seq", "subdistrict", "community", "name", "project", "households", "buildings", "floor_area_10k_m2",
    ),
    "buildings": ("code", "estate", "name", "use", "floors", "households", "height_m"),
    "roads": ("code", "estate", "name", "highway", "width_m", "tunnel", "bridge"),
    "entrances": ("code", "estate", "name", "width_m"),
    "obstacles": ("code", "estate", "kind", "removable", "cost_cny", "owner"),
    "connection_points": ("code", "utility", "name", "community"),
    "barriers": ("code", "name", "kind", "tunnel"),
}  # fmt: skip
_INTEGERS: Final = ("seq", "households", "buildings", "floors")


@dataclass
class Drawing:
    """Rows drawn so far, by frame name."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, frame: str, code: str, geometry: Any, **values: Any) -> None:
        """Add one row."""
        self.rows[frame].append({"code": code, **values, "illustrative": True, "geometry": geometry})

    def frame(self, name: str, crs: CRS) -> gpd.GeoDataFrame:
        """Return the rows of one frame, sorted by code, with every column even if there is no row."""
        columns = [*COLUMNS[name], "illustrative", "geometry"]
        rows = sorted(self.rows[name], key=lambda row: row["code"])
        table = pd.DataFrame(rows, columns=columns)
        for column in _INTEGERS:
            if column in table and column in COLUMNS[name]:
                table[column] = table[column].astype("Int64")
        table["illustrative"] = table["illustrative"].astype(bool)
        return gpd.GeoDataFrame(table, geometry="geometry", crs=crs)


def draw_site(drawing: Drawing, site: SitePlan, move: Move) -> None:
    """Draw one estate with everything inside it."""
    row = site.row
    drawing.add(
        "estates",
        row.code,
        _polygon(site.outline, move),
        seq=row.seq,
        subdistrict=row.subdistrict,
        community=row.community,
        name=row.name,
        project=row.project,
        households=row.households,
        buildings=row.buildings,
        floor_area_10k_m2=row.floor_area_10k_m2,
    )
    for (code, number), placed in zip(_codes(row.code, "B", site.blocks), site.blocks, strict=True):
        drawing.add(
            "buildings",
            code,
            _polygon(placed.shape, move),
            estate=row.code,
            name=f"{number}栋",
            use="住宅",
            floors=placed.block.floors,
            households=placed.block.households,
            height_m=placed.block.floors * FLOOR_HEIGHT_M,
        )
    for (code, _), lane in zip(_codes(row.code, "L", site.lanes), site.lanes, strict=True):
        add_road(drawing, code, shapely.transform(lane.line, move), "service", lane.width_m, estate=row.code)
    for (code, number), gate in zip(_codes(row.code, "E", site.gates), site.gates, strict=True):
        name = f"{number}号门" if len(site.gates) > 1 else "大门"
        point = shapely.transform(gate.point, move)
        drawing.add("entrances", code, point, estate=row.code, name=name, width_m=gate.width_m)
    for (code, _), obstacle in zip(_codes(row.code, "O", site.obstacles), site.obstacles, strict=True):
        drawing.add(
            "obstacles",
            code,
            _polygon(obstacle.shape, move),
            estate=row.code,
            kind=obstacle.kind,
            removable=obstacle.removable,
            cost_cny=obstacle.cost_cny,
            owner=obstacle.owner,
        )


def add_road(
    drawing: Drawing,
    code: str,
    line: Any,
    highway: str,
    width_m: float,
    *,
    name: str | None = None,
    estate: str | None = None,
    bridge: bool = False,
) -> None:
    """Draw one road."""
    drawing.add(
        "roads", code, line, estate=estate, name=name, highway=highway, width_m=width_m, tunnel=False, bridge=bridge
    )


def _polygon(shape: Any, move: Move) -> Any:
    return shapely.orient_polygons(shapely.transform(shape, move))


def _codes(estate: str, letter: str, things: Sequence[Any]) -> Iterator[tuple[str, int]]:
    digits = max(2, len(str(len(things))))
    return ((f"{estate}-{letter}{number:0{digits}d}", number) for number in range(1, len(things) + 1))
