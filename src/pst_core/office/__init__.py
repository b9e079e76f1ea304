"""One office as data: its standard, calendar, tariff choices, contacts."""

from .profile import ComplaintChannel, Office, offices

__all__ = ["ComplaintChannel", "Office", "offices"]
