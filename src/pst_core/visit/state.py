"""What a visit to the unit is seen as: its phases and facts, and the people in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import attrs

from ..workflow import Fact, Phase

__all__ = ["Freed", "Said", "Visitor", "visitor_key"]

NEW = Phase("NEW", "belum ada", "not begun")
ARRIVED = Phase("ARRIVED", "tiba di unit", "at the unit")
REGISTERED = Phase("REGISTERED", "mengisi buku tamu", "in the guest book")
WAITING = Phase("WAITING", "menunggu dipanggil", "waiting to be called")
CALLED = Phase("CALLED", "dipanggil", "called")
AT_COUNTER = Phase("AT_COUNTER", "dilayani di loket", "at the counter")
MISSED = Phase("MISSED", "tidak hadir saat dipanggil", "not there when called")
SERVED = Phase("SERVED", "selesai dilayani", "served")
LEFT = Phase("LEFT", "pergi sebelum dilayani", "left before being served")

GUEST_BOOK = Fact("guest-book", "buku tamu terisi", "guest book filled in")
RECALLED = Fact("recalled", "sudah dipanggil ulang", "called again")


@attrs.frozen
class Said:
    """What stands in a field of the guest book that the office added."""

    field: str
    value: str


@attrs.frozen
class Visitor:
    """The person at the unit. ``id`` is the host application's own key for them."""

    id: str
    name: str
    email: str = ""
    phone: str = ""
    institution: str = ""
    purpose: str = ""
    more: tuple[Said, ...] = ()


@attrs.frozen
class Freed:
    """L1: the applicant before, who finished ``at`` and so left ``counter`` free."""

    ticket: str
    counter: str
    at: dt.datetime


def visitor_key(*, email: str = "", phone: str = "") -> str:
    """Return a key for a visitor who has no account: the same person gets the same key again.

    It is a digest, so that the register holds no address. The e-mail address wins over the number;
    ``0812...`` and ``+62812...`` are one number. With neither it is empty: nobody can be found.
    """
    if email.strip():
        return _digest("mail", email.strip().casefold())
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return ""
    national = digits.removeprefix("62") if digits.startswith("62") else digits.removeprefix("0")
    return _digest("phone", national)


def _digest(kind: str, value: str) -> str:
    return f"{kind}-{hashlib.sha256(f'{kind}:{value}'.encode()).hexdigest()[:24]}"
