"""The stored layers of a district as frames: what maps, exports and plans read."""

from __future__ import annotations

import geopandas as gpd

from gisplanner.catalog.layers import layer, select_sql
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.layers import LayerSpec
from gisplanner.errors import Fault, PermissionDeniedError
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import columns_of
from gisplanner.text import Text


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
    query = columns_of(select_sql(name), [*(column.name for column in spec.columns), "geom"])
    return db.read_frame(query, {"district_id": district.id}, srid=district.srid)


def layer_for(viewer: Viewer, name: str) -> LayerSpec:
    """Return the definition of a layer that ``viewer`` may see.

    Raises
    ------
    NotFoundError
        There is no such layer.
    PermissionDeniedError
        It is not for this account.
    """
    spec = layer(name)
    if not spec.seen_by(viewer):
        raise PermissionDeniedError(
            Text(
                f"{spec.title}不对当前账户（{viewer.role}）开放。",
                en=f"{name} is not open to the role {viewer.role}.",
            ),
            [Fault(layer=name, value=viewer.role)],
        )
    return spec
