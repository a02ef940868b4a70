"""Contiguous bundles of estates (连片 / 片区): adjacency, barriers, regions."""

from gisplanner.planning.bundling.contiguity import Adjacency, adjacency, contiguity, cut_links
from gisplanner.planning.bundling.plan import Plan, plan_bundles
from gisplanner.planning.bundling.regions import Regions, max_p_regions

__all__ = [
    "Adjacency",
    "Plan",
    "Regions",
    "adjacency",
    "contiguity",
    "cut_links",
    "max_p_regions",
    "plan_bundles",
]
