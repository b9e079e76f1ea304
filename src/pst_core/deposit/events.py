"""What has happened to money that fits no bill. ``NAME`` is the word an event is stored under."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs

__all__ = ["PaymentExplained", "PaymentKept", "PaymentReturned"]


@attrs.frozen
class PaymentKept:
    """The treasury tells of money that settles nothing by itself."""

    NAME: ClassVar[str] = "deposit.kept"
    SCHEMA: ClassVar[int] = 1
    ntpn: str
    ntb: str
    amount: int
    paid_at: dt.datetime
    code: str
    reference: str
    reason: str


@attrs.frozen
class PaymentExplained:
    """The treasurer has placed it with a request."""

    NAME: ClassVar[str] = "deposit.explained"
    SCHEMA: ClassVar[int] = 1
    request: str
    note: str


@attrs.frozen
class PaymentReturned:
    """It goes back, or to whom it belongs."""

    NAME: ClassVar[str] = "deposit.returned"
    SCHEMA: ClassVar[int] = 1
    reason: str
