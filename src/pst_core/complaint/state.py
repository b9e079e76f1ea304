"""What a complaint is seen as: its phases and facts, its channel, and who complains."""

from __future__ import annotations

from enum import StrEnum

import attrs

from ..workflow import Fact, Phase

__all__ = ["Complainant", "ComplaintDoor", "Website"]

NEW = Phase("NEW", "belum ada", "not begun")
RECEIVED = Phase("RECEIVED", "pengaduan diterima", "complaint received")
HANDLED = Phase("HANDLED", "pengaduan ditindaklanjuti", "complaint being handled")
ANSWERED = Phase("ANSWERED", "pengaduan dijawab", "complaint answered")
CLOSED = Phase("CLOSED", "pengaduan selesai", "complaint closed")

FOLLOWED_UP = Fact("followed-up", "sudah ditindaklanjuti", "followed up")
LATE_ACKNOWLEDGED = Fact("late-acknowledged", "terlambat diverifikasi", "acknowledged late")
LATE_FOLLOWED_UP = Fact("late-followed-up", "terlambat ditindaklanjuti", "followed up late")
LATE_ANSWERED = Fact("late-answered", "terlambat dijawab", "answered late")


class ComplaintDoor(StrEnum):
    """By which of the four channels a complaint came (K1 to K4)."""

    BOX = "box"
    WEB = "web"
    MAIL = "mail"
    WHATSAPP = "whatsapp"


class Website(StrEnum):
    """K2: the national channel, or the complaint application of BPS."""

    LAPOR = "lapor"
    BPS = "bps"


@attrs.frozen
class Complainant:
    """Who complains, as far as they say: every field may stay empty.

    ``id`` is the host's own key for them, if they have an account: only then may they answer back
    themselves; for all others an officer records what they say.
    """

    id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
