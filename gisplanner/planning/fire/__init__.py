"""Fire lanes (消防车道): who cannot be reached, and the cheapest way to open the lane, proven."""

from gisplanner.planning.fire.access import AccessPlan, evaluate_access, plan_access

__all__ = ["AccessPlan", "evaluate_access", "plan_access"]
