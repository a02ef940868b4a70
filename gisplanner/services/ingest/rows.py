"""Rows of a file against the stored rows of the same code: what is new, what changed, what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisplanner.errors import Fault, GeometryError
from gisplanner.text import Text

SAME_PLACE_M: Final = 0.01
"""Vertices closer than this are the same: our GeoJSON rounds to 7 decimals of a degree, up to 8 mm."""

ELSEWHERE_M: Final = 50.0
"""A row of another file with a stored code but farther away than this is taken for another thing."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Difference:
    """What storing rows would do; ``changed`` holds whole rows, blanks of the file filled from what is stored."""

    new: gpd.GeoDataFrame
    changed: gpd.GeoDataFrame
    unchanged: int


def compare_rows(
    stored: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, columns: Sequence[str], *, given: Sequence[str]
) -> Difference:
    """Return the difference between stored rows and rows of a file.

    Parameters
    ----------
    stored, incoming
        ``code``, ``columns`` and geometry ``geom`` in the same CRS.
    columns
        All columns to store.
    given
        Those the file speaks of; of these a blank keeps what is stored, of the others everything is kept.
    """
    position = pd.Index(stored["code"]).get_indexer(pd.Index(incoming["code"]))
    is_new = position < 0
    new, again = incoming[is_new], incoming[~is_new].copy()
    before = stored.iloc[position[~is_new]]
    same = _same_geometry(before.geometry.to_numpy(), again.geometry.to_numpy())
    kept = shapely.is_missing(again.geometry.to_numpy())
    again["geom"] = np.where(kept, before.geometry.to_numpy(), again.geometry.to_numpy())
    for column in columns:
        old = before[column].astype(object).to_numpy()
        said = again[column].notna().to_numpy() if column in given else np.zeros(len(again), dtype=bool)
        merged = np.empty(len(again), dtype=object)
        merged[:] = [new if use else held for new, held, use in zip(again[column], old, said, strict=True)]
        again[column] = merged
        same &= _same_values(merged, old)
    return Difference(new, again[~same], int(same.sum()))


def _same_values(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Mask:
    both_blank = pd.isna(pd.Series(a, dtype=object)).to_numpy() & pd.isna(pd.Series(b, dtype=object)).to_numpy()
    equal = np.fromiter((_equal(x, y) for x, y in zip(a, b, strict=True)), dtype=bool, count=len(a))
    return np.asarray(both_blank | equal, dtype=bool)


def _equal(a: Any, b: Any) -> bool:
    equal = a == b
    return bool(equal) if isinstance(equal, bool | np.bool_) else False


def _same_geometry(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Mask:
    """Return where two geometries are the same to the centimetre, whichever way their rings turn."""
    close = shapely.equals_exact(shapely.orient_polygons(a), shapely.orient_polygons(b), SAME_PLACE_M)
    return np.asarray(close | shapely.is_missing(b), dtype=bool)


def refuse_strangers(
    stored: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, origins: pd.DataFrame, file: str, layer: str
) -> None:
    """Refuse rows whose code is that of another thing: stored from another file, and standing somewhere else.

    Raises
    ------
    GeometryError
        With every such row; numbering every file from 1 is the usual cause.
    """
    position = pd.Index(stored["code"]).get_indexer(pd.Index(incoming["code"]))
    known = np.flatnonzero(position >= 0)
    before = stored.iloc[position[known]]
    apart = shapely.distance(before.geometry.to_numpy(), incoming.geometry.to_numpy()[known])
    came_from = origins["file_name"].reindex(before["code"]).to_numpy()
    strange = (apart > ELSEWHERE_M) & np.array([name is not None and name != file for name in came_from], dtype=bool)
    if strange.any():
        raise GeometryError(
            Text(
                f"{file} 有 {int(strange.sum())} 行的编码已属于别处的要素，未写入任何内容。",
                en=f"{file}: {int(strange.sum())} rows have the code of something elsewhere; nothing was written.",
            ),
            [
                Fault(
                    file,
                    layer,
                    int(incoming.index[known[i]]),
                    "code",
                    str(before["code"].iloc[i]),
                    hint=Text(
                        f"{came_from[i]} 中同编码的要素在 {apart[i]:.0f} 米以外，请改编码",
                        en=f"the one from {came_from[i]} is {apart[i]:.0f} m away: change the code",
                    ),
                )
                for i in np.flatnonzero(strange)
            ],
        )
