"""What a visit to the unit is seen as: its phases and facts."""

from __future__ import annotations

import attrs

from ..workflow import Fact, Phase

__all__ = ["Visitor"]

NEW = Phase("NEW", "belum ada", "not begun")
ARRIVED = Phase("ARRIVED", "tiba di unit", "at the unit")
REGISTERED = Phase("REGISTERED", "mengisi buku tamu", "in the guest book")
WAITING = Phase("WAITING", "menunggu dipanggil", "waiting to be called")
CALLED = Phase("CALLED", "dipanggil", "called")
AT_COUNTER = Phase("AT_COUNTER", "dilayani di loket", "at the counter")
SERVED = Phase("SERVED", "selesai dilayani", "served")
MISSED = Phase("MISSED", "tidak hadir saat dipanggil", "not there when called")
LEFT = Phase("LEFT", "pergi sebelum dilayani", "left before being served")

GUEST_BOOK = Fact("guest-book", "buku tamu terisi", "guest book filled in")


@attrs.frozen
class Visitor:
    """The person at the unit. ``id`` is the host application's own key for them."""

    id: str
    name: str
    email: str = ""
    phone: str = ""
    institution: str = ""
    purpose: str = ""
