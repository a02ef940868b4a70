"""Contiguous bundles of estates (连片 / 片区): adjacency, barriers, regions."""

from gisplanner.planning.bundling.contiguity import Adjacency, adjacency, contiguity, cut_links

__all__ = ["Adjacency", "adjacency", "contiguity", "cut_links"]
