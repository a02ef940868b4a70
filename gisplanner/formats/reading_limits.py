"""How much one file may bring: no limit at one's own machine, one for files from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import shapely

from gisplanner.errors import Fault, TooLargeError
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Most rows, and most vertices of all rows together."""

    rows: int
    vertices: int


_limits: Final[ContextVar[ReadingLimits | None]] = ContextVar("reading_limits", default=None)


@contextmanager
def reading_within(limits: ReadingLimits) -> Iterator[None]:
    """Refuse, as long as the block lasts, to read more than ``limits`` from one layer."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def check_rows(path: Path, layer: str, rows: int | None) -> None:
    """Refuse a layer that says it has too many rows, before it is read.

    Raises
    ------
    TooLargeError
        It has more than the limit in force.
    """
    limits = _limits.get()
    if limits is not None and rows is not None and rows > limits.rows:
        raise TooLargeError(
            Text(
                f"{path.name} 有 {rows} 行，至多 {limits.rows} 行，请分几次报送。",
                en=f"{path.name} has {rows} rows; at most {limits.rows}: hand it in in parts.",
            ),
            [Fault(file=path.name, layer=layer, value=str(rows), allowed=str(limits.rows))],
        )


def check_frame(path: Path, layer: str, frame: gpd.GeoDataFrame) -> None:
    """Refuse a layer with too many rows or vertices.

    Raises
    ------
    TooLargeError
        It has more than the limit in force.
    """
    limits = _limits.get()
    if limits is None:
        return
    check_rows(path, layer, len(frame))
    vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
    if vertices > limits.vertices:
        raise TooLargeError(
            Text(
                f"{path.name} 有 {vertices} 个顶点，至多 {limits.vertices} 个，请简化或分几次报送。",
                en=f"{path.name} has {vertices} vertices; at most {limits.vertices}: simplify or split it.",
            ),
            [Fault(file=path.name, layer=layer, value=str(vertices), allowed=str(limits.vertices))],
        )
