"""Entities of a DXF drawing as shapes: curves as lines of many points, blocks taken apart, within limits."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from ezdxf import path as dxf_path
from ezdxf.lldxf.const import DXFError

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.cass import classified, drawing_table
from gisplanner.text import Text

MAX_ENTITIES: Final = 2_000_000
"""Entities of a drawing with its blocks taken apart; more is no survey map but a trap."""

MAX_DEPTH: Final = 8
SAGITTA_M: Final = 0.01
"""How far the line of many points may lie from a curve."""

CLOSED_M: Final = 0.01
"""A line whose ends are this near is a ring: drawn closed by hand."""

_LARGEST_M: Final = 1e9
_SAME_M: Final = 1e-9
_CURVES: Final = frozenset({"LWPOLYLINE", "POLYLINE", "LINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE"})
BROKEN: Final = (
    DXFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, AssertionError,
    struct.error, EOFError, OSError, NotImplementedError,
)  # fmt: skip
"""What reading a damaged drawing raises."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A shape of the drawing with what the drawing says about it; ``code`` is that of CASS, ``id`` one of ours."""

    shape: Any
    layer: str
    code: str | None = None
    id: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Writing:
    """A text of the drawing: its first point and about its middle."""

    text: str
    layer: str
    places: tuple[tuple[float, float], ...]


class Walk:
    """Goes through a drawing once; ``things`` and ``writings`` hold what was met, ``unread`` counts the rest."""

    def __init__(self, file: str, ids_of: str) -> None:
        self.file = file
        self.ids_of = ids_of
        self.things: list[Thing] = []
        self.writings: list[Writing] = []
        self.unread = 0
        self._seen = 0

    def take(self, entities: Iterator[Any], *, depth: int = 0, inherited: str | None = None) -> None:
        """Take the entities of a layout or a block."""
        for entity in entities:
            self._seen += 1
            if self._seen > MAX_ENTITIES or depth > MAX_DEPTH:
                raise FileFormatError(
                    Text(
                        f"{self.file} 的图块层层相套或过多，未读取。",
                        en=f"{self.file}: its blocks are nested too deep or too many.",
                    ),
                    [Fault(file=self.file, allowed=f"≤ {MAX_ENTITIES}")],
                )
            try:
                self._one(entity, depth, inherited)
            except FileFormatError:
                raise
            except BROKEN:
                self.unread += 1

    def _one(self, entity: Any, depth: int, inherited: str | None) -> None:
        kind = entity.dxftype()
        layer = str(entity.dxf.get("layer", "0"))
        layer = inherited if layer == "0" and inherited is not None else layer
        code = _first_string(entity, drawing_table().application)
        if kind in _CURVES:
            shape = _curve(entity)
            if shape is None:
                self.unread += 1
            else:
                self.things.append(Thing(shape, layer, code, _first_string(entity, self.ids_of)))
        elif kind == "POINT":
            where = entity.dxf.location
            point = shapely.Point(where.x, where.y)
            self.things.append(Thing(point, layer, code, _first_string(entity, self.ids_of)))
        elif kind in {"TEXT", "MTEXT", "ATTRIB"}:
            self._write(entity, layer)
        elif kind == "INSERT":
            self._insert(entity, layer, code, depth)

    def _insert(self, entity: Any, layer: str, code: str | None, depth: int) -> None:
        """Take a block as the point where it stands if it is a symbol, else take it apart."""
        attributes = {str(one.dxf.tag): str(one.dxf.text).strip() for one in entity.attribs}
        what = classified(code, layer)
        if attributes or (what is not None and what.becomes in {"obstacles", "entrances"}) or code is not None:
            where = entity.dxf.insert
            self.things.append(Thing(shapely.Point(where.x, where.y), layer, code, attributes=attributes))
            return
        if entity.mcount > MAX_ENTITIES:
            self._seen = MAX_ENTITIES
        parts = entity.multi_insert() if entity.mcount > 1 else [entity]
        for part in parts:
            self.take(part.virtual_entities(), depth=depth + 1, inherited=layer)

    def _write(self, entity: Any, layer: str) -> None:
        text = entity.plain_text().strip()
        if not text:
            return
        start = entity.dxf.insert
        places = [(start.x, start.y)]
        if entity.dxftype() == "TEXT":
            if entity.dxf.hasattr("align_point"):
                places.append((entity.dxf.align_point.x, entity.dxf.align_point.y))
            height, angle = float(entity.dxf.get("height", 1.0)), np.deg2rad(float(entity.dxf.get("rotation", 0.0)))
            along, up = 0.35 * height * len(text), 0.5 * height
            middle = (
                start.x + along * np.cos(angle) - up * np.sin(angle),
                start.y + along * np.sin(angle) + up * np.cos(angle),
            )
            places.insert(0, middle)
        self.writings.append(Writing(text, layer, tuple(places)))


def _curve(entity: Any) -> Any:
    """Return a polygon for a closed curve, else a line; ``None`` for one without length."""
    curve = dxf_path.make_path(entity)
    control = np.array([(point.x, point.y) for point in curve.control_vertices()], dtype=float)
    if not len(control) or not np.isfinite(control).all() or np.abs(control).max() > _LARGEST_M:
        return None
    points = np.array([(point.x, point.y) for point in curve.flattening(SAGITTA_M)], dtype=float)
    kept = points[np.r_[True, np.any(np.abs(np.diff(points, axis=0)) > _SAME_M, axis=1)]] if len(points) else points
    if len(kept) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    ring = curve.is_closed or float(np.hypot(*(kept[0] - kept[-1]))) <= CLOSED_M
    if ring and len(np.unique(kept, axis=0)) > 2:  # noqa: PLR2004 - a ring has three corners
        closed = kept if np.array_equal(kept[0], kept[-1]) else np.vstack((kept, kept[:1]))
        return shapely.Polygon(closed)
    return shapely.LineString(kept)


def _first_string(entity: Any, application: str) -> str | None:
    if not entity.has_xdata(application):
        return None
    for tag in entity.get_xdata(application):
        if tag.code == 1000 and str(tag.value).strip():  # noqa: PLR2004 - DXF group code of a string
            return str(tag.value).strip()
    return None
