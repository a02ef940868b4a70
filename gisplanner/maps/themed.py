"""The frame of a map that shows a theme over pale estates (专题图): from the head to the side panel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
from markupsafe import Markup

from gisplanner.domain.layers import LayerSpec
from gisplanner.maps.context import Context, add_context
from gisplanner.maps.estates import EstateLook, add_estates, drawable, estate_name
from gisplanner.maps.outlines import view_box
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_LOOK = EstateLook("小区", "#f4f1e8", "#8a8a86")


class ThemedMap:
    """A map with its surroundings and its estates in one pale look; the theme is added to :attr:`groups`.

    Parameters
    ----------
    estates
        All estates, with or without geometry, in a metric CRS.
    theme
        Where to look when no estate has geometry.

    Raises
    ------
    CrsError
        ``estates`` are not in a metric CRS.
    InternalError
        The front-end libraries are not installed.
    """

    def __init__(
        self,
        estates: gpd.GeoDataFrame,
        *,
        layer: LayerSpec,
        sheet: Sheet,
        context: Context | None,
        theme: gpd.GeoSeries,
    ) -> None:
        self.context = context or Context()
        self._estates = estates
        self._shown, degrees = drawable(estates, sheet)
        self.page = OfflineMap(sheet, view_box(degrees) or view_box(theme.to_crs(4326)))
        self._base = add_context(self.page, self.context, self._shown.geometry)
        drawn = add_estates(
            self.page, self._shown, degrees, layer=layer, looks=[_LOOK], look_of=[0] * len(self._shown),
            first_rows=[], register=estates,
        )  # fmt: skip
        self.groups: dict[str, Sequence[ScriptedLayer]] = {"小区": drawn}

    def finish(self, side: Markup, *, illustrative: bool, notes: Iterable[str]) -> str:
        """Put head, side panel and foot around it and return the page."""
        estates = self._estates
        hidden = estates[~estates["code"].isin(set(self._shown["code"]))]
        sketched = self.context.illustrative or bool(estates["illustrative"].isin([True]).any())
        self.page.furnish(
            side,
            warnings=self.page.sheet.warnings(illustrative=illustrative or sketched),
            unmapped=[estate_name(name, code) for name, code in zip(hidden["name"], hidden["code"], strict=True)],
            notes=[*self._base.notes, *notes],
            signs=self._base.signs,
        )
        return self.page.finish({**self.groups, "底图": self._base.layers})
