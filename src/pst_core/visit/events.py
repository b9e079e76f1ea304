"""What has happened on a visit. ``NAME`` is the fixed word an event is stored under."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs

from .state import Freed, Visitor

__all__ = [
    "CallMissed",
    "DayEnded",
    "GuestBookSigned",
    "NumberTaken",
    "QueueRejoined",
    "RequestStated",
    "UnitLeft",
    "UnitVisited",
    "VisitFinished",
    "VisitorCalled",
    "VisitorRecalled",
    "VisitorTransferred",
]


@attrs.frozen
class UnitVisited:
    """S1."""

    NAME: ClassVar[str] = "visit.unit-visited"
    SCHEMA: ClassVar[int] = 1
    office: str
    visitor: str


@attrs.frozen
class GuestBookSigned:
    """S2."""

    NAME: ClassVar[str] = "visit.guest-book-signed"
    SCHEMA: ClassVar[int] = 2
    visitor: Visitor


@attrs.frozen
class NumberTaken:
    """S3. ``number`` counts from 1 on each day, for each service of the office."""

    NAME: ClassVar[str] = "visit.number-taken"
    SCHEMA: ClassVar[int] = 2
    number: int
    service: str = ""
    priority: str = ""


@attrs.frozen
class VisitorCalled:
    """S4. ``since``: when the ten minutes (L1) began, ``due``: when they end.

    ``freed``: the applicant before, whose finishing began them. All are None while nobody before
    has finished: the first at each counter.
    """

    NAME: ClassVar[str] = "visit.visitor-called"
    SCHEMA: ClassVar[int] = 2
    counter: str
    due: dt.datetime | None
    since: dt.datetime | None = None
    freed: Freed | None = None
    turn: int = 0
    """Counts the calls of the office's day: what was called first, to the letter."""


@attrs.frozen
class VisitorRecalled:
    """S4. ``times`` counts all calls since the first."""

    NAME: ClassVar[str] = "visit.visitor-recalled"
    SCHEMA: ClassVar[int] = 1
    times: int


@attrs.frozen
class RequestStated:
    """S5."""

    NAME: ClassVar[str] = "visit.request-stated"
    SCHEMA: ClassVar[int] = 1
    what: str


@attrs.frozen
class VisitorTransferred:
    """S5."""

    NAME: ClassVar[str] = "visit.visitor-transferred"
    SCHEMA: ClassVar[int] = 1
    counter: str
    reason: str


@attrs.frozen
class VisitFinished:
    """S5."""

    NAME: ClassVar[str] = "visit.finished"
    SCHEMA: ClassVar[int] = 2
    request: str
    rests: bool = False


@attrs.frozen
class CallMissed:
    """X6."""

    NAME: ClassVar[str] = "visit.call-missed"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class QueueRejoined:
    """X6. ``behind``: the last number given by then, behind which it waits; 0 keeps its place."""

    NAME: ClassVar[str] = "visit.queue-rejoined"
    SCHEMA: ClassVar[int] = 1
    behind: int


@attrs.frozen
class UnitLeft:
    """X7."""

    NAME: ClassVar[str] = "visit.unit-left"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class DayEnded:
    """X8."""

    NAME: ClassVar[str] = "visit.day-ended"
    SCHEMA: ClassVar[int] = 1
