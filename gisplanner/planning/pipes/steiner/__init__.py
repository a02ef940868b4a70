"""Trees of least weight on street graphs (斯坦纳树), with a lower bound."""

from gisplanner.planning.pipes.steiner.tree import SteinerTree, steiner_tree

__all__ = ["SteinerTree", "steiner_tree"]
