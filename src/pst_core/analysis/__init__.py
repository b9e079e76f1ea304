"""Figures of a service from its events alone; nothing is counted while the service runs."""

from .conformance import (
    CaseReport,
    Deviation,
    Kind,
    LogReport,
    Unjudged,
    conformance,
    log_report_data,
)
from .logs import Activities, Log, LogRow, Unread, own_rows
from .paper import report_paper
from .replay import Replay
from .report import (
    ChannelTime,
    ComplaintCount,
    Hands,
    LateCall,
    LineTime,
    Month,
    Period,
    Rating,
    Report,
    SurveyCount,
    VisitCount,
    monthly_report,
    survey_results,
)
from .sections import Bar, Section, report_data, sections

__all__ = [
    "Activities",
    "Bar",
    "CaseReport",
    "ChannelTime",
    "ComplaintCount",
    "Deviation",
    "Hands",
    "Kind",
    "LateCall",
    "LineTime",
    "Log",
    "LogReport",
    "LogRow",
    "Month",
    "Period",
    "Rating",
    "Replay",
    "Report",
    "Section",
    "SurveyCount",
    "Unjudged",
    "Unread",
    "VisitCount",
    "conformance",
    "log_report_data",
    "monthly_report",
    "own_rows",
    "report_data",
    "report_paper",
    "sections",
    "survey_results",
]
