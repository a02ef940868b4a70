"""Networks as a drawing (DXF) in the layers of their owner; what others have and conflicts stand apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import shapely
from ezdxf import colors, units
from ezdxf.document import Drawing
from ezdxf.filemanagement import new
from ezdxf.layouts.layout import Modelspace

from gisplanner.files import replacing

APPLICATION: Final = "GISPLANNER"
"""Application name of the extended data that carries each line's code."""

NEIGHBOURS: Final = "相邻"
CONFLICTS: Final = "净距冲突"
NOT_OWN: Final = (f"{NEIGHBOURS}_", CONFLICTS, "说明")
"""How the drawing layers begin that are not the owner's: they do not come in again."""
_FORBIDDEN: Final = re.compile(r'[<>/\\":;?*|=`,\x00-\x1f]')
_TEXT_M: Final = 0.6
_MARK_M: Final = 0.8
_XDATA_BYTES: Final = 240
_TAG: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class DrawnFeature:
    """A line or a point: the drawing layer it stands on, its colour, what is written beside it.

    Attributes
    ----------
    block
        Name of the block a point is drawn with; ``None`` for a line or a mark.
    attributes
        Attributes of the block.
    """

    shape: Any
    layer: str
    colour: str
    code: str | None = None
    text: str | None = None
    block: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


def write_network_drawing(path: Path, features: Sequence[DrawnFeature], notes: Sequence[str]) -> None:
    """Write one DXF (2000, code page 936), metres, with the notes below the drawing on the layer 说明.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    drawing = new("R2000", setup=False, units=units.M)
    drawing.encoding = "gbk"
    drawing.appids.add(APPLICATION)
    drawing.styles.add("CHINESE", font="simsun.ttf")
    space = drawing.modelspace()
    for one in features:
        _draw(drawing, space, one)
    if features:
        west, south, _, _ = shapely.total_bounds([one.shape for one in features])
        layer = _layer(drawing, "说明", "#000000")
        for number, note in enumerate(notes, start=2):
            _write(space, note, (west, south - 2.0 * number * _TEXT_M * 2), layer, 2 * _TEXT_M)
    with replacing(path) as writing:
        drawing.saveas(writing)


def _draw(drawing: Drawing, space: Modelspace, one: DrawnFeature) -> None:
    layer = _layer(drawing, one.layer, one.colour)
    if one.block is not None:
        name = _block(drawing, one)
        placed = space.add_blockref(name, (one.shape.x, one.shape.y), dxfattribs={"layer": layer})
        placed.add_auto_attribs({_TAG.sub("_", tag): _plain(value) for tag, value in one.attributes})
        return
    if one.shape.geom_type == "Point":
        space.add_circle((one.shape.x, one.shape.y), _MARK_M, dxfattribs={"layer": layer})
    for part in shapely.get_parts(shapely.force_2d(one.shape)) if one.shape.geom_type != "Point" else []:
        line = space.add_lwpolyline(part.coords, dxfattribs={"layer": layer})
        if one.code is not None:
            line.set_xdata(APPLICATION, [(1000, _plain(one.code).encode()[:_XDATA_BYTES].decode(errors="ignore"))])
    if one.text:
        place = one.shape if one.shape.geom_type == "Point" else one.shape.interpolate(0.5, normalized=True)
        _write(
            space, one.text, (place.x + _MARK_M, place.y + _TEXT_M / 2), _layer(drawing, f"{layer}_注记", one.colour)
        )


def _block(drawing: Drawing, one: DrawnFeature) -> str:
    name = _FORBIDDEN.sub("_", str(one.block))[:255] or "管点"
    if name not in drawing.blocks:
        block = drawing.blocks.new(name)
        block.add_circle((0, 0), _MARK_M / 2)
        for row, (tag, _) in enumerate(one.attributes):
            attributes = {"layer": "0", "style": "CHINESE", "height": _TEXT_M / 2, "flags": 1 if row else 0}
            block.add_attdef(_TAG.sub("_", tag), (_MARK_M, -row * _TEXT_M), dxfattribs=attributes)
    return name


def _layer(drawing: Drawing, name: str, colour: str) -> str:
    allowed = _FORBIDDEN.sub("_", name)[:255]
    if allowed not in drawing.layers:
        layer = drawing.layers.add(allowed)
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        # Drawings of the year 2000 know the 255 colours only.
        layer.color = _nearest((red, green, blue))
    return allowed


def _nearest(colour: tuple[int, int, int]) -> int:
    def far(index: int) -> int:
        known = colors.aci2rgb(index)
        return sum((a - b) ** 2 for a, b in zip(colour, known, strict=True))

    return min(range(1, 250), key=far)


def _write(space: Modelspace, text: str, place: tuple[float, float], layer: str, height: float = _TEXT_M) -> None:
    attributes = {"layer": layer, "style": "CHINESE"}
    space.add_text(_plain(text), height=height, dxfattribs=attributes).set_placement(place)


def _plain(text: str) -> str:
    return re.sub(r"[\U00010000-\U0010ffff]", "□", re.sub(r"[\x00-\x1f]+", " ", text))
