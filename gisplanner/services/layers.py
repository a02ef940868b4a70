"""The stored layers of a district as frames: what maps, exports and plans read."""

from __future__ import annotations

import geopandas as gpd

from gisplanner.catalog.layers import layer, select_sql
from gisplanner.domain.district import District
from gisplanner.store.database import Database


def layer_frame(db: Database, district: District, name: str) -> gpd.GeoDataFrame:
    """Return all rows of a layer of ``layers/`` in its stable order, geometry in the district's metric CRS.

    Columns are those of the layer's definition, in order, then ``geom``; rows without geometry are kept.
    Columns of type ``decimal`` hold :class:`decimal.Decimal` or ``None``.

    Raises
    ------
    NotFoundError
        There is no such layer.
    """
    spec = layer(name)
    frame = db.read_frame(select_sql(name), {"district_id": district.id}, srid=district.srid)
    return frame[[*(column.name for column in spec.columns), "geom"]]
