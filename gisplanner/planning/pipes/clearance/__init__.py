"""Clearance conflicts (净距冲突): every pair of lines against the clause that applies to it."""

from gisplanner.planning.pipes.clearance.check import check_clearances
from gisplanner.planning.pipes.clearance.trial_pits import trial_pits

__all__ = ["check_clearances", "trial_pits"]
