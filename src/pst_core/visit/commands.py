"""What people may ask of a visit."""

from __future__ import annotations

import attrs

from .state import Visitor

__all__ = [
    "CallVisitor",
    "EndDay",
    "FinishVisit",
    "LeaveUnit",
    "MissCall",
    "RecallVisitor",
    "ReturnToQueue",
    "SignGuestBook",
    "StateRequest",
    "TakeNumber",
    "TransferVisitor",
    "VisitUnit",
]


@attrs.frozen
class VisitUnit:
    """S1, R1. ``visitor`` is the host's own key for the person."""

    visitor: str


@attrs.frozen
class SignGuestBook:
    """S2, R3."""

    visitor: Visitor


@attrs.frozen
class TakeNumber:
    """S3: for a ``service`` of the office (its first if empty), with a ``priority`` if one holds.

    Both are codes of the office's profile.
    """

    service: str = ""
    priority: str = ""


@attrs.frozen
class CallVisitor:
    """S4: the officer at ``counter`` calls the visitor who is next."""

    counter: str = "1"


@attrs.frozen
class RecallVisitor:
    """S4: calls again who has not come yet."""


@attrs.frozen
class StateRequest:
    """S5: the visitor says what is asked for."""

    what: str


@attrs.frozen
class TransferVisitor:
    """S5: another ``counter`` goes on with the visitor, who is the next one called there."""

    counter: str
    reason: str


@attrs.frozen
class FinishVisit:
    """S5: served; ``request`` is the stream of the request that came of it, if one did.

    ``rests``: the counter takes nobody after this one for now (a break, the end of a shift), so it
    does not stand free for those who wait.
    """

    request: str = ""
    rests: bool = False


@attrs.frozen
class MissCall:
    """X6: called, and not there."""


@attrs.frozen
class ReturnToQueue:
    """X6: was not there when called, and has come back."""


@attrs.frozen
class LeaveUnit:
    """X7: goes away before being served."""


@attrs.frozen
class EndDay:
    """X8: the day is over, and so is a visit that nobody ended."""
