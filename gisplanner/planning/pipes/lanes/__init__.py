"""Planned lines in the real width of streets: lanes, service lines, levels (横断面与竖向)."""

from gisplanner.planning.pipes.lanes.plan import LanePlan
from gisplanner.planning.pipes.lanes.records import Depths, Manhole, PlannedLine
from gisplanner.planning.pipes.lanes.service import Given, plan_lanes

__all__ = ["Depths", "Given", "LanePlan", "Manhole", "PlannedLine", "plan_lanes"]
