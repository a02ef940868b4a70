"""Routes of several utilities planned together, so that they share trenches (同沟)."""

from gisplanner.planning.pipes.joint.demand import Demand, Limits
from gisplanner.planning.pipes.joint.plan import JointPlan, figures_of, plan_jointly, with_bound
from gisplanner.planning.pipes.joint.route import Route

__all__ = ["Demand", "JointPlan", "Limits", "Route", "figures_of", "plan_jointly", "with_bound"]
