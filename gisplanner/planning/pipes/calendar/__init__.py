"""One dig (综合改一次、先地下后地上): a calendar of trenches, surfaces and cut-overs."""

from gisplanner.planning.pipes.calendar.check import calendar_faults
from gisplanner.planning.pipes.calendar.days import working_days
from gisplanner.planning.pipes.calendar.plan import plan_calendar
from gisplanner.planning.pipes.calendar.records import Calendar, CutOver, Outage, Pace, Section, Work

__all__ = [
    "Calendar",
    "CutOver",
    "Outage",
    "Pace",
    "Section",
    "Work",
    "calendar_faults",
    "plan_calendar",
    "working_days",
]
