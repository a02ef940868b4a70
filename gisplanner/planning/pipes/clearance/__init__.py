"""Clearance conflicts (净距冲突): every pair of lines against the clause that applies to it."""

from gisplanner.planning.pipes.clearance.check import check_clearances

__all__ = ["check_clearances"]
