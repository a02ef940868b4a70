"""The small picture of a district on the start page: its estates in the colour of their stage."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.district import District
from gisplanner.maps.thumbnail import Coat, thumbnail
from gisplanner.services.layers import layer_frame
from gisplanner.services.progress import progress_state
from gisplanner.store.database import Database

NO_RECORD_COLOUR: Final = "#d9dde3"


def progress_picture(db: Database, district: District) -> str:
    """Return the SVG of a district: roads, buildings, and its estates by stage; empty without any outline."""
    estates = layer_frame(db, district, "estates")
    state = progress_state(db, district)
    colour_of_stage = {stage.no: stage.colour for stage in state.stages}
    colour = {
        estate.estate_code: NO_RECORD_COLOUR
        if estate.stage_no is None
        else colour_of_stage.get(estate.stage_no, NO_RECORD_COLOUR)
        for estate in state.estates
    }
    estates = estates[estates.geometry.notna()]
    return thumbnail(
        [
            Coat(layer_frame(db, district, "roads").geometry, None, "#dfe3e8", 2.0),
            Coat(estates.geometry, [colour.get(code, NO_RECORD_COLOUR) for code in estates["code"]], "#5b6776", 0.8),
            _buildings(db, district),
        ],
        estates.geometry,
    )


def _buildings(db: Database, district: District) -> Coat:
    shapes: gpd.GeoSeries = layer_frame(db, district, "buildings").geometry
    return Coat(shapes[pd.notna(shapes)], ["#ffffff99"] * len(shapes), "#5b677688", 0.3)
