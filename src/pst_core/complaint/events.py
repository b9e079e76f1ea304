"""What has happened to a complaint. ``NAME`` is the fixed word an event is stored under."""

from __future__ import annotations

from typing import ClassVar

import attrs

from .state import Complainant, ComplaintDoor

__all__ = [
    "AcknowledgingOverdue",
    "AnswerAccepted",
    "AnsweringOverdue",
    "ComplaintAcknowledged",
    "ComplaintAnswered",
    "ComplaintClosed",
    "ComplaintFollowedUp",
    "ComplaintLapsed",
    "ComplaintReceived",
    "ComplaintReopened",
    "FollowingUpOverdue",
    "PersonNamed",
]


@attrs.frozen
class ComplaintReceived:
    """K1 to K4. ``rules`` is the version of the deadlines that it is held to."""

    NAME: ClassVar[str] = "complaint.received"
    SCHEMA: ClassVar[int] = 1
    office: str
    door: ComplaintDoor
    kind: str
    text: str
    about: str
    complainant: Complainant
    reference: str
    named: tuple[str, ...]
    rules: str


@attrs.frozen
class ComplaintAcknowledged:
    """Taken up, as of this ``kind``."""

    NAME: ClassVar[str] = "complaint.acknowledged"
    SCHEMA: ClassVar[int] = 1
    kind: str


@attrs.frozen
class PersonNamed:
    """All who are complained about by now."""

    NAME: ClassVar[str] = "complaint.person-named"
    SCHEMA: ClassVar[int] = 1
    named: tuple[str, ...]


@attrs.frozen
class ComplaintFollowedUp:
    """Something was done about it."""

    NAME: ClassVar[str] = "complaint.followed-up"
    SCHEMA: ClassVar[int] = 1
    note: str


@attrs.frozen
class ComplaintAnswered:
    """The unit has answered."""

    NAME: ClassVar[str] = "complaint.answered"
    SCHEMA: ClassVar[int] = 1
    answer: str


@attrs.frozen
class ComplaintReopened:
    """The complainant is not content; ``recorded``: they told an officer so."""

    NAME: ClassVar[str] = "complaint.reopened"
    SCHEMA: ClassVar[int] = 1
    reason: str
    recorded: bool


@attrs.frozen
class AnswerAccepted:
    """The complainant is content."""

    NAME: ClassVar[str] = "complaint.answer-accepted"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class ComplaintClosed:
    """The complainant told an officer of being content."""

    NAME: ClassVar[str] = "complaint.closed"
    SCHEMA: ClassVar[int] = 1
    note: str


@attrs.frozen
class ComplaintLapsed:
    """Nobody answered back in time."""

    NAME: ClassVar[str] = "complaint.lapsed"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class AcknowledgingOverdue:
    """Escalated: not acknowledged in time."""

    NAME: ClassVar[str] = "complaint.acknowledging-overdue"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class FollowingUpOverdue:
    """Escalated: not followed up in time."""

    NAME: ClassVar[str] = "complaint.following-up-overdue"
    SCHEMA: ClassVar[int] = 1


@attrs.frozen
class AnsweringOverdue:
    """Escalated: not answered within the time of its kind."""

    NAME: ClassVar[str] = "complaint.answering-overdue"
    SCHEMA: ClassVar[int] = 1
