"""The visit to the unit: guest book, queue number, called in order, handed over to a request."""

from .commands import (
    CallVisitor,
    FinishVisit,
    LeaveUnit,
    MissCall,
    SignGuestBook,
    StateRequest,
    TakeNumber,
    VisitUnit,
)
from .events import NumberTaken, VisitorCalled
from .procedure import PROCEDURE, QueueView
from .state import Visitor

__all__ = [
    "PROCEDURE",
    "CallVisitor",
    "FinishVisit",
    "LeaveUnit",
    "MissCall",
    "NumberTaken",
    "QueueView",
    "SignGuestBook",
    "StateRequest",
    "TakeNumber",
    "VisitUnit",
    "Visitor",
    "VisitorCalled",
]
