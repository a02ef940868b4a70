"""A small picture of a district (缩略图): outlines as SVG, no script, no text, a few kilobytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

WIDTH: Final = 640
HEIGHT: Final = 360
_MARGIN: Final = 16
_MOST_SHAPES: Final = 4000
_SMALLEST_SPAN_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class Coat:
    """One coat of paint, the first at the bottom: shapes in one metric CRS, and a fill for each or none (lines)."""

    shapes: gpd.GeoSeries
    fills: Sequence[str] | None
    stroke: str
    stroke_width: float


def thumbnail(coats: Sequence[Coat], frame: gpd.GeoSeries) -> str:
    """Return the SVG of ``coats``, north up, the view fitted to ``frame``.

    Outlines are thinned to the size of a picture element; of a coat with more than a few thousand shapes the
    largest are drawn.

    Examples
    --------
    >>> area = gpd.GeoSeries([shapely.box(0, 0, 100, 50)], crs=4547)
    >>> svg = thumbnail([Coat(area, ["#ff0000"], "#000000", 1.0)], area)
    >>> svg.count("<path"), "#ff0000" in svg
    (1, True)
    """
    west, south, east, north = frame.total_bounds if len(frame) else (0.0, 0.0, 1.0, 1.0)
    width_m, height_m = max(east - west, _SMALLEST_SPAN_M), max(north - south, _SMALLEST_SPAN_M)
    scale = min((WIDTH - 2 * _MARGIN) / width_m, (HEIGHT - 2 * _MARGIN) / height_m)
    centre = np.array([(west + east) / 2, (south + north) / 2])
    reach = np.array([WIDTH, HEIGHT]) / 2 / scale
    window = shapely.box(*(centre - reach), *(centre + reach))

    def on_paper(points: Any) -> Any:
        return np.round((points - centre) * (scale, -scale) + (WIDTH / 2, HEIGHT / 2), 1)

    groups = []
    for coat in coats:
        shapes, rows = _worth_drawing(coat.shapes, window, 0.5 / scale)
        paths = [
            f'<path d="{path}"{"" if coat.fills is None else f""" fill="{coat.fills[row]}" """.rstrip()}/>'
            for row, shape in zip(rows, shapely.transform(shapes, on_paper), strict=True)
            if (path := _path(shape))
        ]
        fill = ' fill="none"' if coat.fills is None else ""
        groups.append(
            f'<g stroke="{coat.stroke}" stroke-width="{coat.stroke_width}" stroke-linejoin="round"{fill}>'
            f"{''.join(paths)}</g>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f"{''.join(groups)}</svg>\n"
    )


def _worth_drawing(series: gpd.GeoSeries, window: Any, tolerance_m: float) -> tuple[Any, Any]:
    """Return shapes thinned and clipped to the window, and their row numbers."""
    values = series.to_numpy()
    rows = np.flatnonzero(shapely.intersects(values, window))
    if len(rows) > _MOST_SHAPES:
        size = shapely.length(shapely.envelope(values[rows]))
        rows = np.sort(rows[np.argsort(-size, kind="stable")[:_MOST_SHAPES]])
    shapes = shapely.simplify(values[rows], tolerance_m)
    lines = shapely.get_dimensions(shapes) == 1
    shapes[lines] = shapely.intersection(shapes[lines], window)
    return shapes, rows


def _path(shape: Any) -> str:
    lines = shapely.get_parts(shape)
    pieces = []
    for part in lines:
        if part.geom_type == "Polygon":
            pieces += [_line(ring) + "Z" for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "LineString":
            pieces.append(_line(part))
    return "".join(pieces)


def _line(ring: Any) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in shapely.get_coordinates(ring))
