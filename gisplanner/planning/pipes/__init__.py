"""Pipelines (管线): routes, joint trenches, clearance conflicts."""

from gisplanner.planning.pipes.steiner import SteinerTree, steiner_tree

__all__ = ["SteinerTree", "steiner_tree"]
