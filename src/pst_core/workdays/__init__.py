"""Working days and deadlines: which day, on whose decree, and is this request late.

A calendar counts, ``deadline`` is the clock of L2, ``queue_deadline`` that of L1; every answer can
name the days it counted and skipped.
"""

from .calendar import Calendar, Day, DayOff, Decree, Kind, Week, say_date
from .clock import (
    ClockRule,
    Deadline,
    Moved,
    Reading,
    Reckoned,
    Turn,
    deadline,
    queue_deadline,
    read_clock,
    recheck,
    reckon,
    turns_of,
)
from .hours import OfficeHours, Season, national_hours, read_hours
from .ics import to_ics
from .layers import load_calendar, read_calendar, read_layer, read_national

__all__ = [
    "Calendar",
    "ClockRule",
    "Day",
    "DayOff",
    "Deadline",
    "Decree",
    "Kind",
    "Moved",
    "OfficeHours",
    "Reading",
    "Reckoned",
    "Season",
    "Turn",
    "Week",
    "deadline",
    "load_calendar",
    "national_hours",
    "queue_deadline",
    "read_calendar",
    "read_clock",
    "read_hours",
    "read_layer",
    "read_national",
    "recheck",
    "reckon",
    "say_date",
    "to_ics",
    "turns_of",
]
