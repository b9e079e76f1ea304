"""Who asks and by which door: the words that tariffs, documents and requests share."""

from __future__ import annotations

from enum import StrEnum

from ..text import Text

__all__ = ["Channel", "Segment"]


class Channel(StrEnum):
    """The door by which a request comes."""

    WALK_IN = "walk-in"
    ONLINE = "online"

    @property
    def text(self) -> Text:
        """The door in both languages."""
        return _DOORS[self]


_DOORS = {
    Channel.WALK_IN: Text(id="datang langsung", en="walk-in"),
    Channel.ONLINE: Text(id="daring", en="online"),
}


class Segment(StrEnum):
    """Who the applicant acts for; tariffs and documents ask for it."""

    INDIVIDUAL = "individual"
    STUDENT = "student"
    EDUCATION = "education"
    GOVERNMENT = "government"
    PRIVATE = "private"
    FOREIGN_MISSION = "foreign-mission"
    INTERNATIONAL = "international"

    @property
    def text(self) -> Text:
        """The kind of user in both languages."""
        return _SEGMENTS[self]


_SEGMENTS = {
    Segment.INDIVIDUAL: Text(id="perorangan", en="individual"),
    Segment.STUDENT: Text(id="pelajar atau mahasiswa", en="student"),
    Segment.EDUCATION: Text(id="lembaga pendidikan atau penelitian", en="education or research"),
    Segment.GOVERNMENT: Text(id="instansi pemerintah", en="government"),
    Segment.PRIVATE: Text(id="swasta", en="private company"),
    Segment.FOREIGN_MISSION: Text(id="perwakilan negara asing", en="foreign mission"),
    Segment.INTERNATIONAL: Text(id="lembaga internasional", en="international body"),
}
