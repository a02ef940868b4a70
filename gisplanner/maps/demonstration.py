"""Demonstration areas (示范片区) on a map: a dashed line around their estates, with the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd

from gisplanner.maps.features import add_features
from gisplanner.maps.outlines import as_degrees
from gisplanner.maps.page import OfflineMap, ScriptedLayer

AREA_LINE: Final = "#7b3294"
_ROOM_M: Final = 12.0


@dataclass(frozen=True, slots=True)
class DemonstrationArea:
    """A demonstration area: its name, its estates (codes), what the document leaves open."""

    name: str
    estates: tuple[str, ...]
    note: str | None


def add_demonstration_areas(
    page: OfflineMap, shown: gpd.GeoDataFrame, areas: Sequence[DemonstrationArea]
) -> list[ScriptedLayer]:
    """Put the areas of which an estate is drawn into the page and return their layer.

    The outline is drawn around the estates with a little room; it is no boundary anybody has decided on.
    """
    by_code = shown.set_index("code").geometry
    found = []
    for area in areas:
        members = by_code[[code for code in area.estates if code in by_code.index]]
        if len(members):
            found.append((area, len(members), members.union_all().convex_hull.buffer(_ROOM_M)))
    if not found:
        return []
    outlines = gpd.GeoSeries([shape for *_, shape in found], crs=shown.crs)
    degrees = as_degrees(outlines, grid_m=page.sheet.public_grid_m if page.sheet.public else None)
    facts = [(0, area.name, (f"{count} / {len(area.estates)}", area.note or "—")) for area, count, _ in found]
    look = {"name": "示范片区", "fill": None, "line": AREA_LINE, "dash": "8 5", "weight": 2.4}
    layer = add_features(
        page, "demonstration", "示范片区", degrees, facts, headings=("已上图小区", "说明"), looks=[look], zIndex=405
    )
    return [layer]


def area_legend(shown: gpd.GeoDataFrame, areas: Sequence[DemonstrationArea]) -> dict[str, Any]:
    """Return what a legend says of the areas: the names of those drawn, of those without any estate, their line."""
    codes = set(shown["code"])
    return {
        "areas_drawn": [area.name for area in areas if codes & set(area.estates)],
        "areas_unmatched": [area.name for area in areas if not area.estates],
        "area_line": AREA_LINE,
    }
