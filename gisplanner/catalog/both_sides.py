"""When roads have lines on both sides, from ``rules/standards/both_sides.toml``."""

from __future__ import annotations

from functools import cache

from gisplanner.catalog.clearances import STANDARDS_DIR
from gisplanner.catalog.files import read_definition
from gisplanner.domain.both_sides import BothSides
from gisplanner.text import Text


@cache
def both_sides() -> BothSides:
    """Return the rule.

    Raises
    ------
    CatalogueError
        The shipped file is wrong.

    Examples
    --------
    >>> both_sides().over_m, both_sides().shown
    (40.0, 'GB 50289-2016 4.1.5，宜，未核对原文')
    """
    file = STANDARDS_DIR / "both_sides.toml"
    return read_definition(file, BothSides, Text("标准数据表有误。", en="Tables of standards are wrong."))
