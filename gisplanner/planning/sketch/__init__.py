"""Illustrative outlines (示意数据) for a register that has no geometry.

A training ground until real outlines arrive: deterministic, free of overlaps, and true to the register's counts.
"""

from gisplanner.planning.sketch.compose import sketch
from gisplanner.planning.sketch.records import Remark, Sketch

__all__ = ["Remark", "Sketch", "sketch"]
