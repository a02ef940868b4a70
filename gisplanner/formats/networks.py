"""The formats in which owners hand in their lines (管线): the usual ones, drawings and survey workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gisplanner.formats.dxf_lines import DxfLinesReader
from gisplanner.formats.layers import VectorReader
from gisplanner.formats.network_table import NetworkTableReader
from gisplanner.formats.vector import READERS

NETWORK_READERS: Final[Mapping[str, VectorReader]] = MappingProxyType(
    {
        **READERS,
        ".dxf": DxfLinesReader(),
        ".xlsx": NetworkTableReader(),
        ".csv": NetworkTableReader(),
    }
)
"""Reader of each file by the end of its name."""
