"""Zones beside gas lines from ``rules/standards/gas_zones.toml``."""

from __future__ import annotations

from functools import cache

from gisplanner.catalog.clearances import STANDARDS_DIR
from gisplanner.catalog.files import read_definition
from gisplanner.domain.gas_zones import GasZones
from gisplanner.text import Text


@cache
def gas_zones() -> GasZones:
    """Return the zones.

    Raises
    ------
    CatalogueError
        The shipped file is wrong.

    Examples
    --------
    >>> gas_zones().of("low").protection_m, gas_zones().of(None).control_m, gas_zones().status
    (0.5, 5.0, '未核对原文')
    """
    file = STANDARDS_DIR / "gas_zones.toml"
    return read_definition(file, GasZones, Text("标准数据表有误。", en="Tables of standards are wrong."))
