"""What has happened on a visit. ``NAME`` is the fixed word an event is stored under."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs

from .state import Visitor

__all__ = [
    "CallMissed",
    "GuestBookSigned",
    "NumberTaken",
    "RequestStated",
    "UnitLeft",
    "UnitVisited",
    "VisitFinished",
    "VisitorCalled",
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
    SCHEMA: ClassVar[int] = 1
    visitor: Visitor


@attrs.frozen
class NumberTaken:
    """S3. ``number`` counts from 1 on each day of the office."""

    NAME: ClassVar[str] = "visit.number-taken"
    SCHEMA: ClassVar[int] = 1
    number: int


@attrs.frozen
class VisitorCalled:
    """S4. ``due``: the end of the ten minutes (L1), None for the first of the day."""

    NAME: ClassVar[str] = "visit.visitor-called"
    SCHEMA: ClassVar[int] = 1
    counter: str
    due: dt.datetime | None


@attrs.frozen
class RequestStated:
    """S5."""

    NAME: ClassVar[str] = "visit.request-stated"
    SCHEMA: ClassVar[int] = 1
    what: str


@attrs.frozen
class VisitFinished:
    """S5."""

    NAME: ClassVar[str] = "visit.finished"
    SCHEMA: ClassVar[int] = 1
    request: str


@attrs.frozen
class CallMissed:
    """X6."""

    NAME: ClassVar[str] = "visit.call-missed"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class UnitLeft:
    """X7."""

    NAME: ClassVar[str] = "visit.unit-left"
    SCHEMA: ClassVar[int] = 1
