"""Corridors (管线走廊): where lines may lie on the real ground, as a graph."""

from gisplanner.planning.pipes.corridors.graph import Corridors, build_corridors

__all__ = ["Corridors", "build_corridors"]
