"""Who sends a paper and who signs it, as an office's profile says; apart, because every office has
them and few ask for a paper.
"""

from __future__ import annotations

import attrs

__all__ = ["Letterhead", "Person"]


@attrs.frozen
class Letterhead:
    """Who sends the paper, from the office's profile; an empty field is left out."""

    office: str
    unit: str
    address: str
    phone: str = ""
    email: str = ""
    web: str = ""
    place: str = ""
    """Where papers are signed: the town before the date."""


@attrs.frozen
class Person:
    """Who signs: ``position`` as printed above the name, ``number`` as below it (NIP)."""

    name: str
    position: str
    number: str = ""
    position_en: str = ""
    """The position on an English paper; empty: as in Indonesian."""
