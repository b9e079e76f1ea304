"""Working days and deadlines: which day, on whose decree, and is this request late."""

from .calendar import Calendar, Day, DayOff, Decree, Kind, Week, say_date
from .layers import load_calendar, read_calendar, read_layer

__all__ = [
    "Calendar",
    "Day",
    "DayOff",
    "Decree",
    "Kind",
    "Week",
    "load_calendar",
    "read_calendar",
    "read_layer",
    "say_date",
]
