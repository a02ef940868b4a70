"""Links between estates on a map (连片关系): lines from name to name, by the kind of contact, with their metres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import geopandas as gpd
import shapely

from gisplanner.domain.bundling import Contact, CutLink, Link
from gisplanner.maps.estates import estate_name
from gisplanner.maps.features import add_features
from gisplanner.maps.outlines import as_degrees, name_points
from gisplanner.maps.page import OfflineMap, ScriptedLayer

LINK_LOOKS: Final[dict[Contact, dict[str, Any]]] = {
    "共边": {"line": "#22272b", "weight": 3.2, "dash": None},
    "共角": {"line": "#22272b", "weight": 2.0, "dash": "9 4 1 4"},
    "间距": {"line": "#22272b", "weight": 1.4, "dash": None},
}
"""How each kind of contact is drawn; the legend's signs in ``map.css`` look the same."""

Pair = TypeVar("Pair", Link, CutLink)

_CUT_LOOK: Final = {"line": "#9c2f1c", "weight": 1.8, "dash": "2 5"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line between two estates: its look, what stands beside it, what its popup says."""

    look: int
    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A pair of layers, lines and their texts."""

    data_id: str
    titles: tuple[str, str]
    looks: list[dict[str, Any]]
    headings: list[str]
    style: str


_LINKS: Final = _Kind(
    "links", ("连片关系", "连片标注"), list(LINK_LOOKS.values()), ["接触方式", "间距", "共边长"], "link"
)
_CUTS: Final = _Kind("cut-links", ("被阻隔的关系", "阻隔标注"), [_CUT_LOOK], ["间距", "阻隔"], "cut")


def add_links(page: OfflineMap, shown: gpd.GeoDataFrame, links: Sequence[Link]) -> list[ScriptedLayer]:
    """Draw the links between estates of ``shown`` and return the layers; nothing to draw, no layer."""
    return _add(page, shown, links, _LINKS, _line_of_link)


def add_cut_links(page: OfflineMap, shown: gpd.GeoDataFrame, cuts: Sequence[CutLink]) -> list[ScriptedLayer]:
    """Draw the links that a barrier cuts, dashed, with the name of the barrier."""
    return _add(page, shown, cuts, _CUTS, _line_of_cut)


def link_text(link: Link) -> str:
    """Return what stands beside a link: its kind and its metres.

    Examples
    --------
    >>> link_text(Link("a", "b", 0.0, 80.0, "共边")), link_text(Link("b", "c", 12.0, 0.0, "间距"))
    ('共边 80.0 m', '间距 12.0 m')
    """
    match link.contact:
        case "共边":
            return f"共边 {link.shared_edge_m:.1f} m"
        case "共角":
            return "共角"
        case _:
            return f"间距 {link.gap_m:.1f} m"


def _line_of_link(link: Link) -> _Line:
    facts = (link.contact, f"{link.gap_m:.3f} m", f"{link.shared_edge_m:.3f} m")
    return _Line(list(LINK_LOOKS).index(link.contact), link_text(link), facts)


def _line_of_cut(cut: CutLink) -> _Line:
    return _Line(0, f"✕ {cut.barrier}", (f"{cut.gap_m:.3f} m", cut.barrier))


def _add(
    page: OfflineMap, shown: gpd.GeoDataFrame, pairs: Sequence[Pair], kind: _Kind, line_of: Callable[[Pair], _Line]
) -> list[ScriptedLayer]:
    places = dict(zip(shown["code"], name_points(shown.geometry), strict=True))
    names = {code: estate_name(name, code) for code, name in zip(shown["code"], shown["name"], strict=True)}
    pairs = [pair for pair in pairs if pair.a in places and pair.b in places]
    if not pairs:
        return []
    metric = gpd.GeoSeries([shapely.LineString([places[pair.a], places[pair.b]]) for pair in pairs], crs=shown.crs)
    degrees = as_degrees(metric, grid_m=page.sheet.public_grid_m if page.sheet.public else None)
    middles = shapely.line_interpolate_point(degrees.to_numpy(), 0.5, normalized=True)
    lines = [line_of(pair) for pair in pairs]
    titles = [f"{names[pair.a]} – {names[pair.b]}" for pair in pairs]
    drawn = add_features(
        page, kind.data_id, kind.titles[0], degrees,
        [(line.look, title, line.facts) for line, title in zip(lines, titles, strict=True)],
        headings=kind.headings, looks=[{**look, "fill": None} for look in kind.looks], zIndex=450,
    )  # fmt: skip
    texts = [
        {"x": round(middle.x, 6), "y": round(middle.y, 6), "t": line.text, "w": -round(float(length), 1)}
        for line, middle, length in zip(lines, middles, metric.length, strict=True)
    ]
    labels = ScriptedLayer(
        "labels", page.embed(f"{kind.data_id}-labels", texts), kind.titles[1], rank=2, style=kind.style
    )
    labels.add_to(page)
    return [drawn, labels]
