"""What people (and the clock) may ask of a complaint."""

from __future__ import annotations

import attrs

from .state import Complainant, Website

__all__ = [
    "AcceptAnswer",
    "AcknowledgeComplaint",
    "AnswerComplaint",
    "CloseComplaint",
    "CloseUnanswered",
    "EscalateIdle",
    "EscalateUnacknowledged",
    "EscalateUnsettled",
    "FollowUpComplaint",
    "NamePerson",
    "RecordFromBox",
    "RecordFromMail",
    "RecordFromWeb",
    "RecordFromWhatsApp",
    "RecordObjection",
    "ReopenComplaint",
]


@attrs.frozen
class RecordFromBox:
    """K1: found in the box. ``about``: the stream of a request or a visit, or empty.

    ``kind`` is a code of the law data (``law/complaints``). ``named``: the host's keys of those who
    are complained about; none of them may handle it.
    """

    text: str
    kind: str
    about: str = ""
    named: tuple[str, ...] = ()
    complainant: Complainant = attrs.field(factory=Complainant)


@attrs.frozen
class RecordFromWeb:
    """K2: came by LAPOR! or the BPS application, under that site's own ``reference``."""

    website: Website
    reference: str
    text: str
    kind: str
    about: str = ""
    named: tuple[str, ...] = ()
    complainant: Complainant = attrs.field(factory=Complainant)


@attrs.frozen
class RecordFromMail:
    """K3: came by e-mail, from the complainant's address."""

    complainant: Complainant
    text: str
    kind: str
    about: str = ""
    named: tuple[str, ...] = ()


@attrs.frozen
class RecordFromWhatsApp:
    """K4: came by WhatsApp, from the complainant's number."""

    complainant: Complainant
    text: str
    kind: str
    about: str = ""
    named: tuple[str, ...] = ()


@attrs.frozen
class AcknowledgeComplaint:
    """It has been read and is taken up; ``kind`` mends the kind if it was recorded wrongly."""

    kind: str = ""


@attrs.frozen
class NamePerson:
    """It turns out that ``person`` (the host's key) is complained about."""

    person: str


@attrs.frozen
class FollowUpComplaint:
    """What has been done about it so far."""

    note: str


@attrs.frozen
class AnswerComplaint:
    """The unit's answer."""

    answer: str


@attrs.frozen
class ReopenComplaint:
    """The complainant is not content; ``reason`` says why."""

    reason: str


@attrs.frozen
class RecordObjection:
    """As ``ReopenComplaint``, said to an officer by someone without an account."""

    reason: str


@attrs.frozen
class AcceptAnswer:
    """The complainant is content."""


@attrs.frozen
class CloseComplaint:
    """The complainant told an officer of being content; ``note`` says when and how."""

    note: str


@attrs.frozen
class CloseUnanswered:
    """Nobody answered back in time."""


@attrs.frozen
class EscalateUnacknowledged:
    """Not acknowledged in time."""


@attrs.frozen
class EscalateIdle:
    """Not followed up in time."""


@attrs.frozen
class EscalateUnsettled:
    """Not answered within the time of its kind."""
