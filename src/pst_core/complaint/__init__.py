"""Complaints by the four channels of the standard (K1 to K4): taken up, answered, closed."""

from .commands import (
    AcceptAnswer,
    AcknowledgeComplaint,
    AnswerComplaint,
    CloseComplaint,
    CloseUnanswered,
    EscalateIdle,
    EscalateUnacknowledged,
    EscalateUnsettled,
    FollowUpComplaint,
    NamePerson,
    RecordFromBox,
    RecordFromMail,
    RecordFromWeb,
    RecordFromWhatsApp,
    RecordObjection,
    ReopenComplaint,
)
from .events import ComplaintReceived
from .procedure import PROCEDURE, complainant_of, due, kind_of, named_in, settled_in_time
from .rules import ComplaintRules, Kind, complaint_rules
from .state import Complainant, ComplaintDoor, Website

__all__ = [
    "PROCEDURE",
    "AcceptAnswer",
    "AcknowledgeComplaint",
    "AnswerComplaint",
    "CloseComplaint",
    "CloseUnanswered",
    "Complainant",
    "ComplaintDoor",
    "ComplaintReceived",
    "ComplaintRules",
    "EscalateIdle",
    "EscalateUnacknowledged",
    "EscalateUnsettled",
    "FollowUpComplaint",
    "Kind",
    "NamePerson",
    "RecordFromBox",
    "RecordFromMail",
    "RecordFromWeb",
    "RecordFromWhatsApp",
    "RecordObjection",
    "ReopenComplaint",
    "Website",
    "complainant_of",
    "complaint_rules",
    "due",
    "kind_of",
    "named_in",
    "settled_in_time",
]
