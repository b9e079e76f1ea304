"""One office as data: its standard, calendar, tariff choices, contacts."""

from .counter import CounterPolicy, Returns
from .profile import ComplaintChannel, Office, offices
from .survey import SurveyPolicy

__all__ = ["ComplaintChannel", "CounterPolicy", "Office", "Returns", "SurveyPolicy", "offices"]
