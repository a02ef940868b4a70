"""What a reader of geometry files gives: the layers of a file, and one of them as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
from pyproj import CRS

from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer of a file; ``rows`` is ``None`` where counting would mean reading the whole file."""

    name: str
    has_geometry: bool = True
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class RawLayer:
    """A layer as it stands in the file.

    Attributes
    ----------
    frame
        Rows in file order, index = row number from 0, with the file's reference system or none. The geometry
        column is named ``geometry``.
    crs_is_assumed
        The format presumes WGS84 where the file is silent (GeoJSON): a declared system may correct it.
    tolerant, cut_names
        See :class:`gisplanner.formats.vector.VectorFile`.
    """

    frame: gpd.GeoDataFrame
    notes: tuple[Text, ...] = ()
    credit: str | None = None
    crs_is_assumed: bool = False
    tolerant: bool = False
    cut_names: tuple[str, ...] = ()


def raw_frame(
    rows: Sequence[Mapping[str, Any]], headings: Iterable[str] = (), *, crs: CRS | None = None
) -> gpd.GeoDataFrame:
    """Return rows, each with its shape under ``geometry``, as a frame; no row at all is an empty frame.

    Parameters
    ----------
    headings
        Columns it has in any case, and first.

    Examples
    --------
    >>> raw_frame([], ["code"]).columns.tolist()
    ['code', 'geometry']
    """
    names = dict.fromkeys(chain(headings, chain.from_iterable(rows), ["geometry"]))
    return gpd.GeoDataFrame(list(rows), columns=list(names), geometry="geometry", crs=crs)


class VectorReader(Protocol):
    """Reads files of one format."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the layers of a file.

        Raises
        ------
        FileFormatError
            The file is not what its name claims.
        """
        ...

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return one layer.

        Raises
        ------
        FileFormatError
            The file is not what its name claims.
        """
        ...
