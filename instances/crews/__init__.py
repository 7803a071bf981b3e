"""The calendar of crews: which crew has which shift on which day, in a pattern that comes round and round."""

from instances.crews.calendar import CALENDAR_COLUMNS, Calendar, CalendarDuty, calendar_of
from instances.crews.pattern import CrewShift, PatternError, pattern_of, shifts_of, usual_pattern

__all__ = [
    "CALENDAR_COLUMNS",
    "Calendar",
    "CalendarDuty",
    "CrewShift",
    "PatternError",
    "calendar_of",
    "pattern_of",
    "shifts_of",
    "usual_pattern",
]
