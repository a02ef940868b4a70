"""GeoParquet through geopandas."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import ProjError

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.text import Text


class GeoParquetReader:
    """Reads GeoParquet 1.0 and 1.1; a file is one layer, named like the file."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer of the file."""
        try:
            rows = pq.read_metadata(path).num_rows
        except (pa.ArrowException, OSError) as error:
            raise _not_parquet(path, error) from error
        return [LayerInfo(path.stem, rows=rows)]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002
        """Return the one layer; parquet fixes the encoding."""
        try:
            frame = gpd.read_parquet(path)
            crs = None if frame.crs is None else CRS.from_user_input(frame.crs).to_2d()
        except pa.ArrowMemoryError:  # the file may be sound; the limit of a job says so itself
            raise
        except (
            pa.ArrowException,
            ValueError,
            TypeError,
            KeyError,
            OSError,
            ProjError,
            shapely.errors.ShapelyError,
        ) as error:
            raise _not_parquet(path, error) from error
        table = frame.drop(columns=frame.geometry.name).reset_index(drop=True)
        geometry = frame.geometry.to_numpy()
        return RawLayer(gpd.GeoDataFrame(table, geometry=geometry, crs=crs))


def _not_parquet(path: Path, error: Exception) -> FileFormatError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return FileFormatError(
        Text(f"{path.name} 不能作为 GeoParquet 读取：{reason}", en=f"{path.name} is no GeoParquet: {reason}"),
        [Fault(file=path.name)],
    )
