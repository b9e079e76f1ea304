"""How sure a figure is: the word that goes with each amount, holiday and deadline."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from .text import Text

__all__ = ["Certainty", "weakest"]


class Certainty(StrEnum):
    """Strongest first.

    ``VERIFIED``: quoted from the primary text. ``REPORTED``: a secondary source says so.
    ``PROVISIONAL``: computed on days that no decree has fixed yet. ``ASSUMED``: our reading.
    """

    VERIFIED = "verified"
    REPORTED = "reported"
    PROVISIONAL = "provisional"
    ASSUMED = "assumed"

    @property
    def text(self) -> Text:
        """The word in both languages, for people; files and programs keep the English one."""
        return _WORDS[self]


_WORDS = {
    Certainty.VERIFIED: Text(id="terverifikasi", en="verified"),
    Certainty.REPORTED: Text(id="dilaporkan", en="reported"),
    Certainty.PROVISIONAL: Text(id="sementara", en="provisional"),
    Certainty.ASSUMED: Text(id="anggapan", en="assumed"),
}


_ORDER = tuple(Certainty)


def weakest(certainties: Iterable[Certainty]) -> Certainty:
    """Return the weakest of ``certainties`` (``VERIFIED`` for none): a chain is as sure as that."""
    return max(certainties, key=_ORDER.index, default=Certainty.VERIFIED)
