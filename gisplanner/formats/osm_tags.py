"""How OpenStreetMap tags the things a district plans with: which objects of a map make up each of our layers.

Source: the OpenStreetMap wiki, «Map features», pages ``landuse=residential``, ``Key:building``, ``Key:highway``,
``Key:barrier``, ``Key:railway``, ``Key:waterway``, ``natural=water``, ``Key:entrance``, ``barrier=gate``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Shape = Literal["node", "way", "area"]
Tags = Mapping[str, str]
Attributes = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Selection:
    """A layer of ours in an OpenStreetMap file.

    ``keys`` are looked at first, inside the reader; ``pick`` then returns the attributes of an object that
    belongs to the layer in that shape, or ``None``.
    """

    keys: tuple[str, ...]
    shapes: frozenset[Shape]
    pick: Callable[[Tags, Shape], Attributes | None]
    columns: tuple[str, ...]
    """Every column ``pick`` may fill, so that an empty layer has its columns too."""


_RAILWAYS: Final = frozenset({"rail", "light_rail", "narrow_gauge", "monorail", "subway"})
_WATERWAYS: Final = frozenset({"river", "canal", "stream"})
_WALLS: Final = frozenset({"wall", "fence", "retaining_wall", "city_wall", "guard_rail"})
_WATER_BASINS: Final = frozenset({"reservoir", "basin"})
_GATES: Final = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate"})
_SHEDS: Final = frozenset({"shed", "carport", "garage", "garages", "hut", "kiosk", "roof"})
_POSTS: Final = frozenset({"bollard", "block", "jersey_barrier", "planter", "chain", "log"})
_NO: Final = frozenset({"no", "none", "false", "0"})


def _said(tags: Tags, key: str) -> str | None:
    """Return a yes/no tag that says yes in any of its ways (``tunnel=culvert``), else ``None``."""
    value = tags.get(key)
    return None if value is None or value in _NO else value


def _estate(tags: Tags, shape: Shape) -> Attributes | None:
    if shape != "area" or tags.get("landuse") != "residential":
        return None
    return {key: tags.get(key) for key in ("name", "landuse", "residential", "start_date")}


def _building(tags: Tags, shape: Shape) -> Attributes | None:
    if shape != "area" or tags.get("building", "no") in _NO:
        return None
    return {
        "name": tags.get("name"),
        "building": tags["building"],
        "levels": tags.get("building:levels"),
        "height": tags.get("height") or tags.get("building:height"),
        "flats": tags.get("building:flats"),
        "start_date": tags.get("start_date"),
    }


def _road(tags: Tags, shape: Shape) -> Attributes | None:
    """Pick a highway line; a square (``area=yes``) is no road."""
    if shape != "way" or "highway" not in tags or tags.get("area") == "yes":
        return None
    return {
        "name": tags.get("name"),
        "highway": tags["highway"],
        "width": tags.get("width"),
        "tunnel": _said(tags, "tunnel"),
        "bridge": _said(tags, "bridge"),
        "layer": tags.get("layer"),
    }


def _barrier(tags: Tags, shape: Shape) -> Attributes | None:
    kind = _barrier_area(tags) if shape == "area" else _barrier_line(tags) if shape == "way" else None
    if kind is None:
        return None
    return {
        "name": tags.get("name"),
        "kind": kind,
        "tunnel": _said(tags, "tunnel"),
        "bridge": _said(tags, "bridge"),
        "layer": tags.get("layer"),
    }


def _barrier_area(tags: Tags) -> str | None:
    is_water = tags.get("natural") == "water" or tags.get("landuse") in _WATER_BASINS
    return "water" if is_water or tags.get("waterway") == "riverbank" else None


def _barrier_line(tags: Tags) -> str | None:
    """Return what kind of line cuts; an underground line of the metro cuts nothing."""
    if tags.get("railway") in _RAILWAYS:
        return None if tags["railway"] == "subway" and _said(tags, "tunnel") else "railway"
    if tags.get("waterway") in _WATERWAYS:
        return "waterway"
    if tags.get("historic") == "citywalls":
        return "city_wall"
    return tags["barrier"] if tags.get("barrier") in _WALLS else None


def _entrance(tags: Tags, shape: Shape) -> Attributes | None:
    """Pick a gate or a node said to be an entrance; the reader tells doors of houses apart."""
    if shape != "node" or (tags.get("barrier") not in _GATES and _said(tags, "entrance") is None):
        return None
    return {
        "name": tags.get("name"),
        "barrier": tags.get("barrier"),
        "entrance": tags.get("entrance"),
        "width": tags.get("width") or tags.get("maxwidth"),
    }


def _obstacle(tags: Tags, shape: Shape) -> Attributes | None:
    if shape == "area" and tags.get("building") in _SHEDS:
        kind = tags["building"]
    elif shape in {"node", "way"} and tags.get("barrier") in _POSTS:
        kind = tags["barrier"]
    else:
        return None
    return {"name": tags.get("name"), "kind": kind}


SELECTIONS: Final[dict[str, Selection]] = {
    "estates": Selection(
        ("landuse",), frozenset({"area"}), _estate, ("name", "landuse", "residential", "start_date")
    ),
    "buildings": Selection(
        ("building",),
        frozenset({"area"}),
        _building,
        ("name", "building", "levels", "height", "flats", "start_date"),
    ),
    "roads": Selection(
        ("highway",), frozenset({"way"}), _road, ("name", "highway", "width", "tunnel", "bridge", "layer")
    ),
    "barriers": Selection(
        ("barrier", "railway", "waterway", "natural", "landuse", "historic"),
        frozenset({"way", "area"}),
        _barrier,
        ("name", "kind", "tunnel", "bridge", "layer"),
    ),
    "entrances": Selection(
        ("barrier", "entrance", "building"),
        frozenset({"node"}),
        _entrance,
        ("name", "barrier", "entrance", "width"),
    ),
    "obstacles": Selection(("barrier", "building"), frozenset({"node", "way", "area"}), _obstacle, ("name", "kind")),
}
"""Our layers by name."""
