"""Small pictures of a district for the start page: its estates by stage, and by bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd

from gisplanner.domain.bundling import Bundle
from gisplanner.domain.district import District
from gisplanner.maps.palette import colours_of_areas
from gisplanner.maps.thumbnail import Coat, thumbnail
from gisplanner.services.layers import layer_frame
from gisplanner.services.progress.events import progress_state
from gisplanner.store.database import Database

PLAIN: Final = "#d9dde3"
"""Colour of an estate without a record, or in no bundle."""


def progress_picture(db: Database, district: District) -> str:
    """Return the SVG of a district with its estates in the colour of the stage they have reached."""
    state = progress_state(db, district)
    of_stage = {stage.no: stage.colour for stage in state.stages}
    return _picture(
        db,
        district,
        {
            estate.estate_code: of_stage.get(estate.stage_no, PLAIN)
            for estate in state.estates
            if estate.stage_no is not None
        },
    )


def bundles_picture(db: Database, district: District, bundles: Sequence[Bundle]) -> str:
    """Return the SVG of a district with one colour a bundle, the same as on the map of bundles."""
    estates = layer_frame(db, district, "estates")
    middles = estates.set_index("code").geometry.centroid
    centres = []
    for bundle in bundles:
        own = middles.loc[list(bundle.estates)]
        centres.append((own.x.mean(), own.y.mean()))
    dealt = zip(bundles, colours_of_areas(centres), strict=True)
    return _picture(db, district, {str(code): colour for bundle, colour in dealt for code in bundle.estates})


def _picture(db: Database, district: District, colour_of: Mapping[str, str]) -> str:
    estates = layer_frame(db, district, "estates")
    estates = estates[estates.geometry.notna()]
    fills = [colour_of.get(code, PLAIN) for code in estates["code"]]
    return thumbnail(
        [
            Coat(layer_frame(db, district, "roads").geometry, None, "#dfe3e8", 2.0),
            Coat(estates.geometry, fills, "#5b6776", 0.8),
            _buildings(db, district),
        ],
        estates.geometry,
    )


def _buildings(db: Database, district: District) -> Coat:
    shapes: gpd.GeoSeries = layer_frame(db, district, "buildings").geometry
    return Coat(shapes, ["#ffffff99"] * len(shapes), "#5b677688", 0.3)
