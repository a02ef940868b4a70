"""Networks in a drawing (DXF): lines by the layers they are drawn on, valves and manholes as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import shapely
from ezdxf.document import Drawing
from ezdxf.filemanagement import readfile
from ezdxf.lldxf.const import DXFError
from ezdxf.lldxf.encoding import decode_dxf_unicode
from ezdxf.path import make_path

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import LayerInfo, RawLayer, raw_frame
from gisplanner.formats.network_drawing import APPLICATION, NOT_OWN
from gisplanner.text import Text

LAYER: Final = "drawing"
DRAWN_ON: Final = "dxf_layer"
HANDLE: Final = "dxf_handle"
"""Column that holds what the drawing knows an entity by."""
GIVEN: Final = "dxf_given_code"
"""Column that holds the code a drawing of ours carries."""
BLOCK: Final = "dxf_block"
"""Column that holds the name of the block a point is drawn with; lines have none."""
_CURVES: Final = "LINE LWPOLYLINE POLYLINE ARC SPLINE"
_STRING: Final = 1000
_BLOCKS: Final = "INSERT"
_SAGITTA_M: Final = 0.01
_MIN_POINTS: Final = 2


class DxfLinesReader:
    """Reads lines and blocks of a drawing as one layer; ``dxf_layer`` is the layer they are drawn on."""

    def layers(self, path: Path) -> list[LayerInfo]:  # noqa: ARG002 - every drawing has it
        """Return the one layer of lines and points."""
        return [LayerInfo(LAYER)]

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:  # noqa: ARG002 - one layer, its own code page
        """Return the lines, then the blocks as points with their attributes.

        A closed polyline is a line that ends where it began.
        """
        drawing = _open(path)
        rows = [*_rows(drawing), *_blocks(drawing)]
        return RawLayer(raw_frame(rows, [DRAWN_ON, HANDLE, BLOCK]))


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
        if layer.startswith(NOT_OWN):
            continue
        yield {DRAWN_ON: layer, HANDLE: entity.dxf.handle, GIVEN: _own_code(entity), "geometry": line}


def _own_code(entity: Any) -> str | None:
    """Return the code a drawing of ours carries as extended data."""
    if not entity.has_xdata(APPLICATION):
        return None
    return next((str(tag.value) for tag in entity.get_xdata(APPLICATION) if tag.code == _STRING), None)


def _blocks(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for entity in drawing.modelspace().query(_BLOCKS):
        layer, where = decode_dxf_unicode(entity.dxf.layer), entity.dxf.insert
        name = decode_dxf_unicode(entity.dxf.name)
        attributes: Any = entity
        values = {str(one.dxf.tag).strip(): str(one.dxf.text).strip() or None for one in attributes.attribs}
        place = {DRAWN_ON: layer, HANDLE: entity.dxf.handle, BLOCK: name}
        yield {"feature_text": name, **values, **place, "geometry": shapely.Point(where.x, where.y)}
