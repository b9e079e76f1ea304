"""What people may ask of a visit."""

from __future__ import annotations

import attrs

from .state import Visitor

__all__ = [
    "CallVisitor",
    "FinishVisit",
    "LeaveUnit",
    "MissCall",
    "SignGuestBook",
    "StateRequest",
    "TakeNumber",
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
    """S3."""


@attrs.frozen
class CallVisitor:
    """S4: the officer calls the visitor whose number is next."""

    counter: str = "1"


@attrs.frozen
class StateRequest:
    """S5: the visitor says what is asked for."""

    what: str


@attrs.frozen
class FinishVisit:
    """S5: served; ``request`` is the stream of the request that came of it, if one did."""

    request: str = ""


@attrs.frozen
class MissCall:
    """X6: called, and not there."""


@attrs.frozen
class LeaveUnit:
    """X7: goes away before being served."""
