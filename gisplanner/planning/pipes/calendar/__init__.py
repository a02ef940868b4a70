"""One dig (综合改一次、先地下后地上): a calendar of trenches, surfaces and cut-overs."""

from gisplanner.planning.pipes.calendar.access import Shut, Ways, always_replaced, never_together, shut_in
from gisplanner.planning.pipes.calendar.check import calendar_faults
from gisplanner.planning.pipes.calendar.days import working_days
from gisplanner.planning.pipes.calendar.plan import plan_calendar
from gisplanner.planning.pipes.calendar.records import Calendar, CutOver, Outage, Pace, Section, Work
from gisplanner.planning.pipes.calendar.windows import counted_back

__all__ = [
    "Calendar",
    "CutOver",
    "Outage",
    "Pace",
    "Section",
    "Shut",
    "Ways",
    "Work",
    "always_replaced",
    "calendar_faults",
    "counted_back",
    "never_together",
    "plan_calendar",
    "shut_in",
    "working_days",
]
