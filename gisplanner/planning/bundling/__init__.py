"""Contiguous bundles of estates (连片 / 片区): adjacency, barriers, regions."""
