"""The frame of a map of estates (图廓): head, side panel, surroundings and foot around what a map shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import pandas as pd
from folium.map import Layer
from markupsafe import Markup

from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.context import Context, add_context
from gisplanner.maps.estates import EstateLook, Photo, add_estates, drawable, estate_name
from gisplanner.maps.outlines import view_box
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_PALE: Final = EstateLook("小区", "#f4f1e8", "#8a8a86")


class EstatesMap:
    """A map with its surroundings, on which estates and a theme are drawn.

    Parameters
    ----------
    estates
        All estates, with or without geometry, in a metric CRS.
    theme
        Where to look when no estate has geometry; without it at the surroundings.

    Attributes
    ----------
    shown, degrees
        The estates that have geometry, rows numbered from 0, and their outlines as the page draws them.
    illustrative
        Whether estates or surroundings are illustrative (示意).
    unmapped
        Names of the estates without geometry (未上图).

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """

    def __init__(
        self, estates: gpd.GeoDataFrame, *, sheet: Sheet, context: Context | None, theme: gpd.GeoSeries | None = None
    ) -> None:
        context = context or Context()
        self._estates = estates
        self.shown, self.degrees = drawable(estates, sheet)
        around = [theme] if theme is not None else [frame.geometry for frame in context.frames()]
        self.page = OfflineMap(sheet, view_box(self.degrees) or view_box(*(one.to_crs(4326) for one in around)))
        self._base = add_context(self.page, context, self.shown.geometry)
        self.illustrative = context.illustrative or bool(estates["illustrative"].isin([True]).any())
        hidden = estates[~estates["code"].isin(set(self.shown["code"]))]
        self.unmapped = [estate_name(name, code) for name, code in zip(hidden["name"], hidden["code"], strict=True)]

    def draw_estates(
        self,
        layer: LayerSpec,
        *,
        looks: Sequence[EstateLook] = (_PALE,),
        look_of: Sequence[int] | None = None,
        first_rows: Sequence[tuple[str, Sequence[str]]] = (),
        register: pd.DataFrame | None = None,
        photos: Mapping[str, Sequence[Photo]] | None = None,
    ) -> list[ScriptedLayer]:
        """Draw the estates, by default all in one pale look, and return their layers.

        Parameters
        ----------
        look_of
            For each row of :attr:`shown` the number of its look.
        first_rows
            Popup rows before the layer's own: heading and one value for each row of :attr:`shown`.
        register
            What the search finds (``code``, ``name``, ``community``); all estates of the map by default.
        """
        return add_estates(
            self.page,
            self.shown,
            self.degrees,
            layer=layer,
            looks=looks,
            look_of=[0] * len(self.shown) if look_of is None else look_of,
            first_rows=first_rows,
            register=self._estates if register is None else register,
            photos=photos,
        )

    def finish(
        self,
        side: Markup,
        groups: Mapping[str, Sequence[Layer]],
        *,
        warnings: Sequence[str] | None = None,
        notes: Sequence[str] = (),
        unmapped: Sequence[str] | None = None,
        exclusive: Sequence[str] = (),
    ) -> str:
        """Put head, side panel and foot around it and return the page.

        Parameters
        ----------
        warnings, unmapped
            Where a theme has more to say than that something is illustrative, and than :attr:`unmapped`.
        exclusive
            Groups of which one layer is shown at a time.
        """
        if warnings is None:
            warnings = self.page.sheet.warnings(illustrative=self.illustrative)
        self.page.furnish(
            side,
            warnings=warnings,
            unmapped=self.unmapped if unmapped is None else unmapped,
            notes=[*self._base.notes, *notes],
            signs=self._base.signs,
        )
        return self.page.finish({**groups, "底图": self._base.layers}, exclusive=exclusive)
