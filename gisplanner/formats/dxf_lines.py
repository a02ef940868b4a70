"""Lines of a drawing (DXF): what its layers hold, with the attributes of blocks that stand on a line's end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely
from ezdxf.document import Drawing
from ezdxf.filemanagement import readfile
from ezdxf.lldxf.const import DXFError
from ezdxf.lldxf.encoding import decode_dxf_unicode
from ezdxf.path import make_path

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.text import Text

LAYER: Final = "drawing"
DRAWN_ON: Final = "dxf_layer"
_CURVES: Final = "LINE LWPOLYLINE POLYLINE ARC SPLINE"
_SAGITTA_M: Final = 0.01
_MIN_POINTS: Final = 2


class DxfLinesReader:
    """Reads the lines of a drawing as one layer; ``dxf_layer`` is the layer they are drawn on."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the one layer of lines."""
        return [LayerInfo(LAYER, rows=sum(1 for _ in _open(path).modelspace().query(_CURVES)))]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002 - one layer, its own code page
        """Return the lines; a closed polyline is a line that ends where it began."""
        drawing = _open(path)
        rows = list(_rows(drawing))
        blocks = list(drawing.modelspace().query("INSERT"))
        notes = []
        if blocks:
            notes.append(
                Text(
                    f"{len(blocks)} 个图块（阀门、井、调压箱等）不是管段，未读入。",
                    en=f"{len(blocks)} blocks (valves, manholes …) are no lines and were left out.",
                )
            )
        frame = gpd.GeoDataFrame(rows, columns=[DRAWN_ON, "code", "geometry"], geometry="geometry", crs=None)
        return RawLayer(frame, notes=tuple(notes))


def _open(path: Path) -> Drawing:
    try:
        return readfile(path)
    except (DXFError, OSError, UnicodeDecodeError) as error:
        raise FileFormatError(
            Text(f"{path.name} 不是可读的 DXF 图形。", en=f"{path.name} is no readable DXF drawing."),
            [Fault(file=path.name, hint=str(error).splitlines()[0])],
        ) from error


def _rows(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for entity in drawing.modelspace().query(_CURVES):
        points = [(point.x, point.y) for point in make_path(entity).flattening(_SAGITTA_M)]
        line = shapely.LineString(points) if len(set(points)) >= _MIN_POINTS else None
        layer = decode_dxf_unicode(entity.dxf.layer)
        yield {DRAWN_ON: layer, "code": f"{layer}-{entity.dxf.handle}", "geometry": line}
