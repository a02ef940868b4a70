"""Layers of shapes with a popup each (图层要素): put into the page as GeoJSON, drawn by our own scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shapely import Geometry

from gisplanner.maps.outlines import geometry_json
from gisplanner.maps.page import OfflineMap, ScriptedLayer

Shown = tuple[int, str, Sequence[str]]
"""Of one shape the number of its look, its name, and the facts under the headings of its layer."""

_SCRIPT: Final = "features"


def add_features(
    page: OfflineMap,
    data_id: str,
    title: str,
    shapes: Iterable[Geometry],
    shown: Iterable[Shown],
    *,
    headings: Sequence[str],
    looks: Sequence[Mapping[str, Any]],
    zIndex: int,  # noqa: N803 - a name of the scripts
    script: str = _SCRIPT,
    show: bool = True,
) -> ScriptedLayer:
    """Put shapes into the page and return the layer that draws them.

    Parameters
    ----------
    data_id
        Under what id of the page the scripts find them.
    shapes
        In degrees, as :func:`~gisplanner.maps.outlines.as_degrees` returns them.
    looks
        Line, fill, weight and dash by the number of the look.
    """
    features = [
        {"type": "Feature", "geometry": geometry_json(shape), "properties": {"c": look, "n": name, "v": list(facts)}}
        for shape, (look, name, facts) in zip(shapes, shown, strict=True)
    ]
    page.embed(data_id, {"type": "FeatureCollection", "features": features})
    layer = ScriptedLayer(
        script, data_id, title, show=show, headings=list(headings), looks=list(looks), zIndex=zIndex
    )
    layer.add_to(page)
    return layer
