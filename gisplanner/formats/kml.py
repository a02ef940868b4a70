"""KML in: written anew before GDAL sees it, so that it is nothing but KML.

GDAL takes an XML file for whatever its first bytes mention, in a comment as well; some of those formats (VRT, WFS …)
reach for other files and addresses. A file written anew has one root, ``kml``, and no comments, entities or
instructions.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from xml.sax import SAXException
from xml.sax.saxutils import XMLGenerator

from defusedxml import sax
from defusedxml.common import DefusedXmlException

from gisplanner.errors import Fault, FileFormatError
from gisplanner.formats.layers import LayerInfo, RawLayer
from gisplanner.formats.ogr import ogr_layers, read_ogr
from gisplanner.text import Text

_FORMAT: Final = "KML"
_ROOT: Final = "kml"
_DEEPEST: Final = 200
"""Folders within folders; GDAL follows them on the stack."""


class KmlReader:
    """Reads KML 2.2 and what is near to it."""

    def layers(self, path: Path) -> list[LayerInfo]:
        """Return the folders of a file that hold features."""
        with _written_anew(path) as safe:
            return ogr_layers(safe, _FORMAT)

    def read(self, path: Path, layer: str, *, encoding: str | None) -> RawLayer:
        """Return one layer; the format fixes the encoding and the system (WGS84)."""
        with _written_anew(path) as safe:
            return read_ogr(safe, layer, _FORMAT, encoding=encoding)


class _Copy(XMLGenerator):
    """Writes elements and text as they come, and nothing else."""

    def __init__(self, out: Any) -> None:
        super().__init__(out, "utf-8")
        self._depth = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the name of the interface
        """Write the beginning of an element."""
        if (not self._depth and name != _ROOT) or self._depth > _DEEPEST:
            raise SAXException(f"<{name}>")
        self._depth += 1
        super().startElement(name, attrs)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Write the end of an element."""
        self._depth -= 1
        super().endElement(name)

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: N802
        """Leave it out."""


@contextmanager
def _written_anew(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gisplanner-") as folder:
        safe = Path(folder) / path.name  # a file without folders names its layer after itself
        try:
            with path.open("rb") as source, safe.open("wb") as target:
                sax.parse(source, _Copy(target))
        except (SAXException, DefusedXmlException, ValueError, LookupError) as error:
            raise FileFormatError(
                Text(f"{path.name} 不是 {_FORMAT} 文件。", en=f"{path.name} is no {_FORMAT} file."),
                [Fault(file=path.name, value=str(error)[:200], allowed=f"<{_ROOT}>")],
            ) from error
        yield safe
